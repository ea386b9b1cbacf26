package uitree

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/runreel/runreel/capture"
)

// ancestors reads what holds the last of path, innermost first, up to its
// window. What was met on the way there need not be asked again, and the plug
// in a socket does not always know what holds it.
func (f finder) ancestors(ctx context.Context, path []node) []node {
	place := make(map[ref]int, len(path))
	for i, n := range path {
		place[n.ref] = i
	}
	cur := path[len(path)-1]
	met := len(path) - 1 // where in path the way up has come to
	var list []node
	seen := map[ref]bool{cur.ref: true}
	for len(list) < maxDepth && !isWindow(cur.role) && ctx.Err() == nil {
		var up node
		if i, ok := place[cur.parent]; ok {
			up, met = path[i], i
		} else {
			var err error
			if up, err = f.bus.node(ctx, cur.parent); err != nil && met > 0 {
				met--
				up, err = path[met], nil
			}
			if err == nil && up.role == "" || err != nil {
				break
			}
		}
		if up.role == "application" || seen[up.ref] {
			break
		}
		seen[up.ref] = true
		list = append(list, up)
		cur = up
	}
	return list
}

// describe tells the element that the last of path is a part of.
func (f finder) describe(ctx context.Context, s surface, path []node, w capture.Window) (hit, error) {
	leaf := path[len(path)-1]
	if leaf.none() || leaf.role == "" {
		return hit{}, ErrNotFound
	}
	up := f.ancestors(ctx, path)
	target, holding := climb(leaf, up, s.popup)
	root := s.program
	if n := len(up); n > 0 { // a page can be another program than its window
		root.bus = up[n-1].bus
	}
	program := f.bus.prop(ctx, root, "org.a11y.atspi.Accessible", "Name")
	e := capture.Element{
		Role: target.role, Name: s.clean(target.name), Description: clean(target.description),
		States: target.states.names(), Bounds: s.place(target.bounds),
	}
	if e.Name == "" && target.ref != leaf.ref {
		e.Name = s.clean(leaf.name)
	}
	if e.Name == "" && (isRow(target.role) || s.loose && opensPopover(target.role)) {
		e.Name = f.firstName(ctx, target.ref)
	}
	for _, h := range slices.Backward(holding) {
		name := s.clean(h.name)
		if h.role == "combo box" { // often it has the name of what is selected in it
			name = cmp.Or(clean(f.bus.labelledBy(ctx, h.ref)), name)
		}
		if name != "" && slices.Contains(holders, h.role) {
			e.Path = append(e.Path, name)
		}
	}
	e.Window = windowName(append([]node{target}, holding...), clean(w.Title))
	e.Label = clean(f.bus.labelledBy(ctx, target.ref))
	if e.Label == "" && e.Name == "" && wantsLabel(target.role) {
		e.Label = f.nearestLabel(ctx, s, target, holding)
	}
	if isEditableRole(target.role) {
		f.takeValueOut(ctx, target, &e)
	}
	e.Header = f.header(ctx, target, holding)
	e.URL = f.pageAddress(ctx, holding, target)
	if !f.mute {
		e.Value = f.value(ctx, target, e)
	}
	e.Program = clean(short(program))
	h := hit{element: e, window: w.ID, target: target.ref, states: target.states, chain: []ref{leaf.ref, target.ref}, programs: []string{leaf.bus}}
	for _, a := range up {
		h.chain = append(h.chain, a.ref)
		if !slices.Contains(h.programs, a.bus) && strings.HasPrefix(a.bus, ":") {
			h.programs = append(h.programs, a.bus)
		}
	}
	return h, ctx.Err()
}

func (s surface) clean(name string) string {
	if s.loose {
		return undouble(clean(name))
	}
	return clean(name)
}

func windowName(up []node, title string) string {
	for _, h := range up {
		if name := clean(h.name); isWindow(h.role) && name != "" {
			return name
		}
	}
	return title
}

// opensPopover tells the buttons that GTK 4 makes of several parts, of which
// only an inner one has the name.
func opensPopover(role string) bool {
	return role == "push button" || role == "toggle button" || role == "combo box"
}

