package pipeline

import (
	"strings"

	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/pipeline/detect"
	"github.com/runreel/runreel/pipeline/name"
	"github.com/runreel/runreel/pipeline/sop"
)

const (
	margin = 24 // pixels around a window
	dot    = 24 // pixels across the mark of the pointer
)

// figures is the picture from before the action, if there is one, with what was
// acted on marked.
func figures(c detect.Candidate, alt string, newID func() string) []sop.Figure {
	frame := c.Frame.Bounds
	if c.Frame.Media == "" {
		return nil
	}
	f := sop.Figure{ID: newID(), Frame: text(c.Frame.Media), Origin: rect(frame), Alt: text(alt)}
	if frame.Empty() {
		return []sop.Figure{f}
	}
	show := intersect(grow(c.Window.Bounds, margin), frame)
	if box, ok := elementBox(c); ok && !intersect(box, frame).Empty() {
		box = intersect(box, frame)
		f.Marks = append(f.Marks, sop.FigureMark{Shape: "box", Rect: within(box, frame)})
		show = cover(show, intersect(grow(box, margin), frame))
	}
	if c.Point != nil && c.Kind == detect.Click && frame.Contains(*c.Point) {
		at := capture.Rect{X: c.Point.X - dot/2, Y: c.Point.Y - dot/2, W: dot, H: dot}
		f.Marks = append(f.Marks, sop.FigureMark{Shape: "dot", Rect: within(at, frame)})
		show = cover(show, intersect(grow(at, margin), frame))
	}
	if !c.Window.Bounds.Empty() && area(show)*100 < area(frame)*85 {
		crop := within(show, frame)
		f.Crop = &crop
	}
	return []sop.Figure{f}
}

// elementBox is where the element is, if its bounds can be believed: a program
// may tell those of a closed menu, or of a whole pane.
func elementBox(c detect.Candidate) (capture.Rect, bool) {
	if c.Element == nil || c.Element.Bounds.Empty() {
		return capture.Rect{}, false
	}
	b := c.Element.Bounds
	if c.Point != nil && c.Kind == detect.Click && !grow(b, 4).Contains(*c.Point) {
		return capture.Rect{}, false
	}
	if w := c.Window.Bounds; !w.Empty() && area(b)*10 > area(w)*6 {
		return capture.Rect{}, false
	}
	return b, true
}

// boxOf is the place of the action on the screen: the element, or the pointer.
func boxOf(c detect.Candidate) *sop.Rect {
	if c.Element != nil && !c.Element.Bounds.Empty() && (c.Point == nil || grow(c.Element.Bounds, 4).Contains(*c.Point)) {
		r := rect(c.Element.Bounds)
		return &r
	}
	if c.Point == nil {
		return nil
	}
	return &sop.Rect{X: c.Point.X, Y: c.Point.Y, W: 1, H: 1}
}

// alt describes the picture by what is known of it.
func alt(c detect.Candidate, n name.Named) string {
	var b strings.Builder
	b.WriteString("The screen")
	if n.Window != "" {
		b.Reset()
		b.WriteString("Window " + n.Window)
	}
	kind := "element"
	if c.Element != nil && c.Element.Role != "" {
		kind = name.Clean(strings.TrimPrefix(c.Element.Role, "push "))
	}
	switch {
	case c.Kind == detect.Type && n.Label != "":
		b.WriteString(" with the field " + n.Label + " marked")
	case c.Kind == detect.Click && n.Label != "":
		b.WriteString(" with the " + kind + " " + n.Label + " marked")
	case c.Kind == detect.Click:
		b.WriteString(" with the place of the click marked")
	}
	return b.String()
}

func rect(r capture.Rect) sop.Rect { return sop.Rect{X: r.X, Y: r.Y, W: r.W, H: r.H} }

// within is r in pixels of the frame.
func within(r, frame capture.Rect) sop.Rect {
	return sop.Rect{X: r.X - frame.X, Y: r.Y - frame.Y, W: r.W, H: r.H}
}

func grow(r capture.Rect, by int) capture.Rect {
	if r.Empty() {
		return r
	}
	return capture.Rect{X: r.X - by, Y: r.Y - by, W: r.W + 2*by, H: r.H + 2*by}
}

func intersect(a, b capture.Rect) capture.Rect {
	x, y := max(a.X, b.X), max(a.Y, b.Y)
	r := capture.Rect{X: x, Y: y, W: min(a.X+a.W, b.X+b.W) - x, H: min(a.Y+a.H, b.Y+b.H) - y}
	if a.Empty() || b.Empty() || r.Empty() {
		return capture.Rect{}
	}
	return r
}

// cover is the smallest rectangle around both.
func cover(a, b capture.Rect) capture.Rect {
	switch {
	case a.Empty():
		return b
	case b.Empty():
		return a
	}
	x, y := min(a.X, b.X), min(a.Y, b.Y)
	return capture.Rect{X: x, Y: y, W: max(a.X+a.W, b.X+b.W) - x, H: max(a.Y+a.H, b.Y+b.H) - y}
}

func area(r capture.Rect) int64 { return int64(r.W) * int64(r.H) }
