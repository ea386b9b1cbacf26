package uitree

import (
	"context"
	"slices"

	"github.com/runreel/runreel/capture"
)

// finder looks up elements. It holds no state of its own and may be used by
// several goroutines.
type finder struct {
	bus     *a11yBus
	windows Windows  // may be nil
	secrets *secrets // may be nil
	mute    bool     // reads no value
}

// hit is what lies at a point.
type hit struct {
	element  capture.Element
	window   uint32   // X window, 0 where it is unknown
	target   ref      // what element describes
	states   states   // of target
	chain    []ref    // the element and what holds it, innermost first
	programs []string // their bus names: a page can be another program than its window
}

// surface is a top-level of a program and how its coordinates become those of
// the screen.
type surface struct {
	program ref
	top     node
	shift   capture.Point // added to what the program says
	loose   bool          // GTK 4: parts do not tell whether they show
	popup   bool          // an open menu or list
}

func (s surface) place(r capture.Rect) capture.Rect {
	if r.Empty() {
		return r
	}
	r.X += s.shift.X
	r.Y += s.shift.Y
	return r
}

const (
	maxDepth = 60
	maxWide  = 400 // children looked at by their extents
	maxMenus = 600 // objects looked at in search of an open menu
)

// at finds the element at a point. w is the X window there.
func (f finder) at(ctx context.Context, p capture.Point, w capture.Window) (hit, error) {
	for _, program := range f.candidates(ctx, w) {
		tops := f.bus.nodes(ctx, f.bus.children(ctx, program))
		if f.bus.isGTK4(ctx, program) {
			if h, err := f.inGTK4(ctx, program, tops, p, w); err == nil {
				return h, nil
			}
			continue
		}
		top, popup := choose(tops, p, w)
		if popup {
			if path, err := f.inPopup(ctx, tops, p, w); err == nil {
				return f.describe(ctx, surface{program: program, popup: true}, path, w)
			}
			continue
		}
		if top.none() {
			continue
		}
		s := surface{program: program, top: top}
		path := f.descend(ctx, s, p)
		if len(path) == 1 && top.name == "" {
			// Chromium has an empty frame for a popup, whose items hang
			// below what opened it.
			if item, err := f.inPopup(ctx, tops, p, w); err == nil {
				s.popup, path = true, item
			}
		}
		return f.describe(ctx, s, path, w)
	}
	return hit{}, ErrNotFound
}

// candidates returns the programs that the window can belong to: the one of
// its process, else all of them, as in a sandbox the process is another.
func (f finder) candidates(ctx context.Context, w capture.Window) []ref {
	if w.PID == 0 {
		return f.bus.programs(ctx)
	}
	return f.bus.programsOf(ctx, w.PID)
}

// choose returns the top-level that is the X window w. popup tells that w is
// none of the frames and dialogs, but a menu or a list opened from one.
func choose(tops []node, p capture.Point, w capture.Window) (best node, popup bool) {
	var share float64
	for _, t := range tops {
		if s := overlap(t.bounds, w.Bounds); s > share {
			best, share = t, s
		}
	}
	if share >= 0.7 {
		return best, best.role == "window"
	}
	if !w.Bounds.Empty() {
		for _, t := range tops { // frames with a border that only one side counts
			if t.bounds.Contains(p) && t.name != "" && t.name == w.Title && inside(t.bounds, w.Bounds, 40) && share > 0.4 {
				return t, false
			}
		}
		return node{}, true
	}
	best = node{}
	for _, t := range tops {
		if t.bounds.Contains(p) && t.states.has(stateShowing) && (best.none() || t.states.has(stateActive)) {
			best = t
		}
	}
	return best, false
}

// descend goes from a top-level to the innermost part at p, and returns what it
// met, the top-level first.
func (f finder) descend(ctx context.Context, s surface, p capture.Point) []node {
	path := []node{s.top}
	seen := map[ref]bool{s.top.ref: true}
	for range maxDepth {
		next := f.child(ctx, s, path[len(path)-1], p)
		if next.none() || seen[next.ref] {
			break
		}
		seen[next.ref] = true
		path = append(path, next)
	}
	return path
}

