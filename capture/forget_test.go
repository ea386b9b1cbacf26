package capture

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"
)

// handTime is a clock that a test moves.
type handTime struct {
	mu  sync.Mutex
	now time.Time
}

func newHandTime() *handTime { return &handTime{now: time.Now()} }

func (h *handTime) Now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *handTime) advance(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = h.now.Add(d)
}

// fed is a source that emits what its test sends.
func fed(in <-chan Event) func(*Clock) *scripted {
	return func(*Clock) *scripted {
		return &scripted{name: "fed", run: func(ctx context.Context, emit Emit) error {
			for {
				select {
				case e := <-in:
					emit(e)
				case <-ctx.Done():
					return nil
				}
			}
		}}
	}
}

func TestOffTheRecordLeavesNothingOfTheSpan(t *testing.T) {
	at := newHandTime()
	m, r := &memory{}, NewRecorder(RecorderOptions{Now: at.Now})
	in := make(chan Event)
	if err := r.Start(t.Context(), plan(m, fed(in))); err != nil {
		t.Fatal(err)
	}
	exit := 0
	at.advance(10 * time.Second)
	in <- Event{At: 1 * time.Second, Fact: Mark{Text: "kept"}}
	in <- Event{At: 2 * time.Second, Fact: Command{Line: "vault login", Output: "hvs.SECRET", Length: 7 * time.Second, Exit: &exit}}
	in <- Event{At: 3 * time.Second, Fact: Audio{Media: "audio/before", Length: time.Second}}
	in <- Event{At: 4 * time.Second, Fact: Audio{Media: "audio/across", Length: 3 * time.Second}}
	in <- Event{At: 7 * time.Second, Fact: Click{Button: 1}}
	in <- Event{At: 8 * time.Second, Fact: Command{Line: "echo hvs.SECRET", Exit: &exit}}
	eventually(t, "six events are stored", func() bool { return len(m.log()) == 6 })

	if err := r.OffTheRecord(t.Context(), 5*time.Second); err != nil {
		t.Fatal(err)
	}
	if st := r.Status(); st.State != Paused {
		t.Errorf("state %s, want paused", st.State)
	}
	// A source that was late with what it captured in the span.
	in <- Event{At: 9 * time.Second, Fact: Text{Value: "hvs.SECRET"}}
	if err := r.Resume(); err != nil {
		t.Fatal(err)
	}
	at.advance(time.Second)
	in <- Event{At: 10500 * time.Millisecond, Fact: Mark{Text: "after"}}
	if _, err := r.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}

	var kinds []Kind
	for _, e := range m.log() {
		kinds = append(kinds, e.Fact.Kind())
		switch f := e.Fact.(type) {
		case Command:
			if f.Line != "vault login" || f.Output != "" || f.Omitted != int64(len("hvs.SECRET")) {
				t.Errorf("command %+v", f)
			}
		case Audio:
			if f.Media != "audio/before" {
				t.Errorf("sound of the span is kept: %+v", f)
			}
		case Gap:
			if e.At != 5*time.Second || f.Length != 5*time.Second || f.Reason != OffTheRecord {
				t.Errorf("gap at %v: %+v", e.At, f)
			}
		}
	}
	want := []Kind{KindMark, KindCommand, KindAudio, KindGap, KindPause, KindMark}
	if !slices.Equal(kinds, want) {
		t.Errorf("stored %v, want %v", kinds, want)
	}
}

func TestOffTheRecordDropsTheOutputOfWhatStillRuns(t *testing.T) {
	at := newHandTime()
	c := NewClock(at.Now)
	c.Start()
	at.advance(10 * time.Second)
	c.Pause()
	c.Forget(3 * time.Second)
	running := Event{At: time.Second, Fact: Command{Line: "journalctl -f", Output: "token"}}
	got, ok := onRecord(c, running)
	if !ok || got.Fact.(Command).Output != "" {
		t.Errorf("got %+v, kept %v", got, ok)
	}
}

