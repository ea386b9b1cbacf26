package screen

import (
	"fmt"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"github.com/runreel/runreel/capture"
)

// followed is the window that is recorded.
type followed struct {
	x      *x11
	window xproto.Window
	frame  xproto.Window // of the window manager, a child of the root; 0 until it is looked for
	shadow xproto.Atom
}

// listen asks for the events that tell that the window comes, goes or moves. It
// fails where there is no such window.
func (f *followed) listen() error {
	err := xproto.ChangeWindowAttributesChecked(f.x.conn, f.window, xproto.CwEventMask, []uint32{xproto.EventMaskStructureNotify}).Check()
	if err != nil {
		return gone(fmt.Errorf("%w: there is no window %#x: %w", capture.ErrTarget, f.window, err))
	}
	const name = "_GTK_FRAME_EXTENTS"
	if r, err := xproto.InternAtom(f.x.conn, false, uint16(len(name)), name).Reply(); err == nil {
		f.shadow = r.Atom
	}
	return nil
}

// aboutWindow tells whether ev is one that listen asked for. Of a window that
// is destroyed it takes note: another program may get the same ID.
func (x *x11) aboutWindow(ev xgb.Event) bool {
	switch e := ev.(type) {
	case xproto.DestroyNotifyEvent:
		if e.Window == xproto.Window(x.target.Window) {
			x.closed.Store(true)
		}
		return true
	case xproto.MapNotifyEvent, xproto.UnmapNotifyEvent, xproto.ReparentNotifyEvent, xproto.ConfigureNotifyEvent:
		return true
	}
	return false
}

// place returns where the window is now, with its frame, as far as it is on the
// screen. Its error is ErrWindowHidden where it is not shown, or a lost
// connection.
func (f *followed) place() (capture.Rect, error) {
	for range 2 {
		if f.x.closed.Load() {
			return capture.Rect{}, ErrWindowHidden
		}
		if f.frame == 0 {
			if err := f.findFrame(); err != nil {
				return capture.Rect{}, err
			}
		}
		place, err := f.ask()
		if err == nil {
			return place, nil
		}
		if err := f.x.alive(); err != nil {
			return capture.Rect{}, err
		}
		f.frame = 0 // it got another one
	}
	return capture.Rect{}, ErrWindowHidden
}

// alive returns an error where the server is gone.
func (x *x11) alive() error {
	if _, err := xproto.GetInputFocus(x.conn).Reply(); err != nil {
		return gone(fmt.Errorf("ask the display server: %w", err))
	}
	return nil
}

// findFrame walks up to the child of the root that holds the window.
func (f *followed) findFrame() error {
	w := f.window
	for range 16 {
		tree, err := xproto.QueryTree(f.x.conn, w).Reply()
		if err != nil {
			if err := f.x.alive(); err != nil {
				return err
			}
			return ErrWindowHidden
		}
		if tree.Parent == f.x.root {
			f.frame = w
			return nil
		}
		w = tree.Parent
	}
	return ErrWindowHidden
}

// ask asks all at once. It returns an error where the frame does not hold the
// window any more, or either is not shown.
func (f *followed) ask() (capture.Rect, error) {
	state := xproto.GetWindowAttributes(f.x.conn, f.window)
	inner := xproto.GetGeometry(f.x.conn, xproto.Drawable(f.window))
	corner := xproto.TranslateCoordinates(f.x.conn, f.window, f.x.root, 0, 0)
	outer := xproto.GetGeometry(f.x.conn, xproto.Drawable(f.frame))
	shadow := xproto.GetProperty(f.x.conn, false, f.window, f.shadow, xproto.AtomCardinal, 0, 4)
	s, err1 := state.Reply()
	in, err2 := inner.Reply()
	at, err3 := corner.Reply()
	out, err4 := outer.Reply()
	margin, err5 := shadow.Reply()
	if err1 != nil || err2 != nil || err3 != nil || err4 != nil || s.MapState != xproto.MapStateViewable {
		return capture.Rect{}, ErrWindowHidden
	}
	border := 2 * int(out.BorderWidth)
	frame := capture.Rect{X: int(out.X), Y: int(out.Y), W: int(out.Width) + border, H: int(out.Height) + border}
	window := capture.Rect{X: int(at.DstX), Y: int(at.DstY), W: int(in.Width), H: int(in.Height)}
	if window.Intersect(frame).Empty() {
		return capture.Rect{}, ErrWindowHidden // the frame belongs to another window by now
	}
	place := frame
	if err5 == nil && margin.Format == 32 && len(margin.Value) == 16 {
		// The shadow that GTK draws around its own frame.
		v := margin.Value
		left, right, top, bottom := int(xgb.Get32(v)), int(xgb.Get32(v[4:])), int(xgb.Get32(v[8:])), int(xgb.Get32(v[12:]))
		place = place.Intersect(capture.Rect{
			X: window.X + left, Y: window.Y + top, W: window.W - left - right, H: window.H - top - bottom,
		})
	}
	if place = place.Intersect(f.x.screen); place.Empty() {
		return capture.Rect{}, ErrWindowHidden
	}
	return place, nil
}
