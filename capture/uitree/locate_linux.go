package uitree

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/runreel/runreel/capture"
)

const (
	restTime    = 35 * time.Millisecond  // without motion, and the pointer rests
	settleTime  = 30 * time.Millisecond  // after a change, until it is looked at
	refreshMin  = 300 * time.Millisecond // between two looks at a place where nothing happens,
	refreshMax  = 3 * time.Second        // growing to this
	lookLimit   = 700 * time.Millisecond // for one look
	keepLooks   = 16
	keepChanges = 1024
)

// look is the answer to what lay at a point at a time.
type look struct {
	point             capture.Point
	window            capture.Window
	started, finished time.Duration
	began             time.Time
	hit               hit
	err               error
}

// covers tells whether what was found is also what lies at p.
func (l look) covers(p capture.Point) bool {
	if l.err != nil {
		return false
	}
	if b := l.hit.element.Bounds; !b.Empty() && b.W*b.H < 600*200 {
		return b.Contains(p)
	}
	d := max(l.point.X-p.X, p.X-l.point.X, l.point.Y-p.Y, p.Y-l.point.Y)
	return d <= 3 // in something large, parts may lie that are not covered by the look
}

// hover knows what lies under the resting pointer.
type hover struct {
	finder finder
	clock  *capture.Clock
	scope  capture.Scope
	wake   chan struct{}

	mu      sync.Mutex
	point   capture.Point
	moved   time.Time // zero before the first motion
	changed time.Time // when the user interface last changed
	looks   []look    // newest last
	pending chan struct{}
	forgot  time.Duration // of the newest change that is not in recent any more
	recent  []change      // what appeared and went, newest last
	told    []told        // what was located, newest last
}

func newHover(f finder, o Options) *hover {
	return &hover{finder: f, clock: o.Clock, scope: o.Scope, wake: make(chan struct{}, 1)}
}

func (h *hover) move(p capture.Point) {
	h.mu.Lock()
	if p == h.point && !h.moved.IsZero() {
		h.mu.Unlock()
		return
	}
	h.point, h.moved = p, time.Now()
	h.mu.Unlock()
	h.signal()
}

