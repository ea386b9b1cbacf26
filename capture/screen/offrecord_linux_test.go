package screen

import (
	"errors"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/capture/capturetest"
)

// TestOffTheRecord takes a span away that has a picture in memory and one in
// the store. Neither may be told or kept, and what follows is grabbed anew.
func TestOffTheRecord(t *testing.T) {
	d := startDesktop(t, 640, 480)
	c := newCanvas(t, d.Display, capture.Rect{W: 640, H: 480})
	r := record(t, Options{DisplayName: d.Display})
	area, p := capture.Rect{X: 10, Y: 10, W: 100, H: 100}, capture.Point{X: 50, Y: 50}
	c.fill(area, 0x0000ff)
	r.shows(t, 50, 50, 0x0000ff)
	eventually(t, func() bool { return r.Clock.Now() > 300*time.Millisecond })

	from := r.Clock.Now()
	c.fill(area, 0xaa0001)
	r.grabbed(t, 50, 50, 0xaa0001)
	if ref, err := r.src.Before(t.Context(), p, r.Clock.Now()); err != nil || at(open(t, r.Media, ref), ref, 50, 50) != rgb(0xaa0001) {
		t.Fatalf("picture before it was taken away: %+v, %v", ref, err)
	}
	c.fill(area, 0xaa0002) // stays in memory
	r.grabbed(t, 50, 50, 0xaa0002)
	r.Clock.Pause()
	to := r.Clock.Now()
	r.Clock.Forget(to - from)
	puts, n := r.Media.Puts(), len(r.Collector.Events())
	for _, when := range []time.Duration{from + 1, to, to + time.Hour} {
		ref, err := r.src.Before(t.Context(), p, when)
		if err != nil {
			t.Fatal(err)
		}
		if ref != (capture.FrameRef{}) && at(open(t, r.Media, ref), ref, 50, 50).R == 0xaa {
			t.Errorf("at %v there is still the picture %+v", when, ref)
		}
	}
	eventually(t, func() bool {
		r.src.mu.Lock()
		defer r.src.mu.Unlock()
		for _, f := range r.src.rings[0].frames {
			if r.Clock.Void(f.at, f.at) {
				return false
			}
		}
		return len(r.src.rings[0].stored) == 0 && len(r.src.rings[0].free) == 0
	})
	if r.Media.Puts() != puts {
		t.Error("something was stored meanwhile")
	}

	// Nothing is drawn: what is on the screen is grabbed all the same.
	r.Clock.Resume()
	e := r.WaitFor(t, n, nil, capturetest.OfKind(capture.KindFrame))
	f := e.Fact.(capture.Frame)
	if e.At < to || at(open(t, r.Media, f.FrameRef), f.FrameRef, 50, 50) != rgb(0xaa0002) {
		t.Errorf("first picture afterwards: %+v", e)
	}
	if ref, err := r.src.Before(t.Context(), p, r.Clock.Now()); err != nil || ref != f.FrameRef {
		t.Errorf("after it: %+v, %v", ref, err)
	}
	for _, e := range r.Collector.Events()[n:] {
		if r.Clock.Void(e.At, e.At) && e.At != to {
			t.Errorf("told %+v of the span that was taken away", e)
		}
	}
}

// TestOffTheRecordUnseen pauses and resumes between two looks of the loop.
func TestOffTheRecordUnseen(t *testing.T) {
	d := startDesktop(t, 320, 200)
	c := newCanvas(t, d.Display, capture.Rect{W: 320, H: 200})
	r := record(t, Options{DisplayName: d.Display})
	c.fill(capture.Rect{W: 320, H: 200}, 0xaa0001)
	r.shows(t, 50, 50, 0xaa0001)
	n := len(r.Collector.Events())
	r.Clock.Pause()
	r.Clock.Forget(time.Hour)
	<-time.After(15 * time.Millisecond) // the loop looks less often: this is what is tested
	r.Clock.Resume()
	e := r.WaitFor(t, n, nil, capturetest.OfKind(capture.KindFrame))
	if r.Clock.Void(e.At, e.At) {
		t.Errorf("picture of the span that was taken away: %+v", e)
	}
}

// TestDisplaysGoAndComeBack switches the only monitor off and on.
func TestDisplaysGoAndComeBack(t *testing.T) {
	d := startDesktop(t, 800, 600)
	c := newCanvas(t, d.Display, capture.Rect{W: 400, H: 300})
	for _, target := range []capture.Target{{}, {Kind: capture.TargetDisplay}} {
		var tr troubles
		r := record(t, Options{DisplayName: d.Display, Target: target, Trouble: tr.tell})
		c.background(0x00ff00)
		r.shows(t, 50, 50, 0x00ff00)
		xrandr(t, d.Display, "--fb", "800x600", "--output", "screen", "--off")
		eventually(t, func() bool { all := tr.told(); return len(all) > 0 && errors.Is(all[len(all)-1], ErrNoDisplay) })
		n := len(r.Collector.Events())
		xrandr(t, d.Display, "--output", "screen", "--mode", "800x600")
		eventually(t, func() bool { all := tr.told(); return all[len(all)-1] == nil })
		c.background(0xff0000)
		r.shows(t, 50, 50, 0xff0000)
		e := r.WaitFor(t, n, nil, capturetest.OfKind(capture.KindGap))
		if g := e.Fact.(capture.Gap); g.Source != "screen" || g.Length <= 0 || g.Reason == "" {
			t.Errorf("gap: %+v", g)
		}
		if err := r.Stop(t); err != nil {
			t.Error(err)
		}
	}
}

