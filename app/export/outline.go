package export

import (
	"fmt"
	"strings"
	"time"

	"github.com/runreel/runreel/pipeline/sop"
)

// Empty is what a section without text and steps says.
const Empty = "Nothing recorded."

// Section is a section of a document, ready to be set.
type Section struct {
	Title string // clean, never empty
	Body  []Block
	Steps []Step
	// Parameters are the accepted ones, in the section of what one needs.
	Parameters []Parameter
}

// Parameter is a line of the table of parameters, clean.
type Parameter struct{ Placeholder, Example, Description string }

// Step is a step with its number and what of its command differs from the step
// before.
type Step struct {
	sop.Step
	Number int // counted through the whole document from 1; 0 for a heading
	Level  int // of its heading under the section's: 1, or 2 below a heading
	Title  []sop.Span
	Body   []Block // what was written, or what was said
	Place  []sop.Span
}

// Outline numbers the steps of a document and cleans its texts. Sections keep
// their order. Numbers run on through all sections, so that "step 12" is one
// place.
func Outline(doc *sop.Document) []Section {
	var out []Section
	number := 0
	var last sop.Command
	for _, s := range doc.Sections {
		section := Section{Title: or(Line(s.Title), sectionTitle(s.Kind)), Body: Blocks(s.Body)}
		if s.Kind == sop.Prerequisites {
			section.Parameters = parameters(doc)
		}
		level := 1
		for _, st := range s.Steps {
			step := Step{Step: st, Level: level, Title: Spans(st.Title), Body: narration(st)}
			if st.Review != "" {
				step.Callouts = append([]sop.Callout{{Kind: sop.Note, Text: "**Needs review.** " + sop.EscapeInline(Line(st.Review))}}, st.Callouts...)
			}
			if len(step.Title) == 0 {
				step.Title = []sop.Span{{Text: "Untitled"}}
			}
			if st.Kind == sop.Heading {
				step.Level, level = 1, 2
			} else {
				number++
				step.Number = number
			}
			if c := st.Command; c != nil {
				step.Place = place(*c, last)
				last = *c
			}
			section.Steps = append(section.Steps, step)
		}
		out = append(out, section)
	}
	return out
}

func parameters(doc *sop.Document) []Parameter {
	var out []Parameter
	for _, p := range doc.Parameters {
		if p.Accepted {
			out = append(out, Parameter{Line(p.Placeholder()), Line(p.Example), Line(p.Description)})
		}
	}
	return out
}

// ParameterHead is the head of the table of parameters, and ParameterIntro the
// sentence above it.
var ParameterHead = [3]string{"Parameter", "Example", "Description"}

// ParameterIntro stands above the table of parameters.
const ParameterIntro = "Replace these parameters; the examples are the recorded values."

// Name returns how a step is called in a warning.
func (s Step) Name() string {
	if s.Number == 0 {
		return fmt.Sprintf("the heading “%s”", Plain(s.Title))
	}
	return fmt.Sprintf("step %d", s.Number)
}

// Plain returns the text of spans.
func Plain(spans []sop.Span) string {
	var b strings.Builder
	for _, s := range spans {
		b.WriteString(s.Text)
	}
	return b.String()
}

var oneLine = strings.NewReplacer("\n", " ", "\t", " ")

// Spans reads inline markup that stands on one line, and cleans it.
func Spans(inline string) []sop.Span {
	spans := sop.ParseInline(strings.TrimSpace(oneLine.Replace(Clean(inline))))
	out := spans[:0]
	for _, s := range spans {
		if s.Text != "" {
			out = append(out, s)
		}
	}
	return out
}

// Block is a paragraph or, when it has Items, a list.
type Block struct {
	Text  []sop.Span
	Items [][]sop.Span
}

