package screen

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/capture/capturetest"
)

// spared starts a source that stores little, on a canvas, and waits until its
// start is over.
func spared(t *testing.T, apart time.Duration) (*rig, *canvas) {
	t.Helper()
	d := startDesktop(t, 640, 480)
	c := newCanvas(t, d.Display, capture.Rect{W: 640, H: 480})
	r := record(t, Options{DisplayName: d.Display, Apart: apart})
	c.fill(screenfull, 0x000001)
	r.shows(t, 50, 50, 0x000001)
	eventually(t, func() bool { return r.Clock.Now() > touchSpan })
	return r, c
}

var (
	screenfull = capture.Rect{W: 640, H: 480}
	middle     = capture.Point{X: 50, Y: 50}
)

// holds waits until the newest held picture has that colour.
func (r *rig) holds(t *testing.T, want uint32) {
	t.Helper()
	c := rgb(want)
	eventually(t, func() bool {
		r.src.mu.Lock()
		defer r.src.mu.Unlock()
		held := r.src.rings[0].held
		if len(held) == 0 {
			return false
		}
		p := held[len(held)-1].pix
		return p[2] == c.R && p[1] == c.G && p[0] == c.B
	})
}

// before asks for a picture and checks its colour.
func (r *rig) before(t *testing.T, at time.Duration, want uint32) {
	t.Helper()
	ref, err := r.src.Before(t.Context(), middle, at)
	if err != nil || ref.Media == "" {
		t.Fatalf("picture before %v: %+v, %v", at, ref, err)
	}
	if got := atMiddle(t, r.Media, ref); got != want {
		t.Errorf("picture before %v shows %06x, want %06x", at, got, want)
	}
}

func atMiddle(t *testing.T, m *capturetest.Media, ref capture.FrameRef) uint32 {
	t.Helper()
	c := at(open(t, m, ref), ref, middle.X, middle.Y)
	return uint32(c.R)<<16 | uint32(c.G)<<8 | uint32(c.B)
}

// TestSparing changes the screen where nothing is done: nothing is stored. What
// is done later finds the picture of before, and its result is stored.
func TestSparing(t *testing.T) {
	r, c := spared(t, time.Hour)
	puts := r.Media.Puts()
	for i := uint32(1); i <= 4; i++ {
		c.fill(screenfull, 0x110000+i)
		r.holds(t, 0x110000+i)
	}
	if n := r.Media.Puts() - puts; n != 0 {
		t.Errorf("%d pictures of a screen that nobody touched were stored", n)
	}

	press := r.Clock.Now()
	c.fill(screenfull, 0x220000)
	r.before(t, press, 0x110004)
	r.shows(t, 50, 50, 0x220000)

	eventually(t, func() bool { return r.Clock.Now() > press+touchSpan })
	c.fill(screenfull, 0x330000)
	r.holds(t, 0x330000)
	mark := r.Clock.Now()
	r.src.Touched(mark)
	if e := r.shows(t, 50, 50, 0x330000); e.At >= mark {
		t.Errorf("picture of %v for a mark at %v", e.At, mark)
	}
	c.fill(screenfull, 0x440000)
	r.shows(t, 50, 50, 0x440000)

	eventually(t, func() bool { return r.Clock.Now() > mark+touchSpan })
	c.fill(screenfull, 0x550000)
	r.holds(t, 0x550000)
	c.fill(screenfull, 0x660000)
	r.grabbed(t, 50, 50, 0x660000)
	if err := r.Stop(t); err != nil {
		t.Fatal(err)
	}
	var last capture.Event
	for _, e := range r.Collector.Events() {
		ref := e.Fact.(capture.Frame).FrameRef
		if atMiddle(t, r.Media, ref) == 0x550000 {
			t.Error("a picture that nothing asked for was stored")
		}
		if e.At >= last.At {
			last = e
		}
	}
	if got := atMiddle(t, r.Media, last.Fact.(capture.Frame).FrameRef); got != 0x660000 {
		t.Errorf("the last picture shows %06x, want that of the end", got)
	}
}

// TestSparingResultComesLate draws the result of a press long after it: the
// first picture then is stored all the same.
func TestSparingResultComesLate(t *testing.T) {
	r, c := spared(t, time.Hour)
	press := r.Clock.Now()
	r.before(t, press, 0x000001)
	eventually(t, func() bool { return r.Clock.Now() > press+touchSpan+200*time.Millisecond })
	c.fill(screenfull, 0x123456)
	r.shows(t, 50, 50, 0x123456)
	c.fill(screenfull, 0x234567)
	r.holds(t, 0x234567)
}

// TestSparingNowAndThen changes the screen for long.
func TestSparingNowAndThen(t *testing.T) {
	const apart = time.Second
	r, c := spared(t, apart)
	n := len(r.Collector.Events())
	from := r.Clock.Now()
	for i := uint32(0); r.Clock.Now() < from+5*time.Second; i++ {
		c.fill(screenfull, 0x110000+i)
		r.grabbed(t, 50, 50, 0x110000+i)
		rest := time.NewTimer(settleTime + 50*time.Millisecond) // the screen rests between
		<-rest.C
	}
	told := r.Collector.Events()[n:]
	if len(told) < 3 || len(told) > 7 {
		t.Errorf("%d pictures in 5 s, want one a second", len(told))
	}
	c.fill(screenfull, 0x220000)
	r.shows(t, 50, 50, 0x220000) // nothing follows it, and it is stored in its time
}

