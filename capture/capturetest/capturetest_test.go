package capturetest_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/capture/capturetest"
)

// marks is a source that turns what its channel holds into marks.
type marks struct {
	clock *capture.Clock
	in    chan string
}

func (m *marks) Name() string                { return "marks" }
func (m *marks) Probe(context.Context) error { return nil }

func (m *marks) Run(ctx context.Context, emit capture.Emit) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case text := <-m.in:
			if m.clock.Running() {
				emit(capture.Event{At: m.clock.Now(), Fact: capture.Mark{Text: text}})
			}
		}
	}
}

func TestSuite(t *testing.T) {
	capturetest.Run(t, func(_ *testing.T, clock *capture.Clock, _ *capturetest.Media) (capture.Source, func()) {
		src := &marks{clock: clock, in: make(chan string, 16)}
		return src, func() { src.in <- "x" }
	})
}

func TestCollectorFindsFaults(t *testing.T) {
	clock := capture.NewClock(time.Now)
	clock.Start()
	c := capturetest.NewCollector(clock, new(capturetest.Media))
	c.Emit(capture.Event{At: clock.Now() + time.Hour, Fact: capture.Mark{}})
	c.Emit(capture.Event{Fact: capture.Audio{Media: "audio/none.wav"}})
	c.Emit(capture.Event{})
	c.Close()
	c.Emit(capture.Event{Fact: capture.Mark{}})
	want := []string{"emitted at", "not stored yet", "without a fact", "after Run returned"}
	got := c.Faults()
	if len(got) != len(want) {
		t.Fatalf("faults %q, want %d", got, len(want))
	}
	for i, w := range want {
		if !strings.Contains(got[i], w) {
			t.Errorf("fault %d is %q, want %q", i, got[i], w)
		}
	}
}

func TestMedia(t *testing.T) {
	m := new(capturetest.Media)
	put := func(data string) string {
		t.Helper()
		name, err := m.Put(t.Context(), "frames", "png", []byte(data))
		if err != nil {
			t.Fatal(err)
		}
		return name
	}
	a, b := put("a"), put("b")
	if put("a") != a || m.Puts() != 3 {
		t.Errorf("same bytes got another name; %d puts", m.Puts())
	}
	if names := m.Names(); len(names) != 2 || names[0] != a || names[1] != b {
		t.Errorf("names %q", names)
	}
	full := errors.New("disk full")
	m.Fail(full)
	if _, err := m.Put(t.Context(), "audio", "wav", nil); !errors.Is(err, full) {
		t.Errorf("error %v, want %v", err, full)
	}
}
