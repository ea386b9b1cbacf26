package sop

import (
	"encoding/json"
	"fmt"
)

// History is the undo and redo stacks of one document, without limit. The zero
// History is empty. It keeps edits only, so that its JSON can be stored beside
// the document and taken up again. It is not safe for concurrent use.
type History struct {
	undo []change
	redo []change
}

// change is an edit that was done (or undone) and the one that takes it back.
type change struct {
	done Edit
	back Edit
}

// Do applies e to d. With coalesce, an e that sets the same field of the same
// thing as the last edit, as typing does, is undone together with it. Do
// empties the redo stack.
func (h *History) Do(d *Document, e Edit, coalesce bool) error {
	back, err := e.Apply(d)
	if err != nil {
		return err
	}
	h.redo = nil
	if n := len(h.undo); coalesce && n > 0 && sameTarget(h.undo[n-1].done, e) {
		h.undo[n-1].done = e
		return nil
	}
	h.undo = append(h.undo, change{done: e, back: back})
	return nil
}

// Undo takes the last edit back. It does nothing where there is none.
func (h *History) Undo(d *Document) error { return shift(d, &h.undo, &h.redo) }

// Redo does the last undone edit again. It does nothing where there is none.
func (h *History) Redo(d *Document) error { return shift(d, &h.redo, &h.undo) }

// CanUndo tells whether Undo would do something.
func (h *History) CanUndo() bool { return len(h.undo) > 0 }

// CanRedo tells whether Redo would do something.
func (h *History) CanRedo() bool { return len(h.redo) > 0 }

func shift(d *Document, from, to *[]change) error {
	n := len(*from)
	if n == 0 {
		return nil
	}
	last := (*from)[n-1]
	back, err := last.back.Apply(d)
	if err != nil {
		return err
	}
	*from = (*from)[:n-1]
	*to = append(*to, change{done: last.back, back: back})
	return nil
}

// sameTarget tells whether b sets just what a set. After an undo and a redo the
// last edit may be a general one, which nothing joins.
func sameTarget(a, b Edit) bool {
	switch b := b.(type) {
	case SetDocument:
		a, ok := a.(SetDocument)
		return ok && a.Field == b.Field
	case SetSection:
		a, ok := a.(SetSection)
		return ok && a.Section == b.Section && a.Field == b.Field
	case SetStep:
		a, ok := a.(SetStep)
		return ok && a.Step == b.Step && a.Field == b.Field
	case SetParameter:
		a, ok := a.(SetParameter)
		return ok && a.Name == b.Name && a.Field == b.Field && b.Field != "name"
	case SetFigure:
		a, ok := a.(SetFigure)
		return ok && a.Step == b.Step && a.Figure.ID == b.Figure.ID
	case SetCallouts:
		a, ok := a.(SetCallouts)
		return ok && a.Step == b.Step
	case SetSentence:
		a, ok := a.(SetSentence)
		return ok && a.Step == b.Step && a.Index == b.Index &&
			a.Text != nil && b.Text != nil && a.Dropped == nil && b.Dropped == nil
	}
	return false
}

type storedChange struct {
	Done json.RawMessage `json:"done"`
	Back json.RawMessage `json:"back"`
}

type storedHistory struct {
	Undo []storedChange `json:"undo"`
	Redo []storedChange `json:"redo"`
}

// MarshalJSON implements json.Marshaler.
func (h *History) MarshalJSON() ([]byte, error) {
	undo, err := storeChanges(h.undo)
	if err != nil {
		return nil, err
	}
	redo, err := storeChanges(h.redo)
	if err != nil {
		return nil, err
	}
	return json.Marshal(storedHistory{Undo: undo, Redo: redo})
}

// UnmarshalJSON implements json.Unmarshaler.
func (h *History) UnmarshalJSON(data []byte) error {
	var s storedHistory
	if err := json.Unmarshal(data, &s); err != nil {
		return fmt.Errorf("decode history: %w", err)
	}
	undo, err := loadChanges(s.Undo)
	if err != nil {
		return err
	}
	redo, err := loadChanges(s.Redo)
	if err != nil {
		return err
	}
	h.undo, h.redo = undo, redo
	return nil
}

func storeChanges(changes []change) ([]storedChange, error) {
	out := make([]storedChange, len(changes))
	for i, c := range changes {
		var err error
		if out[i].Done, err = EncodeEdit(c.done); err != nil {
			return nil, err
		}
		if out[i].Back, err = EncodeEdit(c.back); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func loadChanges(stored []storedChange) ([]change, error) {
	var out []change
	for i, s := range stored {
		done, err := DecodeEdit(s.Done)
		if err != nil {
			return nil, fmt.Errorf("decode history, change %d: %w", i, err)
		}
		back, err := DecodeEdit(s.Back)
		if err != nil {
			return nil, fmt.Errorf("decode history, change %d: %w", i, err)
		}
		out = append(out, change{done: done, back: back})
	}
	return out, nil
}

// Len is the number of edits that Undo can take back.
func (h *History) Len() int { return len(h.undo) }

// Last returns the last edit that Undo can take back, and its inverse; nil
// where there is none. An edit that joined others is the last of them, with
// the inverse of all.
func (h *History) Last() (done, back Edit) {
	if len(h.undo) == 0 {
		return nil, nil
	}
	last := h.undo[len(h.undo)-1]
	return last.done, last.back
}
