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

// ownRects are the places of this program's windows, which no picture shows.
func ownRects(windows []capture.Window) []capture.Rect {
	windows = slices.DeleteFunc(slices.Clone(windows), func(w capture.Window) bool { return !isOwn(w.PID) })
	rects := make([]capture.Rect, 0, len(windows))
	for _, w := range windows {
		rects = append(rects, w.Bounds)
	}
	return rects
}
