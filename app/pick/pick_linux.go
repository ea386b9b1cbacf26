package pick

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"github.com/runreel/runreel/capture"
)

const (
	crosshair  = 34       // XC_crosshair of the font "cursor"
	frameColor = 0xd92d20 // as 24-bit RGB
	frameWidth = 3        // pixels, outside the region
	grabTries  = 20       // while a menu closes
	grabWait   = 50 * time.Millisecond
	left       = 1
)

// Region shows a cross for a pointer and returns the region that the person
// draws by pressing, dragging and releasing the left button. display is an X
// display such as ":1"; "" is $DISPLAY.
func Region(ctx context.Context, display string) (capture.Rect, error) {
	conn, err := dial(display)
	if err != nil {
		return capture.Rect{}, fmt.Errorf("%w: %w", ErrUnsupported, err)
	}
	p := &picker{conn: conn, screen: xproto.Setup(conn).DefaultScreen(conn)}
	// Closing the connection ends the grabs and removes the frame.
	stop := context.AfterFunc(ctx, conn.Close)
	defer func() {
		if stop() {
			conn.Close()
		}
	}()
	if err := p.grab(ctx); err != nil {
		return capture.Rect{}, err
	}
	r, err := p.drag()
	if ctx.Err() != nil {
		return capture.Rect{}, ctx.Err()
	}
	return r, err
}

func dial(display string) (*xgb.Conn, error) {
	if display == "" {
		return xgb.NewConn()
	}
	return xgb.NewConnDisplay(display)
}

type picker struct {
	conn   *xgb.Conn
	screen *xproto.ScreenInfo
	frame  [4]xproto.Window // top, bottom, left, right
	shown  bool
}

// grab takes mouse and keyboard.
func (p *picker) grab(ctx context.Context) error {
	cursor, err := p.cursor()
	if err != nil {
		return err
	}
	if err := p.makeFrame(); err != nil {
		return err
	}
	const events = xproto.EventMaskButtonPress | xproto.EventMaskButtonRelease | xproto.EventMaskPointerMotion
	for range grabTries {
		mouse, err := xproto.GrabPointer(p.conn, false, p.screen.Root, events, xproto.GrabModeAsync, xproto.GrabModeAsync, 0, cursor, xproto.TimeCurrentTime).Reply()
		if err != nil {
			return fmt.Errorf("take the mouse: %w", err)
		}
		keys, err := xproto.GrabKeyboard(p.conn, false, p.screen.Root, xproto.TimeCurrentTime, xproto.GrabModeAsync, xproto.GrabModeAsync).Reply()
		if err != nil {
			return fmt.Errorf("take the keyboard: %w", err)
		}
		if mouse.Status == xproto.GrabStatusSuccess && keys.Status == xproto.GrabStatusSuccess {
			return nil
		}
		xproto.UngrabPointer(p.conn, xproto.TimeCurrentTime)
		xproto.UngrabKeyboard(p.conn, xproto.TimeCurrentTime)
		select {
		case <-time.After(grabWait):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return ErrGrabbed
}

func (p *picker) cursor() (xproto.Cursor, error) {
	font, err := xproto.NewFontId(p.conn)
	if err != nil {
		return 0, fmt.Errorf("load a cursor: %w", err)
	}
	cursor, err := xproto.NewCursorId(p.conn)
	if err != nil {
		return 0, fmt.Errorf("load a cursor: %w", err)
	}
	const name = "cursor"
	if err := xproto.OpenFontChecked(p.conn, font, uint16(len(name)), name).Check(); err != nil {
		return 0, nil // the server has no fonts: the pointer keeps its shape
	}
	defer xproto.CloseFont(p.conn, font)
	const dark, bright = 0, 0xffff
	err = xproto.CreateGlyphCursorChecked(p.conn, cursor, font, font, crosshair, crosshair+1, dark, dark, dark, bright, bright, bright).Check()
	if err != nil {
		return 0, fmt.Errorf("load a cursor: %w", err)
	}
	return cursor, nil
}

// makeFrame makes the four sides of the frame, not shown yet. They are windows
// without a manager, so that nothing has to be drawn.
func (p *picker) makeFrame() error {
	for i := range p.frame {
		id, err := xproto.NewWindowId(p.conn)
		if err != nil {
			return fmt.Errorf("draw a frame: %w", err)
		}
		err = xproto.CreateWindowChecked(p.conn, 0, id, p.screen.Root, 0, 0, 1, 1, 0, xproto.WindowClassInputOutput, 0,
			xproto.CwBackPixel|xproto.CwOverrideRedirect, []uint32{frameColor, 1}).Check()
		if err != nil {
			return fmt.Errorf("draw a frame: %w", err)
		}
		p.frame[i] = id
	}
	return nil
}

// show puts the frame around r.
func (p *picker) show(r capture.Rect) {
	const f = frameWidth
	sides := [4]capture.Rect{
		{X: r.X - f, Y: r.Y - f, W: r.W + 2*f, H: f},
		{X: r.X - f, Y: r.Y + r.H, W: r.W + 2*f, H: f},
		{X: r.X - f, Y: r.Y, W: f, H: max(1, r.H)},
		{X: r.X + r.W, Y: r.Y, W: f, H: max(1, r.H)},
	}
	for i, s := range sides {
		const place = xproto.ConfigWindowX | xproto.ConfigWindowY | xproto.ConfigWindowWidth | xproto.ConfigWindowHeight | xproto.ConfigWindowStackMode
		xproto.ConfigureWindow(p.conn, p.frame[i], place,
			[]uint32{uint32(int32(s.X)), uint32(int32(s.Y)), uint32(s.W), uint32(s.H), xproto.StackModeAbove})
		if !p.shown {
			xproto.MapWindow(p.conn, p.frame[i])
		}
	}
	p.shown = true
}

// drag follows the mouse until the button is released.
func (p *picker) drag() (capture.Rect, error) {
	var start *capture.Point
	for {
		event, err := p.conn.WaitForEvent()
		if err != nil {
			return capture.Rect{}, fmt.Errorf("follow the mouse: %w", err)
		}
		switch e := event.(type) {
		case nil:
			return capture.Rect{}, errors.New("follow the mouse: the display server went away")
		case xproto.ButtonPressEvent:
			if e.Detail != left {
				return capture.Rect{}, ErrCancelled
			}
			start = &capture.Point{X: int(e.RootX), Y: int(e.RootY)}
		case xproto.MotionNotifyEvent:
			if start != nil {
				p.show(between(*start, capture.Point{X: int(e.RootX), Y: int(e.RootY)}))
			}
		case xproto.ButtonReleaseEvent:
			if start == nil || e.Detail != left {
				continue // of a click that began before
			}
			r := between(*start, capture.Point{X: int(e.RootX), Y: int(e.RootY)})
			if r.W < least || r.H < least {
				return capture.Rect{}, ErrCancelled
			}
			return r, nil
		case xproto.KeyPressEvent:
			if p.isEscape(e.Detail) {
				return capture.Rect{}, ErrCancelled
			}
		}
	}
}

// isEscape tells whether a key of the current keyboard is Escape.
func (p *picker) isEscape(key xproto.Keycode) bool {
	const escape = 0xff1b // XK_Escape
	m, err := xproto.GetKeyboardMapping(p.conn, key, 1).Reply()
	if err != nil {
		return false
	}
	return slices.Contains(m.Keysyms, escape)
}
