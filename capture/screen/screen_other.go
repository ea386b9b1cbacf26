//go:build !linux

package screen

import (
	"fmt"
	"image"
	"log/slog"
	"sync"
	"time"

	"github.com/kbinani/screenshot"

	"github.com/runreel/runreel/capture"
)

// comparePeriod is the time between grabs: nothing tells when something was
// drawn.
const comparePeriod = 250 * time.Millisecond

// Displays returns the displays of the desktop, in the order of the system.
func Displays() ([]Display, error) {
	n := screenshot.NumActiveDisplays()
	if n <= 0 {
		return nil, fmt.Errorf("%w: no display is switched on, or the desktop may not be read", ErrNoServer)
	}
	all := make([]Display, n)
	for i := range all {
		r := screenshot.GetDisplayBounds(i)
		all[i] = Display{
			Index: i, Name: fmt.Sprintf("Display %d", i+1), Primary: i == 0,
			Bounds: capture.Rect{X: r.Min.X, Y: r.Min.Y, W: r.Dx(), H: r.Dy()},
		}
	}
	return all, nil
}

// DisplaysOf is Displays: only X servers have names.
func DisplaysOf(string) ([]Display, error) { return Displays() }

// shots is the device over kbinani/screenshot: it takes whole pictures on a
// timer.
type shots struct {
	target capture.Target
	shown  []Display
	pix    [][]byte
	wakes  chan struct{}
	never  chan struct{}

	quit sync.Once
	stop chan struct{}
	done chan struct{}
}

func openDevice(opt Options, _ *slog.Logger) (device, error) {
	s := &shots{
		target: opt.Target,
		wakes:  make(chan struct{}, 1), never: make(chan struct{}),
		stop: make(chan struct{}), done: make(chan struct{}),
	}
	if err := s.rebuild(); err != nil {
		return nil, err
	}
	go s.tick()
	return s, nil
}

func (s *shots) tick() {
	defer close(s.done)
	t := time.NewTicker(comparePeriod)
	defer t.Stop()
	for {
		select {
		case <-s.stop:
			return
		case <-t.C:
		}
		select {
		case s.wakes <- struct{}{}:
		default:
		}
	}
}

func (s *shots) displays() []Display   { return s.shown }
func (s *shots) wake() <-chan struct{} { return s.wakes }
func (s *shots) gone() <-chan struct{} { return s.never }
func (s *shots) layout() layout        { return rgbx }
func (s *shots) pixels(i int) []byte   { return s.pix[i] }

func (s *shots) close() {
	s.quit.Do(func() { close(s.stop) })
	<-s.done
}

func (s *shots) rebuild() error {
	all, err := Displays()
	if err != nil {
		return err
	}
	switch s.target.Kind {
	case capture.TargetWindow:
		return fmt.Errorf("%w: single windows are not recorded on this system yet", ErrWindowHidden)
	case capture.TargetRegion:
		all = []Display{{Bounds: s.target.Region}}
	case capture.TargetDisplay:
		if s.target.Display >= len(all) {
			return fmt.Errorf("%w: %d of %d", ErrNoDisplay, s.target.Display, len(all))
		}
		all = all[s.target.Display : s.target.Display+1]
	}
	s.shown = all
	s.pix = make([][]byte, len(all))
	return nil
}

// refresh implements device.
func (s *shots) refresh([]rows) ([]rows, error) {
	read := make([]rows, len(s.shown))
	for i, d := range s.shown {
		b := d.Bounds
		part := image.Rect(b.X, b.Y, b.X+b.W, b.Y+b.H)
		if s.target.Kind != capture.TargetRegion && screenshot.GetDisplayBounds(d.Index) != part {
			return nil, errResized
		}
		img, err := screenshot.CaptureRect(part)
		if err != nil {
			return nil, fmt.Errorf("read screen: %w", err)
		}
		if img.Stride != b.W*4 || len(img.Pix) < b.W*b.H*4 {
			return nil, errResized
		}
		s.pix[i] = img.Pix[:b.W*b.H*4]
		read[i] = rows{0, b.H}
	}
	return read, nil
}
