package window

import (
	"errors"
	"testing"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"github.com/runreel/runreel/capture"
)

func TestChoices(t *testing.T) {
	d := startDesktop(t)
	program(t, d, "xterm", "-title", "lower", "-geometry", "40x10+10+10")
	until(t, "the first is there", func() bool { l, err := Choices(d.Display, secret); return err == nil && len(l) == 1 })
	program(t, d, "xterm", "-title", "upper", "-geometry", "40x10+500+10")
	until(t, "both are there", func() bool { l, err := Choices(d.Display, secret); return err == nil && len(l) == 2 })

	c := newClient(t, d.Display)
	vault := c.window(capture.Rect{X: 50, Y: 400, W: 90, H: 90}, "Vault", "passwords", 0)
	dock := c.window(capture.Rect{X: 50, Y: 700, W: 90, H: 20}, "Panel", "panel", 0)
	menu := c.window(capture.Rect{X: 350, Y: 400, W: 90, H: 90}, "Menu", "menu", 1)
	typeAtom, err1 := xproto.InternAtom(c.conn, false, 19, "_NET_WM_WINDOW_TYPE").Reply()
	dockAtom, err2 := xproto.InternAtom(c.conn, false, 24, "_NET_WM_WINDOW_TYPE_DOCK").Reply()
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	kind := make([]byte, 4)
	xgb.Put32(kind, uint32(dockAtom.Atom))
	c.check(xproto.ChangePropertyChecked(c.conn, xproto.PropModeReplace, dock, typeAtom.Atom, xproto.AtomAtom, 32, 1, kind).Check())
	plain := c.window(capture.Rect{X: 550, Y: 400, W: 90, H: 90}, "Plain", "plain", 0)
	for _, w := range []xproto.Window{vault, dock, menu, plain} {
		c.show(w)
	}
	var got []capture.Window
	until(t, "the last one is there", func() bool {
		var err error
		got, err = Choices(d.Display, secret)
		return err == nil && len(got) == 3
	})
	for i, want := range []string{"plain", "upper", "lower"} {
		if got[i].Title != want || got[i].ID == 0 || got[i].Bounds.Empty() {
			t.Errorf("choice %d is %+v, want %s", i, got[i], want)
		}
	}
	if _, err := Choices(":65000", nil); !errors.Is(err, ErrNoDisplay) {
		t.Errorf("no display: %v", err)
	}
}
