package window

import (
	"context"
	"errors"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/capture/capturetest"
	"github.com/runreel/runreel/capture/virtual"
)

func startDesktop(t *testing.T) *virtual.Desktop {
	t.Helper()
	d, err := virtual.Start(t.Context(), virtual.Options{WindowManager: true})
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

// program starts a program and ends it with the test.
func program(t *testing.T, d *virtual.Desktop, name string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := d.Command(context.Background(), name, args...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = cmd.Wait()
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-done
	})
	return cmd
}

func xdotool(t *testing.T, d *virtual.Desktop, args ...string) string {
	t.Helper()
	out, err := d.Command(t.Context(), "xdotool", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("xdotool %v: %v: %s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(15 * time.Second); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not so within 15 s: %s", what)
		}
	}
}

func waitFocus(t *testing.T, r *capturetest.Running, n int, title string) capture.Window {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
	defer cancel()
	e, err := r.Collector.WaitAfter(ctx, n, func(e capture.Event) bool {
		f, ok := e.Fact.(capture.Focus)
		return ok && f.Window.Title == title
	})
	if err != nil {
		t.Fatalf("focus of %q: %v", title, err)
	}
	return e.Fact.(capture.Focus).Window
}

func TestContract(t *testing.T) {
	d := startDesktop(t)
	program(t, d, "xterm", "-title", "first")
	var last string
	capturetest.Run(t, func(t *testing.T, clock *capture.Clock, _ *capturetest.Media) (capture.Source, func()) {
		return New(Options{Clock: clock, DisplayName: d.Display}), func() {
			if last += "x"; len(last) > 5 {
				last = "x"
			}
			until(t, "xterm shows", func() bool {
				out, _ := d.Command(t.Context(), "xdotool", "search", "--class", "XTerm").Output()
				return len(out) > 0
			})
			xdotool(t, d, "search", "--class", "XTerm", "windowactivate", "set_window", "--name", last)
		}
	})
}

func TestFocusAndTitles(t *testing.T) {
	d := startDesktop(t)
	var mu sync.Mutex
	own := 0
	clock := capture.NewClock(time.Now)
	s := New(Options{Clock: clock, DisplayName: d.Display, Scope: capture.Scope{Hidden: func(w capture.Window) bool {
		mu.Lock()
		defer mu.Unlock()
		return w.PID == own
	}}})
	r := capturetest.Start(t, s, clock, nil)

	first := program(t, d, "xterm", "-title", "first", "-geometry", "40x10+100+100")
	w := waitFocus(t, r, 0, "first")
	if w.Program != "XTerm" || w.PID != first.Process.Pid || w.ID == 0 || w.Bounds.Empty() {
		t.Errorf("window: %+v", w)
	}
	// The corner of the bounds is the window manager's frame.
	inside := capture.Point{X: w.Bounds.X + 3, Y: w.Bounds.Y + 3}
	if at, ok := s.At(inside); !ok || at.ID != w.ID || at.Title != "first" {
		t.Errorf("at the frame's corner: %+v %v", at, ok)
	}
	if at, ok := s.At(capture.Point{X: 1200, Y: 780}); ok {
		t.Errorf("over the bare desktop: %+v", at)
	}
	origin, ok := s.Origin(w.ID)
	if !ok || origin.Y <= w.Bounds.Y || !w.Bounds.Contains(origin) {
		t.Errorf("origin %v of %v", origin, w.Bounds)
	}
	until(t, "when the window appeared is known", func() bool { return s.Shown(w.ID) > 0 })

	second := program(t, d, "zenity", "--info", "--title=second Ünïcode", "--text=x")
	w2 := waitFocus(t, r, 0, "second Ünïcode")
	if w2.Program != "Zenity" || w2.PID != second.Process.Pid {
		t.Errorf("window: %+v", w2)
	}
	until(t, "the second appeared after the first", func() bool { return s.Shown(w2.ID) > s.Shown(w.ID) })
	n := len(r.Collector.Events())
	xdotool(t, d, "search", "--class", "XTerm", "windowactivate", "set_window", "--name", "renamed")
	waitFocus(t, r, n, "renamed")
	until(t, "the list is right", func() bool {
		l := s.List()
		return len(l) == 2 && l[0].Title == "renamed" && l[1].Title == "second Ünïcode"
	})

	mu.Lock()
	own = second.Process.Pid
	mu.Unlock()
	n = len(r.Collector.Events())
	xdotool(t, d, "search", "--name", "second", "windowactivate")
	until(t, "the own window is active", func() bool { return s.Active().PID == second.Process.Pid })
	xdotool(t, d, "search", "--class", "XTerm", "windowactivate")
	waitFocus(t, r, n, "renamed")
	if got := len(r.Collector.Events()) - n; got != 1 {
		t.Errorf("%d events around an own window", got)
	}
	if at, ok := s.At(capture.Point{X: w2.Bounds.X + w2.Bounds.W/2, Y: w2.Bounds.Y + 5}); ok && at.ID == w2.ID && at.PID != own {
		t.Errorf("own window under a point: %+v", at)
	}

	// What changes during a pause is told when it ends.
	clock.Pause()
	n = len(r.Collector.Events())
	xdotool(t, d, "search", "--class", "XTerm", "set_window", "--name", "while paused")
	until(t, "the title is seen", func() bool { return s.Active().Title == "while paused" })
	if got := len(r.Collector.Events()) - n; got != 0 {
		t.Errorf("%d events during a pause", got)
	}
	clock.Resume()
	waitFocus(t, r, n, "while paused")
	for _, f := range r.Collector.Faults() {
		t.Error(f)
	}
}

