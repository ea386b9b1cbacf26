package sop

import (
	"maps"
	"slices"
)

// Clone is a copy of d that shares nothing with it.
func (d *Document) Clone() *Document {
	c := *d
	c.Sections = slices.Clone(d.Sections)
	for i := range c.Sections {
		c.Sections[i] = c.Sections[i].clone()
	}
	c.Revisions = slices.Clone(d.Revisions)
	c.Parameters = slices.Clone(d.Parameters)
	return &c
}

func (s Section) clone() Section {
	s.Steps = cloneSteps(s.Steps)
	s.Sources = maps.Clone(s.Sources)
	return s
}

func cloneSteps(steps []Step) []Step {
	steps = slices.Clone(steps)
	for i := range steps {
		steps[i] = steps[i].Clone()
	}
	return steps
}

// Clone is a copy of s that shares nothing with it.
func (s Step) Clone() Step {
	if s.Command != nil {
		c := *s.Command
		c.Exit = clonePointer(c.Exit)
		c.Context = maps.Clone(c.Context)
		s.Command = &c
	}
	s.Box = clonePointer(s.Box)
	s.Figures = slices.Clone(s.Figures)
	for i := range s.Figures {
		s.Figures[i] = s.Figures[i].clone()
	}
	s.Spoken = slices.Clone(s.Spoken)
	s.Callouts = slices.Clone(s.Callouts)
	s.Sources = maps.Clone(s.Sources)
	s.Events = slices.Clone(s.Events)
	return s
}

func (f Figure) clone() Figure {
	f.Crop = clonePointer(f.Crop)
	f.Marks = slices.Clone(f.Marks)
	f.Redactions = slices.Clone(f.Redactions)
	return f
}

func clonePointer[T any](p *T) *T {
	if p == nil {
		return nil
	}
	v := *p
	return &v
}
