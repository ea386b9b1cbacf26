package screen

import (
	"errors"
	"fmt"

	"github.com/jezek/xgb/damage"
	"github.com/jezek/xgb/shm"
	"github.com/jezek/xgb/xfixes"
	"github.com/jezek/xgb/xproto"

	"github.com/runreel/runreel/capture"
)

const (
	allPlanes = 0xffffffff
	// socketLimit bounds one reply of GetImage over the socket.
	socketLimit = 8 << 20
)

// refresh implements device. Only the rows that were drawn on are read: they
// land at their place in the picture, as each row of the segment is a whole row
// of the display.
func (x *x11) refresh(more []rows) ([]rows, error) {
	if x.resized.Load() {
		return nil, errResized
	}
	drawn, err := x.takeDamage()
	if err != nil {
		return nil, err
	}
	if x.follow == nil {
		return x.readDrawn(drawn, more)
	}
	return x.readFollowed(drawn, more)
}

func (x *x11) readDrawn(drawn []xproto.Rectangle, more []rows) ([]rows, error) {
	read := make([]rows, len(x.shown))
	for i, d := range x.shown {
		if more == nil || !x.hasDamage {
			read[i] = rows{0, d.Bounds.H}
		} else {
			read[i] = rowsOf(d.Bounds, drawn).union(more[i])
		}
		if read[i].empty() {
			continue
		}
		if err := x.read(i, read[i]); err != nil {
			return nil, err
		}
	}
	return read, nil
}

// readFollowed reads the chosen window at the place where it is, before and
// after: else the picture would tell another place than it shows.
func (x *x11) readFollowed(drawn []xproto.Rectangle, more []rows) ([]rows, error) {
	place, err := x.follow.place()
	if err != nil {
		return nil, err
	}
	for range movingTries {
		if len(x.shown) != 1 || x.shown[0].Bounds != place {
			x.adapt([]Display{holder(x.all, place)})
			more = nil
		}
		if len(more) != 1 {
			more = nil
		}
		read, err := x.readDrawn(drawn, more)
		if err != nil {
			return nil, err
		}
		after, err := x.follow.place()
		if err != nil || after == place {
			return read, err
		}
		place = after
	}
	return nil, errMoving
}

// movingTries is how often a window is read that is elsewhere each time.
const movingTries = 3

// takeDamage returns where something was drawn since the last call, and lets
// the server report the next drawing. It comes before the pixels are read, so
// what is drawn meanwhile is reported again.
func (x *x11) takeDamage() ([]xproto.Rectangle, error) {
	if !x.hasDamage {
		return nil, nil
	}
	damage.Subtract(x.conn, x.damage, xfixes.RegionNone, x.region)
	r, err := xfixes.FetchRegion(x.conn, x.region).Reply()
	if err != nil {
		return nil, gone(fmt.Errorf("fetch what was drawn: %w", err))
	}
	if len(r.Rectangles) == 0 {
		return nil, nil
	}
	return r.Rectangles, nil
}

// rowsOf returns the rows of a display that rects touch.
func rowsOf(b capture.Rect, rects []xproto.Rectangle) rows {
	var all rows
	for _, r := range rects {
		left, right := int(r.X), int(r.X)+int(r.Width)
		if right <= b.X || left >= b.X+b.W {
			continue
		}
		from := max(int(r.Y), b.Y) - b.Y
		to := min(int(r.Y)+int(r.Height), b.Y+b.H) - b.Y
		all = all.union(rows{from, to})
	}
	return all
}

// read gets some rows of the i-th display from the server.
func (x *x11) read(i int, part rows) error {
	b := x.shown[i].Bounds
	var err error
	if x.seg != 0 {
		at := x.offsets[i] + part.from*b.W*4
		_, err = shm.GetImage(x.conn, xproto.Drawable(x.root), int16(b.X), int16(b.Y+part.from),
			uint16(b.W), uint16(part.to-part.from), allPlanes, xproto.ImageFormatZPixmap, x.seg, uint32(at)).Reply()
	} else {
		err = x.readSocket(i, part)
	}
	if err == nil {
		return nil
	}
	if match := (xproto.MatchError{}); errors.As(err, &match) {
		return errResized // the display left the screen
	}
	return gone(fmt.Errorf("read screen: %w", err))
}

// readSocket is read without shared memory: from another machine.
func (x *x11) readSocket(i int, part rows) error {
	b := x.shown[i].Bounds
	stride := b.W * 4
	step := max(1, socketLimit/stride)
	for y := part.from; y < part.to; y += step {
		n := min(step, part.to-y)
		r, err := xproto.GetImage(x.conn, xproto.ImageFormatZPixmap, xproto.Drawable(x.root),
			int16(b.X), int16(b.Y+y), uint16(b.W), uint16(n), allPlanes).Reply()
		if err != nil {
			return err
		}
		if len(r.Data) < n*stride {
			return fmt.Errorf("%w: %d bytes for %d rows", ErrPixels, len(r.Data), n)
		}
		copy(x.pixels(i)[y*stride:], r.Data[:n*stride])
	}
	return nil
}
