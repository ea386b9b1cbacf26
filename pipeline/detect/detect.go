package detect

import (
	"cmp"
	"slices"
	"time"

	"github.com/runreel/runreel/capture"
)

// Kind is what a candidate is about.
type Kind string

// The kinds of candidates.
const (
	Command Kind = "command"
	Click   Kind = "click"
	Type    Kind = "type"
	Chord   Kind = "chord"
	Scroll  Kind = "scroll"
	Note    Kind = "note"    // a mark that is a step of its own
	Heading Kind = "heading" // a mark between steps
)

// Candidate is one step as recorded.
type Candidate struct {
	Kind       Kind
	Start, End time.Duration // session clock
	Events     []int64       // Seq of the events it was made of, ascending

	Window  capture.Window
	Element *capture.Element // nil where the program did not tell
	Point   *capture.Point   // of a click or a scroll
	Frame   capture.FrameRef // the picture from before the action

	Button, Count int      // of a click
	After         []string // states of Element after a click; nil where they are not known
	// Of a drag, which is a click that ended elsewhere: where, and on what. It
	// is nil of a slider.
	To     *capture.Point
	Target *capture.Element
	Keys   []string // of a chord
	Text   string   // what a field held, or a mark says
	Secret bool     // Text is kept from us
	Down   bool     // of a scroll

	// Of a pick from a menu or a list: the names on the way to it, outermost
	// first and without its own, and what was clicked to open it.
	Menu   []string
	Opener *capture.Element
	// Context tells that Opener was clicked with the right button.
	Context bool

	Command *capture.Command
	// Corrected is the command line that did what this failed one was meant
	// to; empty where there is none.
	Corrected string

	opens opening // what a click may only have opened
	focus bool    // a click that may only have focused a field
	edits bool    // a chord that may only have edited a field
	gone  bool
}

// opening is what a click may open for a pick that follows.
type opening int

const (
	nothing opening = iota
	menu            // is no step unless something is picked
	list            // a combo box
	button          // a button with a menu behind it
	context         // a right click
	submenu         // a menu item that may hold a menu (Qt's menu bar)
)

const (
	openFor    = 30 * time.Second       // how long an open menu waits for its pick
	blindFor   = 10 * time.Second       // the same, for a pick that no program named
	settle     = 500 * time.Millisecond // a field is left within this time of the click that leaves it
	doubleTime = 600 * time.Millisecond
	undoTime   = 10 * time.Second
	reach      = 64 // how many steps back a text finds its field
)

// Steps turns events, in any order, into candidates in the order they happened.
func Steps(events []capture.Event) []Candidate {
	sorted := slices.Clone(events)
	slices.SortStableFunc(sorted, func(a, b capture.Event) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Seq, b.Seq))
	})
	var w walk
	for _, e := range sorted {
		w.event(e)
	}
	w.drop()
	out := slices.DeleteFunc(w.out, func(c Candidate) bool { return c.gone })
	placeMarks(out)
	findCorrections(out)
	if len(out) == 0 {
		out = w.scrolls
	}
	for i := range out {
		slices.Sort(out[i].Events)
	}
	return out
}

// walk is the state of one pass over the events.
type walk struct {
	out     []Candidate
	scrolls []Candidate // steps only where there are no others
	frame   capture.FrameRef
}

func (w *walk) event(e capture.Event) {
	switch f := e.Fact.(type) {
	case capture.Click:
		w.click(e, f)
	case capture.Drag:
		w.drag(e, f)
	case capture.Text:
		w.text(e, f)
	case capture.Chord:
		w.chord(e, f)
	case capture.Command:
		w.command(e, f)
	case capture.Frame:
		w.frame = f.FrameRef
	case capture.Mark:
		c := candidate(Note, e)
		c.Text, c.Frame = f.Text, w.frame
		w.out = append(w.out, c)
	case capture.Scroll:
		w.scroll(e, f)
	}
}

func candidate(kind Kind, e capture.Event) Candidate {
	return Candidate{Kind: kind, Start: e.At, End: e.At, Events: []int64{e.Seq}}
}

