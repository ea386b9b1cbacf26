package sop

// InsertSection puts a custom section before the one at Index. An empty id
// gets a fresh one.
type InsertSection struct {
	Index   int     `json:"index"`
	Section Section `json:"section"`
}

// DeleteSection takes a custom section and its steps away.
type DeleteSection struct {
	Section string `json:"section"`
}

// MoveSection moves a section. Index counts without the section itself.
type MoveSection struct {
	Section string `json:"section"`
	Index   int    `json:"index"`
}

// Op implements Edit.
func (InsertSection) Op() string { return "insert-section" }

// Op implements Edit.
func (DeleteSection) Op() string { return "delete-section" }

// Op implements Edit.
func (MoveSection) Op() string { return "move-section" }

// Apply implements Edit.
func (e InsertSection) Apply(d *Document) (Edit, error) {
	if e.Section.Kind != Custom {
		return nil, refuse(e, ErrFixedSection, "section of kind %q", short(string(e.Section.Kind)))
	}
	if e.Index < 0 || e.Index > len(d.Sections) {
		return nil, refuse(e, ErrIndex, "index %d", e.Index)
	}
	if len(d.Sections) >= maxSections || d.stepCount()+len(e.Section.Steps) > MaxSteps {
		return nil, refuse(e, ErrLimit, "more than %d sections or %d steps", maxSections, MaxSteps)
	}
	sec, ids := normalSection(e.Section), d.ids()
	next := nextID(ids)
	if err := claimOne(e, ids, &sec.ID, "sec-", &next); err != nil {
		return nil, err
	}
	if err := claim(e, ids, sec.Steps); err != nil {
		return nil, err
	}
	if p := checkSection("section", &sec); len(p) > 0 {
		return nil, refuse(e, ErrValue, "%s: %s", p[0].Path, p[0].Text)
	}
	d.Sections = insertAt(d.Sections, e.Index, sec)
	return DeleteSection{Section: sec.ID}, nil
}

// Apply implements Edit.
func (e DeleteSection) Apply(d *Document) (Edit, error) {
	i := d.sectionIndex(e.Section)
	if i < 0 {
		return nil, refuse(e, ErrNotFound, "section %q", short(e.Section))
	}
	if d.Sections[i].Kind != Custom {
		return nil, refuse(e, ErrFixedSection, "section %q", short(e.Section))
	}
	inverse := InsertSection{Index: i, Section: d.Sections[i]}
	d.Sections = removeAt(d.Sections, i, 1)
	return inverse, nil
}

// Apply implements Edit.
func (e MoveSection) Apply(d *Document) (Edit, error) {
	i := d.sectionIndex(e.Section)
	if i < 0 {
		return nil, refuse(e, ErrNotFound, "section %q", short(e.Section))
	}
	if e.Index < 0 || e.Index >= len(d.Sections) {
		return nil, refuse(e, ErrIndex, "index %d", e.Index)
	}
	sec := d.Sections[i]
	d.Sections = insertAt(removeAt(d.Sections, i, 1), e.Index, sec)
	return MoveSection{Section: e.Section, Index: i}, nil
}