func isRow(role string) bool {
	return role == "list item" || role == "table row" || role == "table cell" || role == "tree item"
}

// header tells the column of a cell, or the name of the list that a tab or row
// is in.
func (f finder) header(ctx context.Context, target node, holding []node) string {
	if target.role == "table cell" || target.role == "tree item" {
		return f.bus.columnHeader(ctx, target.ref, holding)
	}
	if target.role != "page tab" && target.role != "list item" {
		return ""
	}
	for _, h := range holding[:min(len(holding), 2)] {
		switch h.role {
		case "page tab list", "list", "list box":
			return f.listName(ctx, h, target)
		}
	}
	return ""
}

// listName is the name of a list. Some programs give it that of what is
// selected in it, which is none.
func (f finder) listName(ctx context.Context, list, item node) string {
	name := clean(list.name)
	if name == "" {
		name = clean(f.bus.labelledBy(ctx, list.ref))
	}
	if name == "" || name == clean(item.name) {
		return ""
	}
	kids := f.bus.children(ctx, list.ref)
	for _, k := range f.bus.nodes(ctx, kids[:min(len(kids), atOnce)]) {
		if clean(k.name) == name {
			return ""
		}
	}
	return name
}

// pageAddress is the address of the outermost web document that holds an
// element.
func (f finder) pageAddress(ctx context.Context, holding []node, target node) string {
	for _, h := range slices.Backward(append([]node{target}, holding...)) {
		if h.role != "document web" && h.role != "document frame" && h.role != "html container" {
			continue
		}
		if a := cleanAddress(f.bus.address(ctx, h.ref)); a != "" {
			return a
		}
	}
	return ""
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

// value reads what a field holds; never of one whose content must not be told.
func (f finder) value(ctx context.Context, n node, e capture.Element) string {
	switch {
	case n.role == "combo box":
		return clean(n.name)
	case !hasTextValue(n.role), isSecretName(e.Name, e.Label, e.Description), f.secrets != nil && f.secrets.has(n.ref):
		return ""
	}
	text, err := f.bus.text(ctx, n.ref, span{})
	if err != nil || text.omitted > 0 {
		return ""
	}
	if masked(text.value) {
		if f.secrets != nil {
			f.secrets.add(n.ref)
		}
		return ""
	}
	return text.value
}

// takeValueOut removes what a field holds from its names: where a label has the
// field inside, WebKit makes it part of them.
func (f finder) takeValueOut(ctx context.Context, n node, e *capture.Element) {
	names := []*string{&e.Name, &e.Label, &e.Description}
	var held string
	if n.role != rolePassword && n.role != "combo box" && e.Name+e.Label+e.Description != "" {
		text, err := f.bus.text(ctx, n.ref, span{})
		if err != nil && f.secrets != nil && f.secrets.has(n.ref) {
			for _, name := range names {
				*name = ""
			}
		}
		held = clean(text.value)
	}
	for _, name := range names {
		*name = withoutValue(*name, held)
	}
}

// withoutValue takes the text that a field holds, or the dots that stand for
// it, off the end of its name.
func withoutValue(name, held string) string {
	dotless := strings.TrimRight(name, maskRunes+" ")
	if dotless != "" {
		name = dotless
	}
	if rest, ok := strings.CutSuffix(name, held); ok && held != "" && strings.TrimSpace(rest) != "" && strings.HasSuffix(rest, " ") {
		return strings.TrimSpace(rest)
	}
	return name
}

// firstName returns the name of the first named part of a nameless row.
func (f finder) firstName(ctx context.Context, r ref) string {
	level := []ref{r}
	for range 4 {
		var parents []node
		for _, p := range level {
			parents = append(parents, node{ref: p})
		}
		next := f.bus.childrenOf(ctx, parents)
		next = next[:min(len(next), 32)]
		level = nil
		for _, n := range f.bus.nodes(ctx, next) {
			if isPopover(n) || n.bounds.Empty() && n.states.has(stateVisible) {
				continue // not seen now
			}
			if name := clean(n.name); name != "" {
				return name
			}
			level = append(level, n.ref)
		}
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
