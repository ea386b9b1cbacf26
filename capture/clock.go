package capture

import (
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
}

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
	d := c.now().Sub(c.paused)
	c.lost += d
	c.paused = time.Time{}
	return d
}