// TestAskedLateWhileSparing asks for the picture of before when so much was
// drawn since that the ring has moved on.
func TestAskedLateWhileSparing(t *testing.T) {
	r, c := spared(t, time.Hour)
	c.fill(screenfull, 0x110000)
	r.holds(t, 0x110000)
	press := r.Clock.Now()
	for i := uint32(0); i < 3*ringSize; i++ {
		c.fill(screenfull, 0x220000+i)
		r.grabbed(t, 50, 50, 0x220000+i)
	}
	r.before(t, press, 0x110000)
}

// TestOffTheRecordWhileSparing takes away a span with a picture that is held.
func TestOffTheRecordWhileSparing(t *testing.T) {
	r, c := spared(t, time.Hour)
	c.fill(screenfull, 0x110000)
	r.holds(t, 0x110000)
	for i := uint32(0); i < 3*ringSize; i++ { // out of the ring with it
		c.fill(screenfull, 0x220000+i)
		r.grabbed(t, 50, 50, 0x220000+i)
	}
	r.src.mu.Lock()
	held := r.src.rings[0].held[0]
	r.src.mu.Unlock()
	r.Clock.Pause()
	to := r.Clock.Now()
	r.Clock.Forget(to)
	r.src.Touched(to)
	if ref, err := r.src.Before(t.Context(), middle, to); err != nil || ref.Media != "" {
		t.Errorf("of a span off the record: %+v, %v", ref, err)
	}
	puts := r.Media.Puts()
	eventually(t, func() bool {
		r.src.mu.Lock()
		defer r.src.mu.Unlock()
		return len(r.src.rings[0].held) == 0 && held.pix[0] == 0 && held.pix[2] == 0
	})
	r.Clock.Resume()
	c.fill(screenfull, 0x330000)
	r.shows(t, 50, 50, 0x330000)
	if err := r.Stop(t); err != nil {
		t.Fatal(err)
	}
	if r.Media.Puts() == puts {
		t.Error("nothing was stored after it")
	}
	for _, e := range r.Collector.Events() {
		ref := e.Fact.(capture.Frame).FrameRef
		if c := atMiddle(t, r.Media, ref); c>>16 == 0x11 || c>>16 == 0x22 {
			if e.At > 0 && !r.Clock.Void(e.At, e.At) {
				t.Errorf("%06x of a span off the record was told", c)
			}
		}
	}
}

// TestHeldPicturesAreWhole draws bands, holds and asks at random: frames that
// were held, stored and used again must show what the screen did.
func TestHeldPicturesAreWhole(t *testing.T) {
	const bands, high = 16, 30
	d := startDesktop(t, 640, 480)
	c := newCanvas(t, d.Display, screenfull)
	clock, media := capture.NewClock(time.Now), new(capturetest.Media)
	clock.Start()
	s := New(Options{DisplayName: d.Display, Clock: clock, Media: media, Apart: time.Hour})
	s.open(t.Context(), func(capture.Event) {})
	dev, err := openDevice(s.opt, s.log)
	if err != nil {
		t.Fatal(err)
	}
	defer dev.close()
	l := newLoop(s, dev)
	l.adopt()
	rng := rand.New(rand.NewPCG(5, 6))
	var shown [bands]uint32
	c.fill(screenfull, 0)
	checked := 0
	for i := range 600 {
		b := rng.IntN(bands)
		shown[b] = rng.Uint32() & 0xffffff
		c.fill(capture.Rect{Y: b * high, W: 640, H: high}, shown[b])
		if err := l.grab(time.Now()); err != nil {
			t.Fatal(err)
		}
		s.mu.Lock()
		r := s.rings[0]
		if rng.IntN(3) == 0 {
			r.holdOn(r.newest())
		}
		if limit := r.keeps(r.most); r.made > limit {
			t.Fatalf("%d frames, want at most %d", r.made, limit)
		}
		s.mu.Unlock()
		if rng.IntN(4) > 0 {
			continue
		}
		if rng.IntN(2) == 0 {
			s.Touched(never) // is stored while the next ones are grabbed
			continue
		}
		ref, err := s.Before(t.Context(), middle, never)
		if err != nil {
			t.Fatal(err)
		}
		checked++
		img := open(t, media, ref)
		for b, want := range shown {
			if got := at(img, ref, 320, b*high+high/2); got != rgb(want) {
				t.Fatalf("step %d: band %d is %v, want %06x", i, b, got, want)
			}
		}
	}
	if err := s.close(func() {}); err != nil {
		t.Fatal(err)
	}
	if checked < 30 {
		t.Errorf("only %d pictures were looked at", checked)
	}
}
