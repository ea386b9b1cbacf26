package uitree

import (
	"context"
	"slices"
	"strings"

	"github.com/runreel/runreel/capture"
)

// finder looks up elements. It holds no state of its own and may be used by
// several goroutines.
type finder struct {
	bus     *a11yBus
	windows Windows // may be nil
}

// hit is what lies at a point.
type hit struct {
	element capture.Element
	window  uint32 // X window, 0 where it is unknown
	chain   []ref  // the element and what holds it, innermost first
	program string // bus name
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
		if f.isGTK4(ctx, program) {
			if h, err := f.inGTK4(ctx, program, tops, p, w); err == nil {
				return h, nil
			}
			continue
		}
		top, popup := choose(tops, p, w)
		if popup {
			if leaf, err := f.inPopup(ctx, tops, p, w); err == nil {
				return f.describe(ctx, surface{program: program, popup: true}, leaf, w)
			}
			continue
		}
		if top.none() {
			continue
		}
		s := surface{program: program, top: top}
		leaf := f.descend(ctx, s, p)
		if leaf.ref == top.ref && top.name == "" {
			// Chromium has an empty frame for a popup, whose items hang
			// below what opened it.
			if item, err := f.inPopup(ctx, tops, p, w); err == nil {
				s.popup, leaf = true, item
			}
		}
		return f.describe(ctx, s, leaf, w)
	}
	return hit{}, ErrNotFound
}

// candidates returns the programs that the window can belong to: the one of
// its process, else all of them, as in a sandbox the process is another.
func (f finder) candidates(ctx context.Context, w capture.Window) []ref {
	all := f.bus.programs(ctx)
	if w.PID == 0 {
		return all
	}
	var own []ref
	for _, program := range all {
		if f.bus.pid(ctx, program.bus) == w.PID {
			own = append(own, program)
		}
	}
	return own
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

// descend goes from a top-level to the innermost part at p.
func (f finder) descend(ctx context.Context, s surface, p capture.Point) node {
	cur := s.top
	seen := map[ref]bool{cur.ref: true}
	for range maxDepth {
		next := f.child(ctx, s, cur, p)
		if next.none() || seen[next.ref] {
			break
		}
		seen[next.ref] = true
		cur = next
	}
	return cur
}

// child returns the part of n at p. Programs that answer nothing, or stop at a
// tab list, are walked by the extents of the parts.
func (f finder) child(ctx context.Context, s surface, n node, p capture.Point) node {
	if n.role == "page tab list" {
		return f.page(ctx, s, n, p)
	}
	if !s.loose {
		if r := f.bus.childAt(ctx, n.ref, p); !r.none() {
			if c, err := f.bus.node(ctx, r); err == nil && (c.bounds.Contains(p) || c.bounds.Empty() && c.states.has(stateShowing)) {
				return c
			}
		}
	}
	if isActionable(n.role) && n.role != "page tab" && n.role != "list item" && n.role != "combo box" {
		return node{}
	}
	return f.smallest(ctx, s, f.bus.children(ctx, n.ref), p)
}

// page returns the tab at p, or what the open page has there: in GTK 3 a tab
// is as large as its label, and holds its page.
func (f finder) page(ctx context.Context, s surface, list node, p capture.Point) node {
	tabs := f.bus.children(ctx, list.ref)
	if tab := f.smallest(ctx, s, tabs, p); !tab.none() {
		return tab
	}
	var pages []ref
	for _, tab := range tabs[:min(len(tabs), 64)] {
		pages = append(pages, f.bus.children(ctx, tab)...)
	}
	return f.smallest(ctx, s, pages, p)
}

// smallest returns the smallest of the parts that show at p.
func (f finder) smallest(ctx context.Context, s surface, parts []ref, p capture.Point) node {
	var best node
	for _, c := range f.bus.briefs(ctx, parts[:min(len(parts), maxWide)]) {
		if c.role == "" || !s.place(c.bounds).Contains(p) || !s.loose && !c.states.has(stateShowing) {
			continue
		}
		if best.none() || c.bounds.W*c.bounds.H <= best.bounds.W*best.bounds.H {
			best = c
		}
	}
	if best.none() {
		return node{}
	}
	whole, err := f.bus.node(ctx, best.ref)
	if err != nil {
		return node{}
	}
	return whole
}

// inPopup finds the item at p in an open menu or list. A frame asked for the
// part at p answers with what the popup covers, so it is not asked.
func (f finder) inPopup(ctx context.Context, tops []node, p capture.Point, w capture.Window) (node, error) {
	if len(tops) == 0 {
		return node{}, ErrNotFound
	}
	for _, t := range tops {
		if t.role != "frame" && t.role != "dialog" && overlap(t.bounds, w.Bounds) > 0.6 {
			if leaf := f.descend(ctx, surface{top: t}, p); leaf.ref != t.ref {
				return leaf, nil
			}
		}
	}
	if open, ok := f.bus.openIn(tops[0].bus); ok {
		if leaf, err := f.searchItem(ctx, []node{{ref: open}}, p, w); err == nil {
			return leaf, nil
		}
	}
	return f.searchItem(ctx, tops, p, w)
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
			if slices.Contains(popupItems, n.role) && n.bounds.Contains(p) && inside(n.bounds, w.Bounds, 4) {
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

func (f finder) isGTK4(ctx context.Context, program ref) bool {
	name := f.bus.prop(ctx, program, "org.a11y.atspi.Application", "ToolkitName")
	version := f.bus.prop(ctx, program, "org.a11y.atspi.Application", "Version")
	toolkit, _ := value[string](name)
	v, _ := value[string](version)
	return strings.EqualFold(toolkit, "gtk") && strings.HasPrefix(v, "4")
}

// inGTK4 looks in a program whose extents count from the corner of its window,
// whatever is asked for.
func (f finder) inGTK4(ctx context.Context, program ref, tops []node, p capture.Point, w capture.Window) (hit, error) {
	if f.windows == nil || w.ID == 0 {
		return hit{}, ErrNotFound
	}
	corner, ok := f.windows.Origin(w.ID)
	if !ok {
		return hit{}, ErrNotFound
	}
	for _, t := range tops {
		if len(tops) > 1 && !strings.Contains(t.name, w.Title) {
			continue
		}
		// A popover is a window of its own, in which the parts of the main
		// one would be found by mistake. Frames and shadows count on one side.
		dw, dh := w.Bounds.W-t.bounds.W, w.Bounds.H-t.bounds.H
		if max(dw, -dw) > 64 || max(dh, -dh) > 96 {
			continue
		}
		s := surface{program: program, top: t, shift: corner, loose: true}
		if leaf := f.descend(ctx, s, p); leaf.ref != t.ref {
			return f.describe(ctx, s, leaf, w)
		}
	}
	return hit{}, ErrNotFound
}
