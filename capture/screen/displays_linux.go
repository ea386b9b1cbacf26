package screen

import (
	"fmt"
	"log/slog"

	"github.com/jezek/xgb/randr"
	"github.com/jezek/xgb/xinerama"
	"github.com/jezek/xgb/xproto"

	"github.com/runreel/runreel/capture"
)

func openDevice(opt Options, log *slog.Logger) (device, error) {
	x, err := openX11(opt.DisplayName, opt.Target, log)
	if err != nil {
		return nil, err
	}
	return x, nil
}

// Displays returns the displays of $DISPLAY, in the order of the server. Where
// no server answers the error is ErrNoServer with the reason.
func Displays() ([]Display, error) { return DisplaysOf("") }

// DisplaysOf returns the displays of an X server such as ":1"; "" means
// $DISPLAY. The places are true ones on the X screen: those of
// kbinani/screenshot count from the corner of the first display.
func DisplaysOf(name string) ([]Display, error) {
	x, err := connect(name, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	defer x.conn.Close()
	all, err := x.monitors()
	if err != nil {
		return nil, err
	}
	return all, nil
}

// monitors asks RandR, then Xinerama, then takes the whole screen for one
// display. Displays that mirror another one are left out.
func (x *x11) monitors() ([]Display, error) {
	g, err := xproto.GetGeometry(x.conn, xproto.Drawable(x.root)).Reply()
	if err != nil {
		return nil, gone(fmt.Errorf("read screen size: %w", err))
	}
	screen := capture.Rect{W: int(g.Width), H: int(g.Height)}
	x.screen = screen
	found := x.fromRandR()
	if len(found) == 0 && x.told {
		return nil, fmt.Errorf("%w: none is switched on", ErrNoDisplay)
	}
	x.told = len(found) > 0
	if len(found) == 0 {
		found = x.fromXinerama()
	}
	if len(found) == 0 {
		found = []Display{{Bounds: screen, Primary: true}}
	}
	var all []Display
	for _, d := range found {
		d.Bounds = d.Bounds.Intersect(screen)
		if d.Bounds.Empty() || mirrors(all, d.Bounds) {
			continue
		}
		d.Index = len(all)
		if d.Name == "" {
			d.Name = fmt.Sprintf("Display %d", d.Index+1)
		}
		all = append(all, d)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%w: none is switched on", ErrNoDisplay)
	}
	x.all = all
	return all, nil
}

func (x *x11) fromRandR() []Display {
	if !x.hasRandR {
		return nil
	}
	v, err := randr.QueryVersion(x.conn, 1, 5).Reply()
	if err != nil || v.MajorVersion == 1 && v.MinorVersion < 5 {
		return nil
	}
	r, err := randr.GetMonitors(x.conn, x.root, true).Reply()
	if err != nil {
		return nil
	}
	var all []Display
	for _, m := range r.Monitors {
		d := Display{
			Bounds:  capture.Rect{X: int(m.X), Y: int(m.Y), W: int(m.Width), H: int(m.Height)},
			Primary: m.Primary,
		}
		if a, err := xproto.GetAtomName(x.conn, m.Name).Reply(); err == nil {
			d.Name = a.Name
		}
		all = append(all, d)
	}
	return all
}

func (x *x11) fromXinerama() []Display {
	var has bool
	if _, err := x.extension("XINERAMA", &has); err != nil || !has {
		return nil
	}
	r, err := xinerama.QueryScreens(x.conn).Reply()
	if err != nil {
		return nil
	}
	var all []Display
	for i, s := range r.ScreenInfo {
		all = append(all, Display{
			Bounds:  capture.Rect{X: int(s.XOrg), Y: int(s.YOrg), W: int(s.Width), H: int(s.Height)},
			Primary: i == 0,
		})
	}
	return all
}

func mirrors(all []Display, b capture.Rect) bool {
	for _, d := range all {
		if d.Bounds == b {
			return true
		}
	}
	return false
}
