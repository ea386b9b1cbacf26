package detect

import (
	"github.com/runreel/runreel/capture"
)

// text places a field's final text: where the field was focused, or before the
// click or chord that left it.
func (w *walk) text(e capture.Event, f capture.Text) {
	if f.Element.Role == "terminal" || isTerminal(f.Window.Program) {
		return
	}
	c := candidate(Type, e)
	c.Window, c.Element, c.Frame = f.Window, &f.Element, f.Frame
	c.Text, c.Secret = f.Value, f.Secret
	at, found := w.field(c)
	switch {
	case found:
		w.fill(at, c)
	case c.Text == "" && !c.Secret:
		return // only passed through
	default:
		at = w.leftAt(e)
		w.out = insert(w.out, at, c)
	}
	w.endBeforeNext(at)
}

// endBeforeNext ends the text at i with the action that left its field; the
// value is read a moment later.
func (w *walk) endBeforeNext(i int) {
	if i+1 >= len(w.out) || w.out[i].Kind != Type {
		return
	}
	c := &w.out[i]
	c.End = min(c.End, w.out[i+1].Start)
	c.Start = min(c.Start, c.End)
}

// field finds the click that focused c's field, or an earlier text of it after
// which nothing but other fields was touched.
func (w *walk) field(c Candidate) (int, bool) {
	onlyFields := true
	for i := len(w.out) - 1; i >= 0 && i >= len(w.out)-reach; i-- {
		o := w.out[i]
		if o.Element != nil && sameElement(o.Window, *o.Element, c.Window, *c.Element) {
			switch {
			case o.focus, o.Kind == Click && o.opens == list:
				return w.earlierText(i, c), true
			case o.Kind == Type:
				return i, onlyFields
			}
		}
		if !o.focus && o.Kind != Type && !o.edits && o.Start < c.End-settle {
			onlyFields = false
		}
	}
	return 0, false
}

// earlierText goes on from a focus click at i to a text of the same field
// before it, if only fields lie between.
func (w *walk) earlierText(i int, c Candidate) int {
	for j := i - 1; j >= 0 && (w.out[j].focus || w.out[j].Kind == Type || w.out[j].edits); j-- {
		if o := w.out[j]; o.Kind == Type && sameElement(o.Window, *o.Element, c.Window, *c.Element) {
			w.out[j].Events = append(w.out[j].Events, w.out[i].Events...)
			w.out = append(w.out[:i], w.out[i+1:]...)
			return j
		}
	}
	return i
}

// fill makes the step at i the one that fills c's field. The chords that only
// edited the field belong to it.
func (w *walk) fill(i int, c Candidate) {
	o := w.out[i]
	c.Start = o.Start
	c.Events = append(append([]int64(nil), o.Events...), c.Events...)
	if c.Frame == (capture.FrameRef{}) {
		c.Frame = o.Frame
	}
	c.Point = o.Point
	rest := w.out[:i]
	rest = append(rest, c)
	for _, later := range w.out[i+1:] {
		if later.edits && later.Window.ID == c.Window.ID && later.End <= c.End {
			rest[i].Events = append(rest[i].Events, later.Events...)
			continue
		}
		rest = append(rest, later)
	}
	w.out = rest
}

// leftAt is the place before the click or chord that made a field lose the
// focus at the time of e.
func (w *walk) leftAt(e capture.Event) int {
	i := len(w.out)
	for i > 0 {
		o := w.out[i-1]
		if o.Kind != Click && o.Kind != Chord || o.Start < e.At-settle {
			break
		}
		i--
	}
	return i
}

func insert(s []Candidate, i int, c Candidate) []Candidate {
	s = append(s, Candidate{})
	copy(s[i+1:], s[i:])
	s[i] = c
	return s
}

// sameElement tells whether two descriptions are of one element. Names decide
// where there are any; bounds move when a window does.
func sameElement(aw capture.Window, a capture.Element, bw capture.Window, b capture.Element) bool {
	if aw.ID != bw.ID || a.Role != b.Role || a.Name != b.Name || a.Label != b.Label {
		return false
	}
	if a.Name != "" || a.Label != "" || a.Bounds.Empty() || b.Bounds.Empty() {
		return true
	}
	return a.Bounds.Contains(capture.Point{X: b.Bounds.X + b.Bounds.W/2, Y: b.Bounds.Y + b.Bounds.H/2})
}

func sameProgram(a, b capture.Window) bool {
	return a.Program == b.Program || a.Program == "" || b.Program == "" || a.PID != 0 && a.PID == b.PID
}

func nameless(e *capture.Element) bool {
	return e == nil || e.Name == "" && e.Label == "" && e.Description == "" && e.Value == ""
}
