package window

import (
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"github.com/runreel/runreel/capture"
)

// guard knows which parts of the screen must not be seen. It has a connection
// of its own. The server tells events and answers in the order in which things
// happened, so an answer to a question that was sent after the pixels were read
// comes after each event of what happened until then.
type guard struct {
	reader
	scope    capture.Scope
	log      *slog.Logger
	hasShape bool
	own      xproto.Window // never shown: gets the barriers
	ended    chan struct{} // closed when the reader of events has ended

	turn sync.Mutex // held by around

	mu      sync.Mutex
	moved   *sync.Cond // passed or closed changed
	panes   map[xproto.Window]*pane
	holders map[xproto.Window][]*pane // of the windows in panes, and of their owners
	ghosts  []*pane                   // gone since the last reset
	// unplaced tells that a pane came since then, and nobody knows where it was.
	unplaced bool
	sent     uint32 // number of the last barrier that was sent
	passed   uint32 // number of the last barrier that came back
	closed   bool
}

// pane is a child of the root: a window, or the frame that the window manager
// put around it.
type pane struct {
	id     xproto.Window
	place  capture.Rect // with its border
	mapped bool
	since  time.Time // when it was mapped

	top     facts   // about the pane itself
	clients []facts // about the windows in it, of which top may be the only one
	stale   bool    // clients is outdated
	doubt   bool    // top, place and mapped are: programs may send events that are not true
	read    time.Time
	hid     bool // was found to be hidden when it was judged last

	stirred bool           // something happened to it since the last reset
	retold  bool           // it told something new about itself since then
	was     []capture.Rect // where it was since then
}

func openGuard(o Options) (*guard, error) {
	conn, err := connect(o.DisplayName)
	if err != nil {
		return nil, err
	}
	g := &guard{
		scope: o.Scope, log: o.Log, ended: make(chan struct{}),
		panes: make(map[xproto.Window]*pane), holders: make(map[xproto.Window][]*pane),
	}
	if g.log == nil {
		g.log = slog.New(slog.DiscardHandler)
	}
	g.moved = sync.NewCond(&g.mu)
	if g.reader, err = newReader(conn); err != nil {
		conn.Close()
		return nil, err
	}
	if err := g.prepare(); err != nil {
		conn.Close()
		return nil, err
	}
	if err := g.survey(); err != nil {
		conn.Close()
		return nil, err
	}
	go g.listen()
	if _, err := g.children(); err != nil {
		g.close()
		return nil, err
	}
	return g, nil
}

// survey begins to listen, and reads where each window is. The server does
// nothing else meanwhile, which takes about a millisecond: where a window was
// before an event is known only to those who saw all of them.
func (g *guard) survey() error {
	if err := xproto.GrabServerChecked(g.conn).Check(); err != nil {
		return fmt.Errorf("watch windows: %w", err)
	}
	defer xproto.UngrabServer(g.conn)
	mask := []uint32{xproto.EventMaskSubstructureNotify}
	if err := xproto.ChangeWindowAttributesChecked(g.conn, g.root, xproto.CwEventMask, mask).Check(); err != nil {
		return fmt.Errorf("watch windows: %w", err)
	}
	tree, err := xproto.QueryTree(g.conn, g.root).Reply()
	if err != nil {
		return fmt.Errorf("list windows: %w", err)
	}
	questions := make([]asked, len(tree.Children))
	for i, w := range tree.Children {
		questions[i] = g.ask(w)
	}
	for _, q := range questions {
		top, ok := q.look()
		if !ok || q.w == g.own {
			continue
		}
		p := g.add(q.w, top.outer)
		p.top, p.mapped, p.doubt = top, top.viewable, false
	}
	return nil
}

// prepare makes the window that barriers are sent to.
func (g *guard) prepare() error {
	var err error
	if g.own, err = xproto.NewWindowId(g.conn); err != nil {
		return fmt.Errorf("watch windows: %w", err)
	}
	if err := xproto.CreateWindowChecked(g.conn, 0, g.own, g.root, -10, -10, 1, 1, 0,
		xproto.WindowClassInputOnly, 0, xproto.CwOverrideRedirect, []uint32{1}).Check(); err != nil {
		return fmt.Errorf("watch windows: %w", err)
	}
	r, err := xproto.QueryExtension(g.conn, 5, "SHAPE").Reply()
	if err != nil {
		return fmt.Errorf("watch windows: %w", err)
	}
	if g.hasShape = r.Present; g.hasShape {
		// As the extension's Init does, which writes to maps that other
		// connections read.
		g.conn.ExtLock.Lock()
		g.conn.Extensions["SHAPE"] = r.MajorOpcode
		g.conn.ExtLock.Unlock()
	}
	return nil
}

func (g *guard) close() {
	g.conn.Close()
	select {
	case <-g.ended:
	case <-time.After(time.Second): // a server that hangs answers no more
	}
}

// listen takes events in until the connection ends. It never asks the server
// anything: answers would wait behind events that nobody takes.
func (g *guard) listen() {
	defer close(g.ended)
	for {
		ev, err := g.conn.WaitForEvent()
		g.mu.Lock()
		switch {
		case ev != nil:
			g.note(ev)
		case err == nil:
			g.closed = true
			g.moved.Broadcast()
			g.mu.Unlock()
			return
		}
		g.mu.Unlock()
	}
}

