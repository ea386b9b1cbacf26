package capture

import (
	"slices"
	"sync"
	"time"
)

// Clock is the session clock: the real time since the recording began, with
// pauses taken out. It is monotonic and safe for concurrent use. Events are
// stamped with it at capture; nothing later in the program asks for the time.
type Clock struct {
	now func() time.Time

	mu      sync.Mutex
	started time.Time // zero before Start
	lost    time.Duration
	paused  time.Time // zero while it runs
	pauses  []pause   // that ended
	void    []span
}

// pause is when the clock stood, in real time.
type pause struct{ from, to time.Time }

// span is a part of the session clock, both ends included.
type span struct{ from, to time.Duration }

func (s span) touches(from, to time.Duration) bool { return from <= s.to && to >= s.from }

// NewClock returns a clock that stands at zero until Start. now is time.Now
// outside tests; what it returns must carry a monotonic reading.
func NewClock(now func() time.Time) *Clock { return &Clock{now: now} }

// Start sets the clock going.
func (c *Clock) Start() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.started = c.now()
}

// Now is the time on the session clock.
func (c *Clock) Now() time.Duration { return c.At(c.now()) }

// At converts a time of the same process to the session clock. Times before
// the start give zero, and times within the current pause its beginning. A
// time before an earlier pause's end comes out too early by that pause, so
// convert promptly.
func (c *Clock) At(t time.Time) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.started.IsZero() {
		return 0
	}
	if !c.paused.IsZero() && t.After(c.paused) {
		t = c.paused
	}
	return max(0, t.Sub(c.started)-c.lost)
}

// Running tells whether the clock advances: started and not paused. A source
// keeps nothing that it captured while this is false.
func (c *Clock) Running() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return !c.started.IsZero() && c.paused.IsZero()
}

// Pause stops the clock. Pausing a paused clock changes nothing.
func (c *Clock) Pause() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.started.IsZero() && c.paused.IsZero() {
		c.paused = c.now()
	}
}

// Resume sets a paused clock going again and returns the real length of the
// pause.
func (c *Clock) Resume() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.paused.IsZero() {
		return 0
	}
	now := c.now()
	d := now.Sub(c.paused)
	c.lost += d
	c.pauses = append(c.pauses, pause{c.paused, now})
	c.paused = time.Time{}
	return d
}

// Ran tells whether the clock ran at two times of the same process and all the
// time between them. Unlike Running it also judges what is read after it
// happened.
func (c *Clock) Ran(from, to time.Time) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.started.IsZero() || from.Before(c.started) || !c.paused.IsZero() && to.After(c.paused) {
		return false
	}
	for _, p := range slices.Backward(c.pauses) {
		if from.After(p.to) {
			return true
		}
		if to.After(p.from) {
			return false
		}
	}
	return true
}

// Forget takes the last d off the record, up to now, and returns that span.
// The clock must stand.
func (c *Clock) Forget(d time.Duration) (from, to time.Duration) {
	to = c.Now()
	from = max(0, to-d)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.void = append(c.void, span{from, to})
	return from, to
}

// Void tells whether what was captured between two times, both included, was
// taken off the record: a source must not tell it, nor keep what it took then.
func (c *Clock) Void(from, to time.Duration) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.void {
		if s.touches(from, to) {
			return true
		}
	}
	return false
}
