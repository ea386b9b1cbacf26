package sop

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Edit is one change of a document. Its JSON is an object whose "op" names it
// (see EncodeEdit).
//
// Apply changes d and returns the edit that undoes the change exactly. On an
// error, which is an *EditError, d is as it was. Neither keeps a reference into
// the other afterwards. Lists that become empty are nil.
type Edit interface {
	Op() string
	Apply(d *Document) (inverse Edit, err error)
}

// What an EditError may wrap.
var (
	ErrNotFound      = errors.New("not in the document")
	ErrIndex         = errors.New("position out of range")
	ErrValue         = errors.New("value not allowed")
	ErrUnknownField  = errors.New("unknown field")
	ErrUnknownOp     = errors.New("unknown edit")
	ErrDuplicateID   = errors.New("id used twice")
	ErrFixedSection  = errors.New("section cannot be added or deleted")
	ErrNotNeighbours = errors.New("steps do not follow each other")
	ErrLimit         = errors.New("document too large")
)

// EditError tells why an edit was refused.
type EditError struct {
	Op   string // of the edit, as in its JSON
	What string // the part of the edit or the document, such as `step "s3"`
	Err  error  // one of the sentinels above, or a JSON error
}

func (e *EditError) Error() string {
	if e.What == "" {
		return fmt.Sprintf("edit %s: %v", e.Op, e.Err)
	}
	return fmt.Sprintf("edit %s: %s: %v", e.Op, e.What, e.Err)
}

func (e *EditError) Unwrap() error { return e.Err }

func refuse(e Edit, err error, what string, args ...any) error {
	return &EditError{Op: e.Op(), What: fmt.Sprintf(what, args...), Err: err}
}

// Limits of a document. They keep the editor quick and stop hostile files.
const (
	MaxSteps = 5_000
	MaxText  = 1 << 20 // bytes of one text
)

// Batch applies edits in order, all or none.
type Batch struct {
	Edits []Edit
}

// Op implements Edit.
func (Batch) Op() string { return "batch" }

// Apply implements Edit.
func (e Batch) Apply(d *Document) (Edit, error) {
	var undo []Edit
	for i, one := range e.Edits {
		inverse, err := one.Apply(d)
		if err != nil {
			if back := applyAll(d, undo); back != nil {
				return nil, refuse(e, errors.Join(err, back), "edit %d", i)
			}
			return nil, refuse(e, err, "edit %d", i)
		}
		undo = append(undo, inverse)
	}
	slices.Reverse(undo)
	return Batch{Edits: undo}, nil
}

// applyAll undoes a half-done batch: undo is in the order of the edits done.
func applyAll(d *Document, undo []Edit) error {
	for _, e := range slices.Backward(undo) {
		if _, err := e.Apply(d); err != nil {
			return err
		}
	}
	return nil
}

// Step finds a step by its id: its section's index and its own. ok is false
// where it is not in the document.
func (d *Document) Step(id string) (section, index int, ok bool) {
	if id == "" {
		return 0, 0, false
	}
	for i := range d.Sections {
		for j := range d.Sections[i].Steps {
			if d.Sections[i].Steps[j].ID == id {
				return i, j, true
			}
		}
	}
	return 0, 0, false
}

// Section finds a section by its id, or gives nil.
func (d *Document) Section(id string) *Section {
	if i := d.sectionIndex(id); i >= 0 {
		return &d.Sections[i]
	}
	return nil
}

// SectionOf finds the first section of a kind, or gives nil.
func (d *Document) SectionOf(kind SectionKind) *Section {
	for i := range d.Sections {
		if d.Sections[i].Kind == kind {
			return &d.Sections[i]
		}
	}
	return nil
}

func (d *Document) sectionIndex(id string) int {
	if id == "" {
		return -1
	}
	return slices.IndexFunc(d.Sections, func(s Section) bool { return s.ID == id })
}

func (d *Document) stepCount() int {
	n := 0
	for i := range d.Sections {
		n += len(d.Sections[i].Steps)
	}
	return n
}

// step finds the step that e names.
func (d *Document) step(e Edit, id string) (*Step, error) {
	i, j, ok := d.Step(id)
	if !ok {
		return nil, refuse(e, ErrNotFound, "step %q", id)
	}
	return &d.Sections[i].Steps[j], nil
}

// ids is every id of the sections, steps and figures of d.
func (d *Document) ids() map[string]bool {
	ids := map[string]bool{}
	for i := range d.Sections {
		ids[d.Sections[i].ID] = true
		for _, st := range d.Sections[i].Steps {
			addStepIDs(ids, st)
		}
	}
	return ids
}

func addStepIDs(ids map[string]bool, st Step) {
	ids[st.ID] = true
	for _, f := range st.Figures {
		ids[f.ID] = true
	}
}

// claim gives every empty id among steps a fresh one and refuses ids that are
// taken, or used twice among them. It adds all of them to ids.
func claim(e Edit, ids map[string]bool, steps []Step) error {
	next := nextID(ids)
	for i := range steps {
		if err := claimOne(e, ids, &steps[i].ID, "s", &next); err != nil {
			return err
		}
		for j := range steps[i].Figures {
			if err := claimOne(e, ids, &steps[i].Figures[j].ID, "f", &next); err != nil {
				return err
			}
		}
	}
	return nil
}

func claimOne(e Edit, ids map[string]bool, id *string, prefix string, next *int) error {
	if *id == "" {
		*id = prefix + strconv.Itoa(*next)
		*next++
	}
	if ids[*id] {
		return refuse(e, ErrDuplicateID, "id %q", *id)
	}
	ids[*id] = true
	return nil
}

// nextID is a number larger than that of any id such as "s12", so that the
// fresh ids of an edit depend on the document alone.
func nextID(ids map[string]bool) int {
	next := 1
	for id := range ids {
		digits := strings.TrimLeft(id, "abcdefghijklmnopqrstuvwxyz-")
		if n, err := strconv.Atoi(digits); err == nil && n >= next && n < 1<<40 {
			next = n + 1
		}
	}
	return next
}

func none[T any](s []T) []T {
	if len(s) == 0 {
		return nil
	}
	return s
}

func insertAt[T any](s []T, i int, v ...T) []T {
	return none(slices.Concat(s[:i], v, s[i:]))
}

func removeAt[T any](s []T, i, n int) []T {
	return none(slices.Concat(s[:i], s[i+n:]))
}
