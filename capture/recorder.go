package capture

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"
)

// State names what a Recorder is doing.
type State string

// The states of a Recorder. Failed is left by the next Start or by Discard.
const (
	Idle      State = "idle"
	Countdown State = "countdown"
	Recording State = "recording"
	Paused    State = "paused"
	Finishing State = "finishing"
	Failed    State = "failed"
)

// Errors of a Recorder's verbs.
var (
	ErrBusy         = errors.New("a recording is already running")
	ErrNotRecording = errors.New("nothing is being recorded")
	ErrNoSource     = errors.New("no source can record")
)

// Plan is one recording to be made.
type Plan struct {
	Session   Session
	Countdown time.Duration // 0 records at once
	// Open begins the session in the store, after the countdown.
	Open func(ctx context.Context, s Session) (Journal, error)
	// Sources makes the sources. The clock has not been started yet.
	Sources func(clock *Clock, media Media) []Source
}

// Status is a snapshot of a Recorder.
type Status struct {
	State     State
	Session   string        // of the running, or of the failed recording
	Holds     []string      // in state Paused: why, beside the person's own pause
	Elapsed   time.Duration // on the session clock
	Countdown time.Duration // left, in state Countdown
	Clicks    int
	Commands  int
	Frames    int
	Failures  []Failure // sources that failed, in the order of their failing
	Err       error     // in state Failed
}

// Failure is a source that could not start, or did not last. The other sources
// go on, and the log gets a Gap for it.
type Failure struct {
	Source string
	At     time.Duration // on the session clock
	Err    error
}

// RecorderOptions configures a Recorder.
type RecorderOptions struct {
	Now     func() time.Time // nil means time.Now
	Log     *slog.Logger     // nil means none
	Changed func()           // called after each change of state, from any goroutine; may be nil
}

// Recorder runs one recording at a time. Its methods are safe for concurrent
// use.
type Recorder struct {
	now     func() time.Time
	log     *slog.Logger
	changed func()

	mu    sync.Mutex
	state state
}

// state is the one value that says what the recorder does, with what it needs
// to do it.
type state interface{ name() State }

type (
	idle      struct{}
	countdown struct {
		plan  Plan
		until time.Time
		timer *time.Timer
	}
	recording struct{ run *run }
	paused    struct {
		run   *run
		first string          // why it began
		why   map[string]bool // why it still stands; it goes on when none is left
	}
	finishing struct{ run *run }
	failed    struct {
		session string
		err     error
	}
)

func (idle) name() State       { return Idle }
func (*countdown) name() State { return Countdown }
func (recording) name() State  { return Recording }
func (paused) name() State     { return Paused }
func (finishing) name() State  { return Finishing }
func (failed) name() State     { return Failed }

// NewRecorder returns an idle recorder.
func NewRecorder(o RecorderOptions) *Recorder {
	r := &Recorder{now: o.Now, log: o.Log, changed: o.Changed, state: idle{}}
	if r.now == nil {
		r.now = time.Now
	}
	if r.log == nil {
		r.log = slog.New(slog.DiscardHandler)
	}
	if r.changed == nil {
		r.changed = func() {}
	}
	return r
}

// Start begins a recording, or its countdown. Without a countdown the sources
// run when it returns. ctx bounds the start only; the recording goes on until
// Stop or Discard.
func (r *Recorder) Start(ctx context.Context, p Plan) error {
	r.mu.Lock()
	switch r.state.(type) {
	case idle, failed:
	default:
		r.mu.Unlock()
		return ErrBusy
	}
	c := &countdown{plan: p, until: r.now().Add(p.Countdown)}
	r.state = c
	if p.Countdown > 0 {
		c.timer = time.AfterFunc(p.Countdown, func() { _ = r.begin(context.Background(), c) }) // the state tells the error
	}
	r.mu.Unlock()
	if p.Countdown > 0 {
		r.changed()
		return nil
	}
	return r.begin(ctx, c)
}

