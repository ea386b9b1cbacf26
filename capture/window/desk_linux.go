package window

import (
	"fmt"
	"sync"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"github.com/runreel/runreel/capture"
)

// desk is what is known of the windows of one X screen. Its methods may be
// called from any goroutine.
type desk struct {
	conn  *xgb.Conn
	root  xproto.Window
	atoms atoms

	mu      sync.Mutex
	clients map[xproto.Window]xproto.Window  // child of the root to the program's window in it
	known   map[xproto.Window]capture.Window // as last read: a window can be gone when it is asked for
	mapped  map[xproto.Window]time.Duration  // when a window or its frame appeared
}

func openDesk(conn *xgb.Conn) (*desk, error) {
	a, err := internAtoms(conn)
	if err != nil {
		return nil, err
	}
	d := &desk{
		conn: conn, atoms: a, root: xproto.Setup(conn).DefaultScreen(conn).Root,
		clients: make(map[xproto.Window]xproto.Window),
		known:   make(map[xproto.Window]capture.Window),
		mapped:  make(map[xproto.Window]time.Duration),
	}
	mask := []uint32{xproto.EventMaskPropertyChange | xproto.EventMaskSubstructureNotify}
	if err := xproto.ChangeWindowAttributesChecked(conn, d.root, xproto.CwEventMask, mask).Check(); err != nil {
		return nil, fmt.Errorf("watch the root window: %w", err)
	}
	tree, err := xproto.QueryTree(conn, d.root).Reply()
	if err != nil {
		return nil, fmt.Errorf("list windows: %w", err)
	}
	for _, top := range tree.Children {
		d.learn(top)
	}
	return d, nil
}

// note takes in an event, and tells whether the active window or its title may
// have changed.
func (d *desk) note(ev xgb.Event, at time.Duration) bool {
	switch e := ev.(type) {
	case xproto.PropertyNotifyEvent:
		if e.Window == d.root {
			return e.Atom == d.atoms.active
		}
		if e.Atom == d.atoms.name || e.Atom == xproto.AtomWmName || e.Atom == d.atoms.extents {
			d.read(e.Window)
			return true
		}
	case xproto.MapNotifyEvent:
		d.appeared(e.Window, at)
		d.learn(e.Window)
	case xproto.ConfigureNotifyEvent:
		d.refresh(e.Window)
	case xproto.ReparentNotifyEvent:
		d.forgetFrame(e.Window, e.Parent)
	case xproto.DestroyNotifyEvent:
		d.forget(e.Window)
	}
	return false
}

func (d *desk) appeared(w xproto.Window, at time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.mapped[w] = at
}

// learn finds the program's window in a child of the root, and reads it.
func (d *desk) learn(top xproto.Window) capture.Window {
	attrs, err := xproto.GetWindowAttributes(d.conn, top).Reply()
	if err != nil || attrs.MapState != xproto.MapStateViewable || attrs.Class == xproto.WindowClassInputOnly {
		return capture.Window{}
	}
	client := d.client(top)
	if client == 0 {
		client = top
	}
	d.mu.Lock()
	d.clients[top] = client
	if at, ok := d.mapped[top]; ok && client != top {
		d.mapped[client] = at
	}
	d.mu.Unlock()
	mask := []uint32{xproto.EventMaskPropertyChange}
	xproto.ChangeWindowAttributes(d.conn, client, xproto.CwEventMask, mask)
	return d.read(client)
}

// client returns the window at or below top that carries WM_STATE, which the
// window manager sets on what it manages (ICCCM 4.1.3.1); 0 where there is
// none. Frames have dozens of parts, so each level is asked at once.
func (d *desk) client(top xproto.Window) xproto.Window {
	level := []xproto.Window{top}
	for range 4 {
		states := make([]xproto.GetPropertyCookie, len(level))
		trees := make([]xproto.QueryTreeCookie, len(level))
		for i, w := range level {
			states[i] = xproto.GetProperty(d.conn, false, w, d.atoms.state, xproto.GetPropertyTypeAny, 0, 0)
			trees[i] = xproto.QueryTree(d.conn, w)
		}
		var found xproto.Window
		var below []xproto.Window
		for i, w := range level {
			if state, err := states[i].Reply(); err == nil && state.Type != 0 && found == 0 {
				found = w
			}
			if tree, err := trees[i].Reply(); err == nil {
				below = append(below, tree.Children...)
			}
		}
		if found != 0 {
			return found
		}
		level = below[:min(len(below), 200)]
	}
	return 0
}

// refresh reads a window again that moved or changed its size.
func (d *desk) refresh(top xproto.Window) {
	d.mu.Lock()
	client, ok := d.clients[top]
	d.mu.Unlock()
	if ok {
		d.read(client)
	}
}

func (d *desk) forgetFrame(client, parent xproto.Window) {
	d.mu.Lock()
	delete(d.clients, client)
	delete(d.clients, parent)
	d.mu.Unlock()
	if parent != d.root {
		d.learn(parent)
	}
}

func (d *desk) forget(top xproto.Window) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if client, ok := d.clients[top]; ok {
		delete(d.known, client)
		delete(d.mapped, client)
	}
	delete(d.clients, top)
	delete(d.known, top)
	delete(d.mapped, top)
}

func (d *desk) shown(id uint32) time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.mapped[xproto.Window(id)]
}

// active asks for the active window; where no window manager tells, for the
// one that has the keyboard.
func (d *desk) active() capture.Window {
	v := d.longs(d.root, d.atoms.active, 1)
	if len(v) == 1 && v[0] != 0 {
		return d.read(xproto.Window(v[0]))
	}
	return capture.Window{}
}

func (d *desk) at(p capture.Point) (capture.Window, bool) {
	reply, err := xproto.TranslateCoordinates(d.conn, d.root, d.root, int16(p.X), int16(p.Y)).Reply()
	if err != nil || reply.Child == 0 {
		return capture.Window{}, false
	}
	d.mu.Lock()
	client, ok := d.clients[reply.Child]
	w, read := d.known[client]
	d.mu.Unlock()
	if !ok || !read {
		w = d.learn(reply.Child)
	}
	return w, w.ID != 0
}

func (d *desk) list() []capture.Window {
	ids := d.longs(d.root, d.atoms.stacking, 4096)
	var list []capture.Window
	for i := len(ids) - 1; i >= 0; i-- {
		if w := d.read(xproto.Window(ids[i])); w.ID != 0 {
			list = append(list, w)
		}
	}
	return list
}

func (d *desk) origin(id uint32) (capture.Point, bool) {
	reply, err := xproto.TranslateCoordinates(d.conn, xproto.Window(id), d.root, 0, 0).Reply()
	if err != nil {
		return capture.Point{}, false
	}
	return capture.Point{X: int(reply.DstX), Y: int(reply.DstY)}, true
}
