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

// maxChain bounds how many owners of owners are followed: programs may tie
// them into a ring.
const maxChain = 6

// reader asks an X server about windows. Its methods may be called from any
// goroutine.
type reader struct {
	conn  *xgb.Conn
	root  xproto.Window
	mask  uint32 // of the part of an ID that a program chooses
	atoms atoms
}

func newReader(conn *xgb.Conn) (reader, error) {
	a, err := internAtoms(conn)
	if err != nil {
		return reader{}, err
	}
	setup := xproto.Setup(conn)
	return reader{conn: conn, root: setup.DefaultScreen(conn).Root, mask: setup.ResourceIdMask, atoms: a}, nil
}

// facts is what a window tells about itself.
type facts struct {
	window    capture.Window // without Owner
	origin    capture.Point  // of its own upper left corner on the screen
	outer     capture.Rect   // its place with its own border, without any frame
	owners    []capture.Window
	transient xproto.Window // as WM_TRANSIENT_FOR has it
	leader    xproto.Window
	kinds     []uint32 // _NET_WM_WINDOW_TYPE
	viewable  bool
	override  bool // the window manager leaves it alone, as it does menus and tooltips
	inputOnly bool // has no pixels
	managed   bool // the window manager keeps it
	alpha     bool // its pixels may be translucent
	faint     bool // _NET_WM_WINDOW_OPACITY is less than full
	opaque    []uint32
}

// asked is a question about a window that is on its way.
type asked struct {
	w          xproto.Window
	attributes xproto.GetWindowAttributesCookie
	geometry   xproto.GetGeometryCookie
	corner     xproto.TranslateCoordinatesCookie
	properties []xproto.GetPropertyCookie
}

// wanted are the properties that ask asks for, in the order of look.
func (r *reader) wanted() []xproto.Atom {
	a := &r.atoms
	return []xproto.Atom{
		a.name, xproto.AtomWmName, xproto.AtomWmClass, a.pid, xproto.AtomWmTransientFor, a.leader,
		a.extents, a.shadow, a.kind, a.state, a.opacity, a.opaque,
	}
}

// ask sends all questions about a window at once: answers are awaited in look.
func (r *reader) ask(w xproto.Window) asked {
	q := asked{
		w:          w,
		attributes: xproto.GetWindowAttributes(r.conn, w),
		geometry:   xproto.GetGeometry(r.conn, xproto.Drawable(w)),
		corner:     xproto.TranslateCoordinates(r.conn, w, r.root, 0, 0),
	}
	for _, p := range r.wanted() {
		q.properties = append(q.properties, xproto.GetProperty(r.conn, false, w, p, xproto.GetPropertyTypeAny, 0, maxTitle/4))
	}
	return q
}

// look awaits the answers. It returns false where the window is gone.
func (q asked) look() (facts, bool) {
	attributes, err1 := q.attributes.Reply()
	geometry, err2 := q.geometry.Reply()
	corner, err3 := q.corner.Reply()
	p := make([]*xproto.GetPropertyReply, len(q.properties))
	for i, cookie := range q.properties {
		if reply, err := cookie.Reply(); err == nil {
			p[i] = reply
		}
	}
	if err1 != nil || err2 != nil || err3 != nil {
		return facts{}, false
	}
	f := facts{
		origin:    capture.Point{X: int(corner.DstX), Y: int(corner.DstY)},
		viewable:  attributes.MapState == xproto.MapStateViewable,
		override:  attributes.OverrideRedirect,
		inputOnly: attributes.Class == xproto.WindowClassInputOnly,
		alpha:     geometry.Depth == 32,
		transient: xproto.Window(first(longs(p[4]))),
		leader:    xproto.Window(first(longs(p[5]))),
		kinds:     longs(p[8]),
		managed:   p[9] != nil && p[9].Type != 0,
		opaque:    longs(p[11]),
	}
	if v := longs(p[10]); len(v) > 0 && v[0] != 1<<32-1 {
		f.faint = true
	}
	f.window = capture.Window{ID: uint32(q.w), Title: text(p[0]), Program: class(p[2]), PID: int(int32(first(longs(p[3]))))}
	if f.window.Title == "" {
		f.window.Title = text(p[1])
	}
	border := int(geometry.BorderWidth)
	f.outer = capture.Rect{
		X: f.origin.X - border, Y: f.origin.Y - border,
		W: int(geometry.Width) + 2*border, H: int(geometry.Height) + 2*border,
	}
	f.window.Bounds = capture.Rect{X: f.origin.X, Y: f.origin.Y, W: int(geometry.Width), H: int(geometry.Height)}
	if v := longs(p[6]); len(v) == 4 {
		f.window.Bounds = grow(f.window.Bounds, v, 1)
	}
	if v := longs(p[7]); len(v) == 4 {
		// The shadow that GTK draws around its own frame.
		f.window.Bounds = grow(f.window.Bounds, v, -1)
	}
	return f, true
}

