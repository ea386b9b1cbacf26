package uitree

import (
	"context"
	"errors"
	"time"

	"github.com/runreel/runreel/capture"
)

const (
	leaveTime  = 200 * time.Millisecond // a field that gets the keyboard back sooner was not left
	readPause  = 40 * time.Millisecond  // between two readings of a field that changes
	frameLimit = time.Second
)

// fields keeps the text field that has the keyboard, and emits its text when
// it is left. One goroutine uses it.
type fields struct {
	opts   Options
	finder finder
	out    chan text
	emit   capture.Emit

	cur *field
	not map[ref]bool // objects that are known to be no fields
}

// field is a text field that a person is in.
type field struct {
	node
	element capture.Element
	window  capture.Window
	secret  bool
	program string

	value   string // as last read
	known   bool   // value was read at least once
	base    string // what it held when it was entered, or last told
	hasBase bool

	changed   bool
	changedAt time.Duration // of the last change by hand
	stale     bool          // changed since value was read
	readAt    time.Time
	readClock time.Duration

	leaving time.Time     // when it counts as left; zero while it has the keyboard
	leftAt  time.Duration // when the first sign of that came
	sealed  bool          // Enter went down: what changes now is the program's doing
}

// text is an event that waits for its picture.
type text struct {
	capture.Text
	at, left time.Duration
}

func newFields(o Options, f finder, emit capture.Emit) *fields {
	return &fields{opts: o, finder: f, emit: emit, out: make(chan text, 64), not: make(map[ref]bool)}
}

// run takes in changes until ctx ends, then tells what is left to tell.
func (f *fields) run(ctx context.Context, changes <-chan change) {
	told := make(chan struct{})
	go func() {
		defer close(told)
		for t := range f.out {
			f.tell(t)
		}
	}()
	defer func() {
		close(f.out)
		<-told
	}()
	// Questions outlive ctx by the one that reads a field for the last time.
	asking := context.WithoutCancel(ctx)
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		timer.Reset(f.wait())
		select {
		case <-ctx.Done():
			for len(changes) > 0 {
				f.take(asking, <-changes)
			}
			f.leave(asking)
			return
		case c := <-changes:
			f.take(asking, c)
		case <-timer.C:
		}
		f.due(asking)
	}
}

// wait is the time until due has something to do.
func (f *fields) wait() time.Duration {
	wait := time.Hour
	if f.cur == nil {
		return wait
	}
	if f.cur.stale {
		wait = time.Until(f.cur.readAt.Add(readPause))
	}
	if !f.cur.leaving.IsZero() {
		wait = min(wait, time.Until(f.cur.leaving))
	}
	return max(wait, 0)
}

func (f *fields) due(ctx context.Context) {
	if f.cur == nil {
		return
	}
	if f.cur.stale && time.Since(f.cur.readAt) >= readPause {
		f.read(ctx)
	}
	if l := f.cur.leaving; !l.IsZero() && !time.Now().Before(l) {
		f.leave(ctx)
	}
}

func (f *fields) take(ctx context.Context, c change) {
	switch c.kind {
	case focused:
		f.focus(ctx, c)
	case textChanged:
		f.edited(ctx, c)
	case unfocused:
		if f.cur != nil && f.cur.ref == c.of {
			f.leaveSoon(c.at, false)
		}
	case windowLeft:
		if f.cur != nil && f.cur.ref.bus == c.of.bus {
			f.leaveSoon(c.at, false)
		}
	case vanished:
		if f.cur != nil && f.cur.ref.bus == c.of.bus && (c.of.path == "" || c.of.path == f.cur.ref.path) {
			f.leave(ctx)
		}
		delete(f.not, c.of)
	case confirmed:
		if f.cur != nil && !f.cur.states.has(stateMultiLine) {
			f.leaveSoon(c.at, true)
		}
	case clicked:
		if f.cur != nil && !f.cur.bounds.Contains(c.point) {
			f.leaveSoon(c.at, true)
		}
	}
}

// leaveSoon notes a sign that the field is left. sealed tells that later
// changes are not typed.
func (f *fields) leaveSoon(at time.Duration, sealed bool) {
	if f.cur.leaving.IsZero() {
		f.cur.leftAt = at
		f.cur.leaving = time.Now().Add(leaveTime)
	}
	f.cur.sealed = f.cur.sealed || sealed
}

func (f *fields) focus(ctx context.Context, c change) {
	if f.cur != nil && f.cur.ref == c.of {
		if !f.cur.sealed {
			f.cur.leaving = time.Time{}
		}
		return
	}
	f.leave(ctx)
	f.enter(ctx, c.of, true)
}

