package screen

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

const (
	drawTime   = 12 * time.Millisecond  // from the first drawing to the grab: programs draw in several steps
	minGap     = 30 * time.Millisecond  // between grabs
	meanGap    = 100 * time.Millisecond // between grabs, while things go on changing
	burst      = 3                      // grabs that need not keep meanGap
	pausePoll  = 40 * time.Millisecond  // for the end of a pause when something was drawn in it
	settleTime = 400 * time.Millisecond // without a change until a picture is stored
	longChange = 3 * time.Second        // of change until a picture is stored
	retryGap   = 150 * time.Millisecond // after the geometry changed under a grab
	retries    = 20
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
	failed  int     // grabs that failed in a row
}

func newLoop(s *Source, dev device) *loop {
	return &loop{s: s, dev: dev, dirty: true, all: true, tokens: burst}
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
		if wait > 0 {
			timer.Reset(wait)
		} else {
			timer.Stop()
		}
	}
}

// adopt takes over the displays of the device.
func (l *loop) adopt() {
	l.rings = nil
	for _, d := range l.dev.displays() {
		l.rings = append(l.rings, newRing(d, l.dev.layout()))
	}
	l.s.mu.Lock()
	defer l.s.mu.Unlock()
	for i, r := range l.rings {
		if i < len(l.s.rings) {
			r.stored = l.s.rings[i].stored
		}
	}
	l.s.rings = l.rings
	l.all, l.dirty = true, true
}

// step does what is due, and returns how long until something may be due
// again; 0 means until the device wakes.
func (l *loop) step(now time.Time) (time.Duration, error) {
	if !l.s.opt.Clock.Running() {
		if l.dirty || slices.ContainsFunc(l.rings, func(r *ring) bool { return r.pending }) {
			return pausePoll, nil
		}
		return 0, nil
	}
	if l.dirty {
		if wait := l.due(now); wait > 0 {
			return min(wait, l.storeDue(now)), nil
		}
		if err := l.grab(now); err != nil {
			return 0, err
		}
	}
	wait := l.storeDue(now)
	if l.dirty {
		wait = min(wait, l.due(now))
	}
	if wait == never {
		return 0, nil
	}
	return max(wait, time.Millisecond), nil
}

const never = time.Duration(1<<63 - 1)

// due returns how long the next grab has to wait, and takes note of the time
// that passed.
func (l *loop) due(now time.Time) time.Duration {
	if l.failed > 0 {
		return l.grabbed.Add(retryGap).Sub(now)
	}
	wait := l.woke.Add(drawTime).Sub(now)
	since := now.Sub(l.grabbed)
	wait = max(wait, minGap-since)
	if have := l.tokens + float64(since)/float64(meanGap); have < 1 {
		wait = max(wait, time.Duration((1-have)*float64(meanGap)))
	}
	return wait
}

// grab reads what was drawn, and keeps the pictures that differ.
func (l *loop) grab(now time.Time) error {
	l.tokens = min(burst, l.tokens+float64(now.Sub(l.grabbed))/float64(meanGap)) - 1
	l.grabbed = now
	l.dirty = false
	clock := l.s.opt.Clock
	at := clock.Now()
	read, err := l.dev.refresh(l.all)
	if err != nil {
		return l.recover(err)
	}
	l.failed = 0
	for i, r := range l.rings {
		r.unseen = r.unseen.union(read[i])
	}
	if !clock.Running() {
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
	others := slices.Concat(r.frames, r.free)
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
	f.own = nil
	if l.s.opt.Own != nil {
		f.own = slices.Clone(l.s.opt.Own())
	}
	l.s.mu.Lock()
	r.push(f)
	l.s.mu.Unlock()
	r.changed = now
	if !r.pending {
		r.pending, r.since = true, now
	}
}

// recover makes the device anew after its geometry changed.
func (l *loop) recover(err error) error {
	if !errors.Is(err, errResized) {
		return err
	}
	l.failed++
	if l.failed > retries {
		return fmt.Errorf("displays do not settle: %w", err)
	}
	l.all, l.dirty = true, true
	if err := l.dev.rebuild(); err != nil {
		if errors.Is(err, ErrServerGone) {
			return err
		}
		l.s.log.Warn("displays changed", "err", err)
		return nil
	}
	l.adopt()
	return nil
}

// storeDue stores the newest pictures that are due, and returns how long until
// one may be due.
func (l *loop) storeDue(now time.Time) time.Duration {
	next := never
	for _, r := range l.rings {
		if !r.pending {
			continue
		}
		wait := min(r.changed.Add(settleTime).Sub(now), r.since.Add(longChange).Sub(now))
		l.s.mu.Lock()
		first := !r.any && len(r.stored) == 0
		if wait <= 0 || first {
			l.s.startSave(r, r.newest())
			r.pending = false
			wait = never
		}
		l.s.mu.Unlock()
		next = min(next, wait)
	}
	return next
}
