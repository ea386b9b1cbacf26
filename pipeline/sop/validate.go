package sop

import (
	"fmt"
	"slices"
	"unicode/utf8"
)

// Problem is something in a document that no program of this schema writes.
type Problem struct {
	Path string // such as `sections[2].steps[4].kind`
	Text string // a sentence
}

const maxSections = 200

var (
	kinds        = []Kind{SOP, Runbook}
	statuses     = []Status{Draft, InReview, Approved, Retired}
	stepKinds    = []StepKind{StepCommand, StepClick, StepType, StepChord, StepScroll, StepNote, Heading}
	calloutKinds = []CalloutKind{Note, Tip, Warning, Caution}
	builtin      = []SectionKind{Purpose, Prerequisites, Procedure, Verification, Rollback}
	classes      = []CommandClass{"", ReadOnly, ChangesState, Destructive, UnknownClass}
	shapes       = []string{"box", "dot"}
)

// Validate lists what is wrong with d: unknown kinds, ids that are missing or
// used twice, sections that are missing, texts that are too long or not UTF-8.
// An empty title is not wrong: it is unfinished.
func Validate(d *Document) []Problem {
	c := checker{ids: map[string]string{}}
	if d.Schema != Schema {
		c.add("schema", "The schema is %d, not %d.", d.Schema, Schema)
	}
	c.known("kind", slices.Contains(kinds, d.Kind), string(d.Kind))
	c.known("status", slices.Contains(statuses, d.Status), string(d.Status))
	for _, f := range []struct{ name, text string }{
		{"id", d.ID}, {"session", d.Session}, {"title", d.Title}, {"owner", d.Owner},
		{"author", d.Author}, {"version", d.Version}, {"appliesTo", d.AppliesTo},
	} {
		c.text(f.name, f.text)
	}
	c.sections(d)
	for i, r := range d.Revisions {
		path := fmt.Sprintf("revisions[%d]", i)
		c.text(path+".version", r.Version)
		c.text(path+".author", r.Author)
		c.text(path+".change", r.Change)
	}
	c.problems = append(c.problems, checkParameters(d.Parameters)...)
	return c.problems
}

type checker struct {
	problems []Problem
	ids      map[string]string // id to its path
}

func (c *checker) add(path, format string, args ...any) {
	c.problems = append(c.problems, Problem{Path: path, Text: fmt.Sprintf(format, args...)})
}

func (c *checker) known(path string, ok bool, value string) {
	if !ok {
		c.add(path, "%q is not a %s that this program knows.", short(value), path)
	}
}

func (c *checker) text(path, s string) {
	switch {
	case len(s) > MaxText:
		c.add(path, "The text has %d bytes; %d are allowed.", len(s), MaxText)
	case !utf8.ValidString(s):
		c.add(path, "The text is not UTF-8.")
	}
}

func (c *checker) sources(path string, m map[string]Source) {
	for field, source := range m {
		c.text(path+".sources", field)
		c.text(path+".sources."+short(field), string(source))
	}
}

func (c *checker) id(path, id string) {
	switch at, taken := c.ids[id]; {
	case id == "":
		c.add(path, "The id is missing.")
	case len(id) > 200 || !utf8.ValidString(id):
		c.add(path, "The id is too long or not UTF-8.")
	case taken:
		c.add(path, "The id %q is used at %s too.", id, at)
	default:
		c.ids[id] = path
	}
}

func (c *checker) sections(d *Document) {
	if len(d.Sections) > maxSections {
		c.add("sections", "There are %d sections; %d are allowed.", len(d.Sections), maxSections)
	}
	if n := d.stepCount(); n > MaxSteps {
		c.add("sections", "There are %d steps; %d are allowed.", n, MaxSteps)
	}
	seen := map[SectionKind]int{}
	for i := range d.Sections {
		sec := &d.Sections[i]
		seen[sec.Kind]++
		path := fmt.Sprintf("sections[%d]", i)
		c.id(path+".id", sec.ID)
		c.problems = append(c.problems, checkSection(path, sec)...)
		for j := range sec.Steps {
			at := fmt.Sprintf("%s.steps[%d]", path, j)
			c.id(at+".id", sec.Steps[j].ID)
			for k, f := range sec.Steps[j].Figures {
				c.id(fmt.Sprintf("%s.figures[%d].id", at, k), f.ID)
			}
		}
	}
	for _, kind := range builtin {
		if seen[kind] != 1 {
			c.add("sections", "There are %d sections of kind %s, not 1.", seen[kind], kind)
		}
	}
}

func checkSection(path string, sec *Section) []Problem {
	var c checker
	c.known(path+".kind", sec.Kind == Custom || slices.Contains(builtin, sec.Kind), string(sec.Kind))
	c.text(path+".title", sec.Title)
	c.text(path+".body", sec.Body)
	c.sources(path, sec.Sources)
	for j := range sec.Steps {
		c.problems = append(c.problems, checkStep(fmt.Sprintf("%s.steps[%d]", path, j), &sec.Steps[j])...)
	}
	return c.problems
}

func checkStep(path string, s *Step) []Problem {
	var c checker
	c.known(path+".kind", slices.Contains(stepKinds, s.Kind), string(s.Kind))
	for _, f := range []struct{ name, text string }{
		{"title", s.Title}, {"body", s.Body}, {"label", s.Label}, {"role", s.Role},
		{"window", s.Window}, {"program", s.Program}, {"typed", s.Typed}, {"review", s.Review},
	} {
		c.text(path+"."+f.name, f.text)
	}
	if cmd := s.Command; cmd != nil {
		for _, f := range []struct{ name, text string }{
			{"line", cmd.Line}, {"folder", cmd.Dir}, {"host", cmd.Host},
			{"user", cmd.User}, {"shell", cmd.Shell}, {"output", cmd.Output}, {"productionBy", cmd.ProductionBy},
		} {
			c.text(path+".command."+f.name, f.text)
		}
		c.known(path+".command.class", slices.Contains(classes, cmd.Class), string(cmd.Class))
		for key, value := range cmd.Context {
			c.text(path+".command.context", key)
			c.text(path+".command.context."+short(key), value)
		}
	}
	for i, said := range s.Spoken {
		c.text(fmt.Sprintf("%s.spoken[%d].text", path, i), said.Text)
	}
	for i := range s.Figures {
		c.problems = append(c.problems, checkFigure(fmt.Sprintf("%s.figures[%d]", path, i), &s.Figures[i])...)
	}
	c.problems = append(c.problems, checkCallouts(path+".callouts", s.Callouts)...)
	c.sources(path, s.Sources)
	return c.problems
}

func checkFigure(path string, f *Figure) []Problem {
	var c checker
	c.text(path+".frame", f.Frame)
	c.text(path+".alt", f.Alt)
	c.text(path+".caption", f.Caption)
	for i, m := range f.Marks {
		c.known(fmt.Sprintf("%s.marks[%d].shape", path, i), slices.Contains(shapes, m.Shape), m.Shape)
	}
	return c.problems
}

func checkCallouts(path string, callouts []Callout) []Problem {
	var c checker
	for i, callout := range callouts {
		at := fmt.Sprintf("%s[%d]", path, i)
		c.known(at+".kind", slices.Contains(calloutKinds, callout.Kind), string(callout.Kind))
		c.text(at+".text", callout.Text)
		c.text(at+".source", string(callout.Source))
		c.text(at+".rule", callout.Rule)
	}
	return c.problems
}
