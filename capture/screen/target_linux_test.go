package screen

import (
	"context"
	"errors"
	"image"
	"image/color"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/jezek/xgb/xproto"

	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/capture/capturetest"
	"github.com/runreel/runreel/capture/window"
)

func (c *canvas) move(x, y int) {
	c.t.Helper()
	c.check(xproto.ConfigureWindowChecked(c.conn, c.win, xproto.ConfigWindowX|xproto.ConfigWindowY, []uint32{uint32(x), uint32(y)}).Check())
}

func (c *canvas) resize(w, h int) {
	c.t.Helper()
	c.check(xproto.ConfigureWindowChecked(c.conn, c.win, xproto.ConfigWindowWidth|xproto.ConfigWindowHeight, []uint32{uint32(w), uint32(h)}).Check())
}

func (c *canvas) raise() {
	c.t.Helper()
	c.check(xproto.ConfigureWindowChecked(c.conn, c.win, xproto.ConfigWindowStackMode, []uint32{xproto.StackModeAbove}).Check())
}

func (c *canvas) show() { c.t.Helper(); c.check(xproto.MapWindowChecked(c.conn, c.win).Check()) }
func (c *canvas) hide() { c.t.Helper(); c.check(xproto.UnmapWindowChecked(c.conn, c.win).Check()) }

// background makes the server itself paint the window, the moment it appears.
func (c *canvas) background(rgb uint32) {
	c.t.Helper()
	c.check(xproto.ChangeWindowAttributesChecked(c.conn, c.win, xproto.CwBackPixel, []uint32{rgb}).Check())
	c.check(xproto.ClearAreaChecked(c.conn, false, c.win, 0, 0, 0, 0).Check())
}

func (c *canvas) class(name string) {
	c.t.Helper()
	text := name + "\x00" + name + "\x00"
	c.check(xproto.ChangePropertyChecked(c.conn, xproto.PropModeReplace, c.win, xproto.AtomWmClass, xproto.AtomString, 8, uint32(len(text)), []byte(text)).Check())
}

// troubles keeps what Trouble is told.
type troubles struct {
	mu  sync.Mutex
	all []error
}

func (tr *troubles) tell(err error) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.all = append(tr.all, err)
}

func (tr *troubles) told() []error {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	return slices.Clone(tr.all)
}

func TestRegion(t *testing.T) {
	d := startDesktop(t, 640, 480)
	c := newCanvas(t, d.Display, capture.Rect{W: 640, H: 480})
	region := capture.Rect{X: 101, Y: 57, W: 203, H: 99}
	r := record(t, Options{DisplayName: d.Display, Target: capture.Target{Kind: capture.TargetRegion, Region: region}})
	c.fill(capture.Rect{X: 150, Y: 100, W: 10, H: 10}, 0xabcdef)
	f := r.shows(t, 155, 105, 0xabcdef).Fact.(capture.Frame)
	if f.Bounds != region || r.src.Area() != region {
		t.Errorf("picture of %+v, area %+v, want %+v", f.Bounds, r.src.Area(), region)
	}
	img := open(t, r.Media, f.FrameRef)
	if at(img, f.FrameRef, 150, 100) != rgb(0xabcdef) || at(img, f.FrameRef, 149, 100) == rgb(0xabcdef) || at(img, f.FrameRef, 160, 109) == rgb(0xabcdef) {
		t.Error("the picture is shifted")
	}
	ref, err := r.src.Before(t.Context(), capture.Point{X: 50, Y: 50}, never)
	if err != nil || ref != (capture.FrameRef{}) {
		t.Errorf("outside of the region: %+v, %v", ref, err)
	}
	s := New(Options{DisplayName: d.Display, Clock: capture.NewClock(time.Now), Target: capture.Target{Kind: capture.TargetRegion, Region: capture.Rect{X: 5000, W: 9, H: 9}}})
	if err := s.Probe(t.Context()); !errors.Is(err, ErrNoDisplay) {
		t.Errorf("region off the screen: %v", err)
	}
	s = New(Options{DisplayName: d.Display, Clock: capture.NewClock(time.Now), Target: capture.Target{Kind: capture.TargetWindow}})
	if err := s.Probe(t.Context()); !errors.Is(err, capture.ErrTarget) {
		t.Errorf("no window: %v", err)
	}
	s = New(Options{DisplayName: d.Display, Clock: capture.NewClock(time.Now), Target: capture.Target{Kind: capture.TargetWindow, Window: 0x7ffff}})
	if err := s.Probe(t.Context()); !errors.Is(err, capture.ErrTarget) {
		t.Errorf("a window that does not exist: %v", err)
	}
}