// TestPopup opens a menu: its window is told with the program it belongs to.
func TestPopup(t *testing.T) {
	d := startDesktop(t)
	clock := capture.NewClock(time.Now)
	s := New(Options{Clock: clock, DisplayName: d.Display})
	r := capturetest.Start(t, s, clock, nil)
	cmd := program(t, d, "gtk3-demo-application")
	w := waitFocus(t, r, 0, "Application Class")
	origin, _ := s.Origin(w.ID)
	p := capture.Point{X: origin.X + 20, Y: origin.Y + 60}
	xdotool(t, d, "mousemove", strconv.Itoa(origin.X+20), strconv.Itoa(origin.Y+10), "click", "1")
	var popup capture.Window
	until(t, "the menu lies over its window", func() bool {
		popup, _ = s.At(p)
		return popup.ID != 0 && popup.ID != w.ID
	})
	if popup.PID != cmd.Process.Pid || popup.Program != w.Program || !popup.Bounds.Contains(p) || popup.Title != w.Title {
		t.Errorf("popup: %+v of %+v", popup, w)
	}
	xdotool(t, d, "key", "Escape")
	until(t, "the window is back", func() bool {
		at, _ := s.At(p)
		return at.ID == w.ID
	})
}

func TestServerGone(t *testing.T) {
	d, err := virtual.Start(t.Context(), virtual.Options{})
	if err != nil {
		t.Fatal(err)
	}
	clock := capture.NewClock(time.Now)
	s := New(Options{Clock: clock, DisplayName: d.Display})
	r := capturetest.Start(t, s, clock, nil)
	until(t, "it watches", func() bool { return s.current() != nil })
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-r.Done():
		if r.Err() == nil {
			t.Error("Run returned no error")
		}
	case <-time.After(5 * time.Second):
		t.Error("Run did not notice that the server is gone")
	}
	if _, ok := s.At(capture.Point{}); ok || len(s.List()) > 0 || s.Active().ID != 0 {
		t.Error("windows are known without a server")
	}
}

func TestNoDisplay(t *testing.T) {
	s := New(Options{Clock: capture.NewClock(time.Now), DisplayName: ":65000"})
	for _, err := range []error{s.Probe(t.Context()), s.Run(t.Context(), func(capture.Event) {})} {
		if !errors.Is(err, ErrNoDisplay) {
			t.Errorf("error: %v", err)
		}
	}
}

func FuzzText(f *testing.F) {
	f.Add([]byte("caf\xe9"))
	f.Add([]byte(strings.Repeat("ü", 2048) + "x"))
	f.Add([]byte("a\x00b"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		got := decodeText(raw)
		if strings.ToValidUTF8(got, "") != got || strings.ContainsRune(got, 0) {
			t.Errorf("%q is no text", got)
		}
	})
}
