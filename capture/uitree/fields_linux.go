package uitree

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/runreel/runreel/capture"
)

const (
	leaveTime  = 200 * time.Millisecond // a field that gets the keyboard back sooner was not left
	answerTime = 60 * time.Millisecond  // for changes that came before an answer
	readPause  = 40 * time.Millisecond  // between two readings of a field that changes
	sendTime   = time.Second            // within which a program clears a field that was sent off
	enterLimit = time.Second            // to learn what a field is
	frameLimit = time.Second
)

// fields keeps the text field that has the keyboard, and emits its text when
// it is left. One goroutine uses it.
type fields struct {
	opts    Options
	log     *slog.Logger
	finder  finder
	secrets *secrets
	out     chan text
	emit    capture.Emit
	behind  atomic.Bool // changes were lost; set by another goroutine

	cur *field
	not map[ref]time.Time // objects that are no fields, or had not the keyboard, until when

	looked map[string]looks // how many objects of a program were looked at
	focus  holder           // what has the keyboard, field or not

	keys     bool          // keys are told at all
	key      time.Duration // when one last went down,
	button   time.Duration // and when a button did
	previous ref           // the field before
}

// looks counts from a time on.
type looks struct {
	since time.Time
	n     int
}

// holder is what has the keyboard, and since when.
type holder struct {
	ref
	since time.Time
	from  time.Duration
}

// text is an event that waits for its picture.
type text struct {
	capture.Text
	from, at, left time.Duration
}

func newFields(o Options, log *slog.Logger, f finder, emit capture.Emit) *fields {
	return &fields{
		opts: o, log: log, finder: f, secrets: f.secrets, emit: emit, out: make(chan text, 64), not: make(map[ref]time.Time), looked: make(map[string]looks),
		focus: holder{since: time.Now(), from: o.Clock.Now()},
	}
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
	if f.behind.Swap(false) {
		f.catchUp(ctx)
	}
	if f.cur == nil {
		return
	}
	if f.cur.stale && time.Since(f.cur.readAt) >= readPause {
		f.read(ctx)
	}
	if l := f.cur.leaving; !l.IsZero() && !time.Now().Before(l) {
		f.timeUp(ctx)
	}
}

// catchUp looks again at a field of which changes were lost.
func (f *fields) catchUp(ctx context.Context) {
	clear(f.not)
	if f.cur == nil {
		return
	}
	f.cur.known, f.cur.stale = false, true
	f.cur.changed = f.cur.changed || f.cur.hasBase && !f.cur.secret
	if st, err := f.finder.bus.statesOf(ctx, f.cur.ref); err == nil && !st.has(stateFocused) {
		f.leaveSoon(f.opts.Clock.Now(), false)
	}
}

func (f *fields) take(ctx context.Context, c change) {
	if c.dark {
		f.unrecorded(c)
		return
	}
	switch c.kind {
	case focused:
		f.focused(ctx, c)
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
		f.vanished(ctx, c)
	case typed:
		f.keys, f.key = true, c.at
	case confirmed:
		if f.cur != nil && f.cur.states.has(stateMultiLine) {
			f.key = c.at
		} else if f.cur != nil {
			f.leaveSoon(c.at, true)
		}
	case clicked:
		f.button = c.at
		if f.cur != nil && !f.cur.bounds.Contains(c.point) {
			f.leaveSoon(c.at, false)
		}
	}
}

// unrecorded takes in what happened while nothing was recorded: nobody may
// learn later what is in a field that was entered or edited then.
func (f *fields) unrecorded(c change) {
	switch c.kind {
	case focused:
		f.secrets.add(c.of)
		f.focus = holder{ref: c.of, since: c.when, from: c.at}
		if f.cur != nil && f.cur.ref != c.of {
			f.leaveSoon(c.at, true)
		}
	case textChanged:
		f.secrets.add(c.of)
	case unfocused, windowLeft:
		if f.cur != nil && f.cur.ref.bus == c.of.bus {
			f.leaveSoon(c.at, true)
		}
	case vanished:
		if f.cur != nil && f.cur.ref.bus == c.of.bus && c.of.path == "" {
			f.cur = nil
		}
	}
}

func (f *fields) vanished(ctx context.Context, c change) {
	if f.cur != nil && f.cur.ref.bus == c.of.bus && (c.of.path == "" || c.of.path == f.cur.ref.path) {
		f.leave(ctx)
	}
	delete(f.not, c.of)
	if c.of.path == "" {
		f.secrets.forget(c.of.bus)
	}
}