// TestWindow follows a window that moves, is resized, hidden and closed.
func TestWindow(t *testing.T) {
	d := startDesktop(t, 800, 600)
	below := newCanvas(t, d.Display, capture.Rect{W: 800, H: 600})
	below.fill(capture.Rect{W: 800, H: 600}, 0x445566)
	c := newCanvas(t, d.Display, capture.Rect{X: 50, Y: 40, W: 200, H: 100})
	var tr troubles
	r := record(t, Options{
		DisplayName: d.Display, Trouble: tr.tell,
		Target: capture.Target{Kind: capture.TargetWindow, Window: uint32(c.win)},
	})
	spot := capture.Rect{X: 10, Y: 10, W: 20, H: 20}
	c.fill(spot, 0x00ff00)
	f := r.shows(t, 50+15, 40+15, 0x00ff00).Fact.(capture.Frame)
	if want := (capture.Rect{X: 50, Y: 40, W: 200, H: 100}); f.Bounds != want {
		t.Errorf("picture of %+v, want %+v", f.Bounds, want)
	}

	press := r.Clock.Now()
	c.move(300, 200)
	r.grabbed(t, 300+15, 200+15, 0x00ff00)
	ref, err := r.src.Before(t.Context(), capture.Point{X: 65, Y: 55}, press)
	if err != nil || ref.Bounds != f.Bounds {
		t.Errorf("picture of a press before the move: %+v, %v", ref, err)
	}
	ref, err = r.src.Before(t.Context(), capture.Point{X: 315, Y: 215}, r.Clock.Now())
	if want := (capture.Rect{X: 300, Y: 200, W: 200, H: 100}); err != nil || ref.Bounds != want {
		t.Errorf("picture of a press after the move: %+v, %v", ref, err)
	}
	if got := at(open(t, r.Media, ref), ref, 315, 215); got != rgb(0x00ff00) {
		t.Errorf("moved: the point shows %v", got)
	}

	c.move(700, 550) // runs off the screen
	c.fill(spot, 0x0000ff)
	f = r.shows(t, 715, 565, 0x0000ff).Fact.(capture.Frame)
	if want := (capture.Rect{X: 700, Y: 550, W: 100, H: 50}); f.Bounds != want {
		t.Errorf("partly off the screen: %+v, want %+v", f.Bounds, want)
	}
	c.move(20, 30)
	for size := range 30 {
		c.resize(200+7*size, 100+5*size)
	}
	c.fill(spot, 0xff0000)
	f = r.shows(t, 35, 45, 0xff0000).Fact.(capture.Frame)
	if want := (capture.Rect{X: 20, Y: 30, W: 403, H: 245}); f.Bounds != want {
		t.Errorf("resized: %+v, want %+v", f.Bounds, want)
	}

	c.hide()
	eventually(t, func() bool { all := tr.told(); return len(all) == 1 && errors.Is(all[0], ErrWindowHidden) })
	n := len(r.Collector.Events())
	below.fill(capture.Rect{W: 800, H: 600}, 0x123456)
	c.show()
	c.fill(spot, 0xff00ff)
	r.shows(t, 35, 45, 0xff00ff)
	if all := tr.told(); len(all) != 2 || all[1] != nil {
		t.Errorf("troubles told: %v", all)
	}
	gap := false
	for _, e := range r.Collector.Events()[n:] {
		switch f := e.Fact.(type) {
		case capture.Gap:
			gap = f.Source == "screen" && f.Length > 0
		case capture.Frame:
			if got := at(open(t, r.Media, f.FrameRef), f.FrameRef, 35, 45); got == rgb(0x123456) || got == rgb(0x445566) {
				t.Errorf("a picture shows what lies below the window")
			}
		}
	}
	if !gap {
		t.Error("no gap was told")
	}
	c.check(xproto.DestroyWindowChecked(c.conn, c.win).Check())
	eventually(t, func() bool { return len(tr.told()) == 3 })
	scr := xproto.Setup(c.conn).DefaultScreen(c.conn)
	c.check(xproto.CreateWindowChecked(c.conn, scr.RootDepth, c.win, scr.Root, 20, 30, 300, 200, 0, // another one with the same ID
		xproto.WindowClassInputOutput, scr.RootVisual, xproto.CwBackPixel|xproto.CwOverrideRedirect, []uint32{0x777777, 1}).Check())
	c.show()
	r.notGrabbed(t)
	if err := r.Stop(t); err != nil {
		t.Error(err)
	}
}

