package sop

import (
	"slices"
	"strings"
)

// AcceptParameter puts {{NAME}} in the place of a recorded value through the
// whole document, wherever the value stands by itself, and marks the parameter
// as accepted. A name that is not in the table is added with its Example.
type AcceptParameter struct {
	Name        string  `json:"name"`
	Example     string  `json:"example,omitempty"` // "" takes that of the table
	Description *string `json:"description,omitempty"`
}

// WithdrawParameter puts the example back in the place of {{NAME}}; the
// parameter stays in the table as an offer.
type WithdrawParameter struct {
	Name string `json:"name"`
}

// SetParameter sets a parameter's name, example or description. Texts follow a
// new name. The example of an accepted one is no longer the recorded value then.
type SetParameter struct {
	Name  string `json:"name"`
	Field string `json:"field"`
	Text  string `json:"text"`
}

// DeleteParameter takes an offer out of the table. One that is accepted has to
// be withdrawn first.
type DeleteParameter struct {
	Name string `json:"name"`
}

// ReplaceTexts sets texts and the parameter table as they are given. It is the
// inverse of the edits of parameters.
type ReplaceTexts struct {
	Parameters []Parameter  `json:"parameters,omitempty"`
	Texts      []PlacedText `json:"texts"`
}

// PlacedText is a text with its place in the document.
type PlacedText struct {
	place
	Text string `json:"text"`
}

// Op implements Edit.
func (AcceptParameter) Op() string { return "accept-parameter" }

// Op implements Edit.
func (WithdrawParameter) Op() string { return "withdraw-parameter" }

// Op implements Edit.
func (SetParameter) Op() string { return "set-parameter" }

// Op implements Edit.
func (DeleteParameter) Op() string { return "delete-parameter" }

// Op implements Edit.
func (ReplaceTexts) Op() string { return "replace-texts" }

// Apply implements Edit.
func (e AcceptParameter) Apply(d *Document) (Edit, error) {
	table := slices.Clone(d.Parameters)
	i := d.parameter(e.Name)
	if i < 0 {
		table = append(table, Parameter{Name: e.Name})
		i = len(table) - 1
	}
	p := &table[i]
	if p.Accepted {
		return nil, refuse(e, ErrValue, "parameter %q, which is accepted already", short(e.Name))
	}
	p.Accepted = true
	if e.Example != "" {
		p.Example = e.Example
	}
	if e.Description != nil {
		p.Description = *e.Description
	}
	if err := checkTable(e, table); err != nil {
		return nil, err
	}
	texts := d.changed(func(s string) string { return replaceWord(s, p.Example, p.Placeholder()) })
	if len(texts) == 0 {
		return nil, refuse(e, ErrNotFound, "the value %q", short(p.Example))
	}
	return replaceTexts(e, d, ReplaceTexts{Parameters: table, Texts: texts})
}

// Apply implements Edit.
func (e WithdrawParameter) Apply(d *Document) (Edit, error) {
	table, i, err := tableOf(e, d, e.Name)
	if err != nil {
		return nil, err
	}
	p := &table[i]
	if !p.Accepted {
		return nil, refuse(e, ErrValue, "parameter %q, which is not accepted", short(e.Name))
	}
	p.Accepted = false
	texts := d.changed(func(s string) string { return strings.ReplaceAll(s, p.Placeholder(), p.Example) })
	return replaceTexts(e, d, ReplaceTexts{Parameters: table, Texts: texts})
}

// Apply implements Edit.
func (e SetParameter) Apply(d *Document) (Edit, error) {
	table, i, err := tableOf(e, d, e.Name)
	if err != nil {
		return nil, err
	}
	p := &table[i]
	var texts []PlacedText
	switch e.Field {
	case "description":
		p.Description = e.Text
	case "example":
		p.Example = e.Text
	case "name":
		old := p.Placeholder()
		p.Name = e.Text
		if p.Accepted {
			texts = d.changed(func(s string) string { return strings.ReplaceAll(s, old, p.Placeholder()) })
		}
	default:
		return nil, refuse(e, ErrUnknownField, "field %q", short(e.Field))
	}
	if err := checkTable(e, table); err != nil {
		return nil, err
	}
	return replaceTexts(e, d, ReplaceTexts{Parameters: table, Texts: texts})
}

// Apply implements Edit.
func (e DeleteParameter) Apply(d *Document) (Edit, error) {
	table, i, err := tableOf(e, d, e.Name)
	if err != nil {
		return nil, err
	}
	if table[i].Accepted {
		return nil, refuse(e, ErrValue, "parameter %q, which stands in the texts", short(e.Name))
	}
	return replaceTexts(e, d, ReplaceTexts{Parameters: removeAt(table, i, 1)})
}

// Apply implements Edit.
func (e ReplaceTexts) Apply(d *Document) (Edit, error) {
	if err := checkTable(e, e.Parameters); err != nil {
		return nil, err
	}
	return replaceTexts(e, d, e)
}

func tableOf(e Edit, d *Document, name string) (table []Parameter, i int, err error) {
	i = d.parameter(name)
	if i < 0 {
		return nil, 0, refuse(e, ErrNotFound, "parameter %q", short(name))
	}
	return slices.Clone(d.Parameters), i, nil
}

func checkTable(e Edit, table []Parameter) error {
	if p := checkParameters(table); len(p) > 0 {
		return refuse(e, ErrValue, "%s: %s", p[0].Path, p[0].Text)
	}
	return nil
}

// changed lists the texts that change is not content with, as it makes them.
func (d *Document) changed(change func(string) string) []PlacedText {
	var out []PlacedText
	d.texts(func(at place, text *string) {
		if now := change(*text); now != *text {
			out = append(out, PlacedText{at, now})
		}
	})
	return out
}

// replaceTexts does r in the name of e: all of it or nothing.
func replaceTexts(e Edit, d *Document, r ReplaceTexts) (Edit, error) {
	at := map[place]*string{}
	d.texts(func(p place, text *string) { at[p] = text })
	inverse := ReplaceTexts{Parameters: d.Parameters, Texts: []PlacedText{}}
	seen := map[place]bool{}
	for _, t := range r.Texts {
		switch {
		case at[t.place] == nil:
			return nil, refuse(e, ErrNotFound, "the text %q of step %q", short(t.Field), short(t.Step))
		case seen[t.place]:
			return nil, refuse(e, ErrValue, "the text %q of step %q, twice", short(t.Field), short(t.Step))
		}
		seen[t.place] = true
		if err := checkText(e, t.Field, t.Text); err != nil {
			return nil, err
		}
		inverse.Texts = append(inverse.Texts, PlacedText{t.place, *at[t.place]})
	}
	for _, t := range r.Texts {
		*at[t.place] = t.Text
	}
	d.Parameters = none(slices.Clone(r.Parameters))
	return inverse, nil
}
