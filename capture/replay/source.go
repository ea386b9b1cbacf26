package replay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/runreel/runreel/capture"
)

// Options say how a log is played.
type Options struct {
	Name  string // of the source; empty is "replay"
	Clock *capture.Clock
	// Media and Open copy what events name from where the log was recorded
	// to where it is recorded again. Without them the names are passed on as
	// they are, for a folder that holds the files already.
	Media capture.Media
	Open  func(name string) (io.ReadCloser, error)
}

// Source plays a log: each event is emitted when the clock reaches its At. It
// implements capture.Source.
type Source struct {
	o      Options
	events []capture.Event
	played chan struct{}
}

var _ capture.Source = (*Source)(nil)

// maxMedia is the largest file that is copied, in bytes.
const maxMedia = 256 << 20

// poll is how often a waiting source looks at the clock, in real time: it
// cannot know when the clock will pause, or how fast it runs.
const poll = 2 * time.Millisecond

// NewSource returns a source that plays events, in the order of At and then
// Seq. Their Seq is left to the recorder. Pauses are left out: the new recording
// has its own.
func NewSource(events []capture.Event, o Options) *Source {
	if o.Name == "" {
		o.Name = "replay"
	}
	s := &Source{o: o, played: make(chan struct{})}
	for _, e := range events {
		if _, pause := e.Fact.(capture.Pause); !pause && e.Fact != nil {
			s.events = append(s.events, e)
		}
	}
	slices.SortStableFunc(s.events, func(a, b capture.Event) int {
		if a.At != b.At {
			return int(min(1, max(-1, a.At-b.At)))
		}
		return int(min(1, max(-1, a.Seq-b.Seq)))
	})
	return s
}

// Name implements capture.Source.
func (s *Source) Name() string { return s.o.Name }

// Probe implements capture.Source.
func (s *Source) Probe(context.Context) error {
	if s.o.Clock == nil {
		return fmt.Errorf("play %s: no clock", s.o.Name)
	}
	if (s.o.Media == nil) != (s.o.Open == nil) {
		return fmt.Errorf("play %s: media is copied from somewhere to somewhere, and one of them is not given", s.o.Name)
	}
	return nil
}

// Played is closed when the last event has been emitted.
func (s *Source) Played() <-chan struct{} { return s.played }

// Run implements capture.Source. At the end of the log it waits for the end of
// ctx, as a source with nothing to report does.
func (s *Source) Run(ctx context.Context, emit capture.Emit) error {
	for _, e := range s.events {
		if err := s.copyMedia(ctx, e.Fact); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("play %s: event %d: %w", s.o.Name, e.Seq, err)
		}
		if !s.await(ctx, e.At) {
			return nil
		}
		emit(capture.Event{At: e.At, Fact: e.Fact})
	}
	close(s.played)
	<-ctx.Done()
	return nil
}

// await waits until the clock runs and has reached at; false at the end of ctx.
func (s *Source) await(ctx context.Context, at time.Duration) bool {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return false
		case <-timer.C:
		}
		if s.o.Clock.Running() && s.o.Clock.Now() >= at {
			return true
		}
		timer.Reset(poll)
	}
}

// copyMedia stores what the fact names, before the event that names it. A name
// is the hash of the bytes, so it must come out the same.
func (s *Source) copyMedia(ctx context.Context, f capture.Fact) error {
	name := capture.MediaOf(f)
	if name == "" || s.o.Media == nil {
		return nil
	}
	r, err := s.o.Open(name)
	if err != nil {
		return err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, maxMedia+1))
	if err != nil {
		return err
	}
	if len(data) > maxMedia {
		return fmt.Errorf("%s is larger than %d MB", name, maxMedia>>20)
	}
	dir, base := path.Split(name)
	got, err := s.o.Media.Put(ctx, strings.TrimSuffix(dir, "/"), strings.TrimPrefix(path.Ext(base), "."), data)
	if err == nil && got != name {
		err = errors.New(name + " does not hold the bytes of its name")
	}
	return err
}

// Pace returns the time as a clock tells it that runs speed times as fast as
// the real one, from now on. Give it to capture.NewClock, or to a Recorder, to
// play a log faster than it was recorded.
func Pace(speed float64) func() time.Time {
	start := time.Now()
	return func() time.Time {
		// Add keeps the monotonic reading.
		return start.Add(time.Duration(float64(time.Since(start)) * speed))
	}
}
