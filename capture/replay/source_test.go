package replay_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/capture/capturetest"
	"github.com/runreel/runreel/capture/replay"
)

func TestSuite(t *testing.T) {
	capturetest.Run(t, func(_ *testing.T, clock *capture.Clock, _ *capturetest.Media) (capture.Source, func()) {
		var list []capture.Event
		for i := range 2000 {
			list = append(list, capture.Event{Seq: int64(i + 1), At: time.Duration(i) * 20 * time.Millisecond, Fact: capture.Mark{Text: fmt.Sprint(i)}})
		}
		return replay.NewSource(list, replay.Options{Clock: clock}), nil
	})
}

// play runs a source until it has played all.
func play(t *testing.T, s *replay.Source) []capture.Event {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var mu sync.Mutex
	var got []capture.Event
	done := make(chan error)
	go func() {
		done <- s.Run(ctx, func(e capture.Event) {
			mu.Lock()
			defer mu.Unlock()
			got = append(got, e)
		})
	}()
	select {
	case <-s.Played():
	case err := <-done:
		t.Fatalf("Run returned %v before the end", err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	return got
}

func TestPlayHoursInAMoment(t *testing.T) {
	clock := capture.NewClock(replay.Pace(36_000))
	clock.Start()
	list := []capture.Event{
		{Seq: 1, At: 2 * time.Hour, Fact: capture.Mark{Text: "last"}},
		{Seq: 2, At: time.Minute, Fact: capture.Mark{Text: "second"}},
		{Seq: 3, At: time.Minute, Fact: capture.Mark{Text: "third"}},
		{Seq: 4, At: time.Hour, Fact: capture.Pause{Length: time.Hour}},
		{Seq: 5, At: 0, Fact: capture.Mark{Text: "first"}},
	}
	begun := time.Now()
	got := play(t, replay.NewSource(list, replay.Options{Clock: clock}))
	want := []capture.Event{
		{Fact: capture.Mark{Text: "first"}}, {At: time.Minute, Fact: capture.Mark{Text: "second"}},
		{At: time.Minute, Fact: capture.Mark{Text: "third"}}, {At: 2 * time.Hour, Fact: capture.Mark{Text: "last"}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	if took := time.Since(begun); took < 190*time.Millisecond {
		t.Errorf("two hours at 36000 times the pace took %v: the clock was not awaited", took)
	}
}

func TestMediaIsCopiedFirst(t *testing.T) {
	clock := capture.NewClock(replay.Pace(1000))
	from, to := new(capturetest.Media), new(capturetest.Media)
	name, err := from.Put(t.Context(), "frames", "png", []byte("picture"))
	if err != nil {
		t.Fatal(err)
	}
	list := []capture.Event{
		{Seq: 1, Fact: capture.Mark{Text: "x"}},
		{Seq: 2, At: time.Second, Fact: capture.Frame{FrameRef: capture.FrameRef{Media: name}}},
	}
	opened := func(bytesOf string) func(string) (io.ReadCloser, error) {
		return func(string) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader([]byte(bytesOf))), nil }
	}
	clock.Start()
	if got := play(t, replay.NewSource(list, replay.Options{Clock: clock, Media: to, Open: opened("picture")})); len(got) != 2 {
		t.Errorf("got %+v", got)
	}
	if names := to.Names(); len(names) != 1 || names[0] != name {
		t.Errorf("copied %v, want %s", names, name)
	}
	gone := errors.New("gone")
	for what, o := range map[string]func(string) (io.ReadCloser, error){
		"missing": func(string) (io.ReadCloser, error) { return nil, gone },
		"changed": opened("another picture"),
	} {
		s := replay.NewSource(list, replay.Options{Clock: clock, Media: to, Open: o})
		n := 0
		if err := s.Run(t.Context(), func(capture.Event) { n++ }); err == nil || n != 1 {
			t.Errorf("%s media: error %v after %d events, want one after the first", what, err, n)
		}
	}
}

func TestProbe(t *testing.T) {
	clock := capture.NewClock(time.Now)
	if err := replay.NewSource(nil, replay.Options{}).Probe(t.Context()); err == nil {
		t.Error("no clock was not noticed")
	}
	if err := replay.NewSource(nil, replay.Options{Clock: clock, Media: new(capturetest.Media)}).Probe(t.Context()); err == nil {
		t.Error("media without a place it comes from was not noticed")
	}
	if err := replay.NewSource(nil, replay.Options{Clock: clock}).Probe(t.Context()); err != nil {
		t.Error(err)
	}
}
