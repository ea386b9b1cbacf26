package screen

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"time"

	"github.com/runreel/runreel/capture"
)

// Errors of this package, to be found with errors.Is.
var (
	// ErrNoServer tells that no display server answers: there is no desktop.
	ErrNoServer = errors.New("no display server answers")
	// ErrNoDisplay tells that a display server runs, without the display asked
	// for.
	ErrNoDisplay = errors.New("no such display")
	// ErrWayland tells that the desktop is a Wayland one, whose windows cannot
	// be read over X11.
	ErrWayland = errors.New("the desktop runs on Wayland")
	// ErrPixels tells that the display has a pixel format other than 8 bits
	// each of red, green and blue in 32.
	ErrPixels = errors.New("unsupported pixel format of the display")
	// ErrServerGone tells that the display server ended or stopped answering
	// while it was recorded.
	ErrServerGone = errors.New("the display server went away")
	// ErrWindowHidden tells that the window that is recorded is minimised, on
	// another workspace or closed, so that there is no picture of it.
	ErrWindowHidden = errors.New("the recorded window is not on the screen")
	// ErrUntold tells that no picture is kept, as it cannot be told which
	// windows must not be seen in it.
	ErrUntold = errors.New("windows that must not be recorded cannot be told")
)

// Display is one monitor.
type Display struct {
	Index   int
	Name    string       // as the system calls it, such as "HDMI-1"; hostile text
	Bounds  capture.Rect // on the X screen, in pixels
	Primary bool
}

// Options say what to record. Clock and Media are required.
type Options struct {
	Target      capture.Target // the zero Target is all displays
	DisplayName string         // X display such as ":1"; "" means $DISPLAY
	Clock       *capture.Clock
	Media       capture.Media
	Log         *slog.Logger // nil means none

	// Hide calls grab, which reads pixels of the screen, and returns the parts
	// of the screen that must not be seen in them: this program's windows and
	// those that may not be recorded, wherever they were at any moment while
	// grab ran; where a window is recorded, also those that lie above it. They
	// are painted over before the picture is kept, in memory or elsewhere. False
	// means that this cannot be told: what grab read, if it was called, is
	// thrown away. Hide is called for each grab, from one goroutine, and must be
	// quick. Nil means that everything may be seen.
	Hide func(grab func()) ([]capture.Rect, bool)

	// Apart is how far apart pictures are stored that nobody asks for, those in
	// which the screen came to rest or changed for long, where nothing is done
	// meanwhile: Before and Touched tell what is done. Zero stores each.
	Apart time.Duration

	// Trouble is called when no pictures can be had for the time being, with
	// the reason, and with nil when they come again: displays are off, the
	// recorded window is minimised (ErrWindowHidden), the server does not
	// answer. It must not block. Nil means that nobody wants to know. The gap
	// is an event as well, once it is over.
	Trouble func(error)
}

// Source records displays. It implements capture.Source.
type Source struct {
	opt  Options
	log  *slog.Logger
	encs chan *encoder // those not in use

	mu      sync.Mutex
	rings   []*ring         // one per recorded display; nil unless Run runs
	saveCtx context.Context // of saves, outlives Run's ctx by the drain
	closing bool            // no new saves
	failed  error           // of the first save that failed
	wg      sync.WaitGroup  // running saves
	fault   chan struct{}   // has one element when failed was set

	troubleMu sync.Mutex
	trouble   error         // what Trouble was told last
	troubleAt time.Duration // since when, session clock

	emitMu sync.RWMutex // held for reading while emitting
	emit   capture.Emit // nil unless Run runs
}

const (
	encoders   = 2               // at most; one processor is left to the loop
	drainLimit = 5 * time.Second // for what is still to be stored after ctx ended
	hangLimit  = 3 * time.Second // for a display server that does not answer
)

