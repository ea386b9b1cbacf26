package name

import "strings"

// commandTitle shows a short command whole, and of a long one what it begins
// with and why the rest is left to the block below it.
func commandTitle(line string) []Part {
	line = strings.TrimRight(line, " \t\r\n")
	if !strings.Contains(line, "\n") && Clean(line) == strings.TrimSpace(line) && len([]rune(line)) <= maxLine {
		return []Part{{"Run ", Plain}, {strings.TrimSpace(line), Code}}
	}
	head := first(line)
	if head == "" {
		return []Part{{"Run the command", Plain}}
	}
	title := []Part{{"Run ", Plain}, {head, Code}}
	switch {
	case strings.Contains(line, "<<") && strings.Contains(line, "\n"):
		return append(title, Part{Text: " with a here-document"})
	case strings.Contains(line, "\n"):
		return append(title, Part{Text: " over several lines"})
	case strings.Contains(line, "|"):
		return append(title, Part{Text: " in a pipeline"})
	}
	return append(title, Part{Text: " with its options"})
}

// first is what a command line begins with: its program and the words of its
// subcommand, up to the first option, path or operator.
func first(line string) string {
	line, _, _ = strings.Cut(strings.TrimLeft(line, " \t\r\n"), "\n")
	var words []string
	for _, w := range strings.Fields(cutHuge(line)) {
		if len(words) == 3 || len(words) > 0 && !isWord(w) {
			break
		}
		w = Clean(w)
		if w == "" {
			break
		}
		words = append(words, cut(w, 40))
	}
	return strings.Join(words, " ")
}

func isWord(w string) bool {
	for _, r := range w {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-') {
			return false
		}
	}
	return w != "" && w[0] != '-'
}

// Programs lists the programs that a command line starts, as far as its words
// show: behind pipes, separators, sudo and assignments.
func Programs(line string) []string {
	var (
		out  []string
		here string
	)
	for l := range strings.Lines(cutHuge(line)) {
		if here != "" {
			if strings.TrimSpace(l) == here {
				here = ""
			}
			continue
		}
		var found []string
		found, here = programsOf(l)
		out = append(out, found...)
	}
	return out
}

func programsOf(line string) (out []string, here string) {
	start, quote := true, byte(0)
	for _, w := range strings.Fields(line) {
		if quote != 0 {
			if strings.Count(w, string(quote))%2 == 1 {
				quote = 0
				start = strings.HasSuffix(w, ";")
			}
			continue
		}
		if i := strings.Index(w, "<<"); i >= 0 && !strings.HasPrefix(w[i:], "<<<") {
			here = strings.Trim(strings.TrimLeft(w[i:], "<-"), `'"\`)
		}
		switch {
		case w == "|" || w == "||" || w == "&&" || w == ";" || w == "|&" || w == "then" || w == "do" || w == "else" || w == "!":
			start = true
			continue
		case !start:
		case isAssignment(w), prefixes[w]:
			continue
		default:
			if p := strings.TrimRight(w, ";"); isProgram(p) {
				out = append(out, p)
			}
			start = false
		}
		if strings.HasSuffix(w, ";") {
			start = true
		}
		for _, q := range []byte{'\'', '"'} {
			if strings.Count(w, string(q))%2 == 1 {
				quote = q
			}
		}
	}
	return out, here
}

var prefixes = map[string]bool{"sudo": true, "env": true, "time": true, "nohup": true, "exec": true, "command": true, "(": true, "{": true}

func isAssignment(w string) bool {
	name, _, ok := strings.Cut(w, "=")
	return ok && isProgram(name) && !strings.ContainsAny(name, "/.-")
}

func isProgram(w string) bool {
	if w == "" || w[0] == '-' || len(w) > 100 {
		return false
	}
	for _, r := range w {
		if !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./+", r)) {
			return false
		}
	}
	return true
}
