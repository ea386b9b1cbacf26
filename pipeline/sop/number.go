package sop

import "iter"

// Numbered is a step with its place in the document.
type Numbered struct {
	Section *Section
	Step    *Step
	// Number counts the steps from 1 in reading order through all sections.
	// A heading has none: 0.
	Number int
}

// Numbered walks the steps in reading order. The pointers lead into d.
func (d *Document) Numbered() iter.Seq[Numbered] {
	return func(yield func(Numbered) bool) {
		n := 0
		for i := range d.Sections {
			sec := &d.Sections[i]
			for j := range sec.Steps {
				at := Numbered{Section: sec, Step: &sec.Steps[j]}
				if at.Step.Kind != Heading {
					n++
					at.Number = n
				}
				if !yield(at) {
					return
				}
			}
		}
	}
}

// Number is the number of the step, from 1. It is 0 for a heading and for a
// step that is not in the document.
func (d *Document) Number(stepID string) int {
	for at := range d.Numbered() {
		if at.Step.ID == stepID {
			return at.Number
		}
	}
	return 0
}
