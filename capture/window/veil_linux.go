package window

import (
	"slices"
	"time"

	"github.com/jezek/xgb/shape"
	"github.com/jezek/xgb/xproto"

	"github.com/runreel/runreel/capture"
)

const (
	// Nameless windows are asked again for their names: often while they are
	// new, then now and then.
	namelessNew   = 5 * time.Second
	namelessAgain = time.Second
	// mutterGuard is the title of the window below which GNOME's window manager
	// keeps windows that are minimised or on another workspace.
	mutterGuard = "mutter guard window"
)

// around implements Source.Around.
func (g *guard) around(grab func()) ([]capture.Rect, bool) {
	g.turn.Lock()
	defer g.turn.Unlock()
	g.reset()
	grab()
	order, err := g.children()
	if err != nil {
		g.log.Debug("windows cannot be told", "err", err)
		return nil, false
	}
	g.refresh(order)
	if g.lost() {
		return nil, false
	}
	hidden, covers := g.sortOut(order)
	return g.cutOut(hidden, covers), true
}

// lost tells whether some window was where nobody knows.
func (g *guard) lost() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.unplaced
}

// question is a pane that is asked again.
type question struct {
	pane    *pane
	asked   asked
	clients bool // ask the windows in it as well
}

// refresh reads again what is not known of the panes in the tree. Marks are
// taken off before the server is asked: what changes meanwhile is marked anew.
func (g *guard) refresh(order []xproto.Window) {
	now := time.Now()
	var due []question
	g.mu.Lock()
	for _, w := range order {
		p := g.panes[w]
		if p == nil { // no event told of it
			p = g.add(w, capture.Rect{})
			g.unplaced = g.unplaced || w != g.own
		}
		again := p.mapped && p.nameless() && (now.Sub(p.since) < namelessNew || now.Sub(p.read) > namelessAgain)
		if p.stale || p.doubt || again {
			due = append(due, question{pane: p, clients: p.stale || again})
			p.stale, p.doubt = false, false
		}
	}
	g.mu.Unlock()

	for i := range due {
		due[i].asked = g.ask(due[i].pane.id)
	}
	for _, q := range due {
		if top, ok := q.asked.look(); ok {
			g.learn(q, top, now)
		}
	}
}

