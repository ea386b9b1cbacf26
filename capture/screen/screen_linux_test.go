package screen

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/capture/capturetest"
)

func TestSuite(t *testing.T) {
	d := startDesktop(t, 640, 480)
	capturetest.Run(t, func(t *testing.T, clock *capture.Clock, media *capturetest.Media) (capture.Source, func()) {
		c := newCanvas(t, d.Display, capture.Rect{X: 10, Y: 10, W: 300, H: 200})
		var n atomic.Uint32
		act := func() { c.fill(capture.Rect{X: 5, Y: 5, W: 50, H: 50}, n.Add(1)*7919) }
		return New(Options{DisplayName: d.Display, Clock: clock, Media: media}), act
	})
}

func TestStoredPicturesHoldThePixels(t *testing.T) {
	d := startDesktop(t, 801, 603) // odd sizes show wrong strides
	c := newCanvas(t, d.Display, capture.Rect{X: 100, Y: 50, W: 400, H: 300})
	r := record(t, Options{DisplayName: d.Display})
	c.fill(capture.Rect{X: 20, Y: 30, W: 40, H: 10}, 0x12ab9f)
	e := r.shows(t, 100+20, 50+30, 0x12ab9f)
	f := e.Fact.(capture.Frame)
	if want := (capture.Rect{W: 801, H: 603}); f.Bounds != want {
		t.Errorf("bounds %+v, want %+v", f.Bounds, want)
	}
	img := open(t, r.Media, f.FrameRef)
	for _, p := range []struct {
		x, y int
		want uint32
	}{
		{120, 80, 0x12ab9f}, {159, 89, 0x12ab9f}, {160, 89, 0x101010}, {119, 80, 0x101010},
		{120, 79, 0x101010}, {120, 90, 0x101010}, {499, 349, 0x101010},
	} {
		if got := at(img, f.FrameRef, p.x, p.y); got != rgb(p.want) {
			t.Errorf("pixel %d,%d is %v, want %06x", p.x, p.y, got, p.want)
		}
	}
}

// countingDevice counts how often pixels were read.
type countingDevice struct {
	device
	reads atomic.Int64
}

func (d *countingDevice) refresh(more []rows) ([]rows, error) {
	d.reads.Add(1)
	return d.device.refresh(more)
}

