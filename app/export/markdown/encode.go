package markdown

import (
	"fmt"
	"strings"

	"github.com/runreel/runreel/app/export"
	"github.com/runreel/runreel/pipeline/sop"
)

// longOutput is the number of lines from which output is folded away.
const longOutput = 20

// document returns README.md: LF line ends, one line feed at the end.
func (e *encoder) document(doc *sop.Document) []byte {
	title := export.Title(doc)
	sections := export.Outline(doc)
	e.block("# " + escapeHeading([]sop.Span{{Text: title}}))
	e.anchors.add(title)
	e.control(doc)
	e.anchors.add("Contents")
	e.contents(sections)
	for _, s := range sections {
		e.section(s)
	}
	e.revisions(doc.Revisions)
	return append([]byte(strings.TrimRight(e.buf.String(), "\n")), '\n')
}

// block writes a block with an empty line after it.
func (e *encoder) block(text string) {
	e.buf.WriteString(text)
	e.buf.WriteString("\n\n")
}

func (e *encoder) control(doc *sop.Document) {
	var b strings.Builder
	b.WriteString("| Document control | |\n|---|---|\n")
	for _, f := range export.Control(doc) {
		fmt.Fprintf(&b, "| %s | %s |\n", f.Name, escapeText(f.Value))
	}
	e.block(strings.TrimRight(b.String(), "\n"))
}

func (e *encoder) contents(sections []export.Section) {
	var b strings.Builder
	entry := func(indent int, text []sop.Span) {
		fmt.Fprintf(&b, "%s- [%s](#%s)\n", strings.Repeat("  ", indent), escapeSpans(text),
			e.anchors.add(export.Plain(text)))
	}
	for _, s := range sections {
		entry(0, []sop.Span{{Text: s.Title}})
		for _, step := range s.Steps {
			entry(step.Level, stepHeading(step))
		}
	}
	entry(0, []sop.Span{{Text: revisionHistory}})
	e.block("## Contents")
	e.block(strings.TrimRight(b.String(), "\n"))
}

const revisionHistory = "Revision history"

// stepHeading is the title of a step with its number.
func stepHeading(s export.Step) []sop.Span {
	if s.Number == 0 {
		return s.Title
	}
	return append([]sop.Span{{Text: fmt.Sprintf("Step %d – ", s.Number)}}, s.Title...)
}

func (e *encoder) section(s export.Section) {
	e.block("## " + escapeHeading([]sop.Span{{Text: s.Title}}))
	e.blocks(s.Body)
	e.parameters(s.Parameters)
	if len(s.Body) == 0 && len(s.Steps) == 0 && len(s.Parameters) == 0 {
		e.block("*" + export.Empty + "*")
	}
	for _, step := range s.Steps {
		e.step(step)
	}
}

func (e *encoder) parameters(parameters []export.Parameter) {
	if len(parameters) == 0 {
		return
	}
	e.block(export.ParameterIntro)
	var b strings.Builder
	fmt.Fprintf(&b, "| %s | %s | %s |\n|---|---|---|\n", export.ParameterHead[0], export.ParameterHead[1], export.ParameterHead[2])
	for _, p := range parameters {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", escapeText(p.Placeholder), escapeText(p.Example), escapeText(p.Description))
	}
	e.block(strings.TrimRight(b.String(), "\n"))
}

func (e *encoder) step(s export.Step) {
	e.block(strings.Repeat("#", 2+s.Level) + " " + escapeHeading(stepHeading(s)))
	for _, c := range s.Callouts {
		e.callout(c)
	}
	e.blocks(s.Body)
	if typed := s.Typed(); typed != "" {
		e.block("Enter:")
		e.block(fence(typed, "text"))
	}
	if s.Command != nil {
		e.command(s)
	}
	for _, f := range s.Figures {
		e.figure(s, f)
	}
}

func (e *encoder) blocks(blocks []export.Block) {
	for _, b := range blocks {
		if b.Items == nil {
			e.block(escapeParagraph(b.Text))
			continue
		}
		var list strings.Builder
		for _, item := range b.Items {
			list.WriteString("- " + escapeParagraph(item) + "\n")
		}
		e.block(strings.TrimRight(list.String(), "\n"))
		// Without it, a list that follows this one would be the same list.
	}
}

func (e *encoder) callout(c sop.Callout) {
	kind := "NOTE"
	switch c.Kind {
	case sop.Tip:
		kind = "TIP"
	case sop.Warning:
		kind = "WARNING"
	case sop.Caution:
		kind = "CAUTION"
	}
	sub := &encoder{}
	sub.blocks(export.Blocks(c.Text))
	text := strings.TrimRight(sub.buf.String(), "\n")
	if text == "" {
		return
	}
	lines := append([]string{"[!" + kind + "]"}, strings.Split(text, "\n")...)
	for i, line := range lines {
		lines[i] = strings.TrimRight("> "+line, " ")
	}
	e.block(strings.Join(lines, "\n"))
}

func (e *encoder) command(s export.Step) {
	c := s.Command
	if len(s.Place) > 0 {
		e.block(escapeParagraph(s.Place))
	}
	e.block(fence(export.Code(c.Line), language(c.Shell)))
	if c.Exit != nil && *c.Exit != 0 {
		e.block(fmt.Sprintf("Exit status: **%d**", *c.Exit))
	}
	output := export.Code(c.Output)
	if output != "" {
		lines := strings.Count(output, "\n") + 1
		if lines > longOutput {
			e.block(fmt.Sprintf("<details><summary>Output (%d lines)</summary>", lines))
			e.block(fence(output, "text"))
			e.block("</details>")
		} else {
			e.block("Output:")
			e.block(fence(output, "text"))
		}
	}
	if c.Omitted > 0 {
		e.block(fmt.Sprintf("*%d bytes of output were not kept.*", c.Omitted))
	}
}

// language is the tag of a fence: a shell's name, or the shell that most wikis
// know.
func language(shell string) string {
	switch shell {
	case "fish", "zsh", "powershell":
		return shell
	case "pwsh":
		return "powershell"
	}
	return "bash"
}

func (e *encoder) figure(s export.Step, f sop.Figure) {
	if err, ok := e.missing[f.ID]; ok {
		placeholder, warning := export.Missing(s.Name(), err)
		e.warnings = append(e.warnings, warning)
		e.block("*" + escapeText(placeholder) + "*")
		return
	}
	alt := export.Line(f.Alt)
	if alt == "" {
		alt = "Screenshot of " + s.Name()
	}
	e.block(fmt.Sprintf("![%s](%s)", escapeText(alt), e.images.path[f.ID]))
	if caption := export.Line(f.Caption); caption != "" {
		e.block(escapeParagraph([]sop.Span{{Text: caption, Style: sop.Emphasis}}))
	}
}

func (e *encoder) revisions(revisions []sop.Revision) {
	e.block("## " + revisionHistory)
	if len(revisions) == 0 {
		e.block("*" + export.Empty + "*")
		return
	}
	var b strings.Builder
	b.WriteString("| Version | Date | Author | Change |\n|---|---|---|---|\n")
	for _, r := range revisions {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", escapeText(export.Line(r.Version)), export.Day(r.Date),
			escapeText(export.Line(r.Author)), escapeText(export.Line(r.Change)))
	}
	e.block(strings.TrimRight(b.String(), "\n"))
}
