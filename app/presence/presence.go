package presence

import (
	"context"
	"log/slog"
	"time"
)

// Reason is why nothing may be recorded. It is a word that the log of a
// recording keeps.
type Reason string

// The reasons.
const (
	Locked Reason = "screen locked"
	Asleep Reason = "asleep"
)

// Handler is told of changes, by one goroutine. It should return within some
// hundred milliseconds: the machine waits with going to sleep meanwhile, for
// five seconds at most.
type Handler interface {
	// Away tells that a reason holds from now on. It may be told again while it
	// holds.
	Away(r Reason)
	// Back tells that the reason is over.
	Back(r Reason)
	// Slept tells how long the machine was suspended, to a tenth of a second,
	// after it woke.
	Slept(d time.Duration)
}

// Options configures Watch.
type Options struct {
	System  string       // address of the system bus; "" is the system's own
	Session string       // address of the session bus; "" is the one of the environment
	Log     *slog.Logger // nil discards
	// Suspended is the time for which the machine was suspended since it
	// started; nil asks the system.
	Suspended func() time.Duration
}

// checkEvery is how often the clocks are compared. A suspension that is noticed
// late is still told with its whole length.
const checkEvery = 2 * time.Second

// Watch tells h of every change until ctx ends, beginning with what holds
// already. Buses that are not there are left out.
func Watch(ctx context.Context, o Options, h Handler) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Suspended == nil {
		o.Suspended = suspended
	}
	w := &watcher{options: o, handler: h, slept: o.Suspended()}
	w.run(ctx)
}

// noteSleep compares the clocks.
func (w *watcher) noteSleep() {
	total := w.options.Suspended()
	// A tenth of a second is below what a suspension takes, and above what
	// reading two clocks one after the other can make out of nothing.
	if d := total - w.slept; d >= 100*time.Millisecond {
		w.slept = total
		w.handler.Slept(d)
	}
}
