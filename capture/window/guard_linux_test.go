package window

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/shape"
	"github.com/jezek/xgb/xproto"

	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/capture/capturetest"
	"github.com/runreel/runreel/capture/virtual"
)

func bareDesktop(t *testing.T) *virtual.Desktop {
	t.Helper()
	d, err := virtual.Start(context.Background(), virtual.Options{Width: 800, Height: 600})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// client is an X program whose windows the tests move about.
type client struct {
	t    *testing.T
	conn *xgb.Conn
}

func newClient(t *testing.T, display string) *client {
	t.Helper()
	conn, err := xgb.NewConnDisplay(display)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	return &client{t, conn}
}

func (c *client) check(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// window makes a window that is not shown yet.
func (c *client) window(at capture.Rect, class, title string, override uint32) xproto.Window {
	c.t.Helper()
	w, _ := xproto.NewWindowId(c.conn)
	scr := xproto.Setup(c.conn).DefaultScreen(c.conn)
	c.check(xproto.CreateWindowChecked(c.conn, scr.RootDepth, w, scr.Root, int16(at.X), int16(at.Y), uint16(at.W), uint16(at.H), 0,
		xproto.WindowClassInputOutput, scr.RootVisual, xproto.CwBackPixel|xproto.CwOverrideRedirect, []uint32{0xff00ff, override}).Check())
	if class != "" {
		c.text(w, xproto.AtomWmClass, class+"\x00"+class+"\x00")
	}
	if title != "" {
		c.text(w, xproto.AtomWmName, title)
	}
	return w
}

func (c *client) text(w xproto.Window, prop xproto.Atom, text string) {
	c.t.Helper()
	c.check(xproto.ChangePropertyChecked(c.conn, xproto.PropModeReplace, w, prop, xproto.AtomString, 8, uint32(len(text)), []byte(text)).Check())
}

func (c *client) show(w xproto.Window) {
	c.t.Helper()
	c.check(xproto.MapWindowChecked(c.conn, w).Check())
}
func (c *client) hide(w xproto.Window) {
	c.t.Helper()
	c.check(xproto.UnmapWindowChecked(c.conn, w).Check())
}

func (c *client) raise(w xproto.Window) {
	c.t.Helper()
	c.check(xproto.ConfigureWindowChecked(c.conn, w, xproto.ConfigWindowStackMode, []uint32{xproto.StackModeAbove}).Check())
}

func (c *client) move(w xproto.Window, x, y int) {
	c.t.Helper()
	c.check(xproto.ConfigureWindowChecked(c.conn, w, xproto.ConfigWindowX|xproto.ConfigWindowY, []uint32{uint32(x), uint32(y)}).Check())
}

// secret hides the program Vault and what has a title with "private" in it.
func secret(w capture.Window) bool {
	return w.Program == "Vault" || strings.Contains(w.Title, "private")
}

func watch(t *testing.T, d *virtual.Desktop, scope capture.Scope) *Source {
	t.Helper()
	clock := capture.NewClock(time.Now)
	s := New(Options{Clock: clock, DisplayName: d.Display, Scope: scope})
	capturetest.Start(t, s, clock, nil)
	until(t, "it watches", func() bool { _, ok := s.Around(func() {}); return ok })
	return s
}

// covered tells whether the whole of r lies in rects.
func covered(r capture.Rect, rects []capture.Rect) bool {
	return len(without([]capture.Rect{r}, rects)) == 0
}

func touched(r capture.Rect, rects []capture.Rect) bool {
	for _, h := range rects {
		if !h.Intersect(r).Empty() {
			return true
		}
	}
	return false
}

func around1(t *testing.T, s *Source, grab func()) []capture.Rect {
	t.Helper()
	rects, ok := s.Around(grab)
	if !ok {
		t.Fatal("hidden windows cannot be told")
	}
	return rects
}

// TestAroundTellsWhatWasHiddenMeanwhile does things while pixels are read.
func TestAroundTellsWhatWasHiddenMeanwhile(t *testing.T) {
	d := bareDesktop(t)
	c := newClient(t, d.Display)
	s := watch(t, d, capture.Scope{Hidden: secret})
	a := capture.Rect{X: 10, Y: 20, W: 100, H: 50}
	b := capture.Rect{X: 300, Y: 200, W: 100, H: 50}
	nothing := func() {}

	flash := c.window(a, "Vault", "x", 1)
	for _, step := range []struct {
		name string
		grab func()
		want []capture.Rect
	}{
		{"not shown", nothing, nil},
		{"appears and vanishes", func() { c.show(flash); c.hide(flash) }, []capture.Rect{a}},
		{"gone again", nothing, nil},
		{"appears", func() { c.show(flash) }, []capture.Rect{a}},
		{"is there", nothing, []capture.Rect{a}},
		{"moves", func() { c.move(flash, b.X, b.Y) }, []capture.Rect{a, b}},
		{"has moved", nothing, []capture.Rect{b}},
		{"moves there and back", func() { c.move(flash, a.X, a.Y); c.move(flash, b.X, b.Y) }, []capture.Rect{a, b}},
		{"is destroyed", func() { c.check(xproto.DestroyWindowChecked(c.conn, flash).Check()) }, []capture.Rect{b}},
		{"is no more", nothing, nil},
		{"is made, shown and destroyed", func() {
			w := c.window(a, "Vault", "y", 1)
			c.show(w)
			c.check(xproto.DestroyWindowChecked(c.conn, w).Check())
		}, []capture.Rect{a}},
	} {
		got := around1(t, s, step.grab)
		for _, w := range step.want {
			if !covered(w, got) {
				t.Errorf("%s: %+v does not hide %+v", step.name, got, w)
			}
		}
		if rest := without(got, step.want); len(rest) > 0 {
			t.Errorf("%s: hides %+v for nothing", step.name, rest)
		}
	}
}

func TestAroundAndStacking(t *testing.T) {
	d := bareDesktop(t)
	c, other := newClient(t, d.Display), newClient(t, d.Display)
	s := watch(t, d, capture.Scope{Hidden: secret})
	vault := c.window(capture.Rect{X: 100, Y: 100, W: 200, H: 100}, "Vault", "x", 1)
	cover := other.window(capture.Rect{X: 150, Y: 50, W: 400, H: 400}, "Editor", "notes", 1)
	c.show(vault)
	other.show(cover)
	visible, below := capture.Rect{X: 100, Y: 100, W: 50, H: 100}, capture.Rect{X: 150, Y: 100, W: 150, H: 100}
	got := around1(t, s, func() {})
	if !covered(visible, got) || touched(below, got) {
		t.Errorf("partly covered: %+v", got)
	}
	if got := around1(t, s, func() { c.raise(vault); other.raise(cover) }); !covered(below, got) {
		t.Errorf("raised for a moment: %+v", got)
	}
	if got := around1(t, s, func() { other.hide(cover); other.show(cover) }); !covered(below, got) {
		t.Errorf("uncovered for a moment: %+v", got)
	}
	if got := around1(t, s, func() { other.move(cover, 500, 50); other.move(cover, 150, 50) }); !covered(below, got) {
		t.Errorf("cover moved away for a moment: %+v", got)
	}
	if got := around1(t, s, func() {}); touched(below, got) {
		t.Errorf("covered again: %+v", got)
	}

	// A hole in what covers it.
	r, err := xproto.QueryExtension(other.conn, 5, "SHAPE").Reply()
	if err != nil {
		t.Fatal(err)
	}
	other.conn.Extensions["SHAPE"] = r.MajorOpcode
	other.check(shape.RectanglesChecked(other.conn, shape.SoSubtract, shape.SkBounding, 0, cover, 0, 0,
		[]xproto.Rectangle{{X: 20, Y: 60, Width: 30, Height: 30}}).Check())
	hole := capture.Rect{X: 170, Y: 110, W: 30, H: 30}
	if got := around1(t, s, func() {}); !covered(hole, got) || touched(capture.Rect{X: 210, Y: 100, W: 90, H: 100}, got) {
		t.Errorf("through a hole: %+v", got)
	}
	// With a compositor a window that may be translucent covers nothing but what it promises.
	owner := other.window(capture.Rect{W: 1, H: 1}, "Compositor", "c", 1)
	until(t, "there is a compositor", func() bool {
		other.check(xproto.SetSelectionOwnerChecked(other.conn, owner, s.guard.atoms.compositor, 0).Check())
		reply, err := xproto.GetSelectionOwner(other.conn, s.guard.atoms.compositor).Reply()
		return err == nil && reply.Owner == owner
	})
	faint := make([]byte, 4)
	xgb.Put32(faint, 1<<31)
	other.check(xproto.ChangePropertyChecked(other.conn, xproto.PropModeReplace, cover, s.guard.atoms.opacity, xproto.AtomCardinal, 32, 1, faint).Check())
	if got := around1(t, s, func() {}); !covered(below, got) {
		t.Errorf("under a translucent window: %+v", got)
	}
}

// TestAroundAndNames has windows whose names come late, change, or never come.
func TestAroundAndNames(t *testing.T) {
	d := bareDesktop(t)
	c := newClient(t, d.Display)
	s := watch(t, d, capture.Scope{Hidden: secret})
	place := func(i int) capture.Rect { return capture.Rect{X: 10 + 90*i, Y: 20, W: 80, H: 50} }

	browser := c.window(place(0), "Browser", "news", 1)
	c.show(browser)
	if got := around1(t, s, func() {}); touched(place(0), got) {
		t.Errorf("a window that may be seen: %+v", got)
	}
	c.text(browser, xproto.AtomWmName, "private browsing")
	if got := around1(t, s, func() {}); !covered(place(0), got) {
		t.Errorf("title became one that is denied: %+v", got)
	}
	if got := around1(t, s, func() { c.text(browser, xproto.AtomWmName, "news") }); !covered(place(0), got) {
		t.Errorf("title was denied when it began: %+v", got)
	}
	if got := around1(t, s, func() {}); touched(place(0), got) {
		t.Errorf("title is allowed again: %+v", got)
	}

	late := newClient(t, d.Display).window(place(1), "", "", 1)
	c.show(late)
	if got := around1(t, s, func() {}); !covered(place(1), got) {
		t.Errorf("window that has not said who it is: %+v", got)
	}
	c.text(late, xproto.AtomWmClass, "vault\x00Vault\x00")
	if got := around1(t, s, func() {}); !covered(place(1), got) {
		t.Errorf("class came late: %+v", got)
	}

	silent := newClient(t, d.Display).window(place(2), "", "", 1)
	c.show(silent)
	if got := around1(t, s, func() {}); !covered(place(2), got) {
		t.Errorf("new window without a name: %+v", got)
	}
	until(t, "a window that never says who it is can be seen", func() bool {
		return !touched(place(2), around1(t, s, func() {}))
	})

	vault := newClient(t, d.Display)
	main := vault.window(place(3), "Vault", "x", 1)
	vault.show(main)
	menu := vault.window(place(4), "", "", 1)
	vault.show(menu)
	dialog := c.window(place(5), "Helper", "open", 1)
	owner := make([]byte, 4)
	xgb.Put32(owner, uint32(main))
	c.check(xproto.ChangePropertyChecked(c.conn, xproto.PropModeReplace, dialog, xproto.AtomWmTransientFor, xproto.AtomWindow, 32, 1, owner).Check())
	c.show(dialog)
	// The title of a window with a dialog of another program.
	b := newClient(t, d.Display)
	parent := b.window(place(6), "Browser", "news", 1)
	child := newClient(t, d.Display).window(place(7), "Other", "ask", 1)
	b.show(parent)
	xgb.Put32(owner, uint32(parent))
	c.check(xproto.ChangePropertyChecked(c.conn, xproto.PropModeReplace, child, xproto.AtomWmTransientFor, xproto.AtomWindow, 32, 1, owner).Check())
	c.show(child)
	if got := around1(t, s, func() {}); touched(place(6), got) || touched(place(7), got) {
		t.Errorf("a window and its dialog that may be seen: %+v", got)
	}
	c.text(parent, xproto.AtomWmName, "private browsing")
	if got := around1(t, s, func() {}); !covered(place(6), got) || !covered(place(7), got) {
		t.Errorf("title of a window with a dialog became one that is denied: %+v", got)
	}
	for end := time.Now().Add(nameSettles + 300*time.Millisecond); time.Now().Before(end); {
		if got := around1(t, s, func() {}); !covered(place(4), got) || !covered(place(5), got) {
			t.Fatalf("menu or dialog of a hidden window: %+v", got)
		}
	}
}

// TestAroundWithAWindowManager looks at frames, minimised windows and a chosen
// window with its dialog.
func TestAroundWithAWindowManager(t *testing.T) {
	d := startDesktop(t)
	c := newClient(t, d.Display)
	var only atomic.Uint32
	s := watch(t, d, capture.Scope{Hidden: secret})
	vault := c.window(capture.Rect{X: 300, Y: 300, W: 100, H: 80}, "Vault", "x", 0)
	c.show(vault)
	var w capture.Window
	until(t, "the window has its frame", func() bool {
		for _, have := range s.List() {
			if have.ID == uint32(vault) {
				w = have
			}
		}
		o, ok := s.Origin(uint32(vault))
		return ok && w.ID != 0 && o.Y > w.Bounds.Y
	})
	if got := around1(t, s, func() {}); !covered(w.Bounds, got) {
		t.Errorf("frame %+v of a hidden window: %+v", w.Bounds, got)
	}
	if _, err := d.Run(t.Context(), "xdotool", "windowminimize", fmt.Sprint(uint32(vault))); err != nil {
		t.Fatal(err)
	}
	until(t, "a minimised window hides nothing", func() bool { return len(around1(t, s, func() {})) == 0 })

	one := watch(t, d, capture.Scope{Only: func(w capture.Window) bool { return w.ID == only.Load() || w.Owner == only.Load() }})
	program(t, d, "xterm", "-title", "below", "-geometry", "60x20+0+0")
	first := program(t, d, "xterm", "-title", "mine", "-geometry", "60x20+100+100")
	_ = first
	var mine capture.Window
	until(t, "both are there", func() bool {
		n := 0
		for _, w := range one.List() {
			if w.Title == "mine" {
				mine = w
				n++
			}
			if w.Title == "below" {
				n++
			}
		}
		return n == 2
	})
	only.Store(mine.ID)
	xdotool(t, d, "search", "--name", "^mine$", "windowactivate", "--sync")
	until(t, "the chosen window can be seen whole", func() bool {
		got := around1(t, one, func() {})
		return len(got) > 0 && !touched(mine.Bounds, got)
	})
	// The menu of xterm has no name, no owner and no class.
	o, _ := one.Origin(mine.ID)
	xdotool(t, d, "mousemove", fmt.Sprint(o.X+50), fmt.Sprint(o.Y+50), "keydown", "ctrl", "mousedown", "1")
	until(t, "the menu is open, and can be seen", func() bool {
		at, ok := one.At(capture.Point{X: o.X + 55, Y: o.Y + 60})
		return ok && at.ID != mine.ID && at.Owner == mine.ID && !touched(mine.Bounds, around1(t, one, func() {}))
	})
	xdotool(t, d, "mouseup", "1", "keyup", "ctrl")
	xdotool(t, d, "search", "--name", "^below$", "windowactivate", "--sync")
	until(t, "what lies above it is hidden", func() bool { return touched(mine.Bounds, around1(t, one, func() {})) })
}

// TestAroundUnderLoad asks while a hidden window is moved about as fast as the
// server can. Each moment's place must be in the answer of a call that began
// before and ended after.
func TestAroundUnderLoad(t *testing.T) {
	d := bareDesktop(t)
	s := watch(t, d, capture.Scope{Hidden: secret})
	stop, done := make(chan struct{}), make(chan struct{})
	go func() { // thousands of events
		defer close(done)
		c := newClient(t, d.Display)
		w := c.window(capture.Rect{W: 20, H: 20}, "Noise", "n", 1)
		xproto.MapWindow(c.conn, w)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
				xproto.ConfigureWindow(c.conn, w, xproto.ConfigWindowX, []uint32{uint32(i % 700)})
				if i%512 == 0 {
					_, _ = xproto.GetInputFocus(c.conn).Reply()
				}
			}
		}
	}()
	c := newClient(t, d.Display)
	w := c.window(capture.Rect{W: 40, H: 40}, "Vault", "x", 1)
	c.show(w)
	at := capture.Rect{W: 40, H: 40}
	var slowest time.Duration
	for i := range 300 {
		next := capture.Rect{X: rand.IntN(700), Y: rand.IntN(500), W: 40, H: 40}
		began := time.Now()
		got := around1(t, s, func() {
			if i%3 == 0 {
				c.hide(w)
			}
			c.move(w, next.X, next.Y)
			if i%3 == 0 {
				c.show(w)
			}
		})
		slowest = max(slowest, time.Since(began))
		if !covered(at, got) || !covered(next, got) {
			t.Fatalf("moved from %+v to %+v, hidden is %+v", at, next, got)
		}
		at = next
	}
	close(stop)
	<-done
	t.Logf("slowest of 300 answers: %v", slowest)
}

func BenchmarkAround(b *testing.B) {
	d, err := virtual.Start(context.Background(), virtual.Options{Width: 800, Height: 600})
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	g, err := openGuard(Options{DisplayName: d.Display, Scope: capture.Scope{Hidden: secret}})
	if err != nil {
		b.Fatal(err)
	}
	defer g.close()
	for b.Loop() {
		if _, ok := g.around(func() {}); !ok {
			b.Fatal("cannot tell")
		}
	}
}
