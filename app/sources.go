package app

import (
	"os"
	"slices"
	"time"

	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/capture/input"
	"github.com/runreel/runreel/capture/mic"
	"github.com/runreel/runreel/capture/screen"
	"github.com/runreel/runreel/capture/terminal"
	"github.com/runreel/runreel/capture/uitree"
	"github.com/runreel/runreel/capture/window"
)

// sources is the list of what a recording is made of. The screen comes first
// and the input after all that it asks: the picture, the window and the name of
// what is clicked.
func (a *App) sources(o StartOptions, clock *capture.Clock, media capture.Media) []capture.Source {
	windows := window.New(window.Options{Clock: clock, Log: a.log, Own: isOwn})
	pictures := screen.New(screen.Options{
		Display: o.Display, Clock: clock, Media: media, Log: a.log,
		Own: func() []capture.Rect { return ownRects(windows.List()) },
	})
	tree := uitree.New(uitree.Options{Clock: clock, Log: a.log, Frames: pictures, Windows: windows, Own: isOwn})
	clicks := input.New(input.Options{
		Clock: clock, Log: a.log, Locator: tree, Frames: pictures, Windows: windows,
		Own: isOwn, Enter: tree.Enter,
	})
	commands := terminal.New(terminal.Options{Clock: clock, Log: a.log, Spool: a.paths.Spool})
	a.setTerminal(commands)

	list := []capture.Source{pictures, windows, tree, clicks, commands}
	if o.Microphone != "none" {
		list = append(list, mic.New(mic.Options{
			Device: o.Microphone, Clock: clock, Media: media, Log: a.log,
			Level: a.level.Store, Chunk: time.Second,
		}))
	}
	return list
}

// isOwn tells the windows of this program.
func isOwn(pid int) bool { return pid == os.Getpid() }

// ownRects are the visible parts of this program's windows, which no picture
// shows. windows lie topmost first; what lies above one of ours stays in the
// picture.
func ownRects(windows []capture.Window) []capture.Rect {
	var own, above []capture.Rect
	for _, w := range windows {
		if isOwn(w.PID) {
			own = append(own, without(w.Bounds, above)...)
		}
		above = append(above, w.Bounds)
	}
	return own
}

// without cuts the holes out of r.
func without(r capture.Rect, holes []capture.Rect) []capture.Rect {
	parts := []capture.Rect{r}
	for _, h := range holes {
		var rest []capture.Rect
		for _, p := range parts {
			rest = append(rest, cut(p, h)...)
		}
		parts = rest
	}
	return parts
}

// cut is what of r lies outside h: up to four parts, above, below and beside.
func cut(r, h capture.Rect) []capture.Rect {
	top, bottom := max(r.Y, h.Y), min(r.Y+r.H, h.Y+h.H)
	left, right := max(r.X, h.X), min(r.X+r.W, h.X+h.W)
	if top >= bottom || left >= right {
		return []capture.Rect{r}
	}
	parts := []capture.Rect{
		{X: r.X, Y: r.Y, W: r.W, H: top - r.Y},
		{X: r.X, Y: bottom, W: r.W, H: r.Y + r.H - bottom},
		{X: r.X, Y: top, W: left - r.X, H: bottom - top},
		{X: right, Y: top, W: r.X + r.W - right, H: bottom - top},
	}
	return slices.DeleteFunc(parts, capture.Rect.Empty)
}
