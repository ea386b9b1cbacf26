package narrate

import (
	"time"

	"github.com/runreel/runreel/capture"
)

// Step is what a sentence can be about.
type Step struct {
	Start, End time.Duration // session clock
	Words      string        // everything it is named by: label, command line, typed text
}

// Sentence is one thing that was said, as recognised.
type Sentence struct {
	Text       string
	Start, End time.Duration
	Role       Role
	// Step is the index of the step that it is about, or Intro.
	Step int
}

// Intro is the Step of what is said before the work begins and about no step.
const Intro = -1

// Role is what a sentence is for.
type Role string

// The roles.
const (
	Plain        Role = ""             // tells what is done, or what is seen
	Warning      Role = "warning"      // stands out beside the step
	Prerequisite Role = "prerequisite" // has to hold before the start
	Rollback     Role = "rollback"     // what to do if it fails
	Aside        Role = "aside"        // says nothing to a reader
)

// Place gives every sentence of the segments its step. steps are in order of
// their start. The sentences come back in order of time, and so do their steps:
// who talks while working does not jump back.
//
// What a sentence costs on a step is the time between them, less for words that
// both have, more for the wrong direction: an announcement ("now I roll out")
// belongs to what follows, a comment ("as you can see") to what went before.
// The cheapest placement of all sentences together wins.
func Place(segments []capture.Segment, steps []Step) []Sentence {
	said := sentences(segments)
	if len(said) == 0 {
		return nil
	}
	words := newLexicon(steps)
	for i := range said {
		said[i].Role = roleOf(said[i].Text)
	}
	place(said, steps, words)
	for i := range said {
		if said[i].Role == Prerequisite && said[i].Step != Intro && !beforeWork(said[i], steps) {
			said[i].Role = Warning
		}
	}
	return said
}

func beforeWork(s Sentence, steps []Step) bool {
	return len(steps) == 0 || s.Start <= steps[0].Start
}