func (w *walk) command(e capture.Event, f capture.Command) {
	if noStep(f.Line) {
		return
	}
	c := candidate(Command, e)
	c.Command = &f
	c.End = e.At + max(0, f.Length)
	if n := len(w.out); n > 0 && w.out[n-1].Kind == Command && sameRun(w.out[n-1], c) {
		// A shell of ours in which the hook is installed too tells twice.
		last := &w.out[n-1]
		if len(f.Output) > len(last.Command.Output) {
			last.Command, last.End = c.Command, c.End
		}
		last.Events = append(last.Events, e.Seq)
		return
	}
	w.out = append(w.out, c)
}

func sameRun(a, b Candidate) bool {
	return a.Command.Line == b.Command.Line && a.Command.Dir == b.Command.Dir &&
		a.Command.Via != b.Command.Via && b.Start-a.Start < settle
}

func (w *walk) chord(e capture.Event, f capture.Chord) {
	if isTerminal(f.Window.Program) || isNavigation(f.Keys) {
		return
	}
	if f.Keys[len(f.Keys)-1] == "Escape" && w.cancel(e) {
		return
	}
	c := candidate(Chord, e)
	c.Keys, c.Window, c.Frame = slices.Clone(f.Keys), f.Window, f.Frame
	c.edits = isEditing(f.Keys)
	w.out = append(w.out, c)
}

// cancel closes what the last click opened.
func (w *walk) cancel(e capture.Event) bool {
	n := len(w.out)
	if n == 0 || w.out[n-1].opens == nothing || e.At-w.out[n-1].End > openFor {
		return false
	}
	switch w.out[n-1].opens {
	case menu, list, context:
		for n > 0 && w.out[n-1].opens != nothing && w.out[n-1].opens != button {
			n--
		}
		w.out = w.out[:n]
		return true
	}
	return false
}

func (w *walk) scroll(e capture.Event, f capture.Scroll) {
	if isTerminal(f.Window.Program) {
		return
	}
	if n := len(w.scrolls); n > 0 && w.scrolls[n-1].Window.ID == f.Window.ID && w.scrolls[n-1].Down == (f.DY >= 0) {
		w.scrolls[n-1].End = e.At + f.Length
		w.scrolls[n-1].Events = append(w.scrolls[n-1].Events, e.Seq)
		return
	}
	c := candidate(Scroll, e)
	c.End += max(0, f.Length)
	c.Window, c.Point, c.Down = f.Window, &f.Point, f.DY >= 0
	w.scrolls = append(w.scrolls, c)
}

// drop marks what turned out to be no step.
func (w *walk) drop() {
	for i := range w.out {
		c := &w.out[i]
		switch {
		case c.opens == menu && !w.blindNext(i):
			c.gone = true
		case c.focus && !w.chordNext(i):
			c.gone = true
		}
	}
	for i := 1; i < len(w.out); i++ {
		if undone(w.out[i-1], w.out[i]) {
			w.out[i-1].gone, w.out[i].gone = true, true
		}
	}
}

// blindNext tells that the next step is a click that no program named: it may
// have picked from the menu, so that the way there is worth telling.
func (w *walk) blindNext(i int) bool {
	if i+1 >= len(w.out) {
		return false
	}
	next := w.out[i+1]
	return next.Kind == Click && nameless(next.Element) && next.Start-w.out[i].End <= blindFor
}

// chordNext tells that what was focused was then used by keys alone.
func (w *walk) chordNext(i int) bool {
	if i+1 >= len(w.out) {
		return false
	}
	next := w.out[i+1]
	return next.Kind == Chord && next.Window.ID == w.out[i].Window.ID
}

// undone tells that b took back what a did: a box ticked and cleared.
func undone(a, b Candidate) bool {
	if a.Kind != Click || b.Kind != Click || a.gone || b.Start-a.Start > undoTime {
		return false
	}
	if a.To != nil || b.To != nil || a.Element == nil || b.Element == nil || !isToggle(a.Element.Role) || !sameElement(a.Window, *a.Element, b.Window, *b.Element) {
		return false
	}
	if len(a.After) > 0 && len(b.After) > 0 {
		return isOn(a.After) != isOn(b.After)
	}
	return isOn(a.Element.States) != isOn(b.Element.States)
}

// placeMarks makes headings of the marks with a text that a step follows.
func placeMarks(out []Candidate) {
	follows := false
	for i := range slices.Backward(out) {
		if out[i].Kind != Note {
			follows = true
			continue
		}
		if follows && out[i].Text != "" {
			out[i].Kind = Heading
		}
	}
}
