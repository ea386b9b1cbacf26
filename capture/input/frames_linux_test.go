package input

import (
	"bytes"
	"image"
	"image/png"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/capture/capturetest"
	"github.com/runreel/runreel/capture/screen"
	"github.com/runreel/runreel/capture/virtual"
)

// counter is a window of a real client that shows, as bars of black and white,
// how often it was clicked.
type counter struct {
	t     *testing.T
	conn  *xgb.Conn
	win   xproto.Window
	gc    xproto.Gcontext
	count atomic.Int32
}

const bars, barSize = 8, 40

func startCounter(t *testing.T, d *virtual.Desktop) {
	t.Helper()
	conn, err := xgb.NewConnDisplay(d.Display)
	if err != nil {
		t.Fatal(err)
	}
	c := &counter{t: t, conn: conn}
	scr := xproto.Setup(conn).DefaultScreen(conn)
	c.win, _ = xproto.NewWindowId(conn)
	c.gc, _ = xproto.NewGcontextId(conn)
	err = xproto.CreateWindowChecked(conn, scr.RootDepth, c.win, scr.Root, 0, 0, bars*barSize, 200, 0,
		xproto.WindowClassInputOutput, scr.RootVisual, xproto.CwBackPixel|xproto.CwOverrideRedirect|xproto.CwEventMask,
		[]uint32{0, 1, xproto.EventMaskButtonPress | xproto.EventMaskExposure}).Check()
	if err != nil {
		t.Fatal(err)
	}
	xproto.CreateGC(conn, c.gc, xproto.Drawable(c.win), 0, nil)
	xproto.MapWindow(conn, c.win)
	done := make(chan struct{})
	go func() {
		defer close(done)
		c.run()
	}()
	t.Cleanup(func() { conn.Close(); <-done })

}

func (c *counter) run() {
	for {
		ev, err := c.conn.WaitForEvent()
		if ev == nil && err == nil {
			return
		}
		switch ev.(type) {
		case xproto.ButtonPressEvent:
			c.count.Add(1)
			c.draw()
		case xproto.ExposeEvent:
			c.draw()
		}
	}
}

func (c *counter) draw() {
	n := c.count.Load()
	for i := range bars {
		colour := uint32(0x202020)
		if n>>i&1 != 0 {
			colour = 0xffffff
		}
		xproto.ChangeGC(c.conn, c.gc, xproto.GcForeground, []uint32{colour})
		xproto.PolyFillRectangle(c.conn, xproto.Drawable(c.win), c.gc, []xproto.Rectangle{{
			X: int16(i * barSize), Width: barSize, Height: 2 * barSize,
		}})
	}
}

// shown reads the count off a picture.
func shown(t *testing.T, m *capturetest.Media, ref capture.FrameRef) int {
	t.Helper()
	data, ok := m.Get(ref.Media)
	if !ok {
		t.Fatalf("no picture %q", ref.Media)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for i := range bars {
		at := image.Pt(i*barSize+barSize/2-ref.Bounds.X, barSize/2-ref.Bounds.Y)
		if r, _, _, _ := img.At(at.X, at.Y).RGBA(); r > 0x8000 {
			n |= 1 << i
		}
	}
	return n
}

// TestTwentyClicksWithTheirFrames clicks ten times a second on a window that
// changes at each click. The picture of each click is the last one from before
// it. Where the machine is too busy to take ten pictures a second, the hand
// waits for the picture.
func TestTwentyClicksWithTheirFrames(t *testing.T) {
	d := startDesktop(t, virtual.Options{Width: 480, Height: 300})
	startCounter(t, d)
	clock, media := capture.NewClock(time.Now), new(capturetest.Media)
	src := screen.New(screen.Options{DisplayName: d.Display, Clock: clock, Media: media})
	capturetest.Start(t, src, clock, media)
	h := start(t, d, Options{Clock: clock, Frames: src})
	button := newHand(t, d)

	const clicks = 20
	began, waited := time.Now(), 0
	for i := range clicks {
		next := time.After(100 * time.Millisecond)
		button.move(60+7*i, 90)
		if !pictured(t, src, clock, media, i) {
			waited++
		}
		<-next
		button.key(1, buttonPress)
		button.key(1, buttonRelease)
	}
	t.Logf("%d clicks in %v; %d waited for a picture", clicks, time.Since(began), waited)
	h.flush()
	var got []int
	for _, e := range h.Collector.Events() {
		if f, ok := e.Fact.(capture.Click); ok {
			got = append(got, shown(t, media, f.Frame))
		}
	}
	want := make([]int, clicks)
	for i := range want {
		want[i] = i
	}
	if !slices.Equal(got, want) {
		t.Errorf("the pictures show %v clicks", got)
	}
}

// pictured waits until the newest picture shows a count, and tells whether it
// did so within a tenth of a second.
func pictured(t *testing.T, src *screen.Source, clock *capture.Clock, media *capturetest.Media, count int) bool {
	t.Helper()
	began := time.Now()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.After(20 * time.Second); ; {
		ref, err := src.Before(t.Context(), capture.Point{X: 20, Y: 20}, clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		if ref.Media != "" && shown(t, media, ref) == count {
			return time.Since(began) < 100*time.Millisecond
		}
		select {
		case <-tick.C:
		case <-end:
			t.Fatalf("no picture shows %d clicks", count)
		}
	}
}
