package sop

import "slices"

// SetFigure replaces the figure of a step that has the same id.
type SetFigure struct {
	Step   string `json:"step"`
	Figure Figure `json:"figure"`
}

// InsertFigure puts a figure before the one at Index. An empty id gets a fresh
// one.
type InsertFigure struct {
	Step   string `json:"step"`
	Index  int    `json:"index"`
	Figure Figure `json:"figure"`
}

// DeleteFigure takes a figure away.
type DeleteFigure struct {
	Step   string `json:"step"`
	Figure string `json:"figure"` // id
}

// SetCallouts replaces all callouts of a step.
type SetCallouts struct {
	Step     string    `json:"step"`
	Callouts []Callout `json:"callouts"`
}

// SetSentence changes what was heard, or drops it. Nil leaves a field as it is.
// A body that is still the one the sentences gave follows.
type SetSentence struct {
	Step    string  `json:"step"`
	Index   int     `json:"index"`
	Text    *string `json:"text,omitempty"`
	Dropped *bool   `json:"dropped,omitempty"`
}

// MoveSentence moves a sentence to another step: before the sentence At there,
// or by its time where At is nil. Bodies follow as with SetSentence.
type MoveSentence struct {
	Step  string `json:"step"`
	Index int    `json:"index"`
	To    string `json:"to"`
	At    *int   `json:"at,omitempty"`
}

// Op implements Edit.
func (SetFigure) Op() string { return "set-figure" }

// Op implements Edit.
func (InsertFigure) Op() string { return "insert-figure" }

// Op implements Edit.
func (DeleteFigure) Op() string { return "delete-figure" }

// Op implements Edit.
func (SetCallouts) Op() string { return "set-callouts" }

// Op implements Edit.
func (SetSentence) Op() string { return "set-sentence" }

// Op implements Edit.
func (MoveSentence) Op() string { return "move-sentence" }

// Apply implements Edit.
func (e SetFigure) Apply(d *Document) (Edit, error) {
	step, i, err := figureOf(e, d, e.Step, e.Figure.ID)
	if err != nil {
		return nil, err
	}
	figure := normalFigure(e.Figure)
	if p := checkFigure("figure", &figure); len(p) > 0 {
		return nil, refuse(e, ErrValue, "%s: %s", p[0].Path, p[0].Text)
	}
	inverse := SetFigure{Step: e.Step, Figure: step.Figures[i]}
	step.Figures[i] = figure
	return inverse, nil
}

// Apply implements Edit.
func (e InsertFigure) Apply(d *Document) (Edit, error) {
	step, err := d.step(e, e.Step)
	if err != nil {
		return nil, err
	}
	if e.Index < 0 || e.Index > len(step.Figures) {
		return nil, refuse(e, ErrIndex, "figure %d of step %q", e.Index, short(e.Step))
	}
	figure, ids := normalFigure(e.Figure), d.ids()
	next := nextID(ids)
	if err := claimOne(e, ids, &figure.ID, "f", &next); err != nil {
		return nil, err
	}
	if p := checkFigure("figure", &figure); len(p) > 0 {
		return nil, refuse(e, ErrValue, "%s: %s", p[0].Path, p[0].Text)
	}
	step.Figures = insertAt(step.Figures, e.Index, figure)
	return DeleteFigure{Step: e.Step, Figure: figure.ID}, nil
}

// Apply implements Edit.
func (e DeleteFigure) Apply(d *Document) (Edit, error) {
	step, i, err := figureOf(e, d, e.Step, e.Figure)
	if err != nil {
		return nil, err
	}
	inverse := InsertFigure{Step: e.Step, Index: i, Figure: step.Figures[i]}
	step.Figures = removeAt(step.Figures, i, 1)
	return inverse, nil
}

func figureOf(e Edit, d *Document, stepID, id string) (*Step, int, error) {
	step, err := d.step(e, stepID)
	if err != nil {
		return nil, 0, err
	}
	i := slices.IndexFunc(step.Figures, func(f Figure) bool { return f.ID == id && id != "" })
	if i < 0 {
		return nil, 0, refuse(e, ErrNotFound, "figure %q of step %q", short(id), short(stepID))
	}
	return step, i, nil
}

// Apply implements Edit.
func (e SetCallouts) Apply(d *Document) (Edit, error) {
	step, err := d.step(e, e.Step)
	if err != nil {
		return nil, err
	}
	callouts := none(slices.Clone(e.Callouts))
	if p := checkCallouts("callouts", callouts); len(p) > 0 {
		return nil, refuse(e, ErrValue, "%s: %s", p[0].Path, p[0].Text)
	}
	inverse := SetCallouts{Step: e.Step, Callouts: step.Callouts}
	step.Callouts = callouts
	return inverse, nil
}

// Apply implements Edit.
func (e SetSentence) Apply(d *Document) (Edit, error) {
	step, err := sentenceAt(e, d, e.Step, e.Index)
	if err != nil {
		return nil, err
	}
	said := step.Spoken[e.Index]
	inverse := SetSentence{Step: e.Step, Index: e.Index}
	if e.Text != nil {
		if err := checkText(e, "text", *e.Text); err != nil {
			return nil, err
		}
		inverse.Text = clonePointer(&said.Text)
		said.Text = *e.Text
	}
	if e.Dropped != nil {
		inverse.Dropped = clonePointer(&said.Dropped)
		said.Dropped = *e.Dropped
	}
	before := d.snapshot(e.Step)
	if !step.respoken(func() { step.Spoken[e.Index] = said }) {
		return before, nil
	}
	return inverse, nil
}

// Apply implements Edit.
func (e MoveSentence) Apply(d *Document) (Edit, error) {
	from, err := sentenceAt(e, d, e.Step, e.Index)
	if err != nil {
		return nil, err
	}
	to, err := d.step(e, e.To)
	if err != nil {
		return nil, err
	}
	if from == to {
		return nil, refuse(e, ErrValue, "move to the same step %q", short(e.To))
	}
	said := from.Spoken[e.Index]
	at := slices.IndexFunc(to.Spoken, func(s Sentence) bool { return s.Start > said.Start })
	if at < 0 {
		at = len(to.Spoken)
	}
	if e.At != nil {
		at = *e.At
	}
	if at < 0 || at > len(to.Spoken) {
		return nil, refuse(e, ErrIndex, "sentence %d of step %q", at, short(e.To))
	}
	before := Batch{Edits: []Edit{d.snapshot(e.Step), d.snapshot(e.To)}}
	out := from.respoken(func() { from.Spoken = removeAt(from.Spoken, e.Index, 1) })
	in := to.respoken(func() { to.Spoken = insertAt(to.Spoken, at, said) })
	if !out || !in {
		return before, nil
	}
	return MoveSentence{Step: e.To, Index: at, To: e.Step, At: &e.Index}, nil
}

// snapshot is the edit that puts the step back as it is now.
func (d *Document) snapshot(stepID string) Edit {
	i, j, _ := d.Step(stepID)
	return ReplaceSteps{Section: d.Sections[i].ID, Index: j, Count: 1, Steps: []Step{d.Sections[i].Steps[j].Clone()}}
}

func sentenceAt(e Edit, d *Document, stepID string, i int) (*Step, error) {
	step, err := d.step(e, stepID)
	if err != nil {
		return nil, err
	}
	if i < 0 || i >= len(step.Spoken) {
		return nil, refuse(e, ErrIndex, "sentence %d of step %q", i, short(stepID))
	}
	return step, nil
}
