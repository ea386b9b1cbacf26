package sop

import (
	"slices"
	"strings"
	"unicode"
)

// MergeSteps makes one step of two that follow each other in a section. The
// first keeps its title; the title of the second, and a command that the first
// has no room for, go into the body with its output. Nothing is lost.
type MergeSteps struct {
	First  string `json:"first"`
	Second string `json:"second"`
}

// SplitStep moves the body from rune At on into a new note after the step,
// whose first sentence becomes its title. A place inside a mark moves behind it.
// Everything else stays with the step.
type SplitStep struct {
	Step string `json:"step"`
	At   int    `json:"at"`
}

// Op implements Edit.
func (MergeSteps) Op() string { return "merge-steps" }

// Op implements Edit.
func (SplitStep) Op() string { return "split-step" }

// Apply implements Edit.
func (e MergeSteps) Apply(d *Document) (Edit, error) {
	i, j, ok := d.Step(e.First)
	if !ok {
		return nil, refuse(e, ErrNotFound, "step %q", short(e.First))
	}
	k, l, ok := d.Step(e.Second)
	if !ok {
		return nil, refuse(e, ErrNotFound, "step %q", short(e.Second))
	}
	if k != i || l != j+1 {
		return nil, refuse(e, ErrNotNeighbours, "steps %q and %q", short(e.First), short(e.Second))
	}
	sec := &d.Sections[i]
	merged := merge(sec.Steps[j].Clone(), sec.Steps[l].Clone())
	return replaceSteps(e, d, ReplaceSteps{Section: sec.ID, Index: j, Count: 2, Steps: []Step{merged}})
}

func merge(a, b Step) Step {
	body := []string{a.Body, sentenceOf(b.Title)}
	switch {
	case b.Command == nil:
	case a.Command == nil:
		a.Command = b.Command
	default:
		body = append(body, describe(*b.Command))
	}
	if a.Kind == Heading || a.Kind == StepNote && b.Kind != Heading {
		a.Kind = b.Kind
	}
	if joined := JoinBodies(append(body, b.Body)...); joined != a.Body {
		a.Body = joined
		a.setSource("body", FromPerson)
	}
	if a.Label == "" {
		a.Label, a.Role = b.Label, b.Role
	}
	if a.Window == "" {
		a.Window, a.Program = b.Window, b.Program
	}
	if a.Typed == "" {
		a.Typed = b.Typed
	}
	if a.Box == nil {
		a.Box = b.Box
	}
	a.Start, a.End = span(a, b)
	a.Figures = append(a.Figures, b.Figures...)
	a.Spoken = append(a.Spoken, b.Spoken...)
	a.Callouts = append(a.Callouts, b.Callouts...)
	a.Events = append(a.Events, b.Events...)
	return a
}

// span covers both steps; one written by hand has no times.
func span(a, b Step) (start, end Millis) {
	switch {
	case b.End == 0:
		return a.Start, a.End
	case a.End == 0:
		return b.Start, b.End
	}
	return min(a.Start, b.Start), max(a.End, b.End)
}

// describe writes a command into a body.
func describe(c Command) string {
	text := codeLines("Then run", c.Line)
	if out := strings.TrimSpace(c.Output); out != "" {
		text = JoinBodies(text, codeLines("It printed", out))
	}
	return text
}

func codeLines(intro, text string) string {
	var lines []string
	for line := range strings.Lines(strings.Trim(text, "\n")) {
		if line = strings.TrimRight(line, "\r\n"); line != "" {
			lines = append(lines, CodeInline(line))
		}
	}
	if len(lines) == 1 {
		return intro + " " + lines[0] + "."
	}
	return intro + ":\n\n- " + strings.Join(lines, "\n- ")
}

func sentenceOf(title string) string {
	title = strings.TrimSpace(title)
	if title == "" || strings.ContainsAny(title[len(title)-1:], ".!?:") {
		return title
	}
	return title + "."
}

// Apply implements Edit.
func (e SplitStep) Apply(d *Document) (Edit, error) {
	i, j, ok := d.Step(e.Step)
	if !ok {
		return nil, refuse(e, ErrNotFound, "step %q", short(e.Step))
	}
	sec := &d.Sections[i]
	step := sec.Steps[j].Clone()
	body := []rune(step.Body)
	if e.At < 0 || e.At > len(body) {
		return nil, refuse(e, ErrIndex, "rune %d of the body of step %q", e.At, short(e.Step))
	}
	head, tail := splitBody(body, e.At)
	note := Step{Kind: StepNote}
	note.Title, note.Body = titleOf(tail)
	note.Sources = map[string]Source{"title": FromPerson}
	if note.Body != "" {
		note.Sources["body"] = FromPerson
	}
	if head != step.Body {
		step.Body = head
		step.setSource("body", FromPerson)
	}
	return replaceSteps(e, d, ReplaceSteps{Section: sec.ID, Index: j, Count: 1, Steps: []Step{step, note}})
}

// splitBody cuts the body at the first place from at on where no mark is cut
// in two; after a few hundred runes it gives up and cuts at at.
func splitBody(body []rune, at int) (head, tail string) {
	whole := letters(string(body))
	for i := at; i <= len(body) && i < at+400; i++ {
		head, tail = string(body[:i]), string(body[i:])
		if letters(head)+letters(tail) == whole {
			return strings.TrimSpace(head), strings.TrimSpace(tail)
		}
	}
	return strings.TrimSpace(string(body[:at])), strings.TrimSpace(string(body[at:]))
}

func letters(body string) string {
	return strings.Join(strings.FieldsFunc(PlainBody(body), unicode.IsSpace), "")
}

// titleOf takes the first sentence of a body for a title, where it is short
// enough; the rest is the body.
func titleOf(body string) (title, rest string) {
	if body == "" {
		return "New step", ""
	}
	runes := []rune(body)
	for i, r := range runes {
		if i > 120 {
			break
		}
		if r == '\n' || slices.Contains([]rune(".!?"), r) && (i+1 == len(runes) || unicode.IsSpace(runes[i+1])) {
			head, tail := splitBody(runes, i+1)
			if head = strings.TrimRight(strings.TrimPrefix(head, "- "), ". "); head != "" && !strings.Contains(head, "\n") {
				return head, tail
			}
		}
	}
	plain := []rune(strings.Join(strings.Fields(PlainBody(body)), " "))
	if len(runes) <= 120 && !strings.Contains(body, "\n") && len(plain) > 0 {
		return body, ""
	}
	if len(plain) == 0 {
		return "New step", body
	}
	return EscapeInline(strings.TrimSpace(string(plain[:min(60, len(plain))])) + "…"), body
}
