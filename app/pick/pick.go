package pick

import (
	"errors"

	"github.com/runreel/runreel/capture"
)

// Errors of Region.
var (
	// ErrCancelled says that the person changed her mind: Escape, the right
	// button, or a click without a drag.
	ErrCancelled = errors.New("no region was drawn")
	// ErrGrabbed says that another program holds the mouse, as an open menu
	// does.
	ErrGrabbed = errors.New("another program holds the mouse")
	// ErrUnsupported says that there is no X display to draw on.
	ErrUnsupported = errors.New("drawing a region is not supported on this system yet")
)

// least is the smallest side of a region, in pixels: what is smaller was a
// click.
const least = 16

// between is the region with two corners. X regions end before x+w.
func between(a, b capture.Point) capture.Rect {
	x, y := min(a.X, b.X), min(a.Y, b.Y)
	return capture.Rect{X: x, Y: y, W: max(a.X, b.X) - x, H: max(a.Y, b.Y) - y}
}