func TestIdleScreenIsNotRead(t *testing.T) {
	d := startDesktop(t, 640, 480)
	clock, media := capture.NewClock(time.Now), new(capturetest.Media)
	s := New(Options{DisplayName: d.Display, Clock: clock, Media: media})
	clock.Start()
	col := capturetest.NewCollector(clock, media)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s.open(ctx, col.Emit)
	dev, err := openDevice(s.opt, s.log)
	if err != nil {
		t.Fatal(err)
	}
	defer dev.close()
	counting := &countingDevice{device: dev}
	done := make(chan error, 1)
	go func() { done <- newLoop(s, counting).run(ctx) }()

	if _, err := col.WaitFor(t.Context(), capturetest.OfKind(capture.KindFrame)); err != nil {
		t.Fatal(err)
	}
	before := counting.reads.Load()
	idle, stop := context.WithTimeout(t.Context(), time.Second)
	defer stop()
	if e, err := col.WaitAfter(idle, 1, capturetest.Any); err == nil {
		t.Errorf("idle screen gave %+v", e)
	}
	// The one read that a late damage report of the start may cause.
	if n := counting.reads.Load() - before; n > 1 {
		t.Errorf("idle screen was read %d times in a second", n)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if err := s.close(func() {}); err != nil {
		t.Error(err)
	}
}

func TestBeforeDoesNotShowWhatThePressDid(t *testing.T) {
	d := startDesktop(t, 640, 480)
	c := newCanvas(t, d.Display, capture.Rect{W: 640, H: 480})
	r := record(t, Options{DisplayName: d.Display})
	area := capture.Rect{X: 10, Y: 10, W: 100, H: 100}
	c.fill(area, 0x00ff00)
	r.grabbed(t, 50, 50, 0x00ff00)

	press := r.Clock.Now()
	c.fill(area, 0xff0000)
	r.grabbed(t, 50, 50, 0xff0000)
	ref, err := r.src.Before(t.Context(), capture.Point{X: 50, Y: 50}, press)
	if err != nil {
		t.Fatal(err)
	}
	if got := at(open(t, r.Media, ref), ref, 50, 50); got != rgb(0x00ff00) {
		t.Errorf("picture before the press shows %v", got)
	}
	told := false
	for _, e := range r.Collector.Events() {
		if f, ok := e.Fact.(capture.Frame); ok && f.FrameRef == ref {
			told = true
			if e.At >= press {
				t.Errorf("picture of %v, press at %v", e.At, press)
			}
		}
	}
	if !told {
		t.Error("no event for the picture when Before returned")
	}
	outside, err := r.src.Before(t.Context(), capture.Point{X: 9999, Y: 5}, press)
	if err != nil || outside != (capture.FrameRef{}) {
		t.Errorf("outside of the displays: %+v, %v", outside, err)
	}
	early, err := r.src.Before(t.Context(), capture.Point{X: 5, Y: 5}, 0)
	if err != nil || early != (capture.FrameRef{}) {
		t.Errorf("before the first picture: %+v, %v", early, err)
	}
}

// TestTwentyClicksAtTenPerSecond presses ten times a second, each press changing
// the screen at once. Each must get the picture that the one before it left.
func TestTwentyClicksAtTenPerSecond(t *testing.T) {
	d := startDesktop(t, 1280, 800)
	c := newCanvas(t, d.Display, capture.Rect{W: 1280, H: 800})
	r := record(t, Options{DisplayName: d.Display})
	colour := func(i int) uint32 { return uint32(0x202020 + i*0x050a05) }
	area := capture.Rect{X: 10, Y: 10, W: 300, H: 200}
	c.fill(area, colour(0))
	r.grabbed(t, 50, 50, colour(0))

	var wg sync.WaitGroup
	var refs [20]capture.FrameRef
	began := r.Clock.Now()
	for i := range refs {
		next := time.After(100 * time.Millisecond)
		// On a machine that does nothing else this has long come true.
		r.grabbed(t, 50, 50, colour(i))
		<-next
		press := r.Clock.Now()
		c.fill(area, colour(i+1))
		wg.Go(func() {
			var err error
			if refs[i], err = r.src.Before(t.Context(), capture.Point{X: 50, Y: 50}, press); err != nil {
				t.Error(err)
			}
		})
	}
	t.Logf("%d presses in %v", len(refs), r.Clock.Now()-began)
	wg.Wait()
	for i, ref := range refs {
		if got := at(open(t, r.Media, ref), ref, 50, 50); got != rgb(colour(i)) {
			t.Errorf("press %d got %v, want %06x", i, got, colour(i))
		}
	}
}

func TestNothingOfAPauseIsStored(t *testing.T) {
	d := startDesktop(t, 640, 480)
	c := newCanvas(t, d.Display, capture.Rect{W: 640, H: 480})
	r := record(t, Options{DisplayName: d.Display})
	area := capture.Rect{X: 10, Y: 10, W: 100, H: 100}
	c.fill(area, 0x0000ff)
	r.shows(t, 50, 50, 0x0000ff)
	r.Clock.Pause()
	for i := range 40 {
		c.fill(area, 0xaa0000+uint32(i))
	}
	c.fill(area, 0x00ff00)
	r.Clock.Resume()
	r.shows(t, 50, 50, 0x00ff00)
	if err := r.Stop(t); err != nil {
		t.Fatal(err)
	}
	for _, e := range r.Collector.Events() {
		f := e.Fact.(capture.Frame).FrameRef
		if got := at(open(t, r.Media, f), f, 50, 50); got.R == 0xaa {
			t.Errorf("picture of the pause: %v", got)
		}
	}
}

func TestContinuousChangeIsStoredNowAndThen(t *testing.T) {
	d := startDesktop(t, 640, 480)
	c := newCanvas(t, d.Display, capture.Rect{W: 640, H: 480})
	r := record(t, Options{DisplayName: d.Display})
	end := time.After(7 * time.Second)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for i := uint32(0); ; i++ {
		c.fill(capture.Rect{X: 10, Y: 10, W: 50, H: 50}, i*31)
		select {
		case <-tick.C:
			continue
		case <-end:
		}
		break
	}
	if n := len(r.Collector.Events()); n < 2 || n > 5 {
		t.Errorf("%d pictures of 7 s of change, want 3", n)
	}
}

func TestBlinkingCaretIsNotStoredForEver(t *testing.T) {
	r := newRing(Display{Bounds: capture.Rect{W: 1, H: 1}}, bgrx)
	told := 0
	for i := range 1000 {
		if r.remember(time.Duration(i)*600*time.Millisecond, uint64(i%2), capture.FrameRef{Media: fmt.Sprint(i % 2)}) {
			told++
		}
	}
	if told < 4 || told > 50 {
		t.Errorf("%d events for ten minutes of blinking", told)
	}
	if len(r.stored) != 2 {
		t.Errorf("%d pictures remembered, want 2", len(r.stored))
	}
}

func TestOwnWindowsArePaintedOver(t *testing.T) {
	d := startDesktop(t, 640, 480)
	c := newCanvas(t, d.Display, capture.Rect{W: 640, H: 480})
	own := capture.Rect{X: 600, Y: 100, W: 500, H: 50} // runs off the display
	r := record(t, Options{DisplayName: d.Display, Hide: fixed(own)})
	c.fill(capture.Rect{W: 640, H: 480}, 0xcc2211)
	e := r.shows(t, 10, 10, 0xcc2211)
	f := e.Fact.(capture.Frame).FrameRef
	img := open(t, r.Media, f)
	for _, p := range []struct {
		x, y int
		want uint32
	}{{600, 100, 0x808080}, {639, 149, 0x808080}, {599, 100, 0xcc2211}, {639, 150, 0xcc2211}, {639, 99, 0xcc2211}} {
		if got := at(img, f, p.x, p.y); got != rgb(p.want) {
			t.Errorf("pixel %d,%d is %v, want %06x", p.x, p.y, got, p.want)
		}
	}
}

// fixed hides one part of the screen all the time.
func fixed(r capture.Rect) func(func()) ([]capture.Rect, bool) {
	return func(grab func()) ([]capture.Rect, bool) { grab(); return []capture.Rect{r}, true }
}

func TestFullDiskEndsTheSource(t *testing.T) {
	d := startDesktop(t, 640, 480)
	c := newCanvas(t, d.Display, capture.Rect{W: 640, H: 480})
	r := record(t, Options{DisplayName: d.Display})
	r.WaitFor(t, 0, nil, capturetest.Any)
	full := errors.New("no space left on device")
	r.Media.Fail(full)
	c.fill(capture.Rect{W: 100, H: 100}, 0x123456)
	select {
	case <-r.Done():
	case <-time.After(10 * time.Second):
		t.Fatal("Run goes on")
	}
	if !errors.Is(r.Err(), full) {
		t.Errorf("Run returned %v, want %v", r.Err(), full)
	}
}

func TestNoServer(t *testing.T) {
	s := New(Options{DisplayName: ":4711", Clock: capture.NewClock(time.Now), Media: new(capturetest.Media)})
	if err := s.Probe(t.Context()); !errors.Is(err, ErrNoServer) {
		t.Errorf("Probe: %v, want %v", err, ErrNoServer)
	}
	if err := s.Run(t.Context(), func(capture.Event) {}); !errors.Is(err, ErrNoServer) {
		t.Errorf("Run: %v, want %v", err, ErrNoServer)
	}
	t.Setenv("DISPLAY", "")
	if _, err := Displays(); !errors.Is(err, ErrNoServer) || !strings.Contains(err.Error(), "DISPLAY is not set") {
		t.Errorf("Displays: %v", err)
	}
}

func TestNoSuchDisplay(t *testing.T) {
	d := startDesktop(t, 640, 480)
	s := New(Options{Target: capture.Target{Kind: capture.TargetDisplay, Display: 3}, DisplayName: d.Display, Clock: capture.NewClock(time.Now)})
	if err := s.Probe(t.Context()); !errors.Is(err, ErrNoDisplay) {
		t.Errorf("Probe: %v, want %v", err, ErrNoDisplay)
	}
}

func xrandr(t *testing.T, display string, args ...string) {
	t.Helper()
	out, err := exec.Command("xrandr", append([]string{"-display", display}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("xrandr %q: %v\n%s", args, err, out)
	}
}

func TestResize(t *testing.T) {
	d := startDesktop(t, 1280, 800)
	c := newCanvas(t, d.Display, capture.Rect{W: 600, H: 400})
	r := record(t, Options{DisplayName: d.Display})
	c.fill(capture.Rect{W: 600, H: 400}, 0x0000ff)
	r.shows(t, 50, 50, 0x0000ff)
	xrandr(t, d.Display, "--newmode", "small", "25", "640", "656", "752", "800", "480", "490", "492", "525")
	xrandr(t, d.Display, "--addmode", "screen", "small")
	xrandr(t, d.Display, "--output", "screen", "--mode", "small")
	c.fill(capture.Rect{W: 600, H: 400}, 0x00ff00)
	e := r.shows(t, 50, 50, 0x00ff00)
	if b := e.Fact.(capture.Frame).Bounds; b != (capture.Rect{W: 640, H: 480}) {
		t.Errorf("bounds after the change %+v", b)
	}
	xrandr(t, d.Display, "--output", "screen", "--mode", "1280x800")
	c.fill(capture.Rect{W: 600, H: 400}, 0xff0000)
	e = r.shows(t, 50, 50, 0xff0000)
	if b := e.Fact.(capture.Frame).Bounds; b != (capture.Rect{W: 1280, H: 800}) {
		t.Errorf("bounds after the second change %+v", b)
	}
}

func TestTwoDisplays(t *testing.T) {
	d := startDesktop(t, 1200, 600)
	xrandr(t, d.Display, "--setmonitor", "left", "500/100x600/100+0+0", "screen")
	xrandr(t, d.Display, "--setmonitor", "right", "700/100x600/100+500+0", "none")
	all, err := DisplaysOf(d.Display)
	if err != nil || len(all) != 2 {
		t.Fatalf("displays %+v, %v; want 2", all, err)
	}
	left := newCanvas(t, d.Display, capture.Rect{W: 400, H: 400})
	right := newCanvas(t, d.Display, capture.Rect{X: 600, W: 400, H: 400})
	r := record(t, Options{DisplayName: d.Display})
	left.fill(capture.Rect{W: 400, H: 400}, 0x0000ff)
	right.fill(capture.Rect{W: 400, H: 400}, 0x00ff00)
	l := r.shows(t, 50, 50, 0x0000ff).Fact.(capture.Frame)
	g := r.shows(t, 650, 50, 0x00ff00).Fact.(capture.Frame)
	if l.Display == g.Display || l.Bounds.W != 500 || g.Bounds != (capture.Rect{X: 500, W: 700, H: 600}) {
		t.Errorf("left %+v, right %+v", l, g)
	}

	n := len(r.Collector.Events())
	right.fill(capture.Rect{W: 400, H: 400}, 0xff0000)
	r.shows(t, 650, 50, 0xff0000)
	for _, e := range r.Collector.Events()[n:] {
		if f := e.Fact.(capture.Frame); f.Display != g.Display {
			t.Errorf("display %d stored, only %d changed", f.Display, g.Display)
		}
	}
	ref, err := r.src.Before(t.Context(), capture.Point{X: 650, Y: 50}, r.Clock.Now())
	if err != nil || at(open(t, r.Media, ref), ref, 650, 50) != rgb(0xff0000) {
		t.Errorf("picture of the right display %+v, %v", ref, err)
	}
}

// TestWithoutExtensions records over servers that lack what makes it cheap.
func TestWithoutExtensions(t *testing.T) {
	for _, name := range []string{"DAMAGE", "MIT-SHM", "RANDR", "XFIXES"} {
		t.Run(name, func(t *testing.T) {
			d := startDesktop(t, 640, 480, "-extension", name)
			c := newCanvas(t, d.Display, capture.Rect{W: 640, H: 480})
			r := record(t, Options{DisplayName: d.Display})
			c.fill(capture.Rect{W: 100, H: 480}, 0x0000ff)
			r.shows(t, 50, 50, 0x0000ff)
			c.fill(capture.Rect{W: 100, H: 480}, 0x00ff00)
			r.shows(t, 50, 479, 0x00ff00)
		})
	}
}

func TestServerKilled(t *testing.T) {
	d := startDesktop(t, 640, 480)
	r := record(t, Options{DisplayName: d.Display})
	r.WaitFor(t, 0, nil, capturetest.Any)
	if err := d.Close(); err != nil {
		t.Log(err)
	}
	select {
	case <-r.Done():
	case <-time.After(10 * time.Second):
		t.Fatal("Run goes on without a server")
	}
	if !errors.Is(r.Err(), ErrServerGone) {
		t.Errorf("Run returned %v, want %v", r.Err(), ErrServerGone)
	}
}

func TestSharedMemoryIsPrivateAndFreed(t *testing.T) {
	d := startDesktop(t, 640, 480)
	r := record(t, Options{DisplayName: d.Display})
	r.WaitFor(t, 0, nil, capturetest.Any)
	if segs := segments(t); len(segs) != 1 || !strings.HasSuffix(segs[0], "600") {
		t.Errorf("segments of this process with their modes: %q, want one of mode 600", segs)
	}
	if err := r.Stop(t); err != nil {
		t.Fatal(err)
	}
	eventually(t, func() bool { return len(segments(t)) == 0 })
}

// segments returns the modes of the System V segments that this process made.
func segments(t *testing.T) []string {
	t.Helper()
	b, err := os.ReadFile("/proc/sysvipc/shm")
	if err != nil {
		t.Fatal(err)
	}
	var modes []string
	for line := range strings.Lines(string(b)) {
		f := strings.Fields(line) // key shmid perms size cpid ...
		if len(f) > 4 && f[4] == fmt.Sprint(os.Getpid()) {
			modes = append(modes, f[2])
		}
	}
	return modes
}

func TestPicturesAskedForAreStoredAtTheEnd(t *testing.T) {
	d := startDesktop(t, 1280, 800)
	c := newCanvas(t, d.Display, capture.Rect{W: 1280, H: 800})
	r := record(t, Options{DisplayName: d.Display})
	c.fill(capture.Rect{W: 100, H: 100}, 0x0000ff)
	r.grabbed(t, 50, 50, 0x0000ff)
	got := make(chan capture.FrameRef, 1)
	r.src.mu.Lock()
	f := r.src.rings[0].newest()
	r.src.mu.Unlock()
	go func() {
		ref, err := r.src.Before(context.Background(), capture.Point{X: 50, Y: 50}, r.Clock.Now())
		if err != nil {
			t.Error(err)
		}
		got <- ref
	}()
	eventually(t, func() bool {
		r.src.mu.Lock()
		defer r.src.mu.Unlock()
		return f.saved != nil
	})
	if err := r.Stop(t); err != nil {
		t.Fatal(err)
	}
	ref := <-got
	if at(open(t, r.Media, ref), ref, 50, 50) != rgb(0x0000ff) {
		t.Error("wrong picture")
	}
	if faults := r.Collector.Faults(); len(faults) > 0 {
		t.Error(faults)
	}
}

// TestHungServerDoesNotHangTheEnd stops the server's process, so that it keeps
// its connections and answers no more.
func TestHungServerDoesNotHangTheEnd(t *testing.T) {
	d := startDesktop(t, 640, 480)
	c := newCanvas(t, d.Display, capture.Rect{W: 640, H: 480})
	r := record(t, Options{DisplayName: d.Display})
	r.WaitFor(t, 0, nil, capturetest.Any)
	pid := serverPID(t, d.Display)
	c.fill(capture.Rect{W: 100, H: 100}, 0x123456) // a grab begins within milliseconds, and waits
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Kill(pid, syscall.SIGCONT) }()
	if err := r.Stop(t); err != nil && !errors.Is(err, ErrServerGone) {
		t.Errorf("Run returned %v", err)
	}
}
