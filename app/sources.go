package app

import (
	"time"

	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/capture/input"
	"github.com/runreel/runreel/capture/mic"
	"github.com/runreel/runreel/capture/screen"
	"github.com/runreel/runreel/capture/terminal"
	"github.com/runreel/runreel/capture/uitree"
	"github.com/runreel/runreel/capture/window"
)

// chunk is how much sound is stored at once. Up to as much again is held back
// after a start, and all of it together may be lost with the process.
const chunk = 500 * time.Millisecond

// apart is how far apart pictures are stored that no click, field or mark asks
// for: a terminal that scrolls makes many, and the draft uses few of them.
const apart = 10 * time.Second

// sources is the list of what a recording is made of. The screen comes first
// and the input after all that it asks: the picture, the window and the name of
// what is clicked.
func (a *App) sources(o StartOptions, clock *capture.Clock, media capture.Media) []capture.Source {
	var pictures *screen.Source
	scope := a.scope()
	scope.Only = o.Target.Only()
	switch o.Target.Kind {
	case capture.TargetDisplay, capture.TargetRegion:
		// A window needs no area: its dialogs may reach out of it.
		scope.Area = func() capture.Rect { return pictures.Area() }
	}
	windows := window.New(window.Options{Clock: clock, Log: a.log, Scope: scope})
	pictures = screen.New(screen.Options{
		Target: o.Target, Clock: clock, Media: media, Log: a.log, Hide: windows.Around, Trouble: a.troubles.of("screen"),
		Apart: apart,
	})
	a.setPictures(pictures)
	tree := uitree.New(uitree.Options{Clock: clock, Log: a.log, Frames: pictures, Windows: windows, Scope: scope})
	clicks := input.New(input.Options{
		Clock: clock, Log: a.log, Locator: tree, Frames: pictures, Windows: windows,
		Scope: scope, Enter: tree.Enter, Typed: tree.Typed, Ignore: func(keys []string) bool { return a.settings.get().bindings().Has(keys) },
	})
	commands := terminal.New(terminal.Options{Clock: clock, Media: media, Log: a.log, Spool: a.paths.Spool})
	a.setTerminal(commands)

	list := []capture.Source{pictures, windows, tree, clicks, commands}
	if o.Microphone != "none" {
		list = append(list, mic.New(mic.Options{
			Device: o.Microphone, Clock: clock, Media: media, Log: a.log,
			Level: a.level.Store, Chunk: chunk, Trouble: a.troubles.of("microphone"),
		}))
	}
	return list
}
