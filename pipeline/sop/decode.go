package sop

import (
	"encoding/json"
	"fmt"
	"maps"
)

// MaxSize is the largest JSON of a document or an edit that is read, in bytes.
const MaxSize = 64 << 20

// NewerError tells that a document was written by a newer program.
type NewerError struct {
	Schema int
}

func (e *NewerError) Error() string {
	return fmt.Sprintf("document has schema %d; this program reads up to %d", e.Schema, Schema)
}

// InvalidError tells what is wrong with a document that was read.
type InvalidError struct {
	Problems []Problem // at least one
}

func (e *InvalidError) Error() string {
	p := e.Problems[0]
	if len(e.Problems) == 1 {
		return fmt.Sprintf("document is not valid: %s: %s", p.Path, p.Text)
	}
	return fmt.Sprintf("document is not valid: %s: %s (and %d more)", p.Path, p.Text, len(e.Problems)-1)
}

// upgrade lifts the JSON of a document from a schema to the next.
type upgrade struct {
	name  string
	from  int
	apply func(doc map[string]any) error
}

// upgrades holds one entry for every schema before Schema, oldest first.
// Schema 1 is the first.
var upgrades = []upgrade{
	// What is new may be missing, so nothing is to be done; the number keeps a
	// program of schema 1 from dropping it.
	{name: "classes of commands, parameters, steps to review", from: 1, apply: func(map[string]any) error { return nil }},
}

// Decode reads the JSON of a document. Older schemas are upgraded. The error is
// a *NewerError for a newer schema, an *InvalidError for a document that breaks
// a rule of Validate, and wraps ErrLimit for one that is too large.
func Decode(data []byte) (*Document, error) { return decodeWith(data, Schema, upgrades) }

func decodeWith(data []byte, schema int, table []upgrade) (*Document, error) {
	if len(data) > MaxSize {
		return nil, fmt.Errorf("decode document of %d bytes: %w", len(data), ErrLimit)
	}
	var head struct {
		Schema int `json:"schema"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, fmt.Errorf("decode document: %w", err)
	}
	if head.Schema > schema {
		return nil, &NewerError{Schema: head.Schema}
	}
	if head.Schema < schema {
		var err error
		if data, err = upgraded(data, head.Schema, schema, table); err != nil {
			return nil, err
		}
	}
	d := &Document{}
	if err := json.Unmarshal(data, d); err != nil {
		return nil, fmt.Errorf("decode document: %w", err)
	}
	d.Tidy()
	if problems := Validate(d); len(problems) > 0 {
		return nil, &InvalidError{Problems: problems}
	}
	return d, nil
}

func upgraded(data []byte, from, to int, table []upgrade) ([]byte, error) {
	var doc map[string]any
	if err := json.Unmarshal(data, &doc); err != nil {
		return nil, fmt.Errorf("decode document: %w", err)
	}
	for _, u := range table {
		if u.from != from || from == to {
			continue
		}
		if err := u.apply(doc); err != nil {
			return nil, fmt.Errorf("upgrade document from schema %d (%s): %w", from, u.name, err)
		}
		from++
		doc["schema"] = from
	}
	if from != to {
		return nil, &InvalidError{Problems: []Problem{{Path: "schema", Text: fmt.Sprintf("There is no schema %d.", from)}}}
	}
	out, err := json.Marshal(doc)
	if err != nil {
		return nil, fmt.Errorf("upgrade document: %w", err)
	}
	return out, nil
}

// New is an empty draft with all sections. Its section ids are the names of
// their kinds.
func New(id, title string) *Document {
	d := &Document{Schema: Schema, ID: id, Kind: SOP, Title: title, Version: "0.1", Status: Draft}
	for _, s := range []Section{
		{Kind: Purpose, Title: "Purpose"},
		{Kind: Prerequisites, Title: "Prerequisites"},
		{Kind: Procedure, Title: "Procedure"},
		{Kind: Verification, Title: "Verification"},
		{Kind: Rollback, Title: "Rollback"},
	} {
		s.ID = string(s.Kind)
		d.Sections = append(d.Sections, s)
	}
	return d
}

// Tidy brings d into the form that edits keep: empty lists and maps are nil.
func (d *Document) Tidy() {
	for i := range d.Sections {
		d.Sections[i] = normalSection(d.Sections[i])
	}
	d.Revisions, d.Parameters = none(d.Revisions), none(d.Parameters)
}

func normalSection(s Section) Section {
	s.Steps, s.Sources = normalSteps(s.Steps), normalSources(maps.Clone(s.Sources))
	return s
}

func normalSources(m map[string]Source) map[string]Source {
	maps.DeleteFunc(m, func(_ string, source Source) bool { return source == "" })
	if len(m) == 0 {
		return nil
	}
	return m
}

// normalSteps is a tidy copy of steps.
func normalSteps(steps []Step) []Step {
	steps = none(cloneSteps(steps))
	for i := range steps {
		s := &steps[i]
		s.Figures, s.Spoken, s.Callouts, s.Events = none(s.Figures), none(s.Spoken), none(s.Callouts), none(s.Events)
		for j := range s.Figures {
			s.Figures[j] = normalFigure(s.Figures[j])
		}
		s.Sources = normalSources(s.Sources)
		if s.Command != nil && len(s.Command.Context) == 0 {
			s.Command.Context = nil
		}
	}
	return steps
}

func normalFigure(f Figure) Figure {
	f = f.clone()
	f.Marks, f.Redactions = none(f.Marks), none(f.Redactions)
	return f
}