// begin opens the session and starts the sources, unless the countdown c was
// called off meanwhile.
func (r *Recorder) begin(ctx context.Context, c *countdown) error {
	defer r.changed()
	r.mu.Lock()
	off := r.state != state(c)
	r.mu.Unlock()
	if off {
		return nil
	}
	// The lock is free meanwhile: a source that is slow to answer must not
	// freeze those who ask for the status, or call the recording off.
	run, err := start(ctx, c.plan, r)

	r.mu.Lock()
	defer r.mu.Unlock()
	off = r.state != state(c)
	switch {
	case err != nil && !off:
		r.log.Error("recording did not start", "session", c.plan.Session.ID, "err", err)
		r.state = failed{session: c.plan.Session.ID, err: err}
		return err
	case err == nil && off:
		return run.discard(ctx)
	case err == nil:
		r.state = recording{run}
		go r.watch(run)
	}
	return nil
}

// watch ends the recording when the writer fails: events are never dropped in
// silence.
func (r *Recorder) watch(run *run) {
	<-run.writerDone
	if run.writeErr == nil {
		return
	}
	r.mu.Lock()
	switch r.state.(type) {
	case recording, paused:
	default: // whoever is ending the recording sees the error
		r.mu.Unlock()
		return
	}
	r.state = finishing{run}
	r.mu.Unlock()
	r.changed()
	err := run.finish(context.Background())
	r.ended(run, err)
}

// byPerson is the reason of the person's own pause.
const byPerson = ""

// Pause stops the clock. What happens until Resume is not recorded.
func (r *Recorder) Pause() error { return r.hold(byPerson) }

// Resume goes on after Pause, unless something else still holds the recording.
func (r *Recorder) Resume() error { return r.release(byPerson) }

// Hold stops the clock for a reason that is not the person's, such as a locked
// screen, until Release is called with the same reason. The reason is a word
// that the log keeps.
func (r *Recorder) Hold(reason string) error { return r.hold(reason) }

// Release ends a Hold. The recording goes on where nothing else holds it.
func (r *Recorder) Release(reason string) error { return r.release(reason) }

func (r *Recorder) hold(reason string) error {
	return r.change(func() error {
		switch s := r.state.(type) {
		case recording:
			s.run.clock.Pause()
			r.state = paused{run: s.run, first: reason, why: map[string]bool{reason: true}}
			return nil
		case paused:
			if reason == byPerson && s.why[reason] {
				return ErrNotRecording
			}
			s.why[reason] = true
			return nil
		}
		return ErrNotRecording
	})
}

func (r *Recorder) release(reason string) error {
	return r.change(func() error {
		s, ok := r.state.(paused)
		if !ok || !s.why[reason] {
			return ErrNotRecording
		}
		delete(s.why, reason)
		if len(s.why) == 0 {
			s.run.resume(s.first)
			r.state = recording{s.run}
		}
		return nil
	})
}

// change runs f under the lock, and tells of the change where there was one.
func (r *Recorder) change(f func() error) error {
	r.mu.Lock()
	err := f()
	r.mu.Unlock()
	if err == nil {
		r.changed()
	}
	return err
}

// OffTheRecord pauses and removes the last d of the recording: what was
// captured in that span goes from the store, and what sources still hold of it
// is dropped. Commands that began before and ran into it keep their line and
// lose their output. It returns when nothing of it is left on the disk; where
// that fails, the recording stays paused, and Stop would keep it.
func (r *Recorder) OffTheRecord(ctx context.Context, d time.Duration) error {
	var run *run
	err := r.change(func() error {
		switch s := r.state.(type) {
		case recording:
			s.run.clock.Pause()
			run = s.run
			r.state = paused{run: run, why: map[string]bool{byPerson: true}}
		case paused:
			run = s.run
			s.why[byPerson] = true
		default:
			return ErrNotRecording
		}
		return nil
	})
	if err != nil {
		return err
	}
	return run.forget(ctx, d)
}

// Dismiss removes the clicks, drags, scrolls, chords and window changes of the
// last d: the gesture by which the recorder itself was used, in a tray menu for
// instance, is no part of the work.
func (r *Recorder) Dismiss(ctx context.Context, d time.Duration) error {
	r.mu.Lock()
	run := current(r.state)
	_, ending := r.state.(finishing)
	r.mu.Unlock()
	if run == nil || ending {
		return ErrNotRecording
	}
	return run.dismiss(ctx, d)
}

// Missed notes that real time passed without the session clock: the machine
// slept. The pause stands where the clock is.
func (r *Recorder) Missed(d time.Duration, reason string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	run := current(r.state)
	if _, ending := r.state.(finishing); run == nil || ending {
		return ErrNotRecording
	}
	run.put(Event{At: run.clock.Now(), Fact: Pause{Length: d, Reason: reason}})
	return nil
}

