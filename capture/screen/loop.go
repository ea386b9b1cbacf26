package screen

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/runreel/runreel/capture"
)

const (
	drawTime   = 12 * time.Millisecond  // from the first drawing to the grab: programs draw in several steps
	minGap     = 30 * time.Millisecond  // between grabs
	meanGap    = 100 * time.Millisecond // between grabs, while things go on changing
	burst      = 3                      // grabs that need not keep meanGap
	pausePoll  = 40 * time.Millisecond  // for the end of a pause
	idlePoll   = 500 * time.Millisecond // for a pause that began while nothing was drawn
	maskPoll   = time.Second            // for what is painted over and may be seen by now
	settleTime = 400 * time.Millisecond // without a change until a picture is stored
	longChange = 3 * time.Second        // of change until a picture is stored
	retryGap   = 150 * time.Millisecond // after a grab that failed
	retryMost  = time.Second            // what that grows to
	patience   = time.Second            // of failures that pass by themselves until they are told
)

// loop grabs pictures when something was drawn. It runs in one goroutine.
type loop struct {
	s   *Source
	dev device

	rings   []*ring
	dirty   bool      // something was drawn since the last grab
	all     bool      // the next grab reads everything
	woke    time.Time // when dirty became true
	grabbed time.Time
	tokens  float64 // grabs that need not wait, as in a token bucket

	retry   time.Duration // until the next try after a failure; 0 where there was none
	failing time.Time     // when the first of the failures in a row was
	skew    time.Duration // of the session clock: it grows with each pause
	began   time.Time
}

func newLoop(s *Source, dev device) *loop {
	return &loop{s: s, dev: dev, dirty: true, all: true, tokens: burst, began: time.Now(), skew: -s.opt.Clock.Now()}
}

// run grabs until ctx ends (then it returns nil) or the display fails.
func (l *loop) run(ctx context.Context) error {
	l.adopt()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-l.dev.gone():
			return ErrServerGone
		case <-l.s.fault:
			return nil // close reports the failed save
		case <-l.dev.wake():
			if !l.dirty {
				l.dirty, l.woke = true, time.Now()
			}
		case <-timer.C:
		}
		wait, err := l.step(time.Now())
		if err != nil {
			return err
		}
		timer.Reset(max(wait, time.Millisecond))
	}
}

// adopt takes over the displays of the device, to be read whole.
func (l *loop) adopt() {
	l.adapt()
	l.all, l.dirty = true, true
}

// adapt takes over places and sizes. Pictures of before stay for those who ask
// for them late.
func (l *loop) adapt() {
	displays := l.dev.displays()
	l.s.mu.Lock()
	defer l.s.mu.Unlock()
	rings := make([]*ring, len(displays))
	for i, d := range displays {
		if i < len(l.s.rings) {
			rings[i] = l.s.rings[i]
			rings[i].adapt(d)
			continue
		}
		rings[i] = newRing(d, l.dev.layout())
		rings[i].apart = l.s.opt.Apart
	}
	l.s.rings, l.rings = rings, rings
}

// step does what is due, and returns how long until something may be due
// again.
func (l *loop) step(now time.Time) (time.Duration, error) {
	clock := l.s.opt.Clock
	if !clock.Running() {
		l.paused()
		return pausePoll, nil
	}
	if skew := now.Sub(l.began) - clock.At(now); skew-l.skew > pausePoll/4 {
		l.paused()
		l.skew = skew
	}
	masked := slices.ContainsFunc(l.rings, func(r *ring) bool { return len(r.masks) > 0 })
	if masked && now.Sub(l.grabbed) >= maskPoll {
		l.dirty = true
	}
	if l.dirty {
		if wait := l.due(now); wait > 0 {
			return min(wait, l.storeDue(now)), nil
		}
		if err := l.grab(now); err != nil {
			return 0, err
		}
	}
	wait := min(idlePoll, l.storeDue(now))
	if l.dirty {
		wait = min(wait, l.due(now))
	}
	return wait, nil
}

// paused notes that the clock stood: what is on the screen is to be read anew,
// and what was taken off the record is dropped.
func (l *loop) paused() {
	l.all, l.dirty = true, true
	clock := l.s.opt.Clock
	void := func(at time.Duration) bool { return clock.Void(at, at) }
	l.s.mu.Lock()
	defer l.s.mu.Unlock()
	for i, r := range l.rings {
		if slices.ContainsFunc(slices.Concat(r.frames, r.held), func(f *frame) bool { return void(f.at) }) ||
			slices.ContainsFunc(r.stored, func(st storedFrame) bool { return void(st.at) }) {
			r.forget(void)
			r.pending = r.pending && len(r.frames) > 0
			clear(l.dev.pixels(i))
		}
	}
}

// due returns how long the next grab has to wait, and takes note of the time
// that passed.
func (l *loop) due(now time.Time) time.Duration {
	since := now.Sub(l.grabbed)
	if l.retry > 0 {
		return l.retry - since
	}
	wait := max(l.woke.Add(drawTime).Sub(now), minGap-since)
	if have := l.tokens + float64(since)/float64(meanGap); have < 1 {
		wait = max(wait, time.Duration((1-have)*float64(meanGap)))
	}
	return wait
}

