package uitree

import (
	"context"
	"strings"

	"github.com/runreel/runreel/capture"
)

// isGTK4 tells whether a program counts from the corner of its windows.
func (b *a11yBus) isGTK4(ctx context.Context, program ref) bool {
	b.mu.Lock()
	is, ok := b.gtk4[program.bus]
	b.mu.Unlock()
	if ok {
		return is
	}
	name := b.prop(ctx, program, "org.a11y.atspi.Application", "ToolkitName")
	version := b.prop(ctx, program, "org.a11y.atspi.Application", "Version")
	toolkit, err := value[string](name)
	v, errVersion := value[string](version)
	is = strings.EqualFold(toolkit, "gtk") && strings.HasPrefix(v, "4")
	if err == nil && errVersion == nil {
		b.mu.Lock()
		b.gtk4[program.bus] = is
		b.mu.Unlock()
	}
	return is
}

// inGTK4 looks in a program whose extents count from the corner of its window,
// whatever is asked for. Its popovers and menus are X windows of their own that
// hang in the tree where they were opened, with that place as their corner.
func (f finder) inGTK4(ctx context.Context, program ref, tops []node, p capture.Point, w capture.Window) (hit, error) {
	if f.windows == nil || w.ID == 0 {
		return hit{}, ErrNotFound
	}
	corner, ok := f.windows.Origin(w.ID)
	if !ok {
		return hit{}, ErrNotFound
	}
	s := surface{program: program, shift: corner, loose: true}
	active := f.windows.Active().ID == w.ID
	if !active {
		if h, err := f.inPopover(ctx, s, tops, p, w); err == nil {
			return h, nil
		}
	}
	for _, t := range tops {
		if len(tops) > 1 && !strings.Contains(t.name, w.Title) {
			continue
		}
		// The parts of the main window would be found by mistake in a popover
		// of about its size, which never is the active window. Frames and
		// shadows count on one side.
		border := w.Bounds.W - t.bounds.W - 2*(corner.X-w.Bounds.X)
		if dw, dh := w.Bounds.W-t.bounds.W, w.Bounds.H-t.bounds.H; max(dw, -dw) > 64 || max(dh, -dh) > 96 ||
			!active && max(border, -border) > 10 {
			continue
		}
		s.top = t
		if path := f.descend(ctx, s, p); len(path) > 1 {
			return f.describe(ctx, s, path, w)
		}
	}
	return hit{}, ErrNotFound
}

const maxPopovers = 2000 // objects looked at in search of a popover

// inPopover finds the item at p in the popover that is the X window w. It is
// known by its size alone: where two have that size, none is.
func (f finder) inPopover(ctx context.Context, s surface, tops []node, p capture.Point, w capture.Window) (hit, error) {
	if len(tops) == 0 {
		return hit{}, ErrNotFound
	}
	popover, ok := node{}, false
	if open, known := f.bus.openIn(tops[0].bus); known {
		popover, ok = f.searchPopover(ctx, []node{{ref: open}}, w)
	}
	if !ok {
		if popover, ok = f.searchPopover(ctx, tops, w); !ok {
			return hit{}, ErrNotFound
		}
	}
	// Where the window is higher than its content, it is not told on which
	// side: an item is only told where that makes no difference.
	s.top, s.popup = popover, true
	corner := s.shift
	s.shift = capture.Point{X: corner.X - popover.bounds.X, Y: corner.Y - popover.bounds.Y}
	path := f.descend(ctx, s, p)
	if spare := w.Bounds.H - popover.bounds.H; spare != 0 {
		other := s
		other.shift.Y += spare
		if meant(f.descend(ctx, other, p)) != meant(path) {
			return hit{}, ErrNotFound
		}
	}
	if len(path) < 2 {
		return hit{}, ErrNotFound
	}
	return f.describe(ctx, s, path, w)
}

// meant is the first part on the way down that a person acts on.
func meant(path []node) ref {
	for _, n := range path[1:] {
		if isActionable(n.role) {
			return n.ref
		}
	}
	return path[len(path)-1].ref
}

// nearestRow returns the row of a list at p: the extents of rows leave out the
// space around their content.
func (f finder) nearestRow(ctx context.Context, s surface, parts []ref, p capture.Point) node {
	const around = 8
	var best node
	least := around + 1
	for _, n := range f.bus.nodes(ctx, parts[:min(len(parts), maxWide)]) {
		b := s.place(n.bounds)
		if n.role != "list item" || b.Empty() || p.X < b.X-around || p.X >= b.X+b.W+around {
			continue
		}
		if d := max(b.Y-p.Y, p.Y-(b.Y+b.H-1)); d < least {
			best, least = n, d
		}
	}
	return best
}

// searchPopover searches below some objects, level by level, for the one
// popover of the size of w.
func (f finder) searchPopover(ctx context.Context, level []node, w capture.Window) (node, bool) {
	var found []node
	for looked := 0; len(level) > 0 && looked < maxPopovers && ctx.Err() == nil; {
		kids := f.bus.childrenOf(ctx, level)
		kids = kids[:min(len(kids), maxPopovers-looked)]
		looked += len(kids)
		level = f.bus.nodes(ctx, kids)
		for _, n := range level {
			dw, dh := w.Bounds.W-n.bounds.W, w.Bounds.H-n.bounds.H
			if isPopover(n) && max(dw, -dw) <= 8 && max(dh, -dh) <= 8 {
				found = append(found, n)
			}
		}
	}
	if len(found) != 1 || ctx.Err() != nil {
		return node{}, false
	}
	return found[0], true
}

// isPopover tells what GTK 4 shows in a window of its own, if it shows it.
func isPopover(n node) bool {
	switch n.role {
	case "menu", "popup menu", "dialog", "window", "tool tip":
		return true
	}
	return n.name == "GtkPopover" || n.name == "GtkPopoverMenu"
}

// undouble gives a name that GTK 4 composed of a label with its mnemonic and
// without it.
func undouble(name string) string {
	plain := strings.Replace(name, "_", "", 1)
	half := len(plain) / 2
	if plain != name && len(plain)%2 == 1 && plain[half] == ' ' && plain[:half] == plain[half+1:] {
		return plain[:half]
	}
	return name
}
