package input

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/capture/capturetest"
	"github.com/runreel/runreel/capture/virtual"
)

func startDesktop(t *testing.T, o virtual.Options) *virtual.Desktop {
	t.Helper()
	d, err := virtual.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("close desktop: %v", err)
		}
	})
	return d
}

type hands struct {
	t *testing.T
	*virtual.Desktop
	*capturetest.Running
}

func (h hands) xdotool(args ...string) {
	h.t.Helper()
	if out, err := h.Command(h.t.Context(), "xdotool", args...).CombinedOutput(); err != nil {
		h.t.Fatalf("xdotool %v: %v: %s", args, err, out)
	}
}

// start runs the source and waits until it records.
func start(t *testing.T, d *virtual.Desktop, o Options) hands {
	t.Helper()
	if o.Clock == nil {
		o.Clock = capture.NewClock(time.Now)
	}
	o.DisplayName = d.Display
	h := hands{t, d, startWith(t, o)}
	t.Cleanup(func() {
		for _, f := range h.Collector.Faults() {
			t.Error(f)
		}
	})
	h.ready()
	return h
}

func startWith(t *testing.T, o Options) *capturetest.Running {
	t.Helper()
	src := New(o)
	if err := src.Probe(t.Context()); err != nil {
		t.Fatal(err)
	}
	return capturetest.Start(t, src, o.Clock, nil)
}

// ready presses F11 until it is told: it records.
func (h hands) ready() {
	h.t.Helper()
	h.WaitFor(h.t, 0, func() { h.xdotool("key", "F11") }, isKey("F11"))
}

// flush presses F12 and waits until that is told. It returns all that was told
// up to then, but F11 and F12.
func (h hands) flush() []capture.Fact {
	h.t.Helper()
	n := len(h.Collector.Events())
	h.xdotool("key", "F12")
	ctx, cancel := context.WithTimeout(h.t.Context(), 20*time.Second)
	defer cancel()
	if _, err := h.Collector.WaitAfter(ctx, n, isKey("F12")); err != nil {
		h.t.Fatal(err)
	}
	var facts []capture.Fact
	for _, e := range h.Collector.Events() {
		if !isKey("F11")(e) && !isKey("F12")(e) {
			facts = append(facts, e.Fact)
		}
	}
	return facts
}

func isKey(name string) func(capture.Event) bool {
	return func(e capture.Event) bool {
		c, ok := e.Fact.(capture.Chord)
		return ok && len(c.Keys) == 1 && c.Keys[0] == name
	}
}

func (h hands) at(x, y int, do ...string) {
	h.t.Helper()
	h.xdotool(append([]string{"mousemove", fmt.Sprint(x), fmt.Sprint(y)}, do...)...)
}

func TestContract(t *testing.T) {
	d := startDesktop(t, virtual.Options{})
	capturetest.Run(t, func(t *testing.T, clock *capture.Clock, _ *capturetest.Media) (capture.Source, func()) {
		src := New(Options{Clock: clock, DisplayName: d.Display})
		return src, func() {
			out, err := d.Command(context.Background(), "xdotool", "mousemove", "50", "60", "click", "3").CombinedOutput()
			if err != nil {
				t.Errorf("xdotool: %v: %s", err, out)
			}
		}
	})
}