func TestDismissRemovesGesturesOnly(t *testing.T) {
	at := newHandTime()
	m, r := &memory{}, NewRecorder(RecorderOptions{Now: at.Now})
	in := make(chan Event)
	if err := r.Start(t.Context(), plan(m, fed(in))); err != nil {
		t.Fatal(err)
	}
	at.advance(10 * time.Second)
	in <- Event{At: 7 * time.Second, Fact: Click{Button: 1}}
	in <- Event{At: 9 * time.Second, Fact: Click{Button: 3}}
	in <- Event{At: 9 * time.Second, Fact: Mark{Text: "kept"}}
	if err := r.Dismiss(t.Context(), 2*time.Second); err != nil {
		t.Fatal(err)
	}
	in <- Event{At: 9500 * time.Millisecond, Fact: Click{Button: 1}} // named late
	if _, err := r.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	var kinds []Kind
	for _, e := range m.log() {
		kinds = append(kinds, e.Fact.Kind())
	}
	if !slices.Equal(kinds, []Kind{KindClick, KindMark}) {
		t.Errorf("stored %v", kinds)
	}
}

func TestOffTheRecordNeedsARecording(t *testing.T) {
	r := NewRecorder(RecorderOptions{})
	if err := r.OffTheRecord(t.Context(), time.Second); !errors.Is(err, ErrNotRecording) {
		t.Errorf("error %v", err)
	}
}

func TestHoldsOutliveThePersonsResume(t *testing.T) {
	at := newHandTime()
	m, r := &memory{}, NewRecorder(RecorderOptions{Now: at.Now})
	if err := r.Start(t.Context(), plan(m, still("a"))); err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	at.advance(time.Second)
	must(r.Hold("screen locked"))
	must(r.Hold("screen locked")) // told twice by a desktop
	must(r.Pause())
	at.advance(time.Minute)
	must(r.Resume())
	if st := r.Status(); st.State != Paused || !slices.Equal(st.Holds, []string{"screen locked"}) || st.Elapsed != time.Second {
		t.Errorf("status %+v", st)
	}
	if err := r.Resume(); !errors.Is(err, ErrNotRecording) {
		t.Errorf("a second resume: %v", err)
	}
	must(r.Release("screen locked"))
	if st := r.Status(); st.State != Recording || len(st.Holds) != 0 {
		t.Errorf("status %+v", st)
	}
	if err := r.Release("screen locked"); !errors.Is(err, ErrNotRecording) {
		t.Errorf("a second release: %v", err)
	}
	if _, err := r.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	log := m.log()
	if len(log) != 1 || log[0].Fact != (Pause{Length: time.Minute, Reason: "screen locked"}) {
		t.Errorf("stored %+v", log)
	}
}

func TestIntersect(t *testing.T) {
	a := Rect{X: -10, Y: 0, W: 20, H: 10}
	for _, c := range []struct{ b, want Rect }{
		{Rect{X: 0, Y: 5, W: 100, H: 100}, Rect{X: 0, Y: 5, W: 10, H: 5}},
		{Rect{X: 10, Y: 0, W: 5, H: 5}, Rect{}},
		{a, a},
	} {
		if got := a.Intersect(c.b); got != c.want {
			t.Errorf("with %v: %v, want %v", c.b, got, c.want)
		}
	}
}

func TestScope(t *testing.T) {
	vault, xterm := Window{ID: 1, Program: "KeePassXC"}, Window{ID: 2, Bounds: Rect{X: 0, Y: 0, W: 50, H: 50}}
	s := Scope{
		Hidden: func(w Window) bool { return w.Program == "KeePassXC" },
		Area:   func() Rect { return Rect{X: 40, Y: 40, W: 100, H: 100} },
	}
	for _, c := range []struct {
		w    Window
		p    Point
		want bool
	}{
		{vault, Point{X: 60, Y: 60}, false},
		{xterm, Point{X: 45, Y: 45}, true},
		{xterm, Point{X: 10, Y: 10}, false},
	} {
		if got := s.TakesAt(c.w, c.p); got != c.want {
			t.Errorf("%v at %v: %v, want %v", c.w.ID, c.p, got, c.want)
		}
	}
	if !(Scope{}).TakesAt(vault, Point{}) {
		t.Error("the zero scope leaves something out")
	}
}
