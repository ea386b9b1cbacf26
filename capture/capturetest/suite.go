package capturetest

import (
	"context"
	"testing"
	"time"

	"github.com/runreel/runreel/capture"
)

const (
	patience = 20 * time.Second       // until something that must happen has happened
	quiet    = 700 * time.Millisecond // how long nothing must happen
	again    = 1500 * time.Millisecond
	prompt   = 5 * time.Second // from the end of ctx to the return of Run
)

// Make assembles one new source on clock and media. act does once what the
// source reports (a click, a change of the screen, a command); it may be called
// several times, before the source is ready too. It is nil where the source
// reports without being asked, like a microphone.
type Make func(t *testing.T, clock *capture.Clock, media *Media) (src capture.Source, act func())

// Run checks the contract of capture.Source: Probe before Run, events on the
// session clock, media before the event that names it, nothing kept while the
// clock is paused, and a prompt end after which nothing is emitted.
func Run(t *testing.T, makeSource Make) {
	t.Run("probe", func(t *testing.T) { testProbe(t, makeSource) })
	t.Run("events", func(t *testing.T) { testEvents(t, makeSource) })
	t.Run("pause", func(t *testing.T) { testPause(t, makeSource) })
	t.Run("cancelled", func(t *testing.T) { testCancelled(t, makeSource) })
}

// Running is a source that runs in a test.
type Running struct {
	Clock     *capture.Clock
	Media     *Media
	Collector *Collector

	cancel context.CancelFunc
	done   chan struct{}
	err    error // valid after done
}

// Start starts the clock and src on it, and ends src with the test.
func Start(t *testing.T, src capture.Source, clock *capture.Clock, media *Media) *Running {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r := &Running{
		Clock: clock, Media: media, Collector: NewCollector(clock, media),
		cancel: cancel, done: make(chan struct{}),
	}
	clock.Start()
	go func() {
		defer close(r.done)
		r.err = src.Run(ctx, r.Collector.Emit)
		r.Collector.Close()
	}()
	t.Cleanup(func() {
		cancel()
		select {
		case <-r.done:
		case <-time.After(prompt):
			t.Errorf("Run of %s still runs %v after its end", src.Name(), prompt)
		}
	})
	return r
}

// Stop ends the source, waits until Run has returned and returns its error.
// It fails the test where that takes longer than five seconds.
func (r *Running) Stop(t *testing.T) error {
	t.Helper()
	r.cancel()
	select {
	case <-r.done:
		return r.err
	case <-time.After(prompt):
		t.Fatalf("Run did not return within %v", prompt)
		return nil
	}
}

// Done is closed when Run has returned by itself or after Stop; Err is then
// what it returned.
func (r *Running) Done() <-chan struct{} { return r.done }

// Err returns what Run returned. Only valid after Done.
func (r *Running) Err() error { return r.err }

// WaitFor waits at most 20 seconds for an event beyond the first n, calling act
// (may be nil) first and again while none comes, and fails the test where none
// comes.
func (r *Running) WaitFor(t *testing.T, n int, act func(), match func(capture.Event) bool) capture.Event {
	t.Helper()
	end := time.Now().Add(patience)
	for time.Now().Before(end) {
		if act != nil {
			act()
		}
		ctx, cancel := context.WithTimeout(context.Background(), again)
		e, err := r.Collector.WaitAfter(ctx, n, match)
		cancel()
		if err == nil {
			return e
		}
		select {
		case <-r.done:
			t.Fatalf("Run returned early: %v", r.err)
		default:
		}
	}
	t.Fatalf("no such event within %v among %d", patience, len(r.Collector.Events()))
	return capture.Event{}
}

func (r *Running) checkFaults(t *testing.T) {
	t.Helper()
	for _, f := range r.Collector.Faults() {
		t.Error(f)
	}
}

func testProbe(t *testing.T, makeSource Make) {
	src, _ := makeSource(t, capture.NewClock(time.Now), new(Media))
	if src.Name() == "" {
		t.Error("source without a name")
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for range 2 {
		if err := src.Probe(ctx); err != nil {
			t.Fatalf("Probe: %v", err)
		}
	}
}

func testEvents(t *testing.T, makeSource Make) {
	clock, media := capture.NewClock(time.Now), new(Media)
	src, act := makeSource(t, clock, media)
	if err := src.Probe(t.Context()); err != nil {
		t.Fatalf("Probe: %v", err)
	}
	r := Start(t, src, clock, media)
	r.WaitFor(t, 0, act, Any)
	r.WaitFor(t, len(r.Collector.Events()), act, Any)
	if err := r.Stop(t); err != nil {
		t.Errorf("Run returned %v after its ctx ended", err)
	}
	if act != nil {
		act()
	}
	n := len(r.Collector.Events())
	expectNothing(t, r, n)
	r.checkFaults(t)
}

// expectNothing fails where an event comes after the first n.
func expectNothing(t *testing.T, r *Running, n int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), quiet)
	defer cancel()
	if e, err := r.Collector.WaitAfter(ctx, n, Any); err == nil {
		t.Errorf("unexpected %T at %v: %+v", e.Fact, e.At, e.Fact)
	}
}

// settle waits until the source has emitted nothing for a while: what it had
// captured before a pause may still come.
func settle(t *testing.T, r *Running) {
	t.Helper()
	end := time.Now().Add(patience)
	for time.Now().Before(end) {
		ctx, cancel := context.WithTimeout(t.Context(), quiet)
		_, err := r.Collector.WaitAfter(ctx, len(r.Collector.Events()), Any)
		cancel()
		if err != nil {
			return
		}
	}
	t.Fatal("the source goes on emitting while the clock is paused")
}

func testPause(t *testing.T, makeSource Make) {
	clock, media := capture.NewClock(time.Now), new(Media)
	src, act := makeSource(t, clock, media)
	r := Start(t, src, clock, media)
	r.WaitFor(t, 0, act, Any)

	clock.Pause()
	settle(t, r)
	paused, n, puts := clock.Now(), len(r.Collector.Events()), media.Puts()
	if act != nil {
		act()
	}
	expectNothing(t, r, n)
	if got := media.Puts(); got != puts {
		t.Errorf("stored %d media while paused", got-puts)
	}

	clock.Resume()
	r.WaitFor(t, n, act, func(e capture.Event) bool { return e.At >= paused })
	if err := r.Stop(t); err != nil {
		t.Errorf("Run returned %v after its ctx ended", err)
	}
	r.checkFaults(t)
}

func testCancelled(t *testing.T, makeSource Make) {
	clock := capture.NewClock(time.Now)
	src, _ := makeSource(t, clock, new(Media))
	clock.Start()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	done := make(chan error, 1)
	go func() { done <- src.Run(ctx, func(capture.Event) {}) }()
	select {
	case err := <-done:
		if err != nil {
			t.Errorf("Run with an ended ctx: %v", err)
		}
	case <-time.After(prompt):
		t.Fatalf("Run with an ended ctx did not return within %v", prompt)
	}
}
