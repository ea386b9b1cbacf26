package uitree

import (
	"context"
	"errors"
	"slices"

	"github.com/runreel/runreel/capture"
)

const (
	maxChildren = 2000 // of one parent: a sheet can have a million, and is asked by place
	maxByIndex  = 64   // children asked for one by one
)

func (b *a11yBus) children(ctx context.Context, of ref) []ref {
	return b.childrenOf(ctx, []node{{ref: of}})
}

// childrenOf reads the children of several objects at once. The socket in
// which WebKitGTK hangs its page has a child by count and by index, but lists
// none; objects with more than maxChildren give none.
func (b *a11yBus) childrenOf(ctx context.Context, parents []node) []ref {
	var all []ref
	for chunk := range slices.Chunk(parents, atOnce) {
		if ctx.Err() != nil {
			break
		}
		counts := make([]question, len(chunk))
		for i, p := range chunk {
			counts[i] = b.prop(ctx, p.ref, "org.a11y.atspi.Accessible", "ChildCount")
		}
		lists, want := make([]question, len(chunk)), make([]int32, len(chunk))
		for i, p := range chunk {
			n, err := value[int32](counts[i])
			want[i] = n
			if err == nil && (n <= 0 || n > maxChildren) {
				lists[i] = question{err: errNone, cancel: func() {}}
				continue
			}
			lists[i] = b.ask(ctx, p.ref, accessible+"GetChildren")
		}
		for i, p := range chunk {
			refs, _ := refsOf(lists[i])
			if len(refs) == 0 && want[i] > 0 && want[i] <= maxChildren {
				refs = b.byIndex(ctx, p.ref, int(want[i]))
			}
			all = append(all, refs...)
		}
	}
	return all
}

func (b *a11yBus) byIndex(ctx context.Context, of ref, count int) []ref {
	qs := make([]question, min(count, maxByIndex))
	for i := range qs {
		qs[i] = b.ask(ctx, of, accessible+"GetChildAtIndex", int32(i))
	}
	var refs []ref
	for _, q := range qs {
		var w wireRef
		if q.store(&w) == nil && !w.ref().none() {
			refs = append(refs, w.ref())
		}
	}
	return refs
}

func refsOf(q question) ([]ref, error) {
	var got []wireRef
	if err := q.store(&got); err != nil {
		return nil, err
	}
	if len(got) > maxChildren {
		got = got[:maxChildren]
	}
	refs := make([]ref, 0, len(got))
	for _, w := range got {
		if r := w.ref(); !r.none() {
			refs = append(refs, r)
		}
	}
	return refs, nil
}

// childAt asks for the child at a point of the screen. Programs answer one
// level at a time, or the leaf.
func (b *a11yBus) childAt(ctx context.Context, of ref, p capture.Point) ref {
	var got wireRef
	const screen = uint32(0)
	if err := b.ask(ctx, of, component+"GetAccessibleAtPoint", int32(p.X), int32(p.Y), screen).store(&got); err != nil {
		return ref{}
	}
	if r := got.ref(); !r.none() && r != of {
		return r
	}
	return ref{}
}

// node is an accessible object as far as looking it up needs.
type node struct {
	ref
	role, name, description string
	states                  states
	bounds                  capture.Rect // as the program says: see surface.shift
	parent                  ref
}

// bare tells an object that does not tell its states: a socket, or the plug in
// it.
func (n node) bare() bool { return n.states == 0 && n.role == "filler" }

// atOnce is how many objects are asked about at once: programs answer between
// the frames that they draw.
const atOnce = 40

// briefs reads role, states and extents of several objects; those that do not
// answer have no role.
func (b *a11yBus) briefs(ctx context.Context, refs []ref) []node { return b.read(ctx, refs, false) }

// nodes is briefs with everything that a node holds.
func (b *a11yBus) nodes(ctx context.Context, refs []ref) []node { return b.read(ctx, refs, true) }

func (b *a11yBus) read(ctx context.Context, refs []ref, whole bool) []node {
	list := make([]node, 0, len(refs))
	for chunk := range slices.Chunk(refs, atOnce) {
		if ctx.Err() != nil {
			break
		}
		list = append(list, b.chunk(ctx, chunk, whole)...)
	}
	return list
}

