package screen

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/png"
	"net"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/capture/capturetest"
	"github.com/runreel/runreel/capture/virtual"
)

func startDesktop(t testing.TB, w, h int, args ...string) *virtual.Desktop {
	t.Helper()
	d, err := virtual.Start(context.Background(), virtual.Options{Width: w, Height: h, Server: args})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// canvas is a window of a real client that the tests draw on.
type canvas struct {
	t    testing.TB
	conn *xgb.Conn
	win  xproto.Window
	gc   xproto.Gcontext
}

func newCanvas(t testing.TB, display string, at capture.Rect) *canvas {
	t.Helper()
	conn, err := xgb.NewConnDisplay(display)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	scr := xproto.Setup(conn).DefaultScreen(conn)
	c := &canvas{t: t, conn: conn}
	c.win, _ = xproto.NewWindowId(conn)
	c.gc, _ = xproto.NewGcontextId(conn)
	c.check(xproto.CreateWindowChecked(conn, scr.RootDepth, c.win, scr.Root,
		int16(at.X), int16(at.Y), uint16(at.W), uint16(at.H), 0,
		xproto.WindowClassInputOutput, scr.RootVisual,
		xproto.CwBackPixel|xproto.CwOverrideRedirect, []uint32{0x101010, 1}).Check())
	c.check(xproto.CreateGCChecked(conn, c.gc, xproto.Drawable(c.win), 0, nil).Check())
	c.check(xproto.MapWindowChecked(conn, c.win).Check())
	return c
}

func (c *canvas) check(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// fill draws a rectangle; it is on the screen when fill returns.
func (c *canvas) fill(r capture.Rect, rgb uint32) {
	c.t.Helper()
	xproto.ChangeGC(c.conn, c.gc, xproto.GcForeground, []uint32{rgb})
	c.check(xproto.PolyFillRectangleChecked(c.conn, xproto.Drawable(c.win), c.gc, []xproto.Rectangle{{
		X: int16(r.X), Y: int16(r.Y), Width: uint16(r.W), Height: uint16(r.H),
	}}).Check())
}

func rgb(v uint32) color.RGBA {
	return color.RGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 255}
}

// open decodes a stored picture.
func open(t testing.TB, m *capturetest.Media, ref capture.FrameRef) image.Image {
	t.Helper()
	b, ok := m.Get(ref.Media)
	if !ok {
		t.Fatalf("picture %q is not stored", ref.Media)
	}
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if s := img.Bounds().Size(); s.X != ref.Bounds.W || s.Y != ref.Bounds.H {
		t.Fatalf("picture of %v, bounds %+v", s, ref.Bounds)
	}
	return img
}

// at returns the colour of a point of the X screen.
func at(img image.Image, ref capture.FrameRef, x, y int) color.RGBA {
	return color.RGBAModel.Convert(img.At(x-ref.Bounds.X, y-ref.Bounds.Y)).(color.RGBA)
}

type rig struct {
	*capturetest.Running
	src *Source
}

func record(t *testing.T, opt Options) *rig {
	t.Helper()
	clock, media := capture.NewClock(time.Now), new(capturetest.Media)
	opt.Clock, opt.Media = clock, media
	src := New(opt)
	return &rig{capturetest.Start(t, src, clock, media), src}
}

// shows waits for a stored frame with that colour at a point.
func (r *rig) shows(t *testing.T, x, y int, want uint32) capture.Event {
	t.Helper()
	return r.WaitFor(t, 0, nil, func(e capture.Event) bool {
		f, ok := e.Fact.(capture.Frame)
		return ok && f.Bounds.Contains(capture.Point{X: x, Y: y}) &&
			at(open(t, r.Media, f.FrameRef), f.FrameRef, x, y) == rgb(want)
	})
}

// grabbed waits until the newest picture in memory has that colour at a point.
func (r *rig) grabbed(t *testing.T, x, y int, want uint32) {
	t.Helper()
	c := rgb(want)
	eventually(t, func() bool {
		r.src.mu.Lock()
		defer r.src.mu.Unlock()
		_, f := r.src.frameAt(capture.Point{X: x, Y: y}, never)
		if f == nil {
			return false
		}
		p := f.pix[((y-f.bounds.Y)*f.bounds.W+x-f.bounds.X)*4:]
		return p[2] == c.R && p[1] == c.G && p[0] == c.B
	})
}

// eventually waits for a condition that nothing announces.
func eventually(t testing.TB, ok func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	end := time.After(15 * time.Second)
	for !ok() {
		select {
		case <-tick.C:
		case <-end:
			t.Fatal("condition never true")
		}
	}
}

// serverPID returns the process that listens for a display.
func serverPID(t *testing.T, display string) int {
	t.Helper()
	conn, err := net.Dial("unix", "/tmp/.X11-unix/X"+strings.TrimPrefix(display, ":"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	raw, err := conn.(*net.UnixConn).SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	pid := 0
	err = raw.Control(func(fd uintptr) {
		cred, err := syscall.GetsockoptUcred(int(fd), syscall.SOL_SOCKET, syscall.SO_PEERCRED)
		if err != nil {
			t.Error(err)
			return
		}
		pid = int(cred.Pid)
	})
	if err != nil || pid == 0 {
		t.Fatalf("process of %s: %d, %v", display, pid, err)
	}
	return pid
}