// leaveSoon notes a sign that the field is left. sealed tells that later
// changes are not typed.
func (f *fields) leaveSoon(at time.Duration, sealed bool) {
	if f.cur.leaving.IsZero() {
		f.cur.leftAt = at
		f.cur.leaving, f.cur.asked = time.Now().Add(leaveTime), false
	}
	f.cur.sealed = f.cur.sealed || sealed
}

func (f *fields) focused(ctx context.Context, c change) {
	if f.cur != nil && f.cur.ref != c.of && f.hasPopup(ctx, c.of) {
		return
	}
	if f.focus.ref != c.of {
		f.focus = holder{ref: c.of, since: c.when, from: c.at}
	}
	if f.cur != nil && f.cur.ref == c.of {
		if !f.cur.sealed {
			f.cur.leaving = time.Time{}
		}
		return
	}
	f.leave(ctx)
	f.enter(ctx, c.of, true)
}

// hasPopup tells whether an object that says it has the keyboard is a row of
// what the field offers, such as completions: then the field has it as well.
func (f *fields) hasPopup(ctx context.Context, row ref) bool {
	if row.bus != f.cur.bus {
		return false
	}
	st, err := f.finder.bus.statesOf(ctx, f.cur.ref)
	if err != nil || !st.has(stateFocused) {
		return false
	}
	st, err = f.finder.bus.statesOf(ctx, row)
	return err == nil && !st.has(stateEditable)
}

func (f *fields) edited(ctx context.Context, c change) {
	if f.cur == nil || f.cur.ref != c.of {
		if time.Now().Before(f.not[c.of]) || !f.affords(c.of.bus) {
			return
		}
		f.consider(ctx, c)
		if f.cur == nil || f.cur.ref != c.of {
			return
		}
	}
	cur := f.cur
	if cur.hidden {
		return
	}
	if !cur.leaving.IsZero() && c.at >= cur.leftAt && cur.emptied(c.edit) && !cur.secret {
		// It was sent off, and the program clears the field, or a completion
		// is put in its place.
		cur.sent, cur.value, cur.cleared, cur.stale = cur.value, "", true, false
		return
	}
	if time.Since(cur.sentAt) < sendTime && cur.emptied(c.edit) {
		cur.clear()
		return
	}
	f.note(ctx, c)
}

// note takes in an edit of the field that has the keyboard.
func (f *fields) note(ctx context.Context, c change) {
	cur := f.cur
	cur.cleared = false
	if !cur.sealed {
		cur.leaving = time.Time{}
		if cur.hidden = !f.takesActive(); cur.hidden {
			return
		}
	}
	cur.touched.follow(c.edit)
	if !c.edit.system && f.byHand(cur, c.at) {
		cur.changed = true
	}
	cur.changedAt = c.at
	if cur.sealed {
		cur.changedAt = min(c.at, cur.leftAt)
	}
	if cur.window.ID == 0 { // the window manager was behind when it was entered
		cur.window = f.windowOf(ctx, cur)
	}
	if cur.secret {
		return
	}
	switch {
	case !cur.known:
	case c.at > cur.readClock:
		cur.apply(c.edit)
	case !cur.applied:
		cur.hasBase = false // the first reading saw it
	}
	cur.stale = true
}

// byHand tells whether an edit can be somebody's doing. The click that gave a
// field the keyboard is none that edits it, but where it comes back to a field
// from the menu that pastes.
func (f *fields) byHand(cur *field, at time.Duration) bool {
	const reach, lag = time.Second, 100 * time.Millisecond
	if !f.keys {
		return true
	}
	pressed := f.key >= at-reach && f.key >= cur.from-lag
	return pressed || f.button >= at-reach && (f.button > cur.from || cur.again)
}

// consider looks whether an object whose text changed is the field that has
// the keyboard: the change of focus can be from before the recording.
func (f *fields) consider(ctx context.Context, c change) {
	old := f.cur
	f.enter(ctx, c.of, false)
	if f.cur == old {
		return
	}
	if old != nil {
		entered := f.cur
		f.cur = old
		f.leave(ctx)
		f.cur = entered
	}
}

