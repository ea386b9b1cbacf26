package sop

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// SetDocument sets a field of the document: title, owner, author, version,
// status, appliesTo or kind.
type SetDocument struct {
	Field string `json:"field"`
	Text  string `json:"text"`
}

// SetSection sets a section's title or body.
type SetSection struct {
	Section string  `json:"section"`
	Field   string  `json:"field"`
	Text    string  `json:"text"`
	Source  *Source `json:"source,omitempty"` // as in SetStep
}

// SetStep sets a field of a step: title, body, line, folder, output, typed,
// label, review or kind. A title that a rule made of the command line, the label
// or the typed text follows the change. Another line takes what the command was
// judged to be from it, unless Risk says what the new one is.
type SetStep struct {
	Step  string `json:"step"`
	Field string `json:"field"`
	Text  string `json:"text"`
	// Source is where the text comes from; nil is FromPerson, and an empty one
	// takes the entry away.
	Source *Source `json:"source,omitempty"`
	Risk   *Risk   `json:"risk,omitempty"` // of a line
}

// Op implements Edit.
func (SetDocument) Op() string { return "set-document" }

// Op implements Edit.
func (SetSection) Op() string { return "set-section" }

// Op implements Edit.
func (SetStep) Op() string { return "set-step" }

// Apply implements Edit.
func (e SetDocument) Apply(d *Document) (Edit, error) {
	if err := checkText(e, e.Field, e.Text); err != nil {
		return nil, err
	}
	old := e
	switch e.Field {
	case "title":
		old.Text, d.Title = d.Title, e.Text
	case "owner":
		old.Text, d.Owner = d.Owner, e.Text
	case "author":
		old.Text, d.Author = d.Author, e.Text
	case "version":
		old.Text, d.Version = d.Version, e.Text
	case "appliesTo":
		old.Text, d.AppliesTo = d.AppliesTo, e.Text
	case "status":
		if !slices.Contains(statuses, Status(e.Text)) {
			return nil, refuse(e, ErrValue, "status %q", short(e.Text))
		}
		old.Text, d.Status = string(d.Status), Status(e.Text)
	case "kind":
		if !slices.Contains(kinds, Kind(e.Text)) {
			return nil, refuse(e, ErrValue, "kind %q", short(e.Text))
		}
		old.Text, d.Kind = string(d.Kind), Kind(e.Text)
	default:
		return nil, refuse(e, ErrUnknownField, "field %q", short(e.Field))
	}
	return old, nil
}

// Apply implements Edit.
func (e SetSection) Apply(d *Document) (Edit, error) {
	sec := d.Section(e.Section)
	if sec == nil {
		return nil, refuse(e, ErrNotFound, "section %q", short(e.Section))
	}
	if err := checkText(e, e.Field, e.Text); err != nil {
		return nil, err
	}
	old := e
	switch e.Field {
	case "title":
		old.Text, sec.Title = sec.Title, e.Text
	case "body":
		old.Text, sec.Body = sec.Body, e.Text
	default:
		return nil, refuse(e, ErrUnknownField, "field %q", short(e.Field))
	}
	before := sec.Sources[e.Field]
	old.Source = &before
	sec.Sources = withSource(sec.Sources, e.Field, sourceOf(e.Source))
	return old, nil
}

// Apply implements Edit.
func (e SetStep) Apply(d *Document) (Edit, error) {
	i, j, ok := d.Step(e.Step)
	if !ok {
		return nil, refuse(e, ErrNotFound, "step %q", short(e.Step))
	}
	if err := checkText(e, e.Field, e.Text); err != nil {
		return nil, err
	}
	step := d.Sections[i].Steps[j].Clone()
	// What changes more than the field needs the whole step to undo.
	hadCommand, follows := step.Command != nil, step.Sources["title"] == FromRule
	var risk Risk
	if hadCommand {
		risk = step.Command.Risk()
	}
	old, err := step.set(e)
	if err != nil {
		return nil, err
	}
	before := step.Sources[e.Field]
	step.setSource(e.Field, sourceOf(e.Source))
	var inverse Edit = SetStep{Step: e.Step, Field: e.Field, Text: old, Source: &before}
	judged := e.Field == "line" && (risk != Risk{} || step.Command.Risk() != Risk{})
	if hadCommand != (step.Command != nil) || judged || follows && slices.Contains(named, e.Field) {
		inverse = ReplaceSteps{Section: d.Sections[i].ID, Index: j, Count: 1, Steps: []Step{d.Sections[i].Steps[j]}}
	}
	d.Sections[i].Steps[j] = step
	return inverse, nil
}