func TestClicks(t *testing.T) {
	h := start(t, startDesktop(t, virtual.Options{}), Options{})
	h.at(100, 120, "click", "1")
	h.at(200, 220, "click", "3")
	h.at(300, 320, "click", "2")
	h.at(400, 420, "click", "--repeat", "2", "--delay", "60", "1")
	h.at(500, 520, "click", "--repeat", "3", "--delay", "60", "1")
	h.at(600, 120, "mousedown", "1", "mousemove", "606", "125", "mouseup", "1")
	h.at(700, 100, "click", "8", "click", "9", "click", "10")
	want := []capture.Fact{
		capture.Click{Button: 1, Count: 1, Point: capture.Point{X: 100, Y: 120}},
		capture.Click{Button: 3, Count: 1, Point: capture.Point{X: 200, Y: 220}},
		capture.Click{Button: 2, Count: 1, Point: capture.Point{X: 300, Y: 320}},
		capture.Click{Button: 1, Count: 2, Point: capture.Point{X: 400, Y: 420}},
		capture.Click{Button: 1, Count: 3, Point: capture.Point{X: 500, Y: 520}},
		capture.Click{Button: 1, Count: 1, Point: capture.Point{X: 600, Y: 120}},
		capture.Click{Button: 8, Count: 1, Point: capture.Point{X: 700, Y: 100}},
		capture.Click{Button: 9, Count: 1, Point: capture.Point{X: 700, Y: 100}},
	}
	if got := h.flush(); !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestDrags(t *testing.T) {
	s := slow{}
	h := start(t, startDesktop(t, virtual.Options{}), Options{Locator: s, Frames: s, Windows: s})
	h.at(100, 500, "mousedown", "1", "mousemove", "300", "500", "mousemove", "600", "510", "mouseup", "1")
	h.at(50, 60, "click", "1", "mousedown", "1", "mousemove", "50", "90", "mouseup", "1") // a double click that drags
	h.at(70, 60, "mousedown", "2", "mousemove", "90", "90", "mouseup", "2")
	h.at(80, 60, "mousedown", "1", "mousemove", "300", "500", "mousemove", "81", "61", "mouseup", "1") // and back again
	got := h.flush()
	if len(got) != 5 {
		t.Fatalf("got %d: %+v", len(got), got)
	}
	for i, want := range map[int]capture.Drag{
		0: {Button: 1, From: capture.Point{X: 100, Y: 500}, To: capture.Point{X: 600, Y: 510}},
		2: {Button: 1, From: capture.Point{X: 50, Y: 60}, To: capture.Point{X: 50, Y: 90}},
		3: {Button: 2, From: capture.Point{X: 70, Y: 60}, To: capture.Point{X: 90, Y: 90}},
	} {
		d, ok := got[i].(capture.Drag)
		if !ok || d.Button != want.Button || d.From != want.From || d.To != want.To {
			t.Errorf("event %d: %+v, want %+v", i, got[i], want)
			continue
		}
		if d.Element == nil || d.Target == nil || d.Element.Name != fmt.Sprint(want.From.X) || d.Target.Name != fmt.Sprint(want.To.X) ||
			d.Frame.Media != fmt.Sprintf("frames/%d", want.From.X) || d.Window.Title != "w" {
			t.Errorf("event %d: %+v", i, d)
		}
	}
	for i, x := range map[int]int{1: 50, 4: 80} {
		if c, ok := got[i].(capture.Click); !ok || c.Point.X != x || c.Count != 1 {
			t.Errorf("event %d: %+v", i, got[i])
		}
	}
}

// TestTwentyClicks clicks ten times a second, along a line and on the spot.
func TestTwentyClicks(t *testing.T) {
	d := startDesktop(t, virtual.Options{})
	h := start(t, d, Options{})
	button := newHand(t, d)
	for _, step := range []int{20, 0} {
		n := len(h.Collector.Events())
		for !button.clicks(20, 50, step) { // the machine was too busy to be that quick
			h.flush()
			n = len(h.Collector.Events())
		}
		h.flush()
		events := slices.DeleteFunc(h.Collector.Events()[n:], isKey("F12"))
		if len(events) != 20 {
			t.Fatalf("step %d: %d clicks", step, len(events))
		}
		var last time.Duration
		for i, e := range events {
			c, ok := e.Fact.(capture.Click)
			if !ok || c.Point.X != 50+step*i || c.Count != 1 || e.At <= last {
				t.Errorf("event %d: %v %+v", i, e.At, e.Fact)
			}
			last = e.At
		}
	}
}

func TestScroll(t *testing.T) {
	h := start(t, startDesktop(t, virtual.Options{}), Options{})
	h.at(300, 300, "click", "--repeat", "5", "--delay", "30", "5", "click", "4", "click", "7")
	h.at(700, 300, "click", "--repeat", "2", "4")
	got := h.flush()
	if len(got) != 2 {
		t.Fatalf("got %+v", got)
	}
	first, _ := got[0].(capture.Scroll)
	if first.DY != 4 || first.DX != 1 || first.Point.X != 300 || first.Length <= 0 {
		t.Errorf("first: %+v", got[0])
	}
	if second, _ := got[1].(capture.Scroll); second.DY != -2 || second.Point.X != 700 {
		t.Errorf("second: %+v", got[1])
	}
}

func TestKeys(t *testing.T) {
	var entered int
	var mu sync.Mutex
	h := start(t, startDesktop(t, virtual.Options{WindowManager: true}), Options{Enter: func(time.Duration) {
		mu.Lock()
		defer mu.Unlock()
		entered++
	}})
	h.xdotool("type", "Plain Typing, 42! with {brackets} and ünïcode €")
	h.xdotool("key", "Return", "Tab", "Escape", "BackSpace", "shift+a", "shift+Tab", "Left", "KP_Enter")
	if got := h.flush(); len(got) != 0 {
		t.Fatalf("plain typing is told: %+v", got)
	}
	mu.Lock()
	if entered < 4 { // xdotool types no Enter of its own
		t.Errorf("told of %d keys that leave a field", entered)
	}
	mu.Unlock()
	h.xdotool("key", "ctrl+s", "ctrl+shift+t", "alt+F4", "super+l", "F5", "ctrl+alt+Delete", "ctrl+Page_Up")
	want := []string{"Ctrl S", "Ctrl Shift T", "Alt F4", "Super L", "F5", "Ctrl Alt Delete", "Ctrl Page Up"}
	if got := chords(h.flush()); !slices.Equal(got, want) {
		t.Errorf("chords: %q", got)
	}
}

func chords(facts []capture.Fact) []string {
	var keys []string
	for _, f := range facts {
		if c, ok := f.(capture.Chord); ok {
			keys = append(keys, strings.Join(c.Keys, " "))
		}
	}
	return keys
}

// slow is a desktop whose every part answers late, or never.
type slow struct{ wait time.Duration }

func (s slow) Hover(capture.Point, time.Duration) {}

func (s slow) Locate(ctx context.Context, p capture.Point, _ time.Duration) (capture.Element, error) {
	select {
	case <-time.After(s.wait):
		return capture.Element{Name: fmt.Sprint(p.X)}, nil
	case <-ctx.Done():
		return capture.Element{}, ctx.Err()
	}
}

func (s slow) Settled(ctx context.Context, p capture.Point, at time.Duration) ([]string, error) {
	e, err := s.Locate(ctx, p, at)
	return []string{"after " + e.Name}, err
}

func (s slow) Before(_ context.Context, p capture.Point, at time.Duration) (capture.FrameRef, error) {
	return capture.FrameRef{Media: fmt.Sprintf("frames/%d", p.X)}, nil
}

func (s slow) At(p capture.Point) (capture.Window, bool) {
	return capture.Window{ID: 1, PID: p.Y, Title: "w"}, true
}
func (s slow) Active() capture.Window { return capture.Window{ID: 1, PID: 1} }

func TestAnswers(t *testing.T) {
	d := startDesktop(t, virtual.Options{})
	s := slow{wait: 100 * time.Millisecond}
	h := start(t, d, Options{Locator: s, Frames: s, Windows: s, Scope: capture.Scope{
		Hidden: func(w capture.Window) bool { return w.PID == 77 },
		Area:   func() capture.Rect { return capture.Rect{W: 600, H: 600} },
	}})
	h.at(50, 60, "click", "3")
	h.at(50, 77, "click", "1")
	h.at(50, 77, "click", "5")
	h.at(90, 60, "click", "1")
	h.at(700, 60, "click", "1", "click", "4")
	h.at(50, 60, "mousedown", "1", "mousemove", "60", "77", "mouseup", "1")
	h.at(50, 77, "mousedown", "1", "mousemove", "60", "90", "mouseup", "1")
	h.at(50, 60, "mousedown", "1", "mousemove", "700", "90", "mouseup", "1")
	got := h.flush()
	if len(got) != 2 {
		t.Fatalf("got %+v", got)
	}
	for i, x := range []string{"50", "90"} {
		c, _ := got[i].(capture.Click)
		if c.Element == nil || c.Element.Name != x || c.Frame.Media != "frames/"+x || c.Window.Title != "w" || !slices.Equal(c.After, []string{"after " + x}) {
			t.Errorf("click %d: %+v", i, c)
		}
	}
}

func TestNoAnswerInTime(t *testing.T) {
	d := startDesktop(t, virtual.Options{})
	s := slow{wait: time.Hour}
	h := start(t, d, Options{Locator: s, Frames: s, Windows: s})
	h.at(50, 60, "click", "3")
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	e, err := h.Collector.WaitFor(ctx, capturetest.OfKind(capture.KindClick))
	if err != nil {
		t.Fatal(err)
	}
	if late := h.Clock.Now() - e.At; late > elementLimit+300*time.Millisecond {
		t.Errorf("told after %v", late)
	}
	if c := e.Fact.(capture.Click); c.Element != nil || c.Frame.Media != "frames/50" {
		t.Errorf("click: %+v", c)
	}
}

func TestServerGone(t *testing.T) {
	d, err := virtual.Start(t.Context(), virtual.Options{})
	if err != nil {
		t.Fatal(err)
	}
	h := start(t, d, Options{})
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-h.Done():
		if h.Err() == nil {
			t.Error("Run returned no error")
		}
	case <-time.After(5 * time.Second):
		t.Error("Run did not notice that the server is gone")
	}
}

func TestNoDisplay(t *testing.T) {
	src := New(Options{Clock: capture.NewClock(time.Now), DisplayName: ":65000"})
	for _, err := range []error{src.Probe(t.Context()), src.Run(t.Context(), func(capture.Event) {})} {
		if !errors.Is(err, ErrNoDisplay) {
			t.Errorf("error: %v", err)
		}
	}
}
