package capture

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// memory is a journal in memory that can be told to fail: a full disk at an
// exact event cannot be had from a real one.
type memory struct {
	mu        sync.Mutex
	events    []Event
	failAfter int // 0 never
	finished  bool
	discarded bool
	session   Session
}

func (m *memory) Put(context.Context, string, string, []byte) (string, error) {
	return "frames/none.png", nil
}

func (m *memory) Append(_ context.Context, events []Event) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.failAfter > 0 && len(m.events)+len(events) > m.failAfter {
		return errors.New("no space left on device")
	}
	m.events = append(m.events, events...)
	return nil
}

func (m *memory) Rewrite(_ context.Context, edit func(Event) (Event, bool)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	var kept []Event
	for _, e := range m.events {
		if e, ok := edit(e); ok {
			kept = append(kept, e)
		}
	}
	m.events = kept
	return nil
}

func (m *memory) Finish(_ context.Context, s Session) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.finished, m.session = true, s
	return nil
}

func (m *memory) Discard(context.Context) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.discarded = true
	return nil
}

func (m *memory) log() []Event {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.events)
}

// scripted is a source whose Run is the test's own.
type scripted struct {
	name  string
	probe error
	run   func(ctx context.Context, emit Emit) error
}

func (s *scripted) Name() string                { return s.name }
func (s *scripted) Probe(context.Context) error { return s.probe }
func (s *scripted) Run(ctx context.Context, emit Emit) error {
	if s.run == nil {
		<-ctx.Done()
		return nil
	}
	return s.run(ctx, emit)
}

func plan(m *memory, sources ...func(*Clock) *scripted) Plan {
	return Plan{
		Session: Session{ID: "s1", Title: "Test"},
		Open:    func(context.Context, Session) (Journal, error) { return m, nil },
		Sources: func(c *Clock, _ Media) []Source {
			var out []Source
			for _, s := range sources {
				out = append(out, s(c))
			}
			return out
		},
	}
}

func still(name string) func(*Clock) *scripted {
	return func(*Clock) *scripted { return &scripted{name: name} }
}

// eventually waits for a condition.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("never happened: %s", what)
		}
		time.Sleep(time.Millisecond)
	}
}

