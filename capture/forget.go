package capture

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// OffTheRecord is the reason of the gap that stands where a part of a recording
// was removed.
const OffTheRecord = "off the record"

// rewriting asks the writer to apply what was taken off the record to the
// stored events.
type rewriting struct {
	ctx  context.Context
	done chan error // has room for the answer
}

// forget takes the last d off the record. The clock stands.
func (r *run) forget(ctx context.Context, d time.Duration) error {
	from, to := r.clock.Forget(d)
	if err := r.askRewrite(ctx); err != nil {
		return fmt.Errorf("take off the record: %w", err)
	}
	r.put(Event{At: from, Fact: Gap{Length: to - from, Reason: OffTheRecord}})
	return nil
}

// dismiss removes the gestures of the last d.
func (r *run) dismiss(ctx context.Context, d time.Duration) error {
	now := r.clock.Now()
	r.mu.Lock()
	r.dismissed = append(r.dismissed, span{max(0, now-d), now})
	r.mu.Unlock()
	return r.askRewrite(ctx)
}

// askRewrite makes the writer apply to the store what was removed since.
func (r *run) askRewrite(ctx context.Context) error {
	w := rewriting{ctx: ctx, done: make(chan error, 1)}
	select {
	case r.rewrites <- w:
	case <-r.writerDone:
		return ErrNotRecording
	case <-ctx.Done():
		return ctx.Err()
	}
	return <-w.done
}

// rewrite removes from the store what was taken off the record.
func (r *run) rewrite(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storingLimit)
	defer cancel()
	return r.journal.Rewrite(ctx, r.keep)
}

func (r *run) onRecord(batch []Event) []Event {
	kept := batch[:0]
	for _, e := range batch {
		if e, ok := r.keep(e); ok {
			kept = append(kept, e)
		}
	}
	return kept
}

// keep is what of an event is recorded, and whether anything is.
func (r *run) keep(e Event) (Event, bool) {
	switch e.Fact.(type) {
	case Click, Drag, Scroll, Chord, Focus:
		r.mu.Lock()
		gone := slices.ContainsFunc(r.dismissed, func(s span) bool { return s.touches(e.At, e.At) })
		r.mu.Unlock()
		if gone {
			return e, false
		}
	}
	return onRecord(r.clock, e)
}

// onRecord is what of an event stays when parts of the clock are void, and
// whether anything does.
func onRecord(c *Clock, e Event) (Event, bool) {
	switch f := e.Fact.(type) {
	case Gap:
		return e, true // says that something is missing, and not what it was
	case Pause:
		return e, true
	case Command:
		if c.Void(e.At, e.At) {
			return e, false
		}
		end := e.At + f.Length
		if f.Exit == nil && !f.Inferred {
			end = c.Now() // it still runs
		}
		if c.Void(e.At, end) {
			// What it printed cannot be told apart by time.
			f.Output, f.Omitted = "", f.Omitted+int64(len(f.Output))
			e.Fact = f
		}
		return e, true
	case Audio:
		return e, !c.Void(e.At, e.At+f.Length)
	case Cast:
		return e, !c.Void(e.At, e.At+f.Length)
	case Scroll:
		return e, !c.Void(e.At, e.At+f.Length)
	}
	return e, !c.Void(e.At, e.At)
}
