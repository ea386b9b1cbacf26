package input

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/runreel/runreel/capture"
)

// Errors that Probe and Run wrap.
var (
	ErrUnsupported = errors.New("clicks and keys are not supported on this system yet")
	ErrNoDisplay   = errors.New("no X display answers: set DISPLAY, or log in to an X11 session")
	ErrNoRecord    = errors.New("the X server has no RECORD extension: enable it in the server's configuration")
)

// Locator tells what lies under the pointer. Hover is called for each motion,
// by one goroutine, and must return at once; the others by several goroutines,
// with a limit of time in ctx.
//
// Locate is called when a button goes down, and where a drag ends; at is that
// time. Its error means that the click has no element. Settled is called after
// a click, with what Locate was called with, and returns the states of that
// element once the click had its effect; an error where it is gone or unknown.
type Locator interface {
	Hover(p capture.Point, at time.Duration)
	Locate(ctx context.Context, p capture.Point, at time.Duration) (capture.Element, error)
	Settled(ctx context.Context, p capture.Point, at time.Duration) ([]string, error)
}

// Frames finds the picture of the display at p whose grab began before at. It
// blocks until that picture is stored, is called by several goroutines, and its
// error means that there is none.
type Frames interface {
	Before(ctx context.Context, p capture.Point, at time.Duration) (capture.FrameRef, error)
}

// Windows knows the windows as they are now. It is called by several
// goroutines.
type Windows interface {
	At(p capture.Point) (capture.Window, bool)
	Active() capture.Window
}

// Options configures a Source. Only Clock is required.
type Options struct {
	Clock       *capture.Clock
	Log         *slog.Logger // nil discards
	DisplayName string       // "" is $DISPLAY
	Locator     Locator      // nil: clicks have no element
	Frames      Frames       // nil: events have no picture
	Windows     Windows      // nil: events have no window

	Scope  capture.Scope            // clicks, keys and scrolling elsewhere are dropped
	Ignore func(keys []string) bool // tells the chords that are never recorded, such as our own; nil is none
	Enter  func(at time.Duration)   // called when Enter or Tab goes down; must return at once
	Typed  func(at time.Duration)   // called when any other key goes down; must return at once
}

// Source records the input of one display.
type Source struct {
	opts Options
	log  *slog.Logger
}

// New returns a source that does nothing before Run.
func New(o Options) *Source {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Ignore == nil {
		o.Ignore = func([]string) bool { return false }
	}
	if o.Enter == nil {
		o.Enter = func(time.Duration) {}
	}
	if o.Typed == nil {
		o.Typed = func(time.Duration) {}
	}
	return &Source{opts: o, log: o.Log}
}

// Name implements capture.Source.
func (s *Source) Name() string { return "input" }
