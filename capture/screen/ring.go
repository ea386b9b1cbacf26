package screen

import (
	"bytes"
	"slices"
	"time"

	"github.com/runreel/runreel/capture"
)

const (
	ringSize    = 4        // pictures kept per display
	ringLarge   = 3        // of displays whose picture takes more than largePix bytes
	largePix    = 16 << 20 // 4 megapixels
	ringReserve = 3        // more while some are being stored, at least
	reservePix  = 64 << 20 // bytes of pictures more while some are being stored
	storedKept  = 32       // names of stored pictures remembered per display
)

// frame is one picture in memory.
type frame struct {
	at      time.Duration  // when its grab began, session clock
	own     []capture.Rect // of runreel's windows at that time
	pix     []byte         // not changed while in a ring or in use
	stale   rows           // where pix differs from the device's; the loop's
	saved   *saveJob       // nil until asked for; guarded by Source.mu
	users   int            // running saves; guarded by Source.mu
	dropped bool           // no more in its ring; guarded by Source.mu
}

// ring holds the newest pictures of one display. Its fields belong to
// Source.mu, but for those that the loop alone uses.
type ring struct {
	display Display
	layout  layout
	stride  int
	size    int
	most    int      // frames that may exist while some are being stored
	frames  []*frame // oldest first
	free    []*frame
	made    int // frames that exist

	stored  []storedFrame // newest last
	emitted uint64        // sum of the last picture whose event went out
	any     bool          // an event went out

	// The loop's.
	unseen  rows      // where the device's pixels are not in the newest frame
	changed time.Time // when the newest frame came
	since   time.Time // when the first frame came that was not stored by itself
	pending bool      // the newest frame has not been looked at for storing
}

// storedFrame is a picture that Media holds.
type storedFrame struct {
	at    time.Duration
	sum   uint64
	ref   capture.FrameRef
	times []time.Duration // of its last events
}

func newRing(d Display, l layout) *ring {
	r := &ring{display: d, layout: l, stride: d.Bounds.W * 4, size: ringSize}
	if r.stride*d.Bounds.H > largePix {
		r.size = ringLarge
	}
	r.most = r.size + max(ringReserve, reservePix/max(1, r.stride*d.Bounds.H))
	return r
}

// newest returns the last picture, or nil.
func (r *ring) newest() *frame {
	if len(r.frames) == 0 {
		return nil
	}
	return r.frames[len(r.frames)-1]
}

// before returns the newest picture whose grab began before at, or nil.
func (r *ring) before(at time.Duration) *frame {
	for _, f := range slices.Backward(r.frames) {
		if f.at < at {
			return f
		}
	}
	return nil
}

// storedBefore returns the newest stored picture whose grab began before at, or
// the zero FrameRef.
func (r *ring) storedBefore(at time.Duration) capture.FrameRef {
	var best storedFrame
	for _, st := range r.stored {
		if st.at < at && st.at >= best.at {
			best = st
		}
	}
	return best.ref
}

// take returns a frame to write the next picture to: a free one, a new one, or
// the oldest in the ring. It returns nil while all are being stored.
func (r *ring) take() *frame {
	if n := len(r.free); n > 0 {
		f := r.free[n-1]
		r.free = r.free[:n-1]
		return f
	}
	if r.made < r.size {
		return r.grow()
	}
	// The newest stays: it is the only one with what came before a change.
	for i, f := range r.frames[:max(0, len(r.frames)-1)] {
		if f.users == 0 {
			r.frames = slices.Delete(r.frames, i, i+1)
			return f
		}
	}
	if r.made < r.most {
		return r.grow()
	}
	return nil
}

func (r *ring) grow() *frame {
	r.made++
	h := r.display.Bounds.H
	return &frame{pix: make([]byte, r.stride*h), stale: rows{0, h}}
}

// push makes f, which take returned and the loop filled, the newest.
func (r *ring) push(f *frame) {
	f.dropped, f.saved = false, nil
	r.frames = append(r.frames, f)
	for len(r.frames) > r.size {
		old := r.frames[0]
		r.frames = slices.Delete(r.frames, 0, 1)
		old.dropped = true
		r.recycle(old)
	}
}

// release ends one use of f.
func (r *ring) release(f *frame) {
	f.users--
	r.recycle(f)
}

// recycle keeps f for later when nothing uses it any more.
func (r *ring) recycle(f *frame) {
	if f.users > 0 || !f.dropped {
		return
	}
	if r.made > r.size {
		r.made--
		return
	}
	r.free = append(r.free, f)
}

// differs tells whether the unseen rows of the device's pixels differ from the
// newest frame. Only the loop calls it.
func (r *ring) differs(newest *frame, pix []byte) bool {
	if newest == nil {
		return true
	}
	return !bytes.Equal(r.unseen.of(newest.pix, r.stride), r.unseen.of(pix, r.stride))
}

// fill brings f up to date with the device's pixels. Only the loop calls it.
func (r *ring) fill(f *frame, pix []byte) {
	need := f.stale.union(r.unseen)
	copy(need.of(f.pix, r.stride), need.of(pix, r.stride))
	f.stale = rows{}
}
