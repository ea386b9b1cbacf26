package uitree

import (
	"context"
	"slices"

	"github.com/runreel/runreel/capture"
)

// ancestors reads what holds n, innermost first, up to its window.
func (f finder) ancestors(ctx context.Context, n node) []node {
	var list []node
	seen := map[ref]bool{n.ref: true}
	for cur := n; len(list) < maxDepth && !isWindow(cur.role) && !seen[cur.parent]; {
		seen[cur.parent] = true
		up, err := f.bus.node(ctx, cur.parent)
		if err != nil || up.role == "application" {
			break
		}
		list = append(list, up)
		cur = up
	}
	return list
}

// describe tells the element that leaf is a part of.
func (f finder) describe(ctx context.Context, s surface, leaf node, w capture.Window) (hit, error) {
	if leaf.none() || leaf.role == "" {
		return hit{}, ErrNotFound
	}
	up := f.ancestors(ctx, leaf)
	target, holding := climb(leaf, up, s.popup)
	e := capture.Element{
		Role: target.role, Name: clean(target.name), Description: clean(target.description),
		States: target.states.names(), Bounds: s.place(target.bounds),
	}
	if e.Name == "" && target.ref != leaf.ref {
		e.Name = clean(leaf.name)
	}
	if e.Name == "" && (target.role == "list item" || target.role == "table row" || target.role == "table cell") {
		e.Name = f.firstName(ctx, target.ref)
	}
	for _, h := range slices.Backward(holding) {
		if name := clean(h.name); name != "" && slices.Contains(holders, h.role) {
			e.Path = append(e.Path, name)
		}
	}
	for _, h := range append([]node{target}, holding...) {
		if isWindow(h.role) && clean(h.name) != "" {
			e.Window = clean(h.name)
			break
		}
	}
	if e.Window == "" {
		e.Window = clean(w.Title)
	}
	if name, err := value[string](f.bus.prop(ctx, s.program, "org.a11y.atspi.Accessible", "Name")); err == nil {
		e.Program = clean(name)
	}
	e.Label = clean(f.bus.labelledBy(ctx, target.ref))
	if e.Label == "" && e.Name == "" && wantsLabel(target.role) {
		e.Label = f.nearestLabel(ctx, s, target, holding)
	}
	e.Value = f.value(ctx, target)
	h := hit{element: e, window: w.ID, program: leaf.bus, chain: []ref{leaf.ref, target.ref}}
	for _, a := range up {
		h.chain = append(h.chain, a.ref)
	}
	return h, nil
}

// climb returns the part of the interface that a person means by leaf, and
// what holds it: the button of a label, the row of a text. The items of a list
// that is not open have the place of the box that opens it.
func climb(leaf node, up []node, popup bool) (node, []node) {
	for i, n := range up[:min(len(up), 3)] {
		if !popup && n.role == "combo box" && slices.Contains(inClosedList, leaf.role) {
			return n, up[i+1:]
		}
	}
	if isActionable(leaf.role) {
		return leaf, up
	}
	for i, n := range up {
		if i >= 6 || isWindow(n.role) {
			break
		}
		if n.role == "page tab" || n.role == "combo box" || n.role == "scroll bar" {
			break // they hold pages and lists, which are not meant
		}
		if isActionable(n.role) {
			return n, up[i+1:]
		}
	}
	return leaf, up
}

func wantsLabel(role string) bool {
	return isEditableRole(role) || role == "switch" || role == "slider" || role == "combo box" || role == "toggle button"
}

// value reads what a field holds; never of a password.
func (f finder) value(ctx context.Context, n node) string {
	switch {
	case n.role == "combo box":
		return clean(n.name)
	case !hasTextValue(n.role):
		return ""
	}
	text, err := f.bus.text(ctx, n.ref)
	if err != nil || masked(text) {
		return ""
	}
	return text
}

// firstName returns the name of the first named part of a nameless row.
func (f finder) firstName(ctx context.Context, r ref) string {
	level := []ref{r}
	for range 4 {
		var next []ref
		for _, p := range level {
			next = append(next, f.bus.children(ctx, p)...)
		}
		next = next[:min(len(next), 32)]
		for _, n := range f.bus.nodes(ctx, next) {
			if name := clean(n.name); name != "" {
				return name
			}
		}
		level = next
	}
	return ""
}

// nearestLabel returns the text of the label left of or above a field, among
// what the same containers hold.
func (f finder) nearestLabel(ctx context.Context, s surface, n node, holding []node) string {
	const reach = 240
	best, distance := "", reach
	for _, parent := range holding[:min(len(holding), 3)] {
		kids := f.bus.children(ctx, parent.ref)
		for _, k := range f.bus.nodes(ctx, kids[:min(len(kids), 60)]) {
			if k.role != "label" && k.role != "static" || clean(k.name) == "" || !s.loose && !k.states.has(stateShowing) {
				continue
			}
			if d, ok := labelDistance(k.bounds, n.bounds); ok && d < distance {
				best, distance = clean(k.name), d
			}
		}
		if best != "" {
			return best
		}
	}
	return ""
}

// labelDistance measures how far a label is from its field; one to the left
// wins over one above.
func labelDistance(label, field capture.Rect) (int, bool) {
	if label.Empty() || field.Empty() {
		return 0, false
	}
	sameRow := label.Y < field.Y+field.H && field.Y < label.Y+label.H
	if left := field.X - (label.X + label.W); sameRow && left >= -4 {
		return max(left, 0), true
	}
	sameColumn := label.X < field.X+field.W && field.X < label.X+label.W
	if above := field.Y - (label.Y + label.H); sameColumn && above >= -4 {
		return max(above, 0) + 60, true
	}
	return 0, false
}
