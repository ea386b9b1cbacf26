package uitree

import (
	"context"
	"slices"
	"time"

	"github.com/runreel/runreel/capture"
)

// field is a text field that a person is in.
type field struct {
	node
	element  capture.Element
	window   capture.Window
	programs []string // of the field and of what holds it
	secret   bool
	hidden   bool // out of scope: neither read nor told

	since time.Time     // when it got the keyboard, or the recording began
	from  time.Duration // the same on the session clock

	value   string // as last read
	omitted int    // characters that value leaves out
	known   bool   // value was read at least once
	plain   bool   // a reading showed a text that is not masked
	applied bool   // an edit was applied to value
	touched span   // the part of the text that was edited
	base    string // what it held when it was entered, or last told
	hasBase bool

	changed   bool
	changedAt time.Duration // of the last change by hand
	stale     bool          // changed since value was read
	readAt    time.Time
	readClock time.Duration // of the last reading

	leaving time.Time     // when it counts as left; zero while it has the keyboard
	leftAt  time.Duration // when the first sign of that came
	asked   bool          // whether it has the keyboard then: stays
	stays   bool
	sealed  bool // Enter went down: what changes now is the program's doing
	cleared bool // the text was removed after that; sent is what it was
	sent    string
	again   bool      // it had the keyboard before, and no other field since
	sentAt  time.Time // when it was last told though it kept the keyboard
}

// enter starts to keep a field. fresh tells that nothing was typed in it yet.
func (f *fields) enter(ctx context.Context, r ref, fresh bool) {
	ctx, cancel := context.WithTimeout(ctx, enterLimit)
	defer cancel()
	n, err := f.finder.bus.node(ctx, r)
	if err != nil {
		return
	}
	if n.role == roleTerminal || !n.states.has(stateEditable) && !isEditableRole(n.role) {
		f.no(r, time.Hour)
		return
	}
	if !fresh && !n.states.has(stateFocused) {
		f.no(r, leaveTime) // the program changed a field that nobody is in
		return
	}
	cur := &field{node: n, since: f.focus.since, from: f.focus.from, again: f.previous == r}
	f.cur = cur
	f.identify(ctx, cur)
	if cur.window = f.windowOf(ctx, cur); !f.takes(ctx, cur) || !f.takesActive() {
		*cur = field{node: node{ref: r, states: n.states}, hidden: true}
		return
	}
	cur.secret = n.role == rolePassword || !isEditableRole(n.role) || f.secrets.has(r) ||
		isSecretName(cur.element.Name, cur.element.Label, cur.element.Description)
	if n.role == rolePassword {
		f.secrets.add(r)
	}
	if cur.secret || !f.opts.Clock.Ran(cur.since, time.Now()) {
		cur.secret = true
		return
	}
	f.read(ctx)
	cur.base, cur.hasBase = cur.value, fresh && cur.known
}

// identify describes a field.
func (f *fields) identify(ctx context.Context, cur *field) {
	root := ref{bus: cur.bus, path: registry.path}
	s, raw := surface{program: root}, cur.node
	if f.opts.Windows != nil && f.finder.bus.isGTK4(ctx, root) {
		if corner, ok := f.opts.Windows.Origin(f.opts.Windows.Active().ID); ok {
			s.shift, s.loose = corner, true
			cur.bounds = s.place(cur.bounds)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, enterLimit)
	defer cancel()
	quiet := f.finder
	quiet.mute = true
	h, err := quiet.describe(ctx, s, []node{raw}, capture.Window{})
	cur.programs = []string{cur.bus}
	if err != nil {
		cur.element.Role, cur.element.Bounds, cur.secret = cur.role, cur.bounds, true
		return
	}
	cur.element, cur.programs = h.element, h.programs
	cur.element.Bounds = cur.bounds
}

// windowOf finds the window of a field: the active one if it belongs to a
// program that the field is part of, else the one that is seen there.
func (f *fields) windowOf(ctx context.Context, cur *field) capture.Window {
	if f.opts.Windows == nil {
		return capture.Window{}
	}
	ours := func(w capture.Window) bool {
		return w.PID == 0 || slices.ContainsFunc(cur.programs, func(p string) bool { return f.finder.bus.pid(ctx, p) == w.PID })
	}
	if w := f.opts.Windows.Active(); w.ID != 0 && ours(w) {
		return w
	}
	b := cur.bounds
	if b.Empty() {
		return capture.Window{}
	}
	if w, ok := f.opts.Windows.At(capture.Point{X: b.X + b.W/2, Y: b.Y + b.H/2}); ok && w.PID != 0 && ours(w) {
		return w
	}
	return capture.Window{}
}

// takes tells whether a field is recorded. A field whose window is not known
// is judged by what its programs tell.
func (f *fields) takes(ctx context.Context, cur *field) bool {
	w := cur.window
	if w.ID == 0 {
		w = f.finder.guess(ctx, hit{element: cur.element, programs: cur.programs})
		w.Bounds = cur.bounds
	}
	scope := f.opts.Scope
	if cur.bounds.Empty() {
		return scope.Takes(w)
	}
	return scope.TakesAt(w, capture.Point{X: cur.bounds.X + cur.bounds.W/2, Y: cur.bounds.Y + cur.bounds.H/2})
}

// takesActive tells whether what is typed now is recorded: keys go to the
// active window, whatever program drew the field in it.
func (f *fields) takesActive() bool {
	if f.opts.Windows == nil {
		return true
	}
	w := f.opts.Windows.Active()
	return w.ID == 0 || f.opts.Scope.Takes(w)
}

// emptied tells whether an edit removes all of the text.
func (cur *field) emptied(e edit) bool {
	return !e.insert && e.start == 0 && cur.known && len([]rune(cur.value)) > 0 && e.n >= len([]rune(cur.value))
}

// clear takes in that the program, and no hand, removed the text.
func (cur *field) clear() {
	cur.value, cur.base, cur.hasBase, cur.changed = "", "", !cur.secret, false
	cur.leaving, cur.sealed = time.Time{}, false
}

// apply follows an edit, so that the text is known also where the field is
// gone before it could be read.
func (cur *field) apply(e edit) {
	runes := []rune(cur.value)
	if cur.omitted > 0 || e.start < 0 || e.n < 0 || e.start > len(runes) {
		return
	}
	cur.applied = true
	if e.insert {
		cur.value = firstRunes(string(runes[:e.start])+e.text+string(runes[e.start:]), maxText)
		if e.cut || len(runes)+e.n > maxText {
			cur.known = false // until it is read again
		}
		return
	}
	end := min(e.start+e.n, len(runes))
	cur.value = string(runes[:e.start]) + string(runes[end:])
}

// read asks for the text of the field.
func (f *fields) read(ctx context.Context) {
	cur := f.cur
	cur.readAt, cur.stale = time.Now(), false
	v, err := f.finder.bus.text(ctx, cur.ref, cur.touched)
	if err != nil || !f.opts.Clock.Ran(cur.since, time.Now()) {
		return
	}
	if cur.cleared && v.value == "" {
		return
	}
	if masked(v.value) {
		f.secrets.add(cur.ref)
		cur.secret, cur.value, cur.base = true, "", ""
		return
	}
	if cur.sealed && v.value == "" && v.omitted == 0 && cur.value != "" {
		return // the program cleared it
	}
	cur.value, cur.omitted, cur.known, cur.readClock = v.value, v.omitted, true, f.opts.Clock.Now()
	cur.plain = cur.plain || v.value != ""
}