// affords tells whether another object of a program may be looked at. One that
// changes text everywhere must not keep the fields of others waiting.
func (f *fields) affords(program string) bool {
	const each, span = 10, 500 * time.Millisecond
	l := f.looked[program]
	if time.Since(l.since) > span {
		if len(f.looked) > 1000 {
			clear(f.looked)
		}
		l = looks{since: time.Now()}
	}
	l.n++
	f.looked[program] = l
	return l.n <= each
}

// no notes that an object is no field, or none that has the keyboard.
func (f *fields) no(r ref, until time.Duration) {
	if len(f.not) > 1000 {
		clear(f.not)
	}
	f.not[r] = time.Now().Add(until)
}

// timeUp tells what the field holds, as it seems to be left. One that has the
// keyboard still, as Enter leaves some, is kept. What its program did until it
// answered that comes before the answer, so it is taken in first.
func (f *fields) timeUp(ctx context.Context) {
	cur := f.cur
	if !cur.asked {
		st, err := f.finder.bus.statesOf(ctx, cur.ref)
		cur.asked, cur.stays = true, err == nil && st.has(stateFocused) && !st.has(stateDefunct)
		if cur.stays {
			cur.leaving = time.Now().Add(answerTime)
			return
		}
	}
	f.leave(ctx)
	if !cur.stays {
		return
	}
	f.cur = cur
	if cur.cleared {
		cur.value = ""
	}
	cur.base, cur.hasBase, cur.cleared = cur.value, cur.known && !cur.secret, false
	cur.changed, cur.sealed, cur.leaving, cur.sentAt = false, false, time.Time{}, time.Now()
	cur.touched, cur.applied = span{}, false
}

// leave tells what the field holds, if that was changed, and lets go of it.
func (f *fields) leave(ctx context.Context) {
	cur := f.cur
	if cur == nil {
		return
	}
	f.cur, f.previous = nil, cur.ref
	if cur.hidden || !cur.changed {
		return
	}
	f.last(ctx, cur)
	if cur.cleared {
		cur.value = cur.sent
	}
	if !cur.secret && cur.hasBase && cur.known && cur.value == cur.base && cur.omitted == 0 {
		return
	}
	if cur.window.ID == 0 {
		cur.window = f.windowOf(ctx, cur)
	}
	if !f.takes(ctx, cur) {
		return
	}
	t := text{Text: capture.Text{Element: cur.element, Window: cur.window}, from: cur.from, at: cur.changedAt, left: cur.leftAt}
	if cur.leaving.IsZero() {
		t.left = f.opts.Clock.Now()
	}
	t.Secret = cur.secret || !cur.known || cur.value != "" && !cur.plain || masked(cur.value)
	if t.Secret {
		f.secrets.add(cur.ref)
	} else {
		t.Value, t.Omitted = cur.value, int64(cur.omitted)
		f.secrets.fill(cur.ref, stay{cur.from, f.opts.Clock.Now()})
	}
	f.out <- t
}

// last reads a field for the last time, and judges whether it may be told.
func (f *fields) last(ctx context.Context, cur *field) {
	if !f.opts.Clock.Ran(cur.since, time.Now()) || f.opts.Clock.Void(cur.from, f.opts.Clock.Now()) || f.secrets.has(cur.ref) {
		cur.secret = true
	}
	if cur.element.Name == "" && cur.element.Label == "" { // it was asked too soon
		again := *cur
		if f.identify(ctx, &again); again.element.Label != "" || again.element.Name != "" {
			cur.element, cur.programs = again.element, again.programs
		}
		cur.secret = cur.secret || again.secret || isSecretName(cur.element.Name, cur.element.Label, cur.element.Description)
	}
	if cur.secret {
		f.secrets.add(cur.ref)
		return
	}
	kind := role(f.finder.bus.ask(ctx, cur.ref, accessible+"GetRoleName"), f.finder.bus.ask(ctx, cur.ref, accessible+"GetRole"))
	if kind == rolePassword {
		cur.secret = true
		return
	}
	if cur.stale && !cur.cleared {
		f.cur = cur
		f.read(ctx)
		f.cur = nil
	}
}

// tell emits a text with its picture, unless it was taken off the record
// meanwhile.
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
	clock := f.opts.Clock
	if clock.Void(t.at, t.at) {
		return
	}
	if clock.Void(t.from, t.at) {
		t.Secret, t.Value, t.Omitted = true, "", 0
	}
	f.emit(capture.Event{At: t.at, Fact: t.Text})
}