func (h *hover) signal() {
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

// note takes in a change of some user interface.
func (h *hover) note(c change) {
	switch c.kind {
	case focused, unfocused, textChanged:
		return
	}
	h.mu.Lock()
	h.changed = time.Now()
	if c.kind == appeared || c.kind == removed || c.kind == vanished || c.kind == missed {
		h.recent = append(h.recent, c)
		if len(h.recent) > keepChanges {
			h.forgot = h.recent[keepChanges/2-1].at
			h.recent = slices.Delete(h.recent, 0, keepChanges/2)
		}
	}
	h.mu.Unlock()
	h.signal()
}

// run looks whenever the pointer has come to rest, or something changed while
// it rests.
func (h *hover) run(ctx context.Context) {
	var (
		last    time.Time // start of the last look
		took    time.Duration
		refresh = refreshMin
		timer   = time.NewTimer(time.Hour)
	)
	defer timer.Stop()
	for {
		h.mu.Lock()
		moved, changed := h.moved, h.changed
		h.mu.Unlock()
		var due time.Time
		switch {
		case moved.IsZero():
			due = time.Now().Add(time.Hour)
		case moved.After(last):
			due, refresh = moved.Add(restTime), refreshMin
		case changed.After(last):
			// A program that changes all the time must not be asked all the time.
			due, refresh = changed.Add(settleTime), refreshMin
			if soonest := last.Add(10 * took); due.Before(soonest) {
				due = soonest
			}
		default:
			due = last.Add(refresh)
		}
		if wait := time.Until(due); wait > 0 {
			timer.Reset(wait)
			select {
			case <-ctx.Done():
				return
			case <-h.wake:
			case <-timer.C:
			}
			continue
		}
		if !moved.After(last) && !changed.After(last) {
			refresh = min(2*refresh, refreshMax)
		}
		last = time.Now()
		h.rest(ctx)
		took = time.Since(last)
		if ctx.Err() != nil {
			return
		}
	}
}

// rest looks at the place where the pointer rests and keeps the answer.
func (h *hover) rest(ctx context.Context) {
	if !h.clock.Running() {
		return
	}
	h.mu.Lock()
	p := h.point
	done := make(chan struct{})
	h.pending = done
	h.mu.Unlock()

	l := h.look(ctx, p)

	h.mu.Lock()
	defer h.mu.Unlock()
	defer close(done)
	h.pending = nil
	if !h.clock.Ran(l.began, time.Now()) {
		return
	}
	h.looks = append(h.looks, l)
	if len(h.looks) > keepLooks {
		h.looks = slices.Delete(h.looks, 0, 1)
	}
}

func (h *hover) look(ctx context.Context, p capture.Point) look {
	l := look{point: p, started: h.clock.Now(), began: time.Now()}
	if h.finder.windows != nil {
		var over bool
		if l.window, over = h.finder.windows.At(p); !over {
			l.err, l.finished = ErrNotFound, h.clock.Now()
			return l
		}
		if !h.scope.TakesAt(l.window, p) {
			l.err, l.finished = ErrNotFound, h.clock.Now()
			return l
		}
	}
	ctx, cancel := context.WithTimeout(ctx, lookLimit)
	defer cancel()
	l.hit, l.err = h.finder.at(ctx, p, l.window)
	if l.err == nil && h.finder.windows == nil && !h.scope.TakesAt(h.finder.guess(ctx, l.hit), p) {
		l.hit, l.err = hit{}, ErrNotFound
	}
	l.finished = h.clock.Now()
	return l
}

// guess makes a window of what a program tells, to judge whether it is recorded.
func (f finder) guess(ctx context.Context, found hit) capture.Window {
	w := capture.Window{Title: found.element.Window, Program: found.element.Program}
	if n := len(found.programs); n > 0 {
		w.PID = f.bus.pid(ctx, found.programs[n-1])
	}
	return w
}

// locate returns what lay at p at the time at.
func (h *hover) locate(ctx context.Context, p capture.Point, at time.Duration) (hit, error) {
	if h.clock.Void(at, at) {
		return hit{}, ErrNotFound
	}
	var now capture.Window
	var shown time.Duration
	if w := h.finder.windows; w != nil {
		now, _ = w.At(p)
		shown = w.Shown(now.ID)
	}
	fresh := now.ID != 0 && shown > at // the click brought up what is there now

	l, ok := h.best(p, at)
	stale := ok && h.staleAt(l, at)
	same := fresh || now.ID == l.window.ID || !h.changedBetween(nil, l.started, at)
	if ok && !stale && same {
		return l.hit, nil
	}
	if l, pending := h.await(ctx, p, at); pending {
		if now.ID == l.window.ID && !h.changedBetween(l.hit.programs, at, l.finished) && !h.changedSince(l.hit, at) {
			return l.hit, nil
		}
		if !ok && fresh && l.window.ID != now.ID {
			return l.hit, nil
		}
	}
	if fresh || !h.clock.Running() {
		return hit{}, ErrNotFound
	}
	asked := h.look(ctx, p)
	if asked.err != nil {
		return hit{}, asked.err
	}
	if asked.window.ID != now.ID || h.changedSince(asked.hit, at) || !h.clock.Ran(asked.began, time.Now()) {
		return hit{}, ErrNotFound
	}
	return asked.hit, nil
}

// best returns the newest look that was finished before at and covers p.
func (h *hover) best(p capture.Point, at time.Duration) (look, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, l := range slices.Backward(h.looks) {
		if l.finished > at || h.clock.Void(l.started, l.finished) {
			continue
		}
		// An older look counts for nothing once a newer one saw the same
		// place otherwise.
		if l.covers(p) {
			return l, true
		}
		if near(l.point, p) {
			return look{}, false
		}
	}
	return look{}, false
}

// await waits for the look that is on its way, if it began before at.
func (h *hover) await(ctx context.Context, p capture.Point, at time.Duration) (look, bool) {
	h.mu.Lock()
	pending := h.pending
	h.mu.Unlock()
	if pending != nil {
		select {
		case <-pending:
		case <-ctx.Done():
			return look{}, false
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if n := len(h.looks); n > 0 {
		if l := h.looks[n-1]; l.started <= at && l.finished > at && l.covers(p) {
			return l, true
		}
	}
	return look{}, false
}

// changedBetween tells whether something appeared in one of some programs, or
// it ended, after from and up to to; nil is any program.
func (h *hover) changedBetween(programs []string, from, to time.Duration) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, c := range slices.Backward(h.recent) {
		if c.at <= from {
			return false
		}
		if c.at <= to && c.kind != removed && (programs == nil || c.kind == missed || slices.Contains(programs, c.of.bus)) {
			return true
		}
	}
	return h.forgot > from
}

// staleAt tells whether what a look found may have been another thing at at.
func (h *hover) staleAt(l look, at time.Duration) bool {
	return h.changedBetween(l.hit.programs, l.started, at) || h.partOf(l.hit, l.started, at, removed)
}

// changedSince tells whether an element, or what holds it, is there only since
// after at, or lost a part since then that may have been what is meant.
func (h *hover) changedSince(found hit, at time.Duration) bool {
	return h.partOf(found, at, 1<<62, appeared, removed)
}

// partOf tells whether one of some changes, after from and up to to, was about
// an element or what holds it.
func (h *hover) partOf(found hit, from, to time.Duration, kinds ...changeKind) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, c := range slices.Backward(h.recent) {
		if c.at <= from {
			return false
		}
		if c.at > to || c.kind != missed && !slices.Contains(kinds, c.kind) {
			continue
		}
		if c.kind == missed {
			return true
		}
		// What a part was taken from stays, but what lies at the place may
		// have been the part.
		of := c.of
		if c.kind == appeared && !c.part.none() {
			of = c.part
		}
		if slices.Contains(found.chain, of) || slices.Contains(found.chain, c.part) {
			return true
		}
	}
	return h.forgot > from
}

func near(a, b capture.Point) bool {
	return max(a.X-b.X, b.X-a.X, a.Y-b.Y, b.Y-a.Y) <= 3
}
