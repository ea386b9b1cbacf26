package capture

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	queueLen     = 1024                   // events between the sources and the writer
	batchLen     = 256                    // events in one Append at most
	commitEvery  = 200 * time.Millisecond // an event waits no longer for its Append
	probeLimit   = 5 * time.Second
	drainLimit   = 15 * time.Second // for sources to hand over what they hold
	storingLimit = 30 * time.Second // for the last Append and Finish
)

// run is one recording from its first event to its last.
//
// Drain order, on Stop: the clock stands; the sources are told to end, hand
// over what they hold and return; the writer empties the queue; gaps of failed
// sources are written; the journal is finished.
type run struct {
	session Session
	journal Journal
	clock   *Clock
	log     *slog.Logger
	changed func()

	queue      chan Event
	rewrites   chan rewriting
	held       string             // why the clock stands at the end; set before drain
	cancel     context.CancelFunc // tells the sources to end
	sources    sync.WaitGroup
	drained    chan struct{} // closed when no source will emit any more
	writerDone chan struct{}
	writeErr   error // valid after writerDone
	ended      chan struct{}
	err        error // how it ended, valid after ended

	mu       sync.Mutex
	seq      int64
	clicks   int
	commands int
	frames   int
	failures []Failure
	// dismissed are spans whose gestures were made with the recorder itself.
	dismissed []span
}

func newRun(s Session, j Journal, c *Clock, log *slog.Logger) *run {
	return &run{
		session: s, journal: j, clock: c, log: log,
		queue:      make(chan Event, queueLen),
		rewrites:   make(chan rewriting),
		drained:    make(chan struct{}),
		writerDone: make(chan struct{}),
		ended:      make(chan struct{}),
	}
}

// probe returns the sources that can run, and notes why the others cannot.
func (r *run) probe(ctx context.Context, all []Source) []Source {
	errs := make([]error, len(all))
	var wg sync.WaitGroup
	for i, s := range all {
		wg.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, probeLimit)
			defer cancel()
			errs[i] = s.Probe(ctx)
		})
	}
	wg.Wait()
	var able []Source
	for i, s := range all {
		if errs[i] != nil {
			r.failed(s.Name(), errs[i])
			continue
		}
		able = append(able, s)
	}
	return able
}

// begin starts the clock, the writer and the sources.
func (r *run) begin(sources []Source) {
	ctx, cancel := context.WithCancel(context.Background())
	r.cancel = cancel
	go r.write()
	r.clock.Start()
	for _, s := range sources {
		r.sources.Go(func() {
			if err := s.Run(ctx, r.emit); err != nil && ctx.Err() == nil {
				r.failed(s.Name(), err)
				r.changed()
			}
		})
	}
}

func (r *run) failed(source string, err error) {
	r.log.Warn("source failed", "source", source, "err", err)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failures = append(r.failures, Failure{Source: source, At: r.clock.Now(), Err: err})
}

// emit is what sources get. While the clock stands, events of that very moment
// were captured after it stopped, and are dropped.
func (r *run) emit(e Event) {
	if !r.clock.Running() && e.At >= r.clock.Now() {
		return
	}
	r.put(e)
}

// put queues an event, and gives up only when the writer has ended.
func (r *run) put(e Event) {
	select {
	case r.queue <- e:
	case <-r.writerDone:
	}
}

func (r *run) resume(reason string) {
	at := r.clock.Now()
	r.put(Event{At: at, Fact: Pause{Length: r.clock.Resume(), Reason: reason}})
}

func (r *run) pausedFor(s state) {
	if p, ok := s.(paused); ok {
		r.held = p.first
	}
}

// write is the one writer. It gathers what arrives within commitEvery into one
// Append.
func (r *run) write() {
	defer close(r.writerDone)
	var batch []Event
	timer := time.NewTimer(commitEvery)
	timer.Stop()
	for {
		select {
		case e := <-r.queue:
			if len(batch) == 0 {
				timer.Reset(commitEvery)
			}
			if batch = append(batch, e); len(batch) < batchLen {
				continue
			}
			timer.Stop()
		case <-timer.C:
		case w := <-r.rewrites:
			w.done <- r.rewrite(w.ctx)
			continue
		case <-r.drained:
			r.writeErr = r.append(append(batch, r.rest()...))
			return
		}
		if r.writeErr = r.append(batch); r.writeErr != nil {
			return
		}
		batch = nil
	}
}

// rest empties the queue after the last source ended.
func (r *run) rest() []Event {
	var events []Event
	for {
		select {
		case e := <-r.queue:
			events = append(events, e)
		default:
			return events
		}
	}
}

// append numbers events, stores and counts them, without what was taken off the
// record since they were queued.
func (r *run) append(batch []Event) error {
	if batch = r.onRecord(batch); len(batch) == 0 {
		return nil
	}
	r.mu.Lock()
	for i := range batch {
		r.seq++
		batch[i].Seq = r.seq
	}
	r.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), storingLimit)
	defer cancel()
	if err := r.journal.Append(ctx, batch); err != nil {
		return fmt.Errorf("store events: %w", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range batch {
		switch e.Fact.(type) {
		case Click:
			r.clicks++
		case Command:
			r.commands++
		case Frame:
			r.frames++
		}
	}
	return nil
}

// drain ends the sources and the writer. Sources that do not return within
// drainLimit are left behind: what they emit later is dropped.
func (r *run) drain() {
	end := r.clock.Now()
	paused := !r.clock.Running()
	r.clock.Pause()
	r.session.Length = end
	r.cancel()
	returned := make(chan struct{})
	go func() {
		r.sources.Wait()
		close(returned)
	}()
	select {
	case <-returned:
	case <-time.After(drainLimit):
		r.log.Error("sources did not end", "session", r.session.ID, "limit", drainLimit)
	}
	if paused {
		r.put(Event{At: end, Fact: Pause{Reason: r.held}})
	}
	for _, f := range r.lastFailures() {
		r.put(Event{At: f.At, Fact: Gap{Source: f.Source, Length: end - f.At, Reason: f.Err.Error()}})
	}
	close(r.drained)
	<-r.writerDone
}

func (r *run) lastFailures() []Failure {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.failures)
}

// finish keeps the recording. A store that failed is still asked to close the
// session with what it has.
func (r *run) finish(ctx context.Context) error {
	r.drain()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storingLimit)
	defer cancel()
	r.session.State = SessionFinished
	if err := r.journal.Finish(ctx, r.session); err != nil {
		err = fmt.Errorf("finish session: %w", err)
		if r.writeErr == nil {
			return err
		}
		r.log.Error("finish after a failed write", "session", r.session.ID, "err", err)
	}
	return r.writeErr
}

// discard removes the recording.
func (r *run) discard(ctx context.Context) error {
	r.drain()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storingLimit)
	defer cancel()
	if err := r.journal.Discard(ctx); err != nil {
		return fmt.Errorf("discard session: %w", err)
	}
	return nil
}

func (r *run) fill(st *Status) {
	st.Session, st.Elapsed = r.session.ID, r.clock.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	st.Clicks, st.Commands, st.Frames = r.clicks, r.commands, r.frames
	st.Failures = slices.Clone(r.failures)
}

func (r *run) reasons() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var s []string
	for _, f := range r.failures {
		s = append(s, f.Source+": "+f.Err.Error())
	}
	return strings.Join(s, "; ")
}
