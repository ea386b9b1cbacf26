package sop

import "strings"

// Block is a paragraph or a list of a Body.
type Block struct {
	List  bool
	Items [][]Span // of a paragraph exactly one
}

// ParseBody reads a text whose paragraphs are parted by empty lines and in
// which lines that begin with "- " are the items of a list. A line that
// follows an item without a dash of its own continues the item. No item is
// empty.
func ParseBody(s string) []Block {
	var (
		blocks []Block
		item   []string
		list   bool
	)
	flush := func() {
		spans := ParseInline(strings.Join(item, "\n"))
		item = item[:0]
		if len(spans) == 0 {
			return
		}
		if n := len(blocks); list && n > 0 && blocks[n-1].List {
			blocks[n-1].Items = append(blocks[n-1].Items, spans)
			return
		}
		blocks = append(blocks, Block{List: list, Items: [][]Span{spans}})
	}
	for line := range strings.Lines(s) {
		line = strings.TrimSpace(line)
		rest, dash := strings.CutPrefix(line, "- ")
		switch {
		case line == "":
			flush()
			list = false
			continue
		case dash:
			flush()
			list, line = true, strings.TrimSpace(rest)
		}
		item = append(item, line)
	}
	flush()
	return blocks
}

// FormatBody writes blocks so that ParseBody reads them back. Line breaks in
// an item stay, empty lines in it go.
func FormatBody(blocks []Block) string {
	var b strings.Builder
	for _, bl := range blocks {
		for i, spans := range bl.Items {
			text := onLines(FormatInline(spans))
			if text == "" {
				continue
			}
			switch {
			case b.Len() == 0:
			case bl.List && i > 0:
				b.WriteString("\n")
			default:
				b.WriteString("\n\n")
			}
			if bl.List {
				b.WriteString("- ")
			}
			b.WriteString(text)
		}
	}
	return b.String()
}

// PlainBody returns the text of a body without markup: paragraphs and items on
// lines of their own.
func PlainBody(s string) string {
	var lines []string
	for _, bl := range ParseBody(s) {
		for _, spans := range bl.Items {
			var b strings.Builder
			for _, sp := range spans {
				b.WriteString(sp.Text)
			}
			lines = append(lines, b.String())
		}
	}
	return strings.Join(lines, "\n")
}

// JoinBodies puts bodies one after the other as paragraphs of their own.
func JoinBodies(bodies ...string) string {
	var kept []string
	for _, b := range bodies {
		if b = strings.TrimSpace(b); b != "" {
			kept = append(kept, b)
		}
	}
	return strings.Join(kept, "\n\n")
}

func onLines(s string) string {
	var lines []string
	for line := range strings.Lines(s) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}
