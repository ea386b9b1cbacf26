package uitree

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/runreel/runreel/capture"
)

// Errors that Probe, Run and Locate wrap.
var (
	ErrUnsupported = errors.New("names of buttons and fields are not supported on this system yet")
	ErrNoBus       = errors.New("the accessibility bus does not answer: install at-spi2-core and start the program in a desktop session")
	ErrNotFound    = errors.New("no element is known there")
)

// Windows knows the windows of the display. It is called by several
// goroutines. Shown is when a window appeared on the session clock, zero where
// that was before the recording; Origin is the place of a window's own upper
// left corner, without the frame of the window manager.
type Windows interface {
	At(p capture.Point) (capture.Window, bool)
	Active() capture.Window
	Origin(id uint32) (capture.Point, bool)
	Shown(id uint32) time.Duration
}

// Frames finds the picture of the display at p whose grab began before at. It
// blocks until that picture is stored; its error means that there is none.
type Frames interface {
	Before(ctx context.Context, p capture.Point, at time.Duration) (capture.FrameRef, error)
}

// Options configures a Source. Only Clock is required.
type Options struct {
	Clock   *capture.Clock
	Log     *slog.Logger  // nil discards
	Windows Windows       // nil: guessed from what programs tell
	Frames  Frames        // nil: texts have no picture
	Scope   capture.Scope // of what it does not take, nothing is told

	Session string // address of the session bus; "" is $DBUS_SESSION_BUS_ADDRESS
	Address string // address of the accessibility bus; "" asks the session bus
}

// New returns a source that does nothing before Run.
func New(o Options) *Source {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return newSource(o)
}

// Name implements capture.Source.
func (s *Source) Name() string { return "uitree" }
