package capturetest

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/runreel/runreel/capture"
)

// Collector keeps what a source emits, and checks each event when it comes: its
// time is not in the future of the session clock, its fact survives encoding,
// the media that it names is stored, and the source has not returned.
type Collector struct {
	clock *capture.Clock
	media *Media

	mu     sync.Mutex
	events []capture.Event
	faults []string
	closed bool
	grown  chan struct{} // closed and replaced at each event
}

// NewCollector returns an empty collector. media may be nil where the source
// stores none.
func NewCollector(clock *capture.Clock, media *Media) *Collector {
	return &Collector{clock: clock, media: media, grown: make(chan struct{})}
}

// Emit is a capture.Emit. It never blocks for long.
func (c *Collector) Emit(e capture.Event) {
	now := c.clock.Now()
	fault := c.check(e)
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.closed:
		c.faults = append(c.faults, fmt.Sprintf("%T emitted after Run returned", e.Fact))
	case e.At < 0 || e.At > now:
		c.faults = append(c.faults, fmt.Sprintf("%T at %v, emitted at %v", e.Fact, e.At, now))
	case fault != "":
		c.faults = append(c.faults, fault)
	}
	c.events = append(c.events, e)
	close(c.grown)
	c.grown = make(chan struct{})
}

// check returns what is wrong with the fact of e, or "".
func (c *Collector) check(e capture.Event) string {
	if e.Fact == nil {
		return "event without a fact"
	}
	b, err := capture.MarshalFact(e.Fact)
	if err != nil {
		return err.Error()
	}
	if _, err := capture.DecodeFact(e.Fact.Kind(), b); err != nil {
		return err.Error()
	}
	name := mediaOf(e.Fact)
	if name == "" || c.media == nil {
		return ""
	}
	if _, ok := c.media.Get(name); !ok {
		return fmt.Sprintf("%T names %s, which is not stored yet", e.Fact, name)
	}
	return ""
}

func mediaOf(f capture.Fact) string {
	switch f := f.(type) {
	case capture.Frame:
		return f.Media
	case capture.Audio:
		return f.Media
	case capture.Cast:
		return f.Media
	case capture.Click:
		return f.Frame.Media
	case capture.Chord:
		return f.Frame.Media
	case capture.Text:
		return f.Frame.Media
	}
	return ""
}

// Close tells that Run has returned: from now on each event is a fault.
func (c *Collector) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
}

// Events returns what came so far, in order.
func (c *Collector) Events() []capture.Event {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.events)
}

// Faults returns what was wrong so far, one sentence each.
func (c *Collector) Faults() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.faults)
}

// WaitFor returns the first event, old or new, for which match is true. Its
// error is that of ctx, with the number of events that did not match.
func (c *Collector) WaitFor(ctx context.Context, match func(capture.Event) bool) (capture.Event, error) {
	return c.WaitAfter(ctx, 0, match)
}

// WaitAfter is WaitFor without the first n events.
func (c *Collector) WaitAfter(ctx context.Context, n int, match func(capture.Event) bool) (capture.Event, error) {
	for {
		c.mu.Lock()
		events, grown := c.events, c.grown
		c.mu.Unlock()
		for ; n < len(events); n++ {
			if match(events[n]) {
				return events[n], nil
			}
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return capture.Event{}, fmt.Errorf("no such event among %d: %w", n, ctx.Err())
		}
	}
}

// Any matches each event.
func Any(capture.Event) bool { return true }

// OfKind matches events of one kind.
func OfKind(k capture.Kind) func(capture.Event) bool {
	return func(e capture.Event) bool { return e.Fact.Kind() == k }
}
