package window

import (
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/runreel/runreel/capture"
)

// ErrUnsupported is what Probe returns on systems without a driver.
var ErrUnsupported = errors.New("window titles are not supported on this system yet")

// ErrNoDisplay is what Probe and Run wrap where no display server answers.
var ErrNoDisplay = errors.New("no X display answers: set DISPLAY, or log in to an X11 session")

// ErrServerGone is what Run wraps where the display server ended while it was
// watched.
var ErrServerGone = errors.New("the display server went away")

// Options configures a Source. Only Clock is required.
type Options struct {
	Clock       *capture.Clock
	Log         *slog.Logger  // nil discards
	DisplayName string        // "" is $DISPLAY
	Scope       capture.Scope // windows that it does not take are not told
}

// Source watches the windows of one display. Its methods may be called from
// any goroutine, at any time; before Run they know nothing.
type Source struct {
	opts Options
	log  *slog.Logger

	mu    sync.Mutex
	desk  *desk // nil while Run does not run
	focus focus
	guard *guard // nil while Run does not run
}

// New returns a source that does nothing before Run.
func New(o Options) *Source {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Source{opts: o, log: o.Log}
}

// Name implements capture.Source.
func (s *Source) Name() string { return "window" }

// titleSettles is how long a title must stand before it is told: programs that
// spin a title would flood the log otherwise.
const titleSettles = 150 * time.Millisecond

// nameSettles is how long a window that does not say to which program it
// belongs is taken for one that must not be recorded: some say it only after
// they appeared.
const nameSettles = time.Second

// focus decides which states of the active window become events.
type focus struct {
	now     capture.Window // the active window as last seen
	since   time.Duration  // when now came to be
	settles time.Time      // when now may be told
	came    time.Time      // when the window of now was first seen
	told    capture.Window // what was last emitted; zero once the focus went to a window that is not told
}

// see notes the state of the active window.
func (f *focus) see(w capture.Window, at time.Duration, now time.Time) {
	if w == f.now {
		return
	}
	settles := now
	if w.ID == f.now.ID {
		settles = now.Add(titleSettles)
	} else {
		f.came = now
	}
	if w.ID != f.now.ID || w.Title != f.now.Title {
		f.since, f.settles = at, settles
	}
	f.now = w
}

// due returns the event that is to be told at a moment, if any.
func (f *focus) due(now time.Time, scope capture.Scope) (capture.Event, bool) {
	if f.now.ID == 0 || now.Before(f.settles) {
		return capture.Event{}, false
	}
	if f.now.Program == "" && scope.Hidden != nil && now.Before(f.came.Add(nameSettles)) {
		return capture.Event{}, false
	}
	if !scope.Takes(f.now) {
		f.told = capture.Window{}
		return capture.Event{}, false
	}
	if f.now.ID == f.told.ID && f.now.Title == f.told.Title {
		return capture.Event{}, false
	}
	f.told = f.now
	return capture.Event{At: f.since, Fact: capture.Focus{Window: f.now}}, true
}

// Active returns the active window, also where it is not recorded; the zero
// Window where there is none.
func (s *Source) Active() capture.Window {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.focus.now
}

// At returns the top-level window under a point as the display server has it
// now. A popup, such as an open menu, is told with its own ID and bounds, and
// with the title, program and PID of the window it belongs to. There is none
// over the bare desktop.
func (s *Source) At(p capture.Point) (capture.Window, bool) {
	if d := s.current(); d != nil {
		return d.at(p)
	}
	return capture.Window{}, false
}

// List returns the windows that the window manager manages, topmost first.
func (s *Source) List() []capture.Window {
	if d := s.current(); d != nil {
		return d.list()
	}
	return nil
}

// Origin returns the place of a window's own upper left corner on the screen,
// without the window manager's frame.
func (s *Source) Origin(id uint32) (capture.Point, bool) {
	if d := s.current(); d != nil {
		return d.origin(id)
	}
	return capture.Point{}, false
}

// Shown tells when a window appeared, on the session clock; zero where that
// was before the recording.
func (s *Source) Shown(id uint32) time.Duration {
	if d := s.current(); d != nil {
		return d.shown(id)
	}
	return 0
}

// Around calls grab, which reads pixels of the screen, and returns the parts of
// the screen that must not be seen in them: where windows that the scope does
// not take were at any moment meanwhile, also one that appeared, moved, was
// raised or got its name just then. What lies above such a window is left out
// where that is certain. It returns false where this cannot be told, such as
// before Run; grab may then not have been called, and what it read must not be
// used. Where the scope takes all windows there are none to look for.
//
// It needs one answer of the display server, some 0.1 ms. Calls wait for each
// other.
func (s *Source) Around(grab func()) ([]capture.Rect, bool) {
	if s.opts.Scope.Hidden == nil && s.opts.Scope.Only == nil {
		grab()
		return nil, true
	}
	s.mu.Lock()
	g := s.guard
	s.mu.Unlock()
	if g == nil {
		return nil, false
	}
	return g.around(grab)
}

func (s *Source) setGuard(g *guard) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.guard = g
}

func (s *Source) current() *desk {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.desk
}
