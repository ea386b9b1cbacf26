package screen

import "errors"

// device reads pixels of displays into memory. One goroutine calls it, but
// close may follow from another one.
type device interface {
	// displays returns those that are recorded. What it returned before is
	// outdated after rebuild.
	displays() []Display
	// wake gets an element when something may have been drawn since the last
	// refresh, or when the geometry may have changed.
	wake() <-chan struct{}
	// gone is closed when the display server has ended.
	gone() <-chan struct{}
	// refresh reads again what was drawn since the last refresh, or each pixel
	// where all is true. It returns the rows that it read per display, in the
	// order of displays. errResized asks for rebuild.
	refresh(all bool) ([]rows, error)
	// pixels returns what refresh read of the i-th display: rows of width*4
	// bytes, with the bytes of a pixel as layout says. Valid until the next
	// refresh or rebuild.
	pixels(i int) []byte
	layout() layout
	// rebuild adapts to a new geometry.
	rebuild() error
	close()
}

// errResized tells that the displays changed their places or sizes.
var errResized = errors.New("displays changed")

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

// of returns the bytes of r in a picture with so many bytes a row.
func (r rows) of(pix []byte, stride int) []byte {
	if r.empty() {
		return nil
	}
	return pix[r.from*stride : r.to*stride]
}
