package demo

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/runreel/runreel/pipeline/sop"
)

const testHome = "/home/ann"

// faithful is the document that tells the whole script, with its export.
func faithful() (*sop.Document, Exported) {
	steps := sop.Section{ID: "p", Kind: sop.Procedure}
	var e Exported
	var purpose string
	number := 0
	for i, a := range script() {
		s := sop.Step{ID: fmt.Sprint("s", i), Start: sop.Millis(i * 1000)}
		switch {
		case a.Run+a.Open != "":
			exit := a.Exit
			s.Kind = sop.StepCommand
			s.Command = &sop.Command{Line: a.Run + a.Open, Dir: filepath.Join(testHome, a.Dir), Exit: &exit, Output: a.Shows + "\n"}
			e.Readme += "\n```\n" + s.Command.Line + "\n```\n"
		case a.Click != "":
			s.Kind, s.Title, s.Label, s.Role, s.Window = sop.StepClick, "Click **"+a.Click+"**", a.Click, a.Role, a.Title
		case a.Type != "":
			s.Kind, s.Label, s.Typed = sop.StepType, a.Field, a.Type
		case a.Mark != "":
			s.Kind, s.Title = sop.Heading, a.Mark
		case a.After:
			last := &steps.Steps[len(steps.Steps)-1]
			last.Spoken = append(last.Spoken, sop.Sentence{Text: a.Say})
			continue
		default:
			if a.Hidden == "" {
				purpose += a.Say + " "
			}
			continue
		}
		if a.Say != "" {
			s.Spoken = []sop.Sentence{{Text: a.Say}}
		}
		if s.Kind != sop.Heading {
			number++
		}
		if a.Click+a.Type != "" {
			s.Figures = []sop.Figure{{ID: s.ID + "f", Frame: "f"}}
			path := fmt.Sprintf("images/step-%03d.png", number)
			e.Images = append(e.Images, path)
			e.Readme += "\n![The screen](" + path + ")\n"
		}
		steps.Steps = append(steps.Steps, s)
	}
	return &sop.Document{Sections: []sop.Section{{ID: "q", Kind: sop.Purpose, Body: purpose}, steps}}, e
}

func TestCompareAcceptsTheWholeScript(t *testing.T) {
	doc, e := faithful()
	report := Compare(script(), testHome, doc, e)
	for _, f := range report.Findings {
		if f.Wrong != "" {
			t.Errorf("%s %q: %s", f.What, f.Name, f.Wrong)
		}
	}
	if !report.OK() || len(report.Findings) < len(script()) {
		t.Errorf("the report is not ok: %+v", report)
	}
}