// named are the fields that a title worded by a rule names.
var named = []string{"line", "label", "typed"}

// set changes the field and gives its old text.
func (s *Step) set(e SetStep) (old string, err error) {
	switch e.Field {
	case "title":
		old, s.Title = s.Title, e.Text
	case "body":
		old, s.Body = s.Body, e.Text
	case "typed":
		old, s.Typed = s.Typed, e.Text
		s.titleFollows(CodeInline(old), CodeInline(e.Text))
	case "label":
		old, s.Label = s.Label, e.Text
		s.titleFollows(StrongInline(old), StrongInline(e.Text))
	case "review":
		old, s.Review = s.Review, e.Text
	case "kind":
		if !slices.Contains(stepKinds, StepKind(e.Text)) {
			return "", refuse(e, ErrValue, "kind %q", short(e.Text))
		}
		old, s.Kind = string(s.Kind), StepKind(e.Text)
	case "line", "folder", "output":
		if e.Risk != nil && !slices.Contains(classes, e.Risk.Class) {
			return "", refuse(e, ErrValue, "class %q", short(string(e.Risk.Class)))
		}
		if e.Risk != nil {
			if err := checkText(e, "risk", e.Risk.ProductionBy); err != nil {
				return "", err
			}
		}
		if s.Command == nil {
			s.Command = &Command{}
		}
		return s.setCommand(e), nil
	default:
		return "", refuse(e, ErrUnknownField, "field %q", short(e.Field))
	}
	return old, nil
}

func (s *Step) setCommand(e SetStep) (old string) {
	c := s.Command
	switch e.Field {
	case "line":
		old, c.Line = c.Line, e.Text
		s.titleFollows(CodeInline(old), CodeInline(e.Text))
		switch {
		case e.Risk != nil:
			c.SetRisk(*e.Risk)
		case old != e.Text:
			c.SetRisk(Risk{})
		}
	case "folder":
		old, c.Dir = c.Dir, e.Text
	case "output":
		old, c.Output = c.Output, e.Text
	}
	return old
}

// titleFollows rewrites a title that a rule worded when what it names changed.
func (s *Step) titleFollows(old, text string) {
	if s.Sources["title"] != FromRule || old == "" || text == "" || strings.Count(s.Title, old) != 1 {
		return
	}
	s.Title = strings.Replace(s.Title, old, text, 1)
}

func (s *Step) setSource(field string, source Source) {
	s.Sources = withSource(s.Sources, field, source)
}

// withSource sets or takes away an entry of m, which is nil when empty.
func withSource(m map[string]Source, field string, source Source) map[string]Source {
	if source == "" {
		delete(m, field)
		if len(m) == 0 {
			return nil
		}
		return m
	}
	if m == nil {
		m = map[string]Source{}
	}
	m[field] = source
	return m
}

func sourceOf(given *Source) Source {
	if given == nil {
		return FromPerson
	}
	return *given
}

func checkText(e Edit, field, text string) error {
	if len(text) > MaxText {
		return refuse(e, ErrLimit, "%s of %d bytes", short(field), len(text))
	}
	if !utf8.ValidString(text) {
		return refuse(e, ErrValue, "%s that is not UTF-8", short(field))
	}
	return nil
}

// short keeps outside text in an error message readable.
func short(s string) string {
	if len(s) > 60 {
		return s[:60] + "…"
	}
	return s
}