func TestStopKeepsWhatSourcesStillHold(t *testing.T) {
	m, r := &memory{}, NewRecorder(RecorderOptions{})
	late := func(c *Clock) *scripted {
		return &scripted{name: "late", run: func(ctx context.Context, emit Emit) error {
			emit(Event{At: c.Now(), Fact: Mark{Text: "early"}})
			at := c.Now()
			<-ctx.Done()
			emit(Event{At: at, Fact: Mark{Text: "held"}})
			emit(Event{At: c.Now(), Fact: Mark{Text: "after the stop"}})
			return nil
		}}
	}
	if err := r.Start(t.Context(), plan(m, late)); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the first event is stored", func() bool { return len(m.log()) == 1 })
	s, err := r.Stop(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var texts []string
	for i, e := range m.log() {
		if e.Seq != int64(i+1) {
			t.Errorf("event %d has seq %d", i, e.Seq)
		}
		texts = append(texts, e.Fact.(Mark).Text)
	}
	if got := strings.Join(texts, ","); got != "early,held" {
		t.Errorf("stored %q, want early,held", got)
	}
	if !m.finished || s.State != SessionFinished || s.Length <= 0 || m.session.Length != s.Length {
		t.Errorf("finished %v, session %+v", m.finished, s)
	}
	if st := r.Status(); st.State != Idle {
		t.Errorf("state %s", st.State)
	}
}

func TestPauseDropsAndTellsItsLength(t *testing.T) {
	m, r := &memory{}, NewRecorder(RecorderOptions{})
	feeder := make(chan Event)
	feed := func(*Clock) *scripted {
		return &scripted{name: "feed", run: func(ctx context.Context, emit Emit) error {
			for {
				select {
				case e := <-feeder:
					emit(e)
				case <-ctx.Done():
					return nil
				}
			}
		}}
	}
	var clock *Clock
	p := plan(m, feed)
	sources := p.Sources
	p.Sources = func(c *Clock, media Media) []Source { clock = c; return sources(c, media) }
	if err := r.Start(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	before := clock.Now()
	eventually(t, "the clock goes", func() bool { return clock.Now() > before })
	if err := r.Pause(); err != nil {
		t.Fatal(err)
	}
	if err := r.Pause(); !errors.Is(err, ErrNotRecording) {
		t.Errorf("second pause: %v", err)
	}
	at := clock.Now()
	feeder <- Event{At: clock.Now(), Fact: Mark{Text: "in the pause"}}
	feeder <- Event{At: before, Fact: Mark{Text: "before, told late"}}
	if got := clock.Now(); got != at {
		t.Errorf("the clock went on in the pause: %v, %v", at, got)
	}
	eventually(t, "the late event is stored", func() bool { return len(m.log()) == 1 })
	if err := r.Resume(); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range m.log() {
		switch f := e.Fact.(type) {
		case Mark:
			got = append(got, f.Text)
		case Pause:
			got = append(got, "pause")
			if f.Length <= 0 || e.At != at {
				t.Errorf("pause of %v at %v, want at %v", f.Length, e.At, at)
			}
		}
	}
	if want := []string{"before, told late", "pause"}; !slices.Equal(got, want) {
		t.Errorf("stored %q, want %q", got, want)
	}
}

func TestFailedSourceLeavesAGapAndTheRestGoesOn(t *testing.T) {
	m, r := &memory{}, NewRecorder(RecorderOptions{})
	dies := func(*Clock) *scripted {
		return &scripted{name: "microphone", run: func(context.Context, Emit) error { return errors.New("unplugged") }}
	}
	never := func(*Clock) *scripted { return &scripted{name: "uitree", probe: errors.New("no bus")} }
	if err := r.Start(t.Context(), plan(m, dies, never, still("screen"))); err != nil {
		t.Fatal(err)
	}
	eventually(t, "both warnings", func() bool { return len(r.Status().Failures) == 2 })
	if st := r.Status(); st.State != Recording {
		t.Fatalf("state %s", st.State)
	}
	if err := r.Mark("still here"); err != nil {
		t.Fatal(err)
	}
	s, err := r.Stop(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	gaps := map[string]Gap{}
	for _, e := range m.log() {
		if g, ok := e.Fact.(Gap); ok {
			gaps[g.Source] = g
			if e.At+g.Length != s.Length {
				t.Errorf("%s: gap of %v at %v in %v", g.Source, g.Length, e.At, s.Length)
			}
		}
	}
	if gaps["microphone"].Reason != "unplugged" || gaps["uitree"].Reason != "no bus" {
		t.Errorf("gaps %+v", gaps)
	}
}

func TestNoSourceAtAllIsRefused(t *testing.T) {
	m, r := &memory{}, NewRecorder(RecorderOptions{})
	none := func(*Clock) *scripted { return &scripted{name: "screen", probe: errors.New("no display")} }
	err := r.Start(t.Context(), plan(m, none))
	if !errors.Is(err, ErrNoSource) || !strings.Contains(err.Error(), "no display") {
		t.Errorf("got %v", err)
	}
	if st := r.Status(); st.State != Failed || !m.discarded {
		t.Errorf("state %s, discarded %v", st.State, m.discarded)
	}
	if err := r.Start(t.Context(), plan(m, still("screen"))); err != nil {
		t.Errorf("a start after a failed one: %v", err)
	}
	if err := r.Discard(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestFailedWriterEndsTheRecordingVisibly(t *testing.T) {
	m, r := &memory{failAfter: 3}, NewRecorder(RecorderOptions{})
	if err := r.Start(t.Context(), plan(m, still("screen"))); err != nil {
		t.Fatal(err)
	}
	for i := range 10 {
		_ = r.Mark(fmt.Sprint(i)) // those after the failure are refused
		eventually(t, "stored or failed", func() bool { return len(m.log()) > i || r.Status().State == Failed })
	}
	eventually(t, "the recording fails", func() bool { return r.Status().State == Failed })
	if st := r.Status(); st.Err == nil || !strings.Contains(st.Err.Error(), "no space left") {
		t.Errorf("error %v", st.Err)
	}
	if len(m.log()) != 3 || !m.finished {
		t.Errorf("%d events kept, finished %v", len(m.log()), m.finished)
	}
}

func TestCountdownCanBeCalledOff(t *testing.T) {
	m, r := &memory{}, NewRecorder(RecorderOptions{})
	p := plan(m, still("screen"))
	p.Countdown = time.Hour
	if err := r.Start(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if st := r.Status(); st.State != Countdown || st.Countdown <= 0 {
		t.Errorf("status %+v", st)
	}
	if err := r.Start(t.Context(), p); !errors.Is(err, ErrBusy) {
		t.Errorf("second start: %v", err)
	}
	if _, err := r.Stop(t.Context()); !errors.Is(err, ErrNotRecording) {
		t.Errorf("stop: %v", err)
	}
	p.Countdown = time.Millisecond
	if err := r.Start(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	eventually(t, "recording after the countdown", func() bool { return r.Status().State == Recording })
	if _, err := r.Stop(t.Context()); err != nil || !m.finished {
		t.Errorf("stop: %v, finished %v", err, m.finished)
	}
}

func TestSlowStartFreezesNobodyAndCanBeDiscarded(t *testing.T) {
	m, r := &memory{}, NewRecorder(RecorderOptions{})
	opened, release := make(chan struct{}), make(chan struct{})
	p := plan(m, still("screen"))
	p.Open = func(context.Context, Session) (Journal, error) {
		close(opened)
		<-release
		return m, nil
	}
	done := make(chan error)
	go func() { done <- r.Start(context.Background(), p) }()
	<-opened
	if st := r.Status(); st.State != Countdown {
		t.Errorf("state %s", st.State)
	}
	if err := r.Discard(t.Context()); err != nil {
		t.Fatal(err)
	}
	close(release)
	if err := <-done; err != nil {
		t.Error(err)
	}
	if st := r.Status(); st.State != Idle || !m.discarded {
		t.Errorf("state %s, discarded %v", st.State, m.discarded)
	}
}

func TestManyEventsKeepTheirOrderAndCount(t *testing.T) {
	const n = 5000
	m, r := &memory{}, NewRecorder(RecorderOptions{})
	burst := func(c *Clock) *scripted {
		return &scripted{name: "burst", run: func(ctx context.Context, emit Emit) error {
			for i := range n {
				emit(Event{At: c.Now(), Fact: Scroll{DY: i}})
			}
			<-ctx.Done()
			return nil
		}}
	}
	if err := r.Start(t.Context(), plan(m, burst)); err != nil {
		t.Fatal(err)
	}
	eventually(t, "all stored", func() bool { return len(m.log()) == n })
	if _, err := r.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i, e := range m.log() {
		if e.Fact.(Scroll).DY != i || e.Seq != int64(i+1) {
			t.Fatalf("event %d: %+v", i, e)
		}
	}
}

func TestFactsSurviveTheirEncoding(t *testing.T) {
	exit := 3
	facts := []Fact{
		Click{Button: 1, Count: 2, Point: Point{3, 4}, Window: Window{Title: "a"}, Element: &Element{Role: "push button", Name: "Roll out"}},
		Chord{Keys: []string{"Ctrl", "S"}}, Text{Value: "v2"}, Scroll{DY: -3}, Focus{Window{Title: "t"}},
		Command{Line: "a\nb", Exit: &exit}, Frame{Display: 1, FrameRef: FrameRef{Media: "frames/x.png"}},
		Audio{Rate: 16000, Length: time.Second}, Mark{"m"}, Pause{Length: time.Second}, Gap{Source: "microphone"},
	}
	for _, f := range facts {
		b, err := MarshalFact(f)
		if err != nil {
			t.Fatal(err)
		}
		got, err := DecodeFact(f.Kind(), b)
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprintf("%T", got) != fmt.Sprintf("%T", f) {
			t.Errorf("%T came back as %T", f, got)
		}
		again, err := MarshalFact(got)
		if err != nil || string(again) != string(b) {
			t.Errorf("%s became %s (%v)", b, again, err)
		}
	}
	if _, err := DecodeFact("other", []byte("{}")); err == nil {
		t.Error("an unknown kind was decoded")
	}
}

func FuzzDecodeFact(f *testing.F) {
	f.Add("click", []byte(`{"button":1}`))
	f.Add("command", []byte(`{"exit":null,"length":-1}`))
	f.Fuzz(func(t *testing.T, kind string, data []byte) {
		fact, err := DecodeFact(Kind(kind), data)
		if err != nil {
			return
		}
		if _, err := MarshalFact(fact); err != nil {
			t.Errorf("decoded, but not encoded again: %v", err)
		}
	})
}