func TestCompareFindsWhatDiffers(t *testing.T) {
	one := 1
	tests := []struct {
		name  string
		what  string
		spoil func(steps *[]sop.Step, doc *sop.Document, e *Exported)
	}{
		{"command left out", "command", func(s *[]sop.Step, _ *sop.Document, _ *Exported) { *s = (*s)[1:] }},
		{"command changed", "command", func(s *[]sop.Step, _ *sop.Document, _ *Exported) { step(*s, "cat ").Command.Line += " " }},
		{"wrong exit status", "command", func(s *[]sop.Step, _ *sop.Document, _ *Exported) { step(*s, "cat ").Command.Exit = &one }},
		{"no exit status", "command", func(s *[]sop.Step, _ *sop.Document, _ *Exported) { step(*s, "cat ").Command.Exit = nil }},
		{"wrong folder", "command", func(s *[]sop.Step, _ *sop.Document, _ *Exported) { step(*s, "cat ").Command.Dir = testHome }},
		{"output lost", "command", func(s *[]sop.Step, _ *sop.Document, _ *Exported) { step(*s, "cat ").Command.Output = "" }},
		{"command not exported", "command", func(_ *[]sop.Step, _ *sop.Document, e *Exported) {
			e.Readme = strings.ReplaceAll(e.Readme, "./payctl rollback", "payctl rollback")
		}},
		{"wrong button", "click", func(s *[]sop.Step, _ *sop.Document, _ *Exported) { step(*s, "Approve").Label = "Reject" }},
		{"wrong role", "click", func(s *[]sop.Step, _ *sop.Document, _ *Exported) { step(*s, "Approve").Role = "label" }},
		{"wrong window", "click", func(s *[]sop.Step, _ *sop.Document, _ *Exported) { step(*s, "Approve").Window = "xterm" }},
		{"title without the button", "click", func(s *[]sop.Step, _ *sop.Document, _ *Exported) { step(*s, "Approve").Title = "Click" }},
		{"no picture", "click", func(s *[]sop.Step, _ *sop.Document, _ *Exported) { step(*s, "Approve").Figures = nil }},
		{"picture not exported", "click", func(_ *[]sop.Step, _ *sop.Document, e *Exported) { e.Images = e.Images[:len(e.Images)-1] }},
		{"wrong text", "type", func(s *[]sop.Step, _ *sop.Document, _ *Exported) { step(*s, "Version").Typed = "1.5." }},
		{"mark lost", "mark", func(s *[]sop.Step, _ *sop.Document, _ *Exported) { step(*s, "Roll back").Title = "" }},
		{"step that nobody did", "extra", func(s *[]sop.Step, _ *sop.Document, _ *Exported) {
			*s = append(*s, sop.Step{ID: "new", Kind: sop.StepClick, Label: "Reject"})
		}},
		{"step twice", "extra", func(s *[]sop.Step, _ *sop.Document, _ *Exported) {
			again := (*s)[0]
			again.ID = "again"
			*s = append(*s, again)
		}},
		{"pause told", "pause", func(s *[]sop.Step, _ *sop.Document, _ *Exported) { (*s)[0].Body = offTheRecord }},
		{"pause exported", "pause", func(_ *[]sop.Step, _ *sop.Document, e *Exported) { e.Readme += offTheRecord }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc, e := faithful()
			tt.spoil(&doc.Sections[1].Steps, doc, &e)
			report := Compare(script(), testHome, doc, e)
			found := slices.ContainsFunc(report.Findings, func(f Finding) bool { return f.What == tt.what && f.Wrong != "" })
			if !found || report.OK() {
				t.Errorf("it was not found: ok %v, %+v", report.OK(), report.Findings)
			}
		})
	}
}

// step is the step whose command begins so, or that has this label or title.
func step(steps []sop.Step, name string) *sop.Step {
	i := slices.IndexFunc(steps, func(s sop.Step) bool {
		return s.Command != nil && strings.HasPrefix(s.Command.Line, name) || s.Label == name || s.Title == name
	})
	return &steps[i]
}

func TestSentencesBelongToTheirSteps(t *testing.T) {
	wrong := func(r Report) (n int) {
		for _, f := range r.Findings {
			if f.What == "sentence" && f.Wrong != "" {
				n++
			}
		}
		return n
	}
	doc, e := faithful()
	steps := doc.Sections[1].Steps
	steps[0].Spoken, steps[1].Spoken = steps[1].Spoken, steps[0].Spoken
	if r := Compare(script(), testHome, doc, e); wrong(r) != 2 || !r.OK() {
		t.Errorf("two sentences at the wrong steps: %d found, ok %v", wrong(r), r.OK())
	}
	steps[2].Spoken[0].Dropped = true
	if r := Compare(script(), testHome, doc, e); wrong(r) != 3 || r.OK() {
		t.Errorf("three sentences lost: %d found, ok %v", wrong(r), r.OK())
	}
}

func TestRecognised(t *testing.T) {
	tests := []struct {
		said, heard string
		want        float64
	}{
		{"Enter the version number.", "number the version enter", 1},
		{"wait ten seconds", "Wait 10 seconds.", 1},
		{"the the", "the", 0.5},
		{"start the service", "stop a job", 0},
		{"", "anything", 1},
	}
	for _, tt := range tests {
		if got := recognised(tt.said, tt.heard); got != tt.want {
			t.Errorf("recognised(%q, %q) = %v, want %v", tt.said, tt.heard, got, tt.want)
		}
	}
}

func TestPrintSaysWhatDiffers(t *testing.T) {
	var b strings.Builder
	Report{[]Finding{{"command", "ls", ""}, {"click", "Save", "missing"}}}.Print(&b)
	for _, want := range []string{"ok       command   ls\n", "DIFFERS  click     Save\n", "missing\n", "click     0 of 1 right\n"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("the table lacks %q:\n%s", want, b.String())
		}
	}
}
