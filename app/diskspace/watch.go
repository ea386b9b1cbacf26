package diskspace

import (
	"context"
	"errors"
	"time"
)

// Level tells what the room that is left means for a recording.
type Level string

// The levels.
const (
	OK  Level = "ok"
	Low Level = "low" // warn
	Out Level = "out" // stop and finish, while there is room for that
)

// State is what was measured.
type State struct {
	Level Level
	Free  int64         // bytes, on the fullest of the disks
	Rate  float64       // bytes a second that the recording writes; 0 while it is not known
	Left  time.Duration // until Out at that rate; 0 while it is not known
}

// Limits say where the levels begin. The zero value takes the usual ones.
type Limits struct {
	Low  int64         // bytes; 0 is 2 GB
	Soon time.Duration // it is Low, too, where less than this is left; 0 is 10 minutes
	Out  int64         // bytes; 0 is 200 MB
}

// Options say what to watch. Paths and Tell are required.
type Options struct {
	Paths   []string      // folders that the recording writes to; they may be on several disks
	Every   time.Duration // between two looks, or less where the room goes quickly; 0 is 5 s
	Written func() int64  // bytes written since some time, of which the growth counts; nil leaves the rate unknown
	Limits  Limits
	// Tell hears the first state, each change of the level, and every look while
	// the level is not OK. It is called by Watch and delays the next look.
	Tell func(State)

	free func(string) (int64, error) // Free outside tests
	now  func() time.Time            // time.Now outside tests
}

const (
	// rateOver is how far back the rate looks: frames come in bursts.
	rateOver = 3 * time.Minute
	// rateFrom is how much must have been seen before a rate means anything.
	rateFrom = 20 * time.Second
	// back is how much more than a limit must be free before its level is left,
	// so that a warning does not come and go: a tenth, and half of the time.
	backRoom, backTime = 10, 2
	leastWait          = 200 * time.Millisecond
)

// Watch tells how the room on the disk changes until ctx ends, and returns nil
// then. An error is that of a folder whose room cannot be told.
func Watch(ctx context.Context, o Options) error {
	if o.Tell == nil || len(o.Paths) == 0 {
		return errors.New("watch the disk: nothing to watch, or nobody to tell")
	}
	w := newWatcher(o)
	for {
		s, err := w.look()
		if err != nil {
			return err
		}
		if w.worthTelling(s) {
			o.Tell(s)
		}
		w.told = s.Level
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(w.wait(s)):
		}
	}
}

// watcher remembers what Watch needs between two looks.
type watcher struct {
	Options
	told    Level // "" before the first
	samples []sample
}

type sample struct {
	at      time.Time
	written int64
}

func newWatcher(o Options) *watcher {
	w := &watcher{Options: o}
	if w.Every <= 0 {
		w.Every = 5 * time.Second
	}
	if w.Limits.Low <= 0 {
		w.Limits.Low = 2 << 30
	}
	if w.Limits.Soon <= 0 {
		w.Limits.Soon = 10 * time.Minute
	}
	if w.Limits.Out <= 0 {
		w.Limits.Out = 200 << 20
	}
	if w.free == nil {
		w.free = Free
	}
	if w.now == nil {
		w.now = time.Now
	}
	return w
}

func (w *watcher) worthTelling(s State) bool { return s.Level != w.told || s.Level != OK }

// wait is until the next look: soon where the room may be gone before the usual
// time is over.
func (w *watcher) wait(s State) time.Duration {
	if s.Left <= 0 {
		return w.Every
	}
	return min(w.Every, max(s.Left/4, leastWait))
}

func (w *watcher) look() (State, error) {
	var s State
	for i, path := range w.Paths {
		free, err := w.free(path)
		if err != nil {
			return s, err
		}
		if i == 0 || free < s.Free {
			s.Free = free
		}
	}
	s.Rate = w.rate()
	if s.Rate > 0 {
		s.Left = time.Duration(min(float64(max(0, s.Free-w.Limits.Out))/s.Rate*float64(time.Second), float64(1<<62)))
	}
	s.Level = w.level(s)
	return s, nil
}

// rate is how many bytes a second were written lately.
func (w *watcher) rate() float64 {
	if w.Written == nil {
		return 0
	}
	now := sample{w.now(), w.Written()}
	for len(w.samples) > 1 && now.at.Sub(w.samples[1].at) >= rateOver {
		w.samples = w.samples[1:] // the first is just older than that
	}
	w.samples = append(w.samples, now)
	first := w.samples[0]
	d := now.at.Sub(first.at)
	if d < rateFrom {
		return 0
	}
	return max(0, float64(now.written-first.written)) / d.Seconds()
}

func (w *watcher) level(s State) Level {
	out, low, soon := w.Limits.Out, w.Limits.Low, w.Limits.Soon
	if w.told == Out {
		out += out / backRoom
	}
	if w.told == Out || w.told == Low {
		low += low / backRoom
		soon += soon / backTime
	}
	switch {
	case s.Free < out:
		return Out
	case s.Free < low, s.Rate > 0 && s.Left < soon:
		return Low
	}
	return OK
}