// New returns a source for what opt says. It does no I/O.
func New(opt Options) *Source {
	s := &Source{
		opt:   opt,
		log:   opt.Log,
		encs:  make(chan *encoder, encoders),
		fault: make(chan struct{}, 1),
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	for range min(encoders, max(1, runtime.GOMAXPROCS(0)-1)) {
		s.encs <- new(encoder)
	}
	return s
}

// Name implements capture.Source.
func (s *Source) Name() string { return "screen" }

// Probe implements capture.Source. It connects to the display server and reads
// one pixel.
func (s *Source) Probe(ctx context.Context) error {
	done := make(chan error, 1)
	go func() {
		err := s.opt.Target.Validate()
		if err == nil {
			var dev device
			if dev, err = openDevice(s.opt, s.log); err == nil {
				dev.close()
			}
		}
		done <- err
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("connect to the display server: %w", ctx.Err())
	case <-time.After(hangLimit):
		return fmt.Errorf("%w: no reply within %v", ErrNoServer, hangLimit)
	}
}

// Run implements capture.Source.
func (s *Source) Run(ctx context.Context, emit capture.Emit) error {
	if ctx.Err() != nil {
		return nil
	}
	saveCtx, stopSaves := context.WithCancel(context.WithoutCancel(ctx))
	defer stopSaves()
	s.open(saveCtx, emit)

	done := make(chan error, 1)
	go func() { done <- s.watch(ctx) }()
	var err error
	select {
	case err = <-done:
	case <-ctx.Done():
		select {
		case err = <-done:
		case <-time.After(hangLimit):
			err = fmt.Errorf("%w: no reply within %v", ErrServerGone, hangLimit)
		}
	}
	if err == nil {
		s.saveLast()
	}
	s.told(nil)
	return errors.Join(err, s.close(stopSaves))
}

func (s *Source) watch(ctx context.Context) error {
	if err := s.opt.Target.Validate(); err != nil {
		return err
	}
	dev, err := openDevice(s.opt, s.log)
	if err != nil {
		return err
	}
	defer dev.close()
	l := newLoop(s, dev)
	return l.run(ctx)
}

// told tells of trouble, and of its end as a gap.
func (s *Source) told(err error) {
	s.troubleMu.Lock()
	defer s.troubleMu.Unlock()
	was := s.trouble
	if err == nil && was == nil || err != nil && was != nil && err.Error() == was.Error() {
		return
	}
	now := s.opt.Clock.Now()
	s.trouble = err
	if was != nil && now > s.troubleAt && !s.opt.Clock.Void(s.troubleAt, now) {
		s.send(capture.Event{At: s.troubleAt, Fact: capture.Gap{Source: s.Name(), Length: now - s.troubleAt, Reason: was.Error()}})
	}
	s.troubleAt = now
	if err != nil {
		s.log.Warn("no pictures for now", "err", err)
	}
	if s.opt.Trouble != nil {
		s.opt.Trouble(err)
	}
}

// Area returns the part of the screen that is recorded now: the smallest
// rectangle that holds it. It is empty while Run does not run or nothing is to
// be seen.
func (s *Source) Area() capture.Rect {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all capture.Rect
	for _, r := range s.rings {
		b := r.display.Bounds
		if all.Empty() {
			all = b
			continue
		}
		x, y := min(all.X, b.X), min(all.Y, b.Y)
		all = capture.Rect{X: x, Y: y, W: max(all.X+all.W, b.X+b.W) - x, H: max(all.Y+all.H, b.Y+b.H) - y}
	}
	return all
}

func (s *Source) open(saveCtx context.Context, emit capture.Emit) {
	s.emitMu.Lock()
	s.emit = emit
	s.emitMu.Unlock()
	s.mu.Lock()
	s.saveCtx, s.closing, s.failed = saveCtx, false, nil
	s.mu.Unlock()
}

// close lets running saves end, and sees to it that nothing is emitted later.
func (s *Source) close(stopSaves context.CancelFunc) error {
	s.mu.Lock()
	s.closing = true
	s.mu.Unlock()

	saved := make(chan struct{})
	go func() { s.wg.Wait(); close(saved) }()
	select {
	case <-saved:
	case <-time.After(drainLimit):
		s.log.Warn("pictures still not stored after the recording ended", "after", drainLimit)
		stopSaves()
	}

	s.emitMu.Lock()
	s.emit = nil
	s.emitMu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rings = nil
	return s.failed
}

// Before returns the picture of what was recorded at p as it was before at, on
// the session clock: the newest one whose grab began earlier. Of a recorded
// window it shows the place where the window was then. The picture is stored
// and its Frame event emitted when Before returns. Where there is none (p is
// not recorded, nothing was grabbed yet, it was taken off the record, Run does
// not run) it returns the zero FrameRef and no error.
//
// Only a few pictures are kept in memory, so it is to be called promptly after
// at; when it is too late for the right picture it returns an older stored
// one. It is safe for concurrent use. It takes as long as storing does, some
// tens of milliseconds, and must not be called from an input callback.
func (s *Source) Before(ctx context.Context, p capture.Point, at time.Duration) (capture.FrameRef, error) {
	s.mu.Lock()
	s.touch(at)
	r, f := s.frameAt(p, at)
	if f == nil {
		st := s.storedAt(p, at)
		if r, f = s.heldAt(p, at); f == nil || st.ref.Media != "" && f.at <= st.at {
			defer s.mu.Unlock()
			return st.ref, nil
		}
	}
	job := s.startSave(r, f)
	s.mu.Unlock()
	if job == nil {
		return capture.FrameRef{}, nil
	}
	select {
	case <-job.done:
		return job.ref, job.err
	case <-ctx.Done():
		return capture.FrameRef{}, fmt.Errorf("store picture: %w", ctx.Err())
	}
}

// frameAt returns the picture in memory that showed p before at. s.mu is held.
func (s *Source) frameAt(p capture.Point, at time.Duration) (*ring, *frame) {
	for _, r := range s.rings {
		if f := r.before(at); f != nil && f.bounds.Contains(p) && !s.opt.Clock.Void(f.at, f.at) {
			return r, f
		}
	}
	return nil, nil
}

// storedAt returns the newest stored picture that showed p before at. s.mu is
// held.
func (s *Source) storedAt(p capture.Point, at time.Duration) storedFrame {
	var best storedFrame
	for _, r := range s.rings {
		if r.before(at) != nil {
			continue // it does not show p any more
		}
		for _, st := range r.stored {
			if st.at < at && st.at >= best.at && st.ref.Bounds.Contains(p) && !s.opt.Clock.Void(st.at, st.at) {
				best = st
			}
		}
	}
	return best
}
