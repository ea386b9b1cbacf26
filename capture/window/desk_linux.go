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
	reader

	mu     sync.Mutex
	inside map[xproto.Window]xproto.Window  // child of the root to the program's window in it
	known  map[xproto.Window]capture.Window // as last read: a window can be gone when it is asked for
	mapped map[xproto.Window]time.Duration  // when a window or its frame appeared
}

func openDesk(conn *xgb.Conn) (*desk, error) {
	r, err := newReader(conn)
	if err != nil {
		return nil, err
	}
	d := &desk{
		reader: r,
		inside: make(map[xproto.Window]xproto.Window),
		known:  make(map[xproto.Window]capture.Window),
		mapped: make(map[xproto.Window]time.Duration),
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
		switch e.Atom {
		case d.atoms.name, xproto.AtomWmName, d.atoms.extents, xproto.AtomWmClass, d.atoms.pid, xproto.AtomWmTransientFor:
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
	client := top
	if found := d.clients(top); len(found) > 0 {
		client = found[0]
	}
	d.mu.Lock()
	d.inside[top] = client
	if at, ok := d.mapped[top]; ok && client != top {
		d.mapped[client] = at
	}
	d.mu.Unlock()
	mask := []uint32{xproto.EventMaskPropertyChange}
	xproto.ChangeWindowAttributes(d.conn, client, xproto.CwEventMask, mask)
	return d.read(client)
}

// read asks the server for everything about a program's window and keeps it.
// It returns the zero Window where the window is gone.
func (d *desk) read(w xproto.Window) capture.Window {
	f, ok := d.reader.read(w)
	if !ok {
		return capture.Window{}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.known[w] = f.window
	return f.window
}

// refresh reads a window again that moved or changed its size.
func (d *desk) refresh(top xproto.Window) {
	d.mu.Lock()
	client, ok := d.inside[top]
	d.mu.Unlock()
	if ok {
		d.read(client)
	}
}

func (d *desk) forgetFrame(client, parent xproto.Window) {
	d.mu.Lock()
	delete(d.inside, client)
	delete(d.inside, parent)
	d.mu.Unlock()
	if parent != d.root {
		d.learn(parent)
	}
}

func (d *desk) forget(top xproto.Window) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if client, ok := d.inside[top]; ok {
		delete(d.known, client)
		delete(d.mapped, client)
	}
	delete(d.inside, top)
	delete(d.known, top)
	delete(d.mapped, top)
}

func (d *desk) shown(id uint32) time.Duration {
	w := xproto.Window(id)
	for range 8 { // up to the frame
		d.mu.Lock()
		at, ok := d.mapped[w]
		d.mu.Unlock()
		if ok {
			return at
		}
		tree, err := xproto.QueryTree(d.conn, w).Reply()
		if err != nil || tree.Parent == d.root || tree.Parent == 0 {
			return 0
		}
		w = tree.Parent
	}
	return 0
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
	client, ok := d.inside[reply.Child]
	w, read := d.known[client]
	d.mu.Unlock()
	if !ok || !read || w.Program == "" { // its frame may have come before it
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