// learn takes over what a pane told about itself, and asks the windows in it.
func (g *guard) learn(q question, top facts, now time.Time) {
	p := q.pane
	g.mu.Lock()
	p.top = top
	if g.panes[p.id] == p && !p.doubt {
		// The answer may be newer than what was grabbed, and than the event
		// that tells of the same: where the pane was counts as well.
		if p.mapped && (!top.viewable || p.place != top.outer) {
			p.remember()
		}
		p.mapped, p.place = top.viewable, top.outer
	}
	g.mu.Unlock()
	if top.inputOnly || !q.clients {
		return
	}
	ids := g.clients(p.id)
	if len(ids) == 0 {
		ids = []xproto.Window{p.id}
	}
	g.hold(p, ids...) // before they are read: no later change is missed
	var clients []facts
	for _, id := range ids {
		f, ok := g.read(id)
		if !ok {
			continue
		}
		clients = append(clients, f)
		for _, o := range f.owners {
			g.hold(p, xproto.Window(o.ID))
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	p.clients, p.read = clients, now
}

// hold asks for the changes of the windows' properties.
func (g *guard) hold(p *pane, windows ...xproto.Window) {
	g.mu.Lock()
	for _, w := range windows {
		if g.panes[p.id] == p && !slices.Contains(g.holders[w], p) {
			g.holders[w] = append(g.holders[w], p)
		}
	}
	g.mu.Unlock()
	for _, w := range windows {
		xproto.ChangeWindowAttributes(g.conn, w, xproto.CwEventMask, []uint32{xproto.EventMaskPropertyChange})
	}
}

// nameless tells whether nothing says to which program a pane belongs.
func (p *pane) nameless() bool {
	for _, f := range p.clients {
		if f.window.Program != "" || f.window.Title != "" {
			return false
		}
	}
	return true
}

// veil is what must not be seen of a pane.
type veil struct {
	where []capture.Rect
	above int  // how many of the covers lie above it
	cut   bool // what lies above it may be left out
}

// sortOut finds the panes that must not be seen, and those that surely cover
// what lies below them, both topmost first.
func (g *guard) sortOut(order []xproto.Window) ([]veil, []pane) {
	now := time.Now()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.judge(now)
	var hidden []veil
	var covers []pane // copies: the panes go on changing
	for _, p := range g.ghosts {
		if p.hid {
			hidden = append(hidden, veil{where: p.was})
		}
	}
	curtain := false
	for _, w := range slices.Backward(order) {
		p := g.panes[w]
		if p == nil || p.top.inputOnly && len(p.was) == 0 {
			curtain = curtain || p != nil && p.mapped && p.top.window.Title == mutterGuard
			continue
		}
		if curtain && !p.stirred {
			continue
		}
		where := slices.Clone(p.was)
		if p.mapped {
			where = append(where, p.place)
		}
		switch {
		case len(where) == 0:
		case p.hid:
			hidden = append(hidden, veil{where: where, above: len(covers), cut: !p.stirred})
		case !p.stirred && p.covers():
			covers = append(covers, *p)
		}
	}
	return hidden, covers
}

// covers tells whether a pane is one whose stacking can be relied on: a window
// that is managed, or one that says to which program it belongs. What
// compositors put over everything is neither.
func (p *pane) covers() bool {
	return slices.ContainsFunc(p.clients, func(f facts) bool { return f.managed || f.window.Program != "" })
}

// judge finds out which panes must not be seen. A pane that was hidden before
// and told something new just now stays hidden this once. g.mu is held.
func (g *guard) judge(now time.Time) {
	secret := make(map[uint32]bool) // programs that have a hidden window
	all := slices.Clone(g.ghosts)
	for _, p := range g.panes {
		all = append(all, p)
	}
	var unsure []*pane
	for _, p := range all {
		was := p.hid
		banned := g.banned(p)
		if banned {
			secret[g.base(p.client())] = true
		}
		p.hid = !p.top.inputOnly && (banned || p.unread() || g.foreign(p))
		if p.retold && was {
			p.hid = true
		}
		if !p.hid && p.unsure() {
			unsure = append(unsure, p)
		}
	}
	for _, p := range unsure {
		w := p.facts()
		fresh := now.Sub(p.since) < nameSettles && (w.Program == "" || w.Title == "" && !p.top.override)
		p.hid = fresh || secret[g.base(p.client())]
	}
}

// unread tells whether a pane went before it could be read.
func (p *pane) unread() bool { return len(p.clients) == 0 }

// client is the window of the program.
func (p *pane) client() xproto.Window {
	if p.unread() {
		return p.id
	}
	return xproto.Window(p.clients[0].window.ID)
}

func (p *pane) facts() capture.Window {
	if p.unread() {
		return capture.Window{}
	}
	return p.clients[0].window
}

// unsure tells whether a pane does not say enough about itself: a menu without
// a name may belong to any window of its program, and the name of a new window
// may still come.
func (p *pane) unsure() bool {
	w := p.facts()
	return w.Program == "" || w.Title == "" || p.top.override && w.Owner == 0
}

// banned tells whether a window of the pane, or one that it belongs to, must
// not be seen.
func (g *guard) banned(p *pane) bool {
	if g.scope.Hidden == nil {
		return false
	}
	return slices.ContainsFunc(p.clients, func(f facts) bool {
		return g.scope.Hidden(f.window) || slices.ContainsFunc(f.owners, g.scope.Hidden)
	})
}

// foreign tells whether the pane holds a window that nobody chose to record.
func (g *guard) foreign(p *pane) bool {
	return g.scope.Only != nil && slices.ContainsFunc(p.clients, func(f facts) bool { return !g.scope.Only(f.window) })
}

// cutOut returns what must not be seen, without what surely lies above it.
func (g *guard) cutOut(hidden []veil, covers []pane) []capture.Rect {
	most := 0
	for _, h := range hidden {
		if h.cut {
			most = max(most, h.above)
		}
	}
	holes := g.opaque(covers[:most])
	var all []capture.Rect
	for _, h := range hidden {
		where := h.where
		if h.cut {
			for _, part := range holes[:h.above] {
				where = without(where, part)
			}
		}
		all = append(all, where...)
	}
	return all
}

// opaque returns for each pane the parts of the screen through which nothing
// below it shows.
func (g *guard) opaque(panes []pane) [][]capture.Rect {
	if len(panes) == 0 {
		return nil
	}
	manager := xproto.GetSelectionOwner(g.conn, g.atoms.compositor)
	shapes := make([]shape.GetRectanglesCookie, len(panes))
	if g.hasShape {
		for i, p := range panes {
			shapes[i] = shape.GetRectangles(g.conn, p.id, shape.SkBounding)
		}
	}
	// Without an answer windows are taken to be translucent.
	owner, err := manager.Reply()
	composited := err != nil || owner.Owner != 0
	all := make([][]capture.Rect, len(panes))
	for i, p := range panes {
		whole := []capture.Rect{p.place}
		if g.hasShape {
			whole = p.shape(shapes[i])
		}
		if composited && p.translucent() {
			whole = p.opaqueParts()
		}
		all[i] = whole
	}
	return all
}

// shape returns the parts of a pane that the server draws.
func (p *pane) shape(cookie shape.GetRectanglesCookie) []capture.Rect {
	reply, err := cookie.Reply()
	if err != nil || len(reply.Rectangles) > mostParts {
		return nil
	}
	var parts []capture.Rect
	for _, r := range reply.Rectangles {
		parts = append(parts, capture.Rect{
			X: p.top.origin.X - p.top.outer.X + p.place.X + int(r.X), Y: p.top.origin.Y - p.top.outer.Y + p.place.Y + int(r.Y),
			W: int(r.Width), H: int(r.Height),
		}.Intersect(p.place))
	}
	return parts
}

func (p *pane) translucent() bool {
	return p.top.alpha || p.top.faint ||
		slices.ContainsFunc(p.clients, func(f facts) bool { return f.alpha || f.faint })
}

// opaqueParts are what a translucent window promises to be opaque.
func (p *pane) opaqueParts() []capture.Rect {
	if len(p.clients) != 1 || p.top.faint || p.clients[0].faint {
		return nil
	}
	f := p.clients[0]
	at := capture.Point{X: p.place.X + f.origin.X - p.top.outer.X, Y: p.place.Y + f.origin.Y - p.top.outer.Y}
	var parts []capture.Rect
	for v := f.opaque; len(v) >= 4 && len(parts) < mostParts; v = v[4:] {
		r := capture.Rect{X: int(int32(v[0])), Y: int(int32(v[1])), W: int(int32(v[2])), H: int(int32(v[3]))}
		r.X, r.Y = r.X+at.X, r.Y+at.Y
		parts = append(parts, r.Intersect(p.place))
	}
	return parts
}