// Mark marks this moment. A paused recording takes marks, too: they stand
// where the pause is.
func (r *Recorder) Mark(text string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch r.state.(type) {
	case recording, paused:
		run := current(r.state)
		run.put(Event{At: run.clock.Now(), Fact: Mark{Text: text}})
		return nil
	}
	return ErrNotRecording
}

// Stop ends the recording and keeps it. It returns the finished session when
// everything is stored: sources first hand over what they hold, then the
// writer empties its queue, then the session is closed. During a countdown it
// calls the recording off. A recording that another Stop is finishing is
// awaited.
func (r *Recorder) Stop(ctx context.Context) (Session, error) {
	r.mu.Lock()
	switch s := r.state.(type) {
	case *countdown:
		r.callOff(s)
		r.mu.Unlock()
		r.changed()
		return Session{}, ErrNotRecording
	case recording, paused:
		run := current(s)
		run.pausedFor(s)
		r.state = finishing{run}
		r.mu.Unlock()
		r.changed()
		err := run.finish(ctx)
		r.ended(run, err)
		return run.session, err
	case finishing:
		r.mu.Unlock()
		select {
		case <-s.run.ended:
			return s.run.session, s.run.err
		case <-ctx.Done():
			return Session{}, ctx.Err()
		}
	}
	r.mu.Unlock()
	return Session{}, ErrNotRecording
}

// Discard ends the recording and removes what it recorded.
func (r *Recorder) Discard(ctx context.Context) error {
	r.mu.Lock()
	switch s := r.state.(type) {
	case *countdown:
		r.callOff(s)
		r.mu.Unlock()
		r.changed()
		return nil
	case failed:
		r.state = idle{}
		r.mu.Unlock()
		r.changed()
		return nil
	case recording, paused:
		run := current(s)
		run.pausedFor(s)
		r.state = finishing{run}
		r.mu.Unlock()
		r.changed()
		err := run.discard(ctx)
		r.ended(run, err)
		return err
	}
	r.mu.Unlock()
	return ErrNotRecording
}

func (r *Recorder) callOff(c *countdown) {
	if c.timer != nil {
		c.timer.Stop()
	}
	r.state = idle{}
}

// ended leaves the finishing state.
func (r *Recorder) ended(run *run, err error) {
	run.err = err
	r.mu.Lock()
	if err != nil {
		r.log.Error("recording failed", "session", run.session.ID, "err", err)
		r.state = failed{session: run.session.ID, err: err}
	} else {
		r.state = idle{}
	}
	r.mu.Unlock()
	close(run.ended)
	r.changed()
}

// Status tells what the recorder does. It never waits for a source or the
// store, but for a start that is under way.
func (r *Recorder) Status() Status {
	r.mu.Lock()
	defer r.mu.Unlock()
	st := Status{State: r.state.name()}
	switch s := r.state.(type) {
	case *countdown:
		st.Session = s.plan.Session.ID
		st.Countdown = max(0, s.until.Sub(r.now()))
	case failed:
		st.Session, st.Err = s.session, s.err
	}
	if s, ok := r.state.(paused); ok {
		st.Holds = slices.DeleteFunc(slices.Sorted(maps.Keys(s.why)), func(why string) bool { return why == byPerson })
	}
	if run := current(r.state); run != nil {
		run.fill(&st)
	}
	return st
}

// current is the run inside a state, or nil.
func current(s state) *run {
	switch s := s.(type) {
	case recording:
		return s.run
	case paused:
		return s.run
	case finishing:
		return s.run
	}
	return nil
}

// start opens the session, probes the sources and runs those that can.
func start(ctx context.Context, p Plan, r *Recorder) (*run, error) {
	j, err := p.Open(ctx, p.Session)
	if err != nil {
		return nil, fmt.Errorf("begin session: %w", err)
	}
	run := newRun(p.Session, j, NewClock(r.now), r.log)
	run.changed = r.changed
	sources := run.probe(ctx, p.Sources(run.clock, j))
	if len(sources) == 0 {
		err := fmt.Errorf("%w: %s", ErrNoSource, run.reasons())
		if derr := j.Discard(ctx); derr != nil {
			err = errors.Join(err, derr)
		}
		return nil, err
	}
	run.begin(sources)
	return run, nil
}
