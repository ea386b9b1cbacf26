package capture

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

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

// ErrTarget tells that a Target names nothing that can be recorded.
var ErrTarget = errors.New("nothing to record is named")

// TargetKind names what of the desktop a Target is. The names are stored.
type TargetKind string

// The kinds of targets. The empty kind means TargetAll.
const (
	TargetAll     TargetKind = "all"
	TargetDisplay TargetKind = "display"
	TargetWindow  TargetKind = "window"
	TargetRegion  TargetKind = "region"
)

// Target is what a person chose to record of the desktop. The zero Target is
// all displays. Fields of other kinds than its own mean nothing.
type Target struct {
	Kind    TargetKind `json:"kind,omitempty"`
	Display int        `json:"display,omitempty"` // index, 0 is the first
	Window  uint32     `json:"window,omitempty"`  // ID
	Region  Rect       `json:"region,omitzero"`   // on the X screen
}

// largestScreen bounds the coordinates of an X screen, which are 16-bit.
const largestScreen = 1<<15 - 1

// Validate tells what is wrong with t, wrapping ErrTarget. What does not exist
// now may still exist when the recording begins, and is no fault here.
func (t Target) Validate() error {
	switch t.Kind {
	case "", TargetAll:
		return nil
	case TargetDisplay:
		if t.Display < 0 {
			return fmt.Errorf("%w: display %d", ErrTarget, t.Display)
		}
		return nil
	case TargetWindow:
		if t.Window == 0 {
			return fmt.Errorf("%w: no window", ErrTarget)
		}
		return nil
	case TargetRegion:
		r := t.Region
		for _, v := range [...]int{r.X, r.Y, r.W, r.H} {
			if v < -largestScreen || v > largestScreen {
				return fmt.Errorf("%w: region %+v is larger than a screen", ErrTarget, r)
			}
		}
		if r.Empty() {
			return fmt.Errorf("%w: region %+v is empty", ErrTarget, r)
		}
		return nil
	}
	return fmt.Errorf("%w: kind %q", ErrTarget, t.Kind)
}

// Only is Scope.Only for t: it takes the chosen window, its dialogs and its
// menus. It is nil where t is no window.
func (t Target) Only() func(Window) bool {
	if t.Kind != TargetWindow {
		return nil
	}
	return func(w Window) bool { return w.ID == t.Window || w.Owner == t.Window }
}

// ParseRegion reads a region as X programs write it, WxH+X+Y such as
// 1280x720+0-120, where the signs belong to the numbers.
func ParseRegion(s string) (Rect, error) {
	bad := fmt.Errorf("%w: region %q, want WxH+X+Y such as 1280x720+0+0", ErrTarget, s)
	size, place, ok := strings.Cut(s, "x")
	at := strings.IndexAny(place, "+-")
	if !ok || at < 0 {
		return Rect{}, bad
	}
	height, place := place[:at], place[at:]
	at = strings.IndexAny(place[1:], "+-") + 1
	if at < 1 {
		return Rect{}, bad
	}
	var r Rect
	for _, part := range []struct {
		text string
		to   *int
	}{{size, &r.W}, {height, &r.H}, {place[:at], &r.X}, {place[at:], &r.Y}} {
		v, err := strconv.ParseInt(part.text, 10, 16)
		if err != nil {
			return Rect{}, bad
		}
		*part.to = int(v)
	}
	if err := (Target{Kind: TargetRegion, Region: r}).Validate(); err != nil {
		return Rect{}, err
	}
	return r, nil
}
