package terminal

import (
	"time"

	"github.com/runreel/runreel/capture"
)

// timeline converts times of other processes to the session clock. Clock.At
// cannot: it does not know about pauses that are over, and those times come
// late and without a monotonic reading.
//
// observe is called often. Of a pause that begins and ends between two calls it
// is known only that it lies between them: all that time counts as paused.
type timeline struct {
	clock  *capture.Clock
	now    func() time.Time
	start  time.Time // zero until the clock was seen running
	lost   time.Duration
	last   time.Time // of the last observation
	pauses []span    // in order
	open   bool      // the last of pauses goes on
}

// span is a pause in real time. lost is the length of all pauses up to its
// end.
type span struct {
	from, to time.Time
	lost     time.Duration
}

// observe notes what the clock does now.
func (t *timeline) observe() {
	now := t.now()
	at := t.clock.At(now)
	running := t.clock.Running()
	if t.start.IsZero() {
		if !running {
			return
		}
		t.start = now.Add(-at)
	}
	lost := now.Sub(t.start) - at
	switch {
	case !running && !t.open:
		// The clock stands at the time at which the pause began.
		t.pauses = append(t.pauses, span{from: t.start.Add(at + t.lost), to: now, lost: lost})
		t.open = true
	case !running:
		t.pauses[len(t.pauses)-1].to = now
		t.pauses[len(t.pauses)-1].lost = lost
	case t.open:
		p := &t.pauses[len(t.pauses)-1]
		p.to, p.lost = p.from.Add(lost-t.lost), lost
		t.open, t.lost = false, lost
	case lost-t.lost > time.Millisecond:
		t.pauses = append(t.pauses, span{from: t.last, to: now, lost: lost})
		t.lost = lost
	}
	t.last = now
}

// local gives a wall clock time of another process a monotonic reading, so
// that setting the clock later does not move it.
func (t *timeline) local(wall time.Time) time.Time {
	now := t.now()
	return now.Add(wall.Round(0).Sub(now.Round(0)))
}

// within gives how much of the span of a length from a local time the clock ran,
// and whether it stood in between.
func (t *timeline) within(from time.Time, length time.Duration) (ran time.Duration, stood bool) {
	to := from.Add(length)
	ran = length
	for i, p := range t.pauses {
		end := p.to
		if t.open && i == len(t.pauses)-1 {
			end = to
		}
		if both := earlier(to, end).Sub(later(from, p.from)); both > 0 {
			ran, stood = ran-both, true
		}
	}
	return max(0, ran), stood
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// at converts a local time. It is false for a time before the recording or
// within a pause.
func (t *timeline) at(when time.Time) (time.Duration, bool) {
	if t.start.IsZero() || when.Before(t.start) {
		return 0, false
	}
	var lost time.Duration
	for i, p := range t.pauses {
		if when.Before(p.from) {
			break
		}
		if when.Before(p.to) || (t.open && i == len(t.pauses)-1) {
			return 0, false
		}
		lost = p.lost
	}
	return when.Sub(t.start) - lost, true
}
