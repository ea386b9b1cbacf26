package sop

// InsertStep puts a step before the step at Index of a section, or at its end.
// Empty ids get fresh ones.
type InsertStep struct {
	Section string `json:"section"`
	Index   int    `json:"index"`
	Step    Step   `json:"step"`
}

// DeleteStep takes a step away.
type DeleteStep struct {
	Step string `json:"step"`
}

// MoveStep moves a step. Index counts without the step itself.
type MoveStep struct {
	Step    string `json:"step"`
	Section string `json:"section"`
	Index   int    `json:"index"`
}

// ReplaceSteps puts Steps in the place of Count steps from Index on.
type ReplaceSteps struct {
	Section string `json:"section"`
	Index   int    `json:"index"`
	Count   int    `json:"count"`
	Steps   []Step `json:"steps,omitempty"`
}

// Op implements Edit.
func (InsertStep) Op() string { return "insert-step" }

// Op implements Edit.
func (DeleteStep) Op() string { return "delete-step" }

// Op implements Edit.
func (MoveStep) Op() string { return "move-step" }

// Op implements Edit.
func (ReplaceSteps) Op() string { return "replace-steps" }

// Apply implements Edit.
func (e InsertStep) Apply(d *Document) (Edit, error) {
	return replaceSteps(e, d, ReplaceSteps{Section: e.Section, Index: e.Index, Steps: []Step{e.Step}})
}

// Apply implements Edit.
func (e DeleteStep) Apply(d *Document) (Edit, error) {
	i, j, ok := d.Step(e.Step)
	if !ok {
		return nil, refuse(e, ErrNotFound, "step %q", short(e.Step))
	}
	return replaceSteps(e, d, ReplaceSteps{Section: d.Sections[i].ID, Index: j, Count: 1})
}

// Apply implements Edit.
func (e MoveStep) Apply(d *Document) (Edit, error) {
	i, j, ok := d.Step(e.Step)
	if !ok {
		return nil, refuse(e, ErrNotFound, "step %q", short(e.Step))
	}
	k := d.sectionIndex(e.Section)
	if k < 0 {
		return nil, refuse(e, ErrNotFound, "section %q", short(e.Section))
	}
	most := len(d.Sections[k].Steps)
	if k == i {
		most--
	}
	if e.Index < 0 || e.Index > most {
		return nil, refuse(e, ErrIndex, "index %d of section %q", e.Index, short(e.Section))
	}
	from, to := &d.Sections[i], &d.Sections[k]
	step := from.Steps[j]
	from.Steps = removeAt(from.Steps, j, 1)
	to.Steps = insertAt(to.Steps, e.Index, step)
	return MoveStep{Step: e.Step, Section: from.ID, Index: j}, nil
}

// Apply implements Edit.
func (e ReplaceSteps) Apply(d *Document) (Edit, error) { return replaceSteps(e, d, e) }

// replaceSteps does r in the name of e.
func replaceSteps(e Edit, d *Document, r ReplaceSteps) (Edit, error) {
	sec := d.Section(r.Section)
	if sec == nil {
		return nil, refuse(e, ErrNotFound, "section %q", short(r.Section))
	}
	if r.Index < 0 || r.Count < 0 || r.Index > len(sec.Steps) || r.Count > len(sec.Steps)-r.Index {
		return nil, refuse(e, ErrIndex, "%d steps at %d of section %q", r.Count, r.Index, short(r.Section))
	}
	if d.stepCount()-r.Count+len(r.Steps) > MaxSteps {
		return nil, refuse(e, ErrLimit, "more than %d steps", MaxSteps)
	}
	steps := normalSteps(r.Steps)
	removed := sec.Steps[r.Index : r.Index+r.Count]
	ids := d.ids()
	for _, st := range removed {
		removeStepIDs(ids, st)
	}
	if err := claim(e, ids, steps); err != nil {
		return nil, err
	}
	for i := range steps {
		if p := checkStep("steps["+steps[i].ID+"]", &steps[i]); len(p) > 0 {
			return nil, refuse(e, ErrValue, "%s: %s", p[0].Path, p[0].Text)
		}
	}
	inverse := ReplaceSteps{Section: r.Section, Index: r.Index, Count: len(steps), Steps: none(cloneSteps(removed))}
	sec.Steps = insertAt(removeAt(sec.Steps, r.Index, r.Count), r.Index, steps...)
	return inverse, nil
}

func removeStepIDs(ids map[string]bool, st Step) {
	delete(ids, st.ID)
	for _, f := range st.Figures {
		delete(ids, f.ID)
	}
}