// note takes an event in. g.mu is held.
func (g *guard) note(ev xgb.Event) {
	switch e := ev.(type) {
	case xproto.ClientMessageEvent:
		if e.Window == g.own && e.Type == g.atoms.barrier && len(e.Data.Data32) > 0 {
			g.passed = e.Data.Data32[0]
			g.moved.Broadcast()
		}
	case xproto.CreateNotifyEvent:
		g.add(e.Window, rectOf(e.X, e.Y, e.Width, e.Height, e.BorderWidth))
	case xproto.ConfigureNotifyEvent:
		g.place(e)
	case xproto.CirculateNotifyEvent:
		g.stir(e.Window)
	case xproto.MapNotifyEvent:
		if p := g.stir(e.Window); p != nil {
			p.mapped, p.since, p.stale = true, time.Now(), true
		}
	case xproto.UnmapNotifyEvent:
		if p := g.stir(e.Window); p != nil {
			if p.mapped {
				p.remember()
			}
			p.mapped = false
		}
	case xproto.DestroyNotifyEvent:
		g.remove(e.Window)
	case xproto.ReparentNotifyEvent:
		g.reparent(e)
	case xproto.PropertyNotifyEvent:
		for _, p := range g.holders[e.Window] {
			p.stale, p.retold = true, true
		}
	}
}

func rectOf(x, y int16, w, h, border uint16) capture.Rect {
	b := 2 * int(border)
	return capture.Rect{X: int(x), Y: int(y), W: int(w) + b, H: int(h) + b}
}

func (g *guard) add(w xproto.Window, place capture.Rect) *pane {
	p := &pane{id: w, place: place, stale: true, doubt: true, stirred: true}
	if w != g.own {
		g.panes[w] = p
	}
	return p
}

// stir returns the pane w, to which something happened.
func (g *guard) stir(w xproto.Window) *pane {
	p := g.panes[w]
	if p != nil {
		p.stirred, p.doubt = true, true
	}
	return p
}

func (g *guard) place(e xproto.ConfigureNotifyEvent) {
	p := g.stir(e.Window)
	if p == nil {
		return
	}
	if now := rectOf(e.X, e.Y, e.Width, e.Height, e.BorderWidth); now != p.place {
		if p.mapped {
			p.remember()
		}
		p.place = now
	}
}

// remember notes that the pane was where it is now.
func (p *pane) remember() {
	if p.was = append(p.was, p.place); len(p.was) > 8 {
		all := p.was[0]
		for _, r := range p.was {
			all = around(all, r)
		}
		p.was = append(p.was[:0], all)
	}
}

// around is the smallest rectangle that holds both.
func around(a, b capture.Rect) capture.Rect {
	x, y := min(a.X, b.X), min(a.Y, b.Y)
	return capture.Rect{X: x, Y: y, W: max(a.X+a.W, b.X+b.W) - x, H: max(a.Y+a.H, b.Y+b.H) - y}
}

func (g *guard) reparent(e xproto.ReparentNotifyEvent) {
	if e.Parent != g.root {
		g.remove(e.Window)
		if p := g.panes[e.Parent]; p != nil { // a frame got its window
			p.stale, p.retold = true, true
		}
		return
	}
	if g.panes[e.Window] == nil {
		// Its size is not told: refresh reads it.
		g.add(e.Window, capture.Rect{})
		g.unplaced = true
	}
}

func (g *guard) remove(w xproto.Window) {
	p := g.panes[w]
	if p == nil {
		return
	}
	if p.mapped {
		p.remember()
	}
	if len(p.was) > 0 {
		p.mapped, p.stirred = false, true
		g.ghosts = append(g.ghosts, p)
	}
	delete(g.panes, w)
	for held, by := range g.holders {
		if by = slices.DeleteFunc(by, func(o *pane) bool { return o == p }); len(by) == 0 {
			delete(g.holders, held)
		} else {
			g.holders[held] = by
		}
	}
}

// reset begins a new span: what was before does not matter any more.
func (g *guard) reset() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.ghosts, g.unplaced = nil, false
	for _, p := range g.panes {
		p.stirred, p.retold, p.was = false, false, nil
	}
}

// children asks for the root's children, lowest first, and returns when each
// event from before the answer was taken in.
func (g *guard) children() ([]xproto.Window, error) {
	g.mu.Lock()
	g.sent++
	number := g.sent
	g.mu.Unlock()
	tree := xproto.QueryTree(g.conn, g.root)
	message := xproto.ClientMessageEvent{
		Format: 32, Window: g.own, Type: g.atoms.barrier,
		Data: xproto.ClientMessageDataUnionData32New([]uint32{number, 0, 0, 0, 0}),
	}
	xproto.SendEvent(g.conn, false, g.own, 0, string(message.Bytes()))
	reply, err := tree.Reply()
	if err != nil {
		return nil, fmt.Errorf("list windows: %w", err)
	}
	g.mu.Lock()
	for g.passed != number && !g.closed {
		g.moved.Wait()
	}
	closed := g.closed
	g.mu.Unlock()
	if closed {
		return nil, fmt.Errorf("list windows: %w", ErrNoDisplay)
	}
	return slices.DeleteFunc(reply.Children, func(w xproto.Window) bool { return w == g.own }), nil
}
