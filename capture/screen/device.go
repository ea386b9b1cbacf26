package screen

import (
	"errors"

	"github.com/runreel/runreel/capture"
)

// device reads pixels of displays into memory. One goroutine calls it, but
// close may follow from another one.
type device interface {
	// displays returns what is recorded: displays, or the one part of the
	// screen that was chosen, with the index of the display that holds most of
	// it. Refresh may move and resize a chosen window.
	displays() []Display
	// wake gets an element when something may have been drawn since the last
	// refresh, or when the geometry may have changed.
	wake() <-chan struct{}
	// gone is closed when the display server has ended.
	gone() <-chan struct{}
	// refresh reads again what was drawn since the last refresh, and the rows in
	// more; where more is nil, each pixel. It returns the rows that it read per
	// display, in the order of displays. errResized asks for rebuild, errMoving
	// for another refresh soon, and ErrWindowHidden tells that there is nothing
	// to be read.
	refresh(more []rows) ([]rows, error)
	// pixels returns what refresh read of the i-th display: rows of width*4
	// bytes, with the bytes of a pixel as layout says. Valid until the next
	// refresh or rebuild. The caller may paint over them.
	pixels(i int) []byte
	layout() layout
	// rebuild adapts to a new geometry.
	rebuild() error
	close()
}

var (
	// errResized tells that the displays changed their places or sizes.
	errResized = errors.New("displays changed")
	// errMoving tells that the recorded window moved while it was read.
	errMoving = errors.New("the recorded window moves")
)

// layout is the order of the bytes in the four of a pixel.
type layout uint8

const (
	bgrx layout = iota
	rgbx
)

// rows is a range of picture rows, from (inclusive) to (exclusive). It is empty
// where from equals to.
type rows struct{ from, to int }

func (r rows) empty() bool { return r.from >= r.to }

// union returns the smallest range that holds both.
func (r rows) union(o rows) rows {
	if r.empty() {
		return o
	}
	if o.empty() {
		return r
	}
	return rows{min(r.from, o.from), max(r.to, o.to)}
}

// rowsUnder returns the rows that rects lie in.
func rowsUnder(rects []capture.Rect) rows {
	var all rows
	for _, r := range rects {
		all = all.union(rows{r.Y, r.Y + r.H})
	}
	return all
}

// of returns the bytes of r in a picture with so many bytes a row.
func (r rows) of(pix []byte, stride int) []byte {
	if r.empty() {
		return nil
	}
	return pix[r.from*stride : r.to*stride]
}