// grab reads what was drawn, and keeps the pictures that differ.
func (l *loop) grab(now time.Time) error {
	l.tokens = min(burst, l.tokens+float64(now.Sub(l.grabbed))/float64(meanGap)) - 1
	l.grabbed, l.dirty = now, false
	clock := l.s.opt.Clock
	at := clock.Now()
	read, masks, err := l.read()
	if err != nil {
		return l.recover(err, now)
	}
	l.retry = 0
	l.s.told(nil)
	if !slices.EqualFunc(l.rings, l.dev.displays(), func(r *ring, d Display) bool { return r.display.Bounds == d.Bounds }) {
		l.adapt() // the recorded window moved
	}
	for i, r := range l.rings {
		r.unseen = r.unseen.union(read[i])
		l.paint(r, l.dev.pixels(i), masks)
	}
	if !clock.Running() || clock.Void(at, at) {
		// The pause may have begun before the pixels were read.
		l.all, l.dirty = true, true
		return nil
	}
	l.all = false
	for i, r := range l.rings {
		if !r.unseen.empty() {
			l.keep(r, l.dev.pixels(i), at, now)
		}
	}
	return nil
}

// read reads what was drawn, and what was painted over the last time.
func (l *loop) read() (read []rows, masks []capture.Rect, err error) {
	var more []rows
	if !l.all {
		more = make([]rows, len(l.rings))
		for i, r := range l.rings {
			more[i] = rowsUnder(r.masks)
		}
	}
	watch := time.AfterFunc(hangLimit, func() { l.s.told(fmt.Errorf("%w: no reply within %v", ErrServerGone, hangLimit)) })
	defer watch.Stop()
	grab := func() { read, err = l.dev.refresh(more) }
	if l.s.opt.Hide == nil {
		grab()
		return read, nil, err
	}
	masks, ok := l.s.opt.Hide(grab)
	if err == nil && !ok {
		err = ErrUntold
	}
	return read, masks, err
}

// paint paints over what must not be seen.
func (l *loop) paint(r *ring, pix []byte, masks []capture.Rect) {
	r.masks = masksIn(r.display.Bounds, masks)
	r.unseen = r.unseen.union(rowsUnder(r.masks))
	stride := r.display.Bounds.W * 4
	for _, m := range r.masks {
		for y := m.Y; y < m.Y+m.H; y++ {
			part := pix[y*stride+m.X*4:][:m.W*4]
			for i := range part {
				part[i] = maskGrey
			}
		}
	}
}

// keep makes the device's pixels the newest picture where they differ from it.
func (l *loop) keep(r *ring, pix []byte, at time.Duration, now time.Time) {
	l.s.mu.Lock()
	newest := r.newest()
	l.s.mu.Unlock()
	if !r.differs(newest, pix) {
		r.unseen = rows{}
		return
	}
	l.s.mu.Lock()
	f := r.take()
	others := slices.Concat(r.frames, r.free, r.held)
	l.s.mu.Unlock()
	if f == nil {
		l.dirty = true // storing is behind: look again
		return
	}
	r.fill(f, pix)
	for _, o := range others {
		o.stale = o.stale.union(r.unseen)
	}
	r.unseen = rows{}
	f.at = at
	l.s.mu.Lock()
	r.push(f)
	l.s.mu.Unlock()
	r.changed = now
	if !r.pending {
		r.pending, r.since = true, now
	}
}

// recover deals with a grab that failed. Only the loss of the server ends the
// loop: displays and windows come back.
func (l *loop) recover(err error, now time.Time) error {
	if l.retry == 0 {
		l.failing = now
	}
	l.retry = min(max(retryGap, l.retry*3/2), retryMost)
	l.all, l.dirty = true, true
	switch {
	case errors.Is(err, errMoving):
		l.retry = minGap
		return nil
	case errors.Is(err, errResized):
		if err = l.dev.rebuild(); err == nil {
			l.adopt()
			if now.Sub(l.failing) < patience {
				l.retry = minGap
				return nil
			}
			err = errResized
		}
	}
	switch {
	case errors.Is(err, ErrWindowHidden), errors.Is(err, ErrNoDisplay):
		l.s.told(err)
	case errors.Is(err, ErrUntold), errors.Is(err, errResized):
		if now.Sub(l.failing) >= patience {
			l.s.told(err)
		}
	default:
		return err
	}
	return nil
}

// storeDue stores or holds the newest pictures that are due, and returns how
// long until one may be due.
func (l *loop) storeDue(now time.Time) time.Duration {
	next := never
	l.s.mu.Lock()
	defer l.s.mu.Unlock()
	for _, r := range l.rings {
		if r.pending {
			wait := min(r.changed.Add(settleTime).Sub(now), r.since.Add(longChange).Sub(now))
			if first := !r.any && len(r.stored) == 0; wait > 0 && !first {
				next = min(next, wait)
			} else {
				l.s.rested(r, r.newest())
				r.pending = false
			}
		}
		next = min(next, l.s.storeHeld(r))
	}
	return next
}

const never = time.Duration(1<<63 - 1)