// Blocks reads a body: paragraphs parted by empty lines, lists of lines that
// begin with "- ".
func Blocks(body string) []Block {
	var out []Block
	var text []string
	flush := func() {
		if spans := Spans(strings.Join(text, " ")); len(spans) > 0 {
			out = append(out, Block{Text: spans})
		}
		text = nil
	}
	inList := false
	for _, line := range strings.Split(Clean(body), "\n") {
		line = strings.TrimSpace(line)
		item, isItem := strings.CutPrefix(line, "- ")
		switch {
		case line == "":
			flush()
			inList = false
		case isItem:
			flush()
			spans := Spans(item)
			if len(spans) == 0 {
				continue
			}
			if !inList {
				out = append(out, Block{})
			}
			b := &out[len(out)-1]
			b.Items = append(b.Items, spans)
			inList = true
		default:
			inList = false
			text = append(text, line)
		}
	}
	flush()
	return out
}

// narration returns the body of a step, or what was said when none was written.
// What stands in a callout already is not said twice.
func narration(st sop.Step) []Block {
	if blocks := Blocks(st.Body); len(blocks) > 0 {
		return blocks
	}
	return Blocks(sop.SpokenBody(st))
}

// Typed returns the text that was typed into a field, unless the title of the
// step says it already.
func (s Step) Typed() string {
	typed := Code(s.Step.Typed)
	if typed == "" || s.Kind != sop.StepType || strings.Contains(Plain(s.Title), Line(typed)) {
		return ""
	}
	return typed
}

// place words the host and the folder of a command where they changed.
func place(c, last sop.Command) []sop.Span {
	var out []sop.Span
	host := Line(c.Host)
	if host != "" && (c.Host != last.Host || c.User != last.User) {
		if user := Line(c.User); user != "" {
			host = user + "@" + host
		}
		out = append(out, sop.Span{Text: "On "}, sop.Span{Text: host, Style: sop.Code})
	}
	if dir := Line(c.Dir); dir != "" && (c.Dir != last.Dir || c.Host != last.Host) {
		word := "In "
		if len(out) > 0 {
			word = ", in "
		}
		out = append(out, sop.Span{Text: word}, sop.Span{Text: dir, Style: sop.Code})
	}
	if len(out) > 0 {
		out = append(out, sop.Span{Text: ":"})
	}
	return out
}

// Field is a line of the document-control table.
type Field struct{ Name, Value string }

// Control returns the document-control table: what is known of the document,
// clean, in a fixed order.
func Control(doc *sop.Document) []Field {
	var out []Field
	add := func(name, value string) {
		if value = Line(value); value != "" {
			out = append(out, Field{name, value})
		}
	}
	switch doc.Kind {
	case sop.Runbook:
		add("Kind", "Runbook")
	default:
		add("Kind", "Standard operating procedure")
	}
	add("Status", statusName(doc.Status))
	add("Version", doc.Version)
	add("Owner", doc.Owner)
	add("Author", doc.Author)
	add("Applies to", doc.AppliesTo)
	if !doc.Recorded.IsZero() {
		recorded := doc.Recorded.UTC().Format("2006-01-02 15:04 UTC")
		if doc.Length > 0 {
			recorded += ", " + length(doc.Length.Duration())
		}
		add("Recorded", recorded)
	}
	add("Document ID", doc.ID)
	return out
}

// Title returns the title of a document, never empty.
func Title(doc *sop.Document) string {
	return or(Line(doc.Title), "Untitled procedure")
}

// Lang is the language of the fixed texts of an export.
const Lang = "en"

// Day formats the date of a revision.
func Day(t time.Time) string {
	if t.IsZero() {
		return "–"
	}
	return t.UTC().Format("2006-01-02")
}

func length(d time.Duration) string {
	d = d.Round(time.Second)
	if d < time.Minute {
		return fmt.Sprintf("%d s", int(d.Seconds()))
	}
	return fmt.Sprintf("%d min %02d s", int(d.Minutes()), int(d.Seconds())%60)
}

func statusName(s sop.Status) string {
	switch s {
	case sop.Draft, "":
		return "Draft"
	case sop.InReview:
		return "In review"
	case sop.Approved:
		return "Approved"
	case sop.Retired:
		return "Retired"
	}
	return string(s)
}

func sectionTitle(k sop.SectionKind) string {
	switch k {
	case sop.Purpose:
		return "Purpose"
	case sop.Prerequisites:
		return "Prerequisites"
	case sop.Procedure:
		return "Procedure"
	case sop.Verification:
		return "Verification"
	case sop.Rollback:
		return "Rollback"
	}
	return "Section"
}

func or(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