func (b *a11yBus) chunk(ctx context.Context, refs []ref, whole bool) []node {
	each := 4
	if whole {
		each = 7
	}
	qs := make([]question, 0, each*len(refs))
	for _, r := range refs {
		qs = append(qs,
			b.ask(ctx, r, accessible+"GetRoleName"),
			b.ask(ctx, r, accessible+"GetRole"),
			b.ask(ctx, r, accessible+"GetState"),
			b.ask(ctx, r, component+"GetExtents", uint32(0)))
		if whole {
			qs = append(qs,
				b.prop(ctx, r, "org.a11y.atspi.Accessible", "Name"),
				b.prop(ctx, r, "org.a11y.atspi.Accessible", "Description"),
				b.prop(ctx, r, "org.a11y.atspi.Accessible", "Parent"))
		}
	}
	list := make([]node, len(refs))
	for i, r := range refs {
		n, q := &list[i], qs[i*each:(i+1)*each]
		n.ref = r
		n.role = role(q[0], q[1])
		var words []uint32
		if q[2].store(&words) == nil {
			n.states = statesOf(words)
		}
		n.bounds = extents(q[3])
		if !whole {
			continue
		}
		name, err := value[string](q[4])
		if errors.Is(err, errHung) {
			n.role = "" // half of an object is none
		}
		n.name = clip(name, maxString)
		n.description = short(q[5])
		if w, err := value[wireRef](q[6]); err == nil {
			n.parent = w.ref()
		}
	}
	return list
}

// role reads both forms of a role; "" where neither is told.
func role(name, number question) string {
	var s string
	var n uint32
	errName, errNumber := name.store(&s), number.store(&n)
	if errName != nil {
		s = ""
	}
	if errNumber != nil {
		n = 0
	}
	return roleName(clean(clip(s, 64)), n)
}

func short(q question) string {
	s, _ := value[string](q)
	return clip(s, maxString)
}

func (b *a11yBus) node(ctx context.Context, r ref) (node, error) {
	n := b.chunk(ctx, []ref{r}, true)[0]
	if n.role == "" {
		return n, errNone
	}
	return n, nil
}

func (b *a11yBus) statesOf(ctx context.Context, r ref) (states, error) {
	var words []uint32
	if err := b.ask(ctx, r, accessible+"GetState").store(&words); err != nil {
		return 0, err
	}
	return statesOf(words), nil
}

func extents(q question) capture.Rect {
	var e struct{ X, Y, W, H int32 }
	if q.store(&e) != nil {
		return capture.Rect{}
	}
	const beyond = 1 << 20 // hidden elements have nonsense extents
	if e.W <= 0 || e.H <= 0 || max(e.X, -e.X, e.Y, -e.Y, e.W, e.H) > beyond || e.X < -beyond || e.Y < -beyond {
		return capture.Rect{}
	}
	return capture.Rect{X: int(e.X), Y: int(e.Y), W: int(e.W), H: int(e.H)}
}

// labelledBy returns the names of the elements that label an object.
func (b *a11yBus) labelledBy(ctx context.Context, r ref) string {
	var set []struct {
		Kind    uint32
		Targets []wireRef
	}
	if err := b.ask(ctx, r, accessible+"GetRelationSet").store(&set); err != nil {
		return ""
	}
	const labelledBy = 2
	for _, rel := range set[:min(len(set), 32)] {
		if rel.Kind != labelledBy {
			continue
		}
		for _, t := range rel.Targets[:min(len(rel.Targets), 4)] {
			if name := short(b.prop(ctx, t.ref(), "org.a11y.atspi.Accessible", "Name")); name != "" {
				return name
			}
		}
	}
	return ""
}

// address returns the address of a web document: URI in Chromium and WebKit,
// DocURL in Firefox.
func (b *a11yBus) address(ctx context.Context, document ref) string {
	const method = "org.a11y.atspi.Document.GetAttributeValue"
	uri, doc := b.ask(ctx, document, method, "URI"), b.ask(ctx, document, method, "DocURL")
	var first, second string
	if uri.store(&first) != nil {
		first = ""
	}
	if doc.store(&second) != nil || first != "" {
		return first
	}
	return second
}

// columnHeader returns the name of the column that a cell is in.
func (b *a11yBus) columnHeader(ctx context.Context, cell ref, holding []node) string {
	var cells []wireRef
	if b.ask(ctx, cell, "org.a11y.atspi.TableCell.GetColumnHeaderCells").store(&cells) == nil {
		for _, w := range cells[:min(len(cells), 4)] {
			if name := clean(short(b.prop(ctx, w.ref(), "org.a11y.atspi.Accessible", "Name"))); name != "" {
				return name
			}
		}
	}
	const table = "org.a11y.atspi.Table."
	for _, h := range holding[:min(len(holding), 3)] {
		if h.role != "table" && h.role != "tree table" && h.role != "tree" && h.role != "list" {
			continue
		}
		var index, column int32
		if b.ask(ctx, cell, accessible+"GetIndexInParent").store(&index) != nil ||
			b.ask(ctx, h.ref, table+"GetColumnAtIndex", index).store(&column) != nil || column < 0 {
			return ""
		}
		header := b.ask(ctx, h.ref, table+"GetColumnHeader", column)
		described := b.ask(ctx, h.ref, table+"GetColumnDescription", column)
		var w wireRef
		var s string
		if header.store(&w) == nil && !w.ref().none() {
			s = clean(short(b.prop(ctx, w.ref(), "org.a11y.atspi.Accessible", "Name")))
		}
		var d string
		if described.store(&d) == nil && s == "" {
			s = clean(d)
		}
		return s
	}
	return ""
}