// child returns the part of n at p. Programs that answer nothing, or stop at a
// tab list, are walked by the extents of the parts.
func (f finder) child(ctx context.Context, s surface, n node, p capture.Point) node {
	if n.role == "page tab list" {
		return f.page(ctx, s, n, p)
	}
	if !s.loose && !n.bare() {
		if r := f.bus.childAt(ctx, n.ref, p); !r.none() {
			if c, err := f.bus.node(ctx, r); err == nil && (c.bounds.Contains(p) || c.bounds.Empty() && c.states.has(stateShowing)) {
				return c
			}
		}
	}
	if isActionable(n.role) && n.ref != s.top.ref && n.role != "page tab" && n.role != "list item" && n.role != "combo box" {
		return node{}
	}
	return f.smallest(ctx, s, n, f.bus.children(ctx, n.ref), p)
}

// page returns the tab at p, or what the open page has there: in GTK 3 a tab
// is as large as its label, and holds its page.
func (f finder) page(ctx context.Context, s surface, list node, p capture.Point) node {
	tabs := f.bus.children(ctx, list.ref)
	if tab := f.smallest(ctx, s, list, tabs, p); !tab.none() {
		return tab
	}
	var pages []ref
	for _, tab := range tabs[:min(len(tabs), 64)] {
		pages = append(pages, f.bus.children(ctx, tab)...)
	}
	return f.smallest(ctx, s, list, pages, p)
}

// smallest returns the smallest of the parts that show at p. What hangs in a
// socket need not say that it shows.
func (f finder) smallest(ctx context.Context, s surface, parent node, parts []ref, p capture.Point) node {
	var best node
	for _, c := range f.bus.read(ctx, parts[:min(len(parts), maxWide)], s.loose) {
		shows := s.loose && !isPopover(c) || c.states.has(stateShowing) || c.bare() || parent.bare()
		if c.role == "" || !shows || !s.place(c.bounds).Contains(p) {
			continue
		}
		if best.none() || c.bounds.W*c.bounds.H <= best.bounds.W*best.bounds.H {
			best = c
		}
	}
	if best.none() && s.loose && s.popup {
		return f.nearestRow(ctx, s, parts, p)
	}
	if best.none() || s.loose {
		return best
	}
	whole, err := f.bus.node(ctx, best.ref)
	if err != nil {
		return node{}
	}
	return whole
}

// inPopup finds the item at p in an open menu or list. A frame asked for the
// part at p answers with what the popup covers, so it is not asked.
func (f finder) inPopup(ctx context.Context, tops []node, p capture.Point, w capture.Window) ([]node, error) {
	if len(tops) == 0 {
		return nil, ErrNotFound
	}
	for _, t := range tops {
		if t.role != "frame" && t.role != "dialog" && overlap(t.bounds, w.Bounds) > 0.6 {
			if path := f.descend(ctx, surface{top: t}, p); len(path) > 1 {
				return path, nil
			}
		}
	}
	if open, ok := f.bus.openIn(tops[0].bus); ok {
		if leaf, err := f.searchItem(ctx, []node{{ref: open}}, p, w); err == nil {
			return []node{leaf}, nil
		}
	}
	leaf, err := f.searchItem(ctx, tops, p, w)
	return []node{leaf}, err
}

// searchItem searches what lies below some objects, level by level, for a menu
// or list item at p.
func (f finder) searchItem(ctx context.Context, level []node, p capture.Point, w capture.Window) (node, error) {
	for looked := 0; len(level) > 0 && looked < maxMenus && ctx.Err() == nil; {
		kids := f.bus.childrenOf(ctx, level)
		kids = kids[:min(len(kids), maxMenus-looked)]
		looked += len(kids)
		level = nil
		var best node
		for _, n := range f.bus.briefs(ctx, kids) {
			// The items of Qt are wider than their list.
			seen := n.bounds.Intersect(w.Bounds)
			if slices.Contains(popupItems, n.role) && seen.Contains(p) && n.bounds.X >= w.Bounds.X-4 && n.bounds.Y >= w.Bounds.Y-4 && n.bounds.H <= w.Bounds.H+8 {
				best = n
			}
			if n.states.has(stateShowing) || slices.Contains(popupHolders, n.role) {
				level = append(level, n)
			}
		}
		if !best.none() {
			return f.bus.node(ctx, best.ref)
		}
	}
	return node{}, ErrNotFound
}
