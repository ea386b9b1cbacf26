package capture

// Scope tells what of the desktop is recorded. The zero Scope is everything.
// Its functions are called by several goroutines and must be quick.
type Scope struct {
	// Hidden tells the windows that are never recorded: those of this program,
	// and those on the deny list. Neither a pixel nor an event of theirs is
	// kept. Nil is none.
	Hidden func(Window) bool
	// Only tells the windows that are recorded where a person chose one; nil is
	// all of them.
	Only func(Window) bool
	// Area is the part of the screen that is recorded, as it is now; nil is
	// all of it. An empty area takes nothing.
	Area func() Rect
}

// Takes tells whether what happens in a window is recorded.
func (s Scope) Takes(w Window) bool {
	if s.Hidden != nil && s.Hidden(w) || s.Only != nil && !s.Only(w) {
		return false
	}
	return s.Area == nil || w.Bounds.Empty() || !w.Bounds.Intersect(s.Area()).Empty()
}

// TakesAt tells whether what happens at a place in a window is recorded.
func (s Scope) TakesAt(w Window, p Point) bool {
	return s.Takes(w) && (s.Area == nil || s.Area().Contains(p))
}
