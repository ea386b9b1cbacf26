package demo

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/runreel/runreel/pipeline/sop"
)

// Exported is what the comparison looks at of the Markdown export.
type Exported struct {
	Readme string
	Images []string // paths as the README links them
}

// enoughWords is the part of a sentence's words that has to be recognised, and
// enoughSentences the part of the sentences that has to stand at its action.
// Commands, clicks, fields and marks have to be there all: the recorder knows
// them. What was said is guessed, and the test model hears some words wrong.
const (
	enoughWords     = 0.6
	enoughSentences = 0.85
)

// Finding is one line of the comparison.
type Finding struct {
	What  string // command, click, type, mark, sentence, pause, extra
	Name  string
	Wrong string // "" where all is right
}

// Report is what Compare found.
type Report struct{ Findings []Finding }

// Compare compares the draft with the script's own account. home is the home
// folder in which the script ran.
func Compare(script []Action, home string, doc *sop.Document, exported Exported) Report {
	c := &comparison{home: home, doc: doc, exported: exported, told: map[string]bool{}}
	for _, s := range doc.Sections {
		for _, step := range s.Steps {
			if step.Review == "" { // what a rule proposes was not recorded
				c.steps = append(c.steps, step)
			}
		}
	}
	slices.SortStableFunc(c.steps, func(a, b sop.Step) int { return int(a.Start - b.Start) })
	// The steps that the actions made come first: a sentence may stand at the
	// action before it.
	places := make([]*sop.Step, len(script))
	for i, a := range script {
		places[i] = c.action(a)
	}
	for i, a := range script {
		if a.Say == "" {
			continue
		}
		place := places[i]
		if a.After && i > 0 {
			place = places[i-1]
		}
		c.sentence(a, place)
	}
	c.extras()
	return Report{c.findings}
}

type comparison struct {
	home     string
	doc      *sop.Document
	exported Exported

	steps    []sop.Step // in the order of time
	told     map[string]bool
	findings []Finding
}

func (c *comparison) find(what, name string, wrong []string) {
	c.findings = append(c.findings, Finding{what, name, strings.Join(wrong, "; ")})
}

// take returns the first step that is right and was not taken before.
func (c *comparison) take(right func(sop.Step) bool) *sop.Step {
	for i := range c.steps {
		if s := &c.steps[i]; !c.told[s.ID] && right(*s) {
			c.told[s.ID] = true
			return s
		}
	}
	return nil
}

// action compares what one action made, and returns its step.
func (c *comparison) action(a Action) *sop.Step {
	switch {
	case a.Run != "":
		return c.command(a, a.Run)
	case a.Open != "":
		return c.command(a, a.Open)
	case a.Click != "":
		return c.click(a)
	case a.Type != "":
		return c.typed(a)
	case a.Mark != "":
		return c.mark(a)
	case a.Hidden != "":
		c.hidden()
	}
	return nil
}

func (c *comparison) command(a Action, line string) *sop.Step {
	s := c.take(func(s sop.Step) bool { return s.Command != nil && s.Command.Line == line })
	if s == nil {
		c.find("command", line, []string{"missing"})
		return nil
	}
	var wrong []string
	if s.Command.Exit == nil || *s.Command.Exit != a.Exit {
		wrong = append(wrong, fmt.Sprintf("its exit status is %s, not %d", shownExit(s.Command.Exit), a.Exit))
	}
	if want := filepath.Join(c.home, a.Dir); s.Command.Dir != want {
		wrong = append(wrong, fmt.Sprintf("its folder is %q, not %q", s.Command.Dir, want))
	}
	if !strings.Contains(s.Command.Output, a.Shows) {
		wrong = append(wrong, fmt.Sprintf("its output %q lacks %q", s.Command.Output, a.Shows))
	}
	if !strings.Contains(c.exported.Readme, line) {
		wrong = append(wrong, "the export lacks it")
	}
	c.find("command", line, wrong)
	return s
}

func shownExit(exit *int) string {
	if exit == nil {
		return "unknown"
	}
	return fmt.Sprint(*exit)
}

func (c *comparison) click(a Action) *sop.Step {
	s := c.take(func(s sop.Step) bool { return s.Kind == sop.StepClick && s.Label == a.Click && s.Role == a.Role })
	if s == nil {
		c.find("click", a.Click, []string{"missing"})
		return nil
	}
	wrong := c.picture(s)
	if !strings.Contains(sop.PlainInline(s.Title), a.Click) {
		wrong = append(wrong, fmt.Sprintf("its title is %q", s.Title))
	}
	if s.Window != a.Title {
		wrong = append(wrong, fmt.Sprintf("its window is %q, not %q", s.Window, a.Title))
	}
	c.find("click", a.Click, wrong)
	return s
}

// picture tells what is wrong with a step's picture.
func (c *comparison) picture(s *sop.Step) []string {
	if len(s.Figures) == 0 {
		return []string{"it has no picture"}
	}
	for at := range c.doc.Numbered() {
		if at.Step.ID != s.ID {
			continue
		}
		path := fmt.Sprintf("images/step-%03d.png", at.Number)
		if slices.Contains(c.exported.Images, path) && strings.Contains(c.exported.Readme, "("+path+")") {
			return nil
		}
	}
	return []string{"its picture was not exported"}
}

func (c *comparison) typed(a Action) *sop.Step {
	s := c.take(func(s sop.Step) bool { return s.Kind == sop.StepType && s.Label == a.Field })
	if s == nil {
		c.find("type", a.Field, []string{"missing"})
		return nil
	}
	wrong := c.picture(s)
	if s.Typed != a.Type {
		wrong = append(wrong, fmt.Sprintf("it holds %q, not %q", s.Typed, a.Type))
	}
	c.find("type", a.Field, wrong)
	return s
}

func (c *comparison) mark(a Action) *sop.Step {
	s := c.take(func(s sop.Step) bool {
		return (s.Kind == sop.Heading || s.Kind == sop.StepNote) && sop.PlainInline(s.Title) == a.Mark
	})
	if s == nil {
		c.find("mark", a.Mark, []string{"missing"})
		return nil
	}
	c.find("mark", a.Mark, nil)
	return s
}

// hidden looks for what was done during the pause.
func (c *comparison) hidden() {
	var wrong []string
	whole, err := json.Marshal(c.doc)
	if err != nil {
		wrong = append(wrong, err.Error())
	}
	if strings.Contains(string(whole), offTheRecord) {
		wrong = append(wrong, "the document tells it")
	}
	if strings.Contains(c.exported.Readme, offTheRecord) {
		wrong = append(wrong, "the export tells it")
	}
	c.find("pause", "what was done while paused", wrong)
}

// extras are steps that the script did not do.
func (c *comparison) extras() {
	for _, s := range c.steps {
		if !c.told[s.ID] {
			c.find("extra", string(s.Kind)+" "+sop.PlainInline(s.Title), []string{"the script did not do this"})
		}
	}
}
