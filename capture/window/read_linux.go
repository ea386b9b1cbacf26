package window

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"github.com/runreel/runreel/capture"
)

// maxTitle caps what is read of a property: titles come from outside.
const maxTitle = 4096

// read asks the server for everything about a program's window and keeps it.
// It returns the zero Window where the window is gone.
func (d *desk) read(w xproto.Window) capture.Window {
	bounds, ok := d.bounds(w)
	if !ok {
		return capture.Window{}
	}
	got := capture.Window{
		ID: uint32(w), Title: d.title(w), Program: d.class(w), PID: d.pid(w), Bounds: bounds,
	}
	if got.PID == 0 || got.Program == "" {
		if v := d.longs(w, d.atoms.leader, 1); len(v) == 1 && v[0] != uint32(w) {
			got = d.inherit(xproto.Window(v[0]), got)
		}
	}
	if owner := d.owner(w); owner != 0 {
		got = d.inherit(owner, got)
		// Toolkits give a popup the name of the program.
		if title := d.title(owner); title != "" && (got.Title == "" || d.isPopup(w)) {
			got.Title = title
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.known[w] = got
	return got
}

// inherit fills what a window does not tell from the one it belongs to.
func (d *desk) inherit(of xproto.Window, got capture.Window) capture.Window {
	if got.PID == 0 {
		got.PID = d.pid(of)
	}
	if got.Program == "" {
		got.Program = d.class(of)
	}
	return got
}

// owner returns the window that w belongs to, 0 where there is none: of an
// open menu the window that it was opened from, through other menus.
func (d *desk) owner(w xproto.Window) xproto.Window {
	var owner xproto.Window
	for range 4 {
		next := d.transientFor(w)
		if next == 0 {
			break
		}
		w, owner = next, next
		if !d.isPopup(next) {
			break
		}
	}
	return owner
}

func (d *desk) transientFor(w xproto.Window) xproto.Window {
	v := d.longs(w, xproto.AtomWmTransientFor, 1)
	if len(v) == 0 || v[0] == uint32(w) || v[0] == uint32(d.root) {
		return 0
	}
	return xproto.Window(v[0])
}

// isPopup tells whether the window manager leaves a window alone, as it does
// menus and tooltips.
func (d *desk) isPopup(w xproto.Window) bool {
	attrs, err := xproto.GetWindowAttributes(d.conn, w).Reply()
	return err == nil && attrs.OverrideRedirect
}

// bounds returns a window's place on the screen: with the frame of the window
// manager, without the shadow that GTK draws around its own frame.
func (d *desk) bounds(w xproto.Window) (capture.Rect, bool) {
	size := xproto.GetGeometry(d.conn, xproto.Drawable(w))
	corner := xproto.TranslateCoordinates(d.conn, w, d.root, 0, 0)
	g, err := size.Reply()
	c, err2 := corner.Reply()
	if err != nil || err2 != nil {
		return capture.Rect{}, false
	}
	r := capture.Rect{X: int(c.DstX), Y: int(c.DstY), W: int(g.Width), H: int(g.Height)}
	if e := d.longs(w, d.atoms.extents, 4); len(e) == 4 {
		r = grow(r, e, 1)
	}
	if e := d.longs(w, d.atoms.shadow, 4); len(e) == 4 {
		r = grow(r, e, -1)
	}
	return r, true
}

// grow moves the edges of r by left, right, top and bottom, outwards or
// inwards. Values that no screen can hold are ignored.
func grow(r capture.Rect, by []uint32, sign int) capture.Rect {
	const largest = 4096
	for _, v := range by {
		if v > largest {
			return r
		}
	}
	left, right, top, bottom := sign*int(by[0]), sign*int(by[1]), sign*int(by[2]), sign*int(by[3])
	return capture.Rect{X: r.X - left, Y: r.Y - top, W: r.W + left + right, H: r.H + top + bottom}
}

func (d *desk) title(w xproto.Window) string {
	if t := d.text(w, d.atoms.name); t != "" {
		return t
	}
	return d.text(w, xproto.AtomWmName)
}

func (d *desk) class(w xproto.Window) string {
	raw := d.property(w, xproto.AtomWmClass, maxTitle)
	if i := bytes.IndexByte(raw, 0); i >= 0 {
		raw = raw[i+1:]
	}
	return decodeText(bytes.TrimRight(raw, "\x00"))
}

func (d *desk) pid(w xproto.Window) int {
	if v := d.longs(w, d.atoms.pid, 1); len(v) == 1 {
		return int(int32(v[0]))
	}
	return 0
}

func (d *desk) text(w xproto.Window, prop xproto.Atom) string {
	return decodeText(d.property(w, prop, maxTitle))
}

// decodeText reads UTF-8, and what is not UTF-8 as Latin-1, which the type
// STRING is (ICCCM 2.7.1).
func decodeText(raw []byte) string {
	raw, _, _ = bytes.Cut(raw, []byte{0})
	if utf8.Valid(raw) {
		return string(raw)
	}
	if len(raw) == maxTitle {
		for cut := 1; cut < utf8.UTFMax; cut++ { // the cap may have split a rune
			if utf8.Valid(raw[:len(raw)-cut]) {
				return string(raw[:len(raw)-cut])
			}
		}
	}
	var b strings.Builder
	for _, c := range raw {
		b.WriteRune(rune(c))
	}
	return b.String()
}

func (d *desk) property(w xproto.Window, prop xproto.Atom, limit uint32) []byte {
	reply, err := xproto.GetProperty(d.conn, false, w, prop, xproto.GetPropertyTypeAny, 0, limit/4).Reply()
	if err != nil || reply.Format != 8 {
		return nil
	}
	return reply.Value
}

func (d *desk) longs(w xproto.Window, prop xproto.Atom, n uint32) []uint32 {
	reply, err := xproto.GetProperty(d.conn, false, w, prop, xproto.GetPropertyTypeAny, 0, n).Reply()
	if err != nil || reply.Format != 32 {
		return nil
	}
	var v []uint32
	for b := reply.Value; len(b) >= 4; b = b[4:] {
		v = append(v, xgb.Get32(b))
	}
	return v
}
