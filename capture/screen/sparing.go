package screen

import (
	"slices"
	"time"

	"github.com/runreel/runreel/capture"
)

// Typing and output change the screen all the time, and nobody looks at most of
// those pictures: a document shows what was there before something was done.
// With Options.Apart, a picture in which the screen came to rest is stored only
// where something was done shortly before, or where the last one is long ago.
// Others are held in memory for a while, for those who ask late.

// touchSpan is how long after something was done each picture in which the
// screen came to rest is stored.
const touchSpan = 3 * time.Second

// Touched tells that something was done at that time, on the session clock, of
// which a document may show a picture, and that asks for none with Before, such
// as a mark. The newest pictures of before are stored, and what the screen then
// comes to. It returns at once, and may be called at any time.
func (s *Source) Touched(at time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.touch(at)
	for _, r := range s.rings {
		if f := r.before(at); f != nil && !s.opt.Clock.Void(f.at, f.at) {
			s.startSave(r, f)
		}
	}
}

// touch makes the next pictures of all displays worth storing. s.mu is held.
func (s *Source) touch(at time.Duration) {
	at = min(at, s.opt.Clock.Now())
	for _, r := range s.rings {
		if at > r.touched {
			r.touched, r.owed = at, true
		}
	}
}

// rested stores or holds f, in which the screen came to rest; nil is none. s.mu
// is held.
func (s *Source) rested(r *ring, f *frame) {
	switch {
	case f == nil:
	case r.wants(f, s.opt.Clock.Now()):
		s.startSave(r, f)
	default:
		r.holdOn(f)
	}
}

// storeHeld stores the newest held picture once it is due, and returns how long
// until it may be. s.mu is held.
func (s *Source) storeHeld(r *ring) time.Duration {
	if len(r.held) == 0 {
		return never
	}
	f := r.held[len(r.held)-1]
	if f.saved != nil || f.at < r.saved {
		return never
	}
	now := s.opt.Clock.Now()
	if r.wants(f, now) {
		s.startSave(r, f)
		return never
	}
	return r.savedAt + r.apart - now
}

// wants tells whether f is worth storing by itself. Only what is done after f
// can change that before the time of apart has passed.
func (r *ring) wants(f *frame, now time.Duration) bool {
	if r.apart == 0 || !r.any && len(r.stored) == 0 || now-r.savedAt >= r.apart {
		return true
	}
	return f.at >= r.touched && (r.owed || f.at-r.touched < touchSpan)
}

// noteSaved notes that f is being stored.
func (r *ring) noteSaved(f *frame, now time.Duration) {
	r.saved, r.savedAt = max(r.saved, f.at), now
	if f.at >= r.touched {
		r.owed = false
	}
}

// holdOn keeps f in memory, and lets go of the oldest one held.
func (r *ring) holdOn(f *frame) {
	if f.saved != nil {
		return
	}
	f.users++
	r.held = append(r.held, f)
	for len(r.held) > r.hold {
		old := r.held[0]
		r.held = slices.Delete(r.held, 0, 1)
		old.lost = old.dropped && old.users > 1
		r.release(old)
	}
}

// keeps returns a number of frames with room for those that are held.
func (r *ring) keeps(n int) int {
	if r.apart == 0 {
		return n
	}
	return n + r.hold
}

// heldAt returns the newest held picture that showed p before at. s.mu is held.
func (s *Source) heldAt(p capture.Point, at time.Duration) (*ring, *frame) {
	var ring *ring
	var best *frame
	for _, r := range s.rings {
		if r.before(at) != nil {
			continue // it does not show p any more
		}
		for _, f := range r.held {
			if f.at < at && (best == nil || f.at > best.at) && f.bounds.Contains(p) && !s.opt.Clock.Void(f.at, f.at) {
				ring, best = r, f
			}
		}
	}
	return ring, best
}

// forgetHeld lets go of the held pictures that void tells of.
func (r *ring) forgetHeld(void func(at time.Duration) bool) {
	var kept []*frame
	for _, f := range r.held {
		if !void(f.at) {
			kept = append(kept, f)
			continue
		}
		f.users--
		if !f.dropped {
			continue // it is in frames as well
		}
		r.made--
		if f.gone = true; f.users == 0 {
			clear(f.pix)
		}
	}
	r.held = kept
}