// notGrabbed sees to it that no picture comes while the loop looks twice.
func (r *rig) notGrabbed(t *testing.T) {
	t.Helper()
	n := len(r.Collector.Events())
	ctx, cancel := context.WithTimeout(t.Context(), 2*retryMost+settleTime)
	defer cancel()
	if e, err := r.Collector.WaitAfter(ctx, n, capturetest.Any); err == nil {
		t.Errorf("unexpected %+v", e)
	}
}

// TestMovingWindowIsWhereThePictureSays moves a window all the time. In each
// picture its mark must be at the same place of the picture.
func TestMovingWindowIsWhereThePictureSays(t *testing.T) {
	d := startDesktop(t, 800, 600)
	c := newCanvas(t, d.Display, capture.Rect{W: 100, H: 80})
	c.background(0x00ff00)
	r := record(t, Options{DisplayName: d.Display, Target: capture.Target{Kind: capture.TargetWindow, Window: uint32(c.win)}})
	end, n := time.Now().Add(4*time.Second), 0
	tick := time.NewTicker(3 * time.Millisecond)
	defer tick.Stop()
	for ; time.Now().Before(end); n++ {
		c.move(rand.IntN(700), rand.IntN(500))
		<-tick.C
		if n%20 == 0 {
			if _, err := r.src.Before(t.Context(), r.middle(), r.Clock.Now()); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := r.Stop(t); err != nil {
		t.Fatal(err)
	}
	pictures := 0
	for _, e := range r.Collector.Events() {
		f, ok := e.Fact.(capture.Frame)
		if !ok {
			continue
		}
		pictures++
		img := open(t, r.Media, f.FrameRef)
		for _, p := range [][2]int{{0, 0}, {f.Bounds.W - 1, 0}, {0, f.Bounds.H - 1}, {f.Bounds.W - 1, f.Bounds.H - 1}} {
			if got := at(img, f.FrameRef, f.Bounds.X+p[0], f.Bounds.Y+p[1]); got != rgb(0x00ff00) {
				t.Fatalf("picture of %+v shows %v at its corner %v", f.Bounds, got, p)
			}
		}
	}
	t.Logf("%d moves, %d pictures", n, pictures)
	if pictures < 3 {
		t.Errorf("only %d pictures", pictures)
	}
}

// middle is the middle of the newest picture.
func (r *rig) middle() capture.Point {
	r.src.mu.Lock()
	defer r.src.mu.Unlock()
	for _, ring := range r.src.rings {
		if f := ring.newest(); f != nil {
			return capture.Point{X: f.bounds.X + f.bounds.W/2, Y: f.bounds.Y + f.bounds.H/2}
		}
	}
	return capture.Point{}
}

// hideAndSeek is a window that must not be seen, and one that covers it.
type hideAndSeek struct{ vault, cover *canvas }

// act does something with the windows.
func (h hideAndSeek) act() {
	switch rand.IntN(9) {
	case 0, 1:
		h.vault.show()
	case 2:
		h.vault.move(rand.IntN(700), rand.IntN(500))
	case 3:
		h.vault.raise()
	case 4:
		h.cover.raise()
	case 5:
		h.cover.move(rand.IntN(500), rand.IntN(300))
	case 6:
		h.vault.show()
		h.vault.move(rand.IntN(700), rand.IntN(500))
		h.vault.raise()
	case 7:
		h.vault.hide()
	case 8:
		h.cover.hide()
		h.cover.show()
	}
}

// TestHiddenWindowNeverShows lets a window that must not be seen appear, move,
// rise above others and vanish at random moments: all the time, and right
// before and after the pixels are read. Its colour must be in no picture.
func TestHiddenWindowNeverShows(t *testing.T) {
	const secret = 0xfe01dc
	d := startDesktop(t, 800, 600)
	clock := capture.NewClock(time.Now)
	windows := window.New(window.Options{Clock: clock, DisplayName: d.Display, Scope: capture.Scope{
		Hidden: func(w capture.Window) bool { return w.Program == "Vault" },
	}})
	capturetest.Start(t, windows, clock, nil)
	seek := hideAndSeek{newCanvas(t, d.Display, capture.Rect{X: 5, Y: 5, W: 150, H: 120}), newCanvas(t, d.Display, capture.Rect{X: 200, Y: 150, W: 300, H: 300})}
	seek.vault.hide()
	seek.vault.class("Vault")
	seek.cover.class("Editor")
	seek.vault.background(secret)
	var src *Source
	grabs := 0
	src = New(Options{DisplayName: d.Display, Clock: clock, Media: new(capturetest.Media), Hide: func(grab func()) ([]capture.Rect, bool) {
		grabs++
		return windows.Around(func() { seek.act(); grab(); seek.act() })
	}})
	r := &rig{capturetest.Start(t, src, clock, src.opt.Media.(*capturetest.Media)), src}

	leaks, pictures, painted := 0, 0, 0
	look := func() { // at each picture in memory: all of them may be stored
		src.mu.Lock()
		defer src.mu.Unlock()
		for _, ring := range src.rings {
			f := ring.newest()
			if f == nil {
				continue
			}
			pictures++
			grey := false
			for i := 0; i < len(f.pix); i += 4 {
				switch uint32(f.pix[i+2])<<16 | uint32(f.pix[i+1])<<8 | uint32(f.pix[i]) {
				case secret:
					leaks++
				case 0x808080:
					grey = true
				}
			}
			if grey {
				painted++
			}
		}
	}
	for end := time.Now().Add(8 * time.Second); time.Now().Before(end); {
		seek.act()
		<-time.After(time.Duration(rand.IntN(8)) * time.Millisecond)
		if rand.IntN(3) == 0 {
			look()
		}
		if rand.IntN(4) == 0 {
			if _, err := src.Before(t.Context(), capture.Point{X: 3, Y: 3}, clock.Now()); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := r.Stop(t); err != nil {
		t.Fatal(err)
	}
	for _, name := range r.Media.Names() {
		img := open(t, r.Media, capture.FrameRef{Media: name, Bounds: capture.Rect{W: 800, H: 600}})
		if p, ok := img.(*image.Paletted); ok && !slices.Contains(p.Palette, color.Color(rgb(secret))) {
			continue // no pixel can have it
		}
		for y := range 600 {
			for x := range 800 {
				if at(img, capture.FrameRef{}, x, y) == rgb(secret) {
					leaks++
				}
			}
		}
	}
	t.Logf("%d grabs, %d pictures in memory looked at, %d of them with something painted over, %d stored", grabs, pictures, painted, len(r.Media.Names()))
	if leaks > 0 {
		t.Errorf("%d pixels of the hidden window were kept", leaks)
	}
	if grabs < 40 || painted < 20 {
		t.Errorf("%d grabs, %d pictures painted over: the test saw too little", grabs, painted)
	}
}

// TestWindowUnderOthers records one window: others above it are painted out,
// and come back when they go.
func TestWindowUnderOthers(t *testing.T) {
	d := startDesktop(t, 800, 600)
	clock := capture.NewClock(time.Now)
	mine := newCanvas(t, d.Display, capture.Rect{X: 100, Y: 100, W: 300, H: 200})
	mine.class("Mine")
	target := capture.Target{Kind: capture.TargetWindow, Window: uint32(mine.win)}
	windows := window.New(window.Options{Clock: clock, DisplayName: d.Display, Scope: capture.Scope{Only: target.Only()}})
	capturetest.Start(t, windows, clock, nil)
	r := record(t, Options{DisplayName: d.Display, Target: target, Hide: windows.Around})
	mine.background(0x00ff00)
	r.grabbed(t, 150, 150, 0x00ff00)
	other := newCanvas(t, d.Display, capture.Rect{X: 140, Y: 140, W: 50, H: 50})
	other.class("Other")
	other.background(0xff0000)
	r.grabbed(t, 150, 150, 0x808080)
	r.grabbed(t, 250, 250, 0x00ff00)
	other.move(200, 200)
	r.grabbed(t, 150, 150, 0x00ff00)
	r.grabbed(t, 220, 220, 0x808080)
	other.hide()
	r.grabbed(t, 220, 220, 0x00ff00)
}

func TestNoPictureWithoutCertainty(t *testing.T) {
	d := startDesktop(t, 320, 200)
	c := newCanvas(t, d.Display, capture.Rect{W: 320, H: 200})
	var tr troubles
	var mu sync.Mutex
	certain := false
	r := record(t, Options{DisplayName: d.Display, Trouble: tr.tell, Hide: func(grab func()) ([]capture.Rect, bool) {
		grab()
		mu.Lock()
		defer mu.Unlock()
		return nil, certain
	}})
	c.background(0xff0000)
	eventually(t, func() bool { all := tr.told(); return len(all) == 1 && errors.Is(all[0], ErrUntold) })
	if got := r.Media.Names(); len(got) > 0 {
		t.Errorf("stored %v", got)
	}
	mu.Lock()
	certain = true
	mu.Unlock()
	r.shows(t, 10, 10, 0xff0000)
	if all := tr.told(); len(all) != 2 || all[1] != nil {
		t.Errorf("troubles told: %v", all)
	}
}
