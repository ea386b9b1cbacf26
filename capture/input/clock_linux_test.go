package input

import (
	"context"
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/capture/capturetest"
	"github.com/runreel/runreel/capture/virtual"
)

func clickAt(x, y int) capture.Fact {
	return capture.Click{Button: 1, Count: 1, Point: capture.Point{X: x, Y: y}}
}

// TestPauses clicks before, across and in a pause.
func TestPauses(t *testing.T) {
	seen := make(witness, 100)
	h := start(t, startDesktop(t, virtual.Options{}), Options{Locator: seen})
	h.at(100, 100, "click", "1")
	h.at(200, 100, "mousedown", "1")
	seen.press(t, 200)
	h.Clock.Pause()
	h.at(200, 100, "mouseup", "1")
	h.at(300, 100, "click", "1", "click", "4", "click", "4")
	h.xdotool("key", "ctrl+s")
	h.at(400, 100, "mousedown", "1")
	h.Clock.Resume()
	h.at(400, 100, "mouseup", "1")
	h.at(500, 100, "mousedown", "1")
	seen.press(t, 500)
	h.Clock.Pause()
	h.Clock.Resume()
	h.at(700, 300, "mouseup", "1") // down before the pause and up after it
	h.at(600, 100, "click", "1")
	if got, want := h.flush(), []capture.Fact{clickAt(100, 100), clickAt(600, 100)}; !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// witness tells which presses were seen, and names nothing.
type witness chan int

func (w witness) Hover(capture.Point, time.Duration) {}

func (w witness) Locate(_ context.Context, p capture.Point, _ time.Duration) (capture.Element, error) {
	w <- p.X
	return capture.Element{}, errors.New("nothing there")
}

func (w witness) Settled(context.Context, capture.Point, time.Duration) ([]string, error) {
	return nil, errors.New("nothing there")
}

// press waits for a press at an x.
func (w witness) press(t *testing.T, x int) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		select {
		case got := <-w:
			if got == x {
				return
			}
		case <-deadline:
			t.Fatalf("no press at %d is seen", x)
		}
	}
}

// TestOffTheRecord takes a click off the record while it waits for its name.
func TestOffTheRecord(t *testing.T) {
	asked := make(chan struct{})
	l := stubborn{located: asked, wait: make(chan struct{})}
	h := start(t, startDesktop(t, virtual.Options{}), Options{Locator: l})
	h.at(100, 100, "click", "1")
	<-asked
	h.Clock.Pause()
	h.Clock.Forget(time.Minute)
	h.Clock.Resume()
	close(l.wait)
	if got := h.flush(); len(got) != 0 {
		t.Errorf("got %+v", got)
	}
}

// stubborn names what was clicked when wait is closed, and never says what the
// click did.
type stubborn struct {
	located chan struct{} // a word for each question
	wait    chan struct{}
	asked   chan struct{} // closed when it is asked what a click did
}

func (s stubborn) Hover(capture.Point, time.Duration) {}

func (s stubborn) Locate(context.Context, capture.Point, time.Duration) (capture.Element, error) {
	if s.located != nil {
		s.located <- struct{}{}
	}
	<-s.wait
	return capture.Element{Name: "x"}, nil
}

func (s stubborn) Settled(context.Context, capture.Point, time.Duration) ([]string, error) {
	if s.asked != nil {
		close(s.asked)
	}
	select {} // as a program that hangs, whose answer is not even waited for with a context
}

// TestNoEffectInTime clicks something that never tells what the click did.
func TestNoEffectInTime(t *testing.T) {
	l := stubborn{wait: make(chan struct{}), asked: make(chan struct{})}
	close(l.wait)
	h := start(t, startDesktop(t, virtual.Options{}), Options{Locator: l})
	h.at(100, 100, "click", "1")
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	e, err := h.Collector.WaitFor(ctx, capturetest.OfKind(capture.KindClick))
	if err != nil {
		t.Fatal(err)
	}
	if late := h.Clock.Now() - e.At; late > doubleTime+lateness+effectLimit+300*time.Millisecond {
		t.Errorf("told after %v", late)
	} else {
		t.Logf("told after %v", late)
	}
	if c := e.Fact.(capture.Click); c.Element == nil || c.After != nil {
		t.Errorf("click: %+v", c)
	}
}

// TestStopWhileAnEffectIsAwaited stops at that moment: the click is told, at
// once and without its effect.
func TestStopWhileAnEffectIsAwaited(t *testing.T) {
	l := stubborn{wait: make(chan struct{}), asked: make(chan struct{})}
	close(l.wait)
	h := start(t, startDesktop(t, virtual.Options{}), Options{Locator: l})
	h.at(100, 100, "click", "1")
	<-l.asked
	began := time.Now()
	if err := h.Stop(t); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > 250*time.Millisecond {
		t.Errorf("stopped after %v", took)
	} else {
		t.Logf("stopped after %v", took)
	}
	if _, err := h.Collector.WaitFor(t.Context(), capturetest.OfKind(capture.KindClick)); err != nil {
		t.Error(err)
	}
}

// TestEffectOfTheNextClick hammers on a box: only of the last click it is known
// what it did.
func TestEffectOfTheNextClick(t *testing.T) {
	s := slow{}
	d := startDesktop(t, virtual.Options{})
	h := start(t, d, Options{Locator: s})
	h.at(100, 100)
	button := newHand(t, d)
	for range 6 {
		button.key(1, buttonPress)
		button.key(1, buttonRelease)
	}
	got := h.flush()
	if len(got) != 6 {
		t.Fatalf("got %d: %+v", len(got), got)
	}
	for i, f := range got {
		c, ok := f.(capture.Click)
		if !ok || (c.After != nil) != (i == 5) {
			t.Errorf("click %d: %+v", i, f)
		}
	}
}

// TestHugeBurst clicks far more quickly than it is answered: what waits has no
// bound. A name that comes too late is left out, and the click is not.
func TestHugeBurst(t *testing.T) {
	d := startDesktop(t, virtual.Options{})
	h := start(t, d, Options{Locator: slow{wait: 50 * time.Millisecond}})
	button := newHand(t, d)
	const n = 400
	for i := range n {
		button.move(10+i%2*100+i, 90)
		button.key(1, buttonPress)
		button.key(1, buttonRelease)
	}
	got := h.flush()
	if len(got) != n {
		t.Fatalf("%d clicks of %d", len(got), n)
	}
	for i, f := range got {
		if c, ok := f.(capture.Click); !ok || c.Point.X != 10+i%2*100+i {
			t.Fatalf("click %d: %+v", i, f)
		}
	}
}