// read asks for everything about a program's window, and about those that it
// belongs to. It returns false where the window is gone.
func (r *reader) read(w xproto.Window) (facts, bool) {
	f, ok := r.ask(w).look()
	if !ok {
		return f, false
	}
	own := f.window
	if (own.PID == 0 || own.Program == "") && f.leader != 0 && f.leader != w {
		if l, ok := r.ask(f.leader).look(); ok {
			inherit(&f.window, l.window)
		}
	}
	r.follow(&f)
	if len(f.owners) > 0 {
		f.window.Owner = f.owners[len(f.owners)-1].ID
	}
	return f, true
}

// follow finds the windows that f belongs to, the nearest first, and fills what
// f does not tell itself. A menu takes the title of the window that it was
// opened from, through other menus: toolkits give it the name of the program.
func (r *reader) follow(f *facts) {
	next, popup, titled := f.transient, f.override, false
	if next == 0 || next == r.root {
		if next = 0; popup || f.transient == r.root {
			next = r.kin(xproto.Window(f.window.ID))
		}
	}
	for range maxChain {
		if next == 0 || next == r.root || next == xproto.Window(f.window.ID) {
			return
		}
		o, ok := r.ask(next).look()
		if !ok {
			return
		}
		f.owners = append(f.owners, o.window)
		inherit(&f.window, o.window)
		if !titled && o.window.Title != "" && !o.override {
			if f.window.Title == "" || popup {
				f.window.Title = o.window.Title
			}
			titled = true
		}
		next = o.transient
	}
}

// kin returns the window that the user works in, of those that the program of
// w shows, and 0 where there is none: a menu without WM_TRANSIENT_FOR was most
// likely opened from it.
func (r *reader) kin(w xproto.Window) xproto.Window {
	active := r.longs(r.root, r.atoms.active, 1)
	stacking := r.longs(r.root, r.atoms.stacking, 4096)
	for _, id := range active {
		stacking = append(stacking, id)
	}
	for i := len(stacking) - 1; i >= 0; i-- {
		if other := xproto.Window(stacking[i]); other != 0 && other != w && r.base(other) == r.base(w) {
			return other
		}
	}
	return 0
}

// base is the part of an ID that all windows of one program share (X11
// protocol, section 8).
func (r *reader) base(w xproto.Window) uint32 { return uint32(w) &^ r.mask }

// inherit fills what a window does not tell from the one that it belongs to.
func inherit(w *capture.Window, of capture.Window) {
	if w.PID == 0 {
		w.PID = of.PID
	}
	if w.Program == "" {
		w.Program = of.Program
	}
}

// clients returns the windows at or below top that carry WM_STATE, which the
// window manager sets on what it manages (ICCCM 4.1.3.1); several where it shows
// them as tabs of one frame. Where there is none, they are the nearest that
// carry a name of their program. Frames have dozens of parts, so each level is
// asked at once.
func (r *reader) clients(top xproto.Window) []xproto.Window {
	level := []xproto.Window{top}
	var named []xproto.Window
	for range 4 {
		states := make([]xproto.GetPropertyCookie, len(level))
		classes := make([]xproto.GetPropertyCookie, len(level))
		trees := make([]xproto.QueryTreeCookie, len(level))
		for i, w := range level {
			states[i] = xproto.GetProperty(r.conn, false, w, r.atoms.state, xproto.GetPropertyTypeAny, 0, 0)
			classes[i] = xproto.GetProperty(r.conn, false, w, xproto.AtomWmClass, xproto.GetPropertyTypeAny, 0, 0)
			trees[i] = xproto.QueryTree(r.conn, w)
		}
		var managed, here, below []xproto.Window
		for i, w := range level {
			if state, err := states[i].Reply(); err == nil && state.Type != 0 {
				managed = append(managed, w)
			}
			if class, err := classes[i].Reply(); err == nil && class.Type != 0 {
				here = append(here, w)
			}
			if tree, err := trees[i].Reply(); err == nil {
				below = append(below, tree.Children...)
			}
		}
		if len(managed) > 0 {
			return managed
		}
		if len(named) == 0 {
			named = here
		}
		level = below[:min(len(below), 200)]
	}
	return named
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

func class(p *xproto.GetPropertyReply) string {
	if p == nil || p.Format != 8 {
		return ""
	}
	raw := p.Value
	if i := bytes.IndexByte(raw, 0); i >= 0 {
		raw = raw[i+1:]
	}
	return decodeText(bytes.TrimRight(raw, "\x00"))
}

func text(p *xproto.GetPropertyReply) string {
	if p == nil || p.Format != 8 {
		return ""
	}
	return decodeText(p.Value)
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

func (r *reader) longs(w xproto.Window, prop xproto.Atom, n uint32) []uint32 {
	reply, err := xproto.GetProperty(r.conn, false, w, prop, xproto.GetPropertyTypeAny, 0, n).Reply()
	if err != nil {
		return nil
	}
	return longs(reply)
}

func longs(p *xproto.GetPropertyReply) []uint32 {
	if p == nil || p.Format != 32 {
		return nil
	}
	var v []uint32
	for b := p.Value; len(b) >= 4; b = b[4:] {
		v = append(v, xgb.Get32(b))
	}
	return v
}

func first(v []uint32) uint32 {
	if len(v) == 0 {
		return 0
	}
	return v[0]
}
