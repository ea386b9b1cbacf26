package pick

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"

	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/capture/virtual"
)

// rig is a display and a hand on its mouse.
type rig struct {
	desktop *virtual.Desktop
	conn    *xgb.Conn
	root    xproto.Window
}

func newRig(t *testing.T) *rig {
	t.Helper()
	d, err := virtual.Start(t.Context(), virtual.Options{Width: 800, Height: 600, WindowManager: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	conn, err := xgb.NewConnDisplay(d.Display)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	if err := xtest.Init(conn); err != nil {
		t.Fatal(err)
	}
	return &rig{desktop: d, conn: conn, root: xproto.Setup(conn).DefaultScreen(conn).Root}
}

func (r *rig) input(t *testing.T, kind, detail byte, x, y int16) {
	t.Helper()
	if err := xtest.FakeInputChecked(r.conn, kind, detail, 0, r.root, x, y, 0).Check(); err != nil {
		t.Fatal(err)
	}
}

func (r *rig) move(t *testing.T, x, y int16)     { r.input(t, xproto.MotionNotify, 0, x, y) }
func (r *rig) press(t *testing.T, button byte)   { r.input(t, xproto.ButtonPress, button, 0, 0) }
func (r *rig) release(t *testing.T, button byte) { r.input(t, xproto.ButtonRelease, button, 0, 0) }

// grabbed tells whether somebody holds the mouse.
func (r *rig) grabbed(t *testing.T) bool {
	t.Helper()
	g, err := xproto.GrabPointer(r.conn, false, r.root, 0, xproto.GrabModeAsync, xproto.GrabModeAsync, 0, 0, xproto.TimeCurrentTime).Reply()
	if err != nil {
		t.Fatal(err)
	}
	if g.Status == xproto.GrabStatusSuccess {
		xproto.UngrabPointerChecked(r.conn, xproto.TimeCurrentTime).Check()
		return false
	}
	return true
}

func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

type drawn struct {
	r   capture.Rect
	err error
}

// draw begins to pick a region.
func (r *rig) draw(ctx context.Context, t *testing.T) <-chan drawn {
	t.Helper()
	// The server lets go of the last one's mouse some time after its end.
	until(t, "the mouse is free", func() bool { return !r.grabbed(t) })
	done := make(chan drawn, 1)
	go func() {
		region, err := Region(ctx, r.desktop.Display)
		done <- drawn{region, err}
	}()
	until(t, "the mouse is taken", func() bool { return len(done) > 0 || r.grabbed(t) })
	return done
}

func await(t *testing.T, done <-chan drawn) drawn {
	t.Helper()
	select {
	case d := <-done:
		return d
	case <-time.After(20 * time.Second):
		t.Fatal("Region did not return")
		return drawn{}
	}
}

func TestARegionIsDrawn(t *testing.T) {
	r := newRig(t)
	for _, c := range []struct{ x1, y1, x2, y2 int16 }{
		{100, 80, 420, 300},
		{500, 400, 200, 100}, // from the lower right to the upper left
		{0, 0, 799, 599},
	} {
		done := r.draw(t.Context(), t)
		r.move(t, c.x1, c.y1)
		r.press(t, left)
		r.move(t, (c.x1+c.x2)/2, (c.y1+c.y2)/2)
		r.move(t, c.x2, c.y2)
		r.release(t, left)
		got := await(t, done)
		want := between(capture.Point{X: int(c.x1), Y: int(c.y1)}, capture.Point{X: int(c.x2), Y: int(c.y2)})
		if got.err != nil || got.r != want {
			t.Errorf("%+v: %+v, %v, want %+v", c, got.r, got.err, want)
		}
	}
	until(t, "the mouse is free", func() bool { return !r.grabbed(t) })
}

func TestDrawingCanBeCalledOff(t *testing.T) {
	r := newRig(t)
	for name, off := range map[string]func(){
		"a click":          func() { r.press(t, left); r.release(t, left) },
		"the right button": func() { r.press(t, 3); r.release(t, 3) },
		"Escape":           func() { r.input(t, xproto.KeyPress, 9, 0, 0); r.input(t, xproto.KeyRelease, 9, 0, 0) },
	} {
		done := r.draw(t.Context(), t)
		off()
		if got := await(t, done); !errors.Is(got.err, ErrCancelled) {
			t.Errorf("%s: %+v", name, got)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := r.draw(ctx, t)
	cancel()
	if got := await(t, done); !errors.Is(got.err, context.Canceled) {
		t.Errorf("cancelled: %+v", got)
	}
}

func TestAHeldMouseIsTold(t *testing.T) {
	r := newRig(t)
	if _, err := xproto.GrabPointer(r.conn, false, r.root, 0, xproto.GrabModeAsync, xproto.GrabModeAsync, 0, 0, xproto.TimeCurrentTime).Reply(); err != nil {
		t.Fatal(err)
	}
	if _, err := Region(t.Context(), r.desktop.Display); !errors.Is(err, ErrGrabbed) {
		t.Errorf("error %v", err)
	}
	if _, err := Region(t.Context(), ":9999"); !errors.Is(err, ErrUnsupported) {
		t.Errorf("error %v", err)
	}
}