// enter starts to keep a field. fresh tells that nothing was typed in it yet.
func (f *fields) enter(ctx context.Context, r ref, fresh bool) {
	n, err := f.finder.bus.node(ctx, r)
	if err != nil || !n.states.has(stateEditable) || n.role == roleTerminal || f.opts.Own(f.finder.bus.pid(ctx, r.bus)) {
		return
	}
	if !fresh && !n.states.has(stateFocused) {
		return // the program changed a field that nobody is in
	}
	cur := &field{node: n, secret: n.role == rolePassword, program: r.bus}
	f.cur = cur
	cur.window = f.windowOf(ctx, r)
	root := ref{bus: r.bus, path: registry.path}
	s := surface{program: root}
	if f.opts.Windows != nil && f.finder.isGTK4(ctx, root) {
		if corner, ok := f.opts.Windows.Origin(cur.window.ID); ok {
			s.shift, s.loose = corner, true
			cur.bounds = s.place(cur.bounds)
		}
	}
	if h, err := f.finder.describe(ctx, s, n, cur.window); err == nil {
		cur.element = h.element
		cur.element.Value = ""
	}
	if cur.secret {
		return
	}
	if v, err := f.finder.bus.text(ctx, r); err == nil {
		cur.value, cur.known, cur.readClock = v, true, f.opts.Clock.Now()
		cur.base, cur.hasBase = v, fresh
	}
}

func (f *fields) windowOf(ctx context.Context, r ref) capture.Window {
	if f.opts.Windows == nil {
		return capture.Window{}
	}
	w := f.opts.Windows.Active()
	if w.PID != 0 && w.PID != f.finder.bus.pid(ctx, r.bus) {
		return capture.Window{}
	}
	return w
}

func (f *fields) edited(ctx context.Context, c change) {
	if f.cur == nil || f.cur.ref != c.of {
		if f.not[c.of] {
			return
		}
		f.consider(ctx, c)
		if f.cur == nil || f.cur.ref != c.of {
			return
		}
	}
	cur := f.cur
	if cur.sealed && (c.at > cur.leftAt && cur.emptied(c.edit)) {
		f.leave(ctx) // Enter sent it off, and the program cleared the field
		return
	}
	if !cur.sealed {
		cur.leaving = time.Time{}
	}
	cur.changed, cur.changedAt = true, c.at
	if cur.sealed {
		cur.changedAt = min(c.at, cur.leftAt)
	}
	if cur.window.ID == 0 { // the window manager was behind when it was entered
		cur.window = f.windowOf(ctx, cur.ref)
	}
	if cur.secret {
		return
	}
	if cur.known && c.at > cur.readClock { // else the reading saw it
		cur.apply(c.edit)
	}
	cur.stale = true
}

// emptied tells whether an edit removes all of the text.
func (cur *field) emptied(e edit) bool {
	return !e.insert && e.start == 0 && cur.known && len([]rune(cur.value)) > 0 && e.n >= len([]rune(cur.value))
}

// consider looks whether an object whose text changed is the field that has
// the keyboard: the change of focus can be from before the recording.
func (f *fields) consider(ctx context.Context, c change) {
	old := f.cur
	f.enter(ctx, c.of, false)
	if f.cur == old {
		if len(f.not) > 1000 {
			clear(f.not)
		}
		if n, err := f.finder.bus.node(ctx, c.of); err == nil && (!n.states.has(stateEditable) || n.role == roleTerminal) {
			f.not[c.of] = true
		}
		return
	}
	if old != nil {
		entered := f.cur
		f.cur = old
		f.leave(ctx)
		f.cur = entered
	}
}

// apply follows an edit, so that the text is known also where the field is
// gone before it could be read.
func (cur *field) apply(e edit) {
	runes := []rune(cur.value)
	if e.start < 0 || e.n < 0 || e.start > len(runes) {
		return
	}
	if e.insert {
		cur.value = string(runes[:e.start]) + e.text + string(runes[e.start:])
		return
	}
	end := min(e.start+e.n, len(runes))
	cur.value = string(runes[:e.start]) + string(runes[end:])
}

// read asks for the whole text.
func (f *fields) read(ctx context.Context) {
	cur := f.cur
	cur.readAt, cur.stale = time.Now(), false
	v, err := f.finder.bus.text(ctx, cur.ref)
	if err != nil {
		if errors.Is(err, errTooLong) {
			cur.secret = true
		}
		return
	}
	if cur.sealed && v == "" && cur.value != "" {
		return
	}
	cur.value, cur.known, cur.readClock = v, true, f.opts.Clock.Now()
}

// leave tells what the field holds, if that was changed, and lets go of it.
func (f *fields) leave(ctx context.Context) {
	cur := f.cur
	if cur == nil {
		return
	}
	if cur.stale && !cur.secret {
		f.read(ctx)
	}
	f.cur = nil
	if !cur.changed || !cur.secret && cur.hasBase && cur.value == cur.base {
		return
	}
	if !cur.hasBase && !cur.secret && cur.known && cur.value == "" {
		return // cleared by the program after it was told
	}
	t := text{Text: capture.Text{Element: cur.element, Window: cur.window}, at: cur.changedAt, left: cur.leftAt}
	if cur.leaving.IsZero() {
		t.left = f.opts.Clock.Now()
	}
	t.Secret = cur.secret || !cur.known || masked(cur.value)
	if !t.Secret {
		t.Value = cur.value
	}
	f.out <- t
}

// tell emits a text with its picture.
func (f *fields) tell(t text) {
	if f.opts.Frames != nil && !t.Element.Bounds.Empty() {
		b := t.Element.Bounds
		ctx, cancel := context.WithTimeout(context.Background(), frameLimit)
		frame, err := f.opts.Frames.Before(ctx, capture.Point{X: b.X + b.W/2, Y: b.Y + b.H/2}, t.left)
		cancel()
		if err == nil {
			t.Frame = frame
		}
	}
	f.emit(capture.Event{At: t.at, Fact: t.Text})
}