// TestDisplaysOfManySizes has three displays, two of them to the left of and
// above the one that is called first.
func TestDisplaysOfManySizes(t *testing.T) {
	d := startDesktop(t, 1200, 900)
	xrandr(t, d.Display, "--setmonitor", "main", "700/100x500/100+500+400", "screen")
	xrandr(t, d.Display, "--setmonitor", "left", "500/100x300/100+0+600", "none")
	xrandr(t, d.Display, "--setmonitor", "above", "640/100x400/100+520+0", "none")
	displays, err := DisplaysOf(d.Display)
	if err != nil || len(displays) != 3 {
		t.Fatalf("displays %+v, %v", displays, err)
	}
	checkDisplays(t, d.Display, displays)
}

func checkDisplays(t *testing.T, name string, displays []Display) {
	t.Helper()
	type spot struct {
		c *canvas
		p capture.Point
	}
	var spots []spot
	for _, m := range displays {
		at := capture.Rect{X: m.Bounds.X + m.Bounds.W/3, Y: m.Bounds.Y + m.Bounds.H/3, W: 60, H: 40}
		spots = append(spots, spot{newCanvas(t, name, at), capture.Point{X: at.X, Y: at.Y}})
	}
	all := record(t, Options{DisplayName: name})
	for i, s := range spots {
		colour := uint32(0x402010 * (i + 1))
		s.c.background(colour)
		f := all.shows(t, s.p.X, s.p.Y, colour).Fact.(capture.Frame)
		if f.Display != i || f.Bounds != displays[i].Bounds {
			t.Errorf("display %d: picture of display %d, %+v, want %+v", i, f.Display, f.Bounds, displays[i].Bounds)
		}
		img := open(t, all.Media, f.FrameRef)
		if at(img, f.FrameRef, s.p.X-1, s.p.Y-1) == rgb(colour) || at(img, f.FrameRef, s.p.X+59, s.p.Y+39) != rgb(colour) {
			t.Errorf("display %d: the picture is shifted", i)
		}
		ref, err := all.src.Before(t.Context(), s.p, all.Clock.Now())
		if err != nil || ref.Bounds != displays[i].Bounds {
			t.Errorf("display %d: picture for a click is of %+v, %v", i, ref.Bounds, err)
		}
	}
	if err := all.Stop(t); err != nil {
		t.Error(err)
	}
	// One of them alone.
	last := len(displays) - 1
	one := record(t, Options{DisplayName: name, Target: capture.Target{Kind: capture.TargetDisplay, Display: last}})
	spots[last].c.background(0x00ff00)
	f := one.shows(t, spots[last].p.X, spots[last].p.Y, 0x00ff00).Fact.(capture.Frame)
	if f.Display != last || f.Bounds != displays[last].Bounds || one.src.Area() != displays[last].Bounds {
		t.Errorf("one display: %+v, area %+v", f, one.src.Area())
	}
	if ref, err := one.src.Before(t.Context(), spots[0].p, one.Clock.Now()); err != nil || ref != (capture.FrameRef{}) {
		t.Errorf("click on a display that is not recorded: %+v, %v", ref, err)
	}
}

// TestServerKilledWhileItWorks kills the server in the middle of things, again
// and again: Run must tell so at once.
func TestServerKilledWhileItWorks(t *testing.T) {
	for i := range 6 {
		d := startDesktop(t, 640, 480)
		r := record(t, Options{DisplayName: d.Display})
		r.WaitFor(t, 0, nil, capturetest.OfKind(capture.KindFrame))
		busy := exec.Command("sh", "-c", "while xsetroot -display "+d.Display+" -solid '#"+"123456' && xsetroot -display "+d.Display+" -solid '#654321'; do :; done")
		if err := busy.Start(); err != nil {
			t.Fatal(err)
		}
		<-time.After(time.Duration(i*17) * time.Millisecond) // a moment of its own for each round
		if err := syscall.Kill(serverPID(t, d.Display), syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		killed := time.Now()
		select {
		case <-r.Done():
		case <-time.After(5 * time.Second):
			t.Fatal("Run goes on without a server")
		}
		if took := time.Since(killed); took > 2*time.Second {
			t.Errorf("Run took %v to notice", took)
		}
		if !errors.Is(r.Err(), ErrServerGone) {
			t.Errorf("Run returned %v, want %v", r.Err(), ErrServerGone)
		}
		_ = busy.Wait() // it ends with its server
	}
}

// TestHungServerIsTold stops the server's process for longer than it may take.
func TestHungServerIsTold(t *testing.T) {
	d := startDesktop(t, 640, 480)
	c := newCanvas(t, d.Display, capture.Rect{W: 640, H: 480})
	var tr troubles
	r := record(t, Options{DisplayName: d.Display, Trouble: tr.tell})
	r.WaitFor(t, 0, nil, capturetest.Any)
	pid := serverPID(t, d.Display)
	c.fill(capture.Rect{W: 100, H: 100}, 0x123456)
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Kill(pid, syscall.SIGCONT) }()
	eventually(t, func() bool { all := tr.told(); return len(all) == 1 && errors.Is(all[0], ErrServerGone) })
	if err := syscall.Kill(pid, syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { all := tr.told(); return len(all) == 2 && all[1] == nil })
	r.WaitFor(t, 0, nil, capturetest.OfKind(capture.KindGap))
}
