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
	heldMost    = 1        // pictures kept per display that would have been stored
	heldLarge   = 1        // of displays whose picture takes more than largePix bytes
)

// frame is one picture in memory.
type frame struct {
	at      time.Duration // when its grab began, session clock
	bounds  capture.Rect  // what of the screen it shows
	pix     []byte        // rows of bounds.W*4 bytes; not changed while in a ring or in use
	stale   rows          // where pix differs from the device's; the loop's
	saved   *saveJob      // nil until asked for; guarded by Source.mu
	users   int           // running saves; guarded by Source.mu
	dropped bool          // no more in its ring; guarded by Source.mu
	lost    bool          // in use in no list, so that nobody keeps its stale; guarded by Source.mu
	gone    bool          // taken off the record: never to be used again; guarded by Source.mu
}

// ring holds the newest pictures of one display. Its fields belong to
// Source.mu, but for those that the loop alone uses.
type ring struct {
	display Display
	layout  layout
	size    int
	most    int      // frames that may exist while some are being stored
	frames  []*frame // oldest first
	free    []*frame
	made    int // frames that exist

	// What sparing leaves unstored; see sparing.go.
	apart   time.Duration // Options.Apart
	held    []*frame      // oldest first, each with a use
	hold    int           // how many may be held
	touched time.Duration // when something was done last, session clock
	owed    bool          // no picture of after touched is stored yet
	saved   time.Duration // when the newest picture was taken that was stored
	savedAt time.Duration // when one was stored last

	stored  []storedFrame // newest last
	emitted uint64        // sum of the last picture whose event went out
	place   capture.Rect  // of that picture
	any     bool          // an event went out

	// The loop's.
	unseen  rows           // where the device's pixels are not in the newest frame
	masks   []capture.Rect // painted over in the device's pixels
	changed time.Time      // when the newest frame came
	since   time.Time      // when the first frame came that was not stored by itself
	pending bool           // the newest frame has not been looked at for storing
}

// storedFrame is a picture that Media holds.
type storedFrame struct {
	at    time.Duration
	sum   uint64 // of the pixels
	ref   capture.FrameRef
	times []time.Duration // of its last events
}

func newRing(d Display, l layout) *ring {
	r := &ring{layout: l}
	r.adapt(d)
	return r
}

// adapt takes over a new place or size. Pictures that were taken before stay.
func (r *ring) adapt(d Display) {
	if d.Bounds.W != r.display.Bounds.W || d.Bounds.H != r.display.Bounds.H {
		bytes := d.Bounds.W * d.Bounds.H * 4
		if r.size, r.hold = ringSize, heldMost; bytes > largePix {
			r.size, r.hold = ringLarge, heldLarge
		}
		r.most = r.size + max(ringReserve, reservePix/max(1, bytes))
		r.unseen = rows{0, d.Bounds.H}
		r.masks = nil
	}
	r.display = d
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

// take returns a frame to write the next picture to: a free one, a new one, or
// the oldest in the ring. It returns nil while all are being stored.
func (r *ring) take() *frame {
	if n := len(r.free); n > 0 {
		f := r.free[n-1]
		r.free = r.free[:n-1]
		return f
	}
	if r.made < r.keeps(r.size) {
		return r.grow()
	}
	// The newest stays: it is the only one with what came before a change.
	for i, f := range r.frames[:max(0, len(r.frames)-1)] {
		if f.users == 0 {
			r.frames = slices.Delete(r.frames, i, i+1)
			return f
		}
	}
	if r.made < r.keeps(r.most) {
		return r.grow()
	}
	return nil
}

func (r *ring) grow() *frame {
	r.made++
	return new(frame)
}

// push makes f, which take returned and the loop filled, the newest.
func (r *ring) push(f *frame) {
	f.dropped, f.saved = false, nil
	r.frames = append(r.frames, f)
	for len(r.frames) > r.size {
		old := r.frames[0]
		r.frames = slices.Delete(r.frames, 0, 1)
		old.dropped = true
		old.lost = old.users > 0 && !slices.Contains(r.held, old)
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
	if f.gone && f.users == 0 {
		clear(f.pix)
	}
	if f.users > 0 || !f.dropped || f.gone {
		return
	}
	if r.made > r.keeps(r.size) || f.lost {
		r.made--
		return
	}
	r.free = append(r.free, f)
}

// differs tells whether the device's pixels differ from the newest frame, or
// show another place. Only the loop calls it.
func (r *ring) differs(newest *frame, pix []byte) bool {
	if newest == nil || newest.bounds != r.display.Bounds {
		return true
	}
	stride := newest.bounds.W * 4
	return !bytes.Equal(r.unseen.of(newest.pix, stride), r.unseen.of(pix, stride))
}

// fill brings f up to date with the device's pixels. Only the loop calls it.
func (r *ring) fill(f *frame, pix []byte) {
	b := r.display.Bounds
	need := f.stale.union(r.unseen)
	if f.bounds.W != b.W || f.bounds.H != b.H {
		need = rows{0, b.H}
		if size := b.W * b.H * 4; cap(f.pix) >= size && cap(f.pix) <= 2*size {
			f.pix = f.pix[:size]
		} else {
			f.pix = make([]byte, size)
		}
	}
	f.bounds = b
	copy(need.of(f.pix, b.W*4), need.of(pix, b.W*4))
	f.stale = rows{}
}

// forget drops the pictures that void tells of, and all names of stored ones:
// the bytes behind them may be gone.
func (r *ring) forget(void func(at time.Duration) bool) {
	r.forgetHeld(void)
	var kept []*frame
	for _, f := range r.frames {
		if !void(f.at) {
			kept = append(kept, f)
			continue
		}
		r.made--
		f.gone = true
		if f.users == 0 {
			clear(f.pix)
		}
	}
	for _, f := range r.free {
		r.made--
		clear(f.pix)
	}
	r.frames, r.free, r.stored, r.any = kept, nil, nil, false
	r.unseen = rows{0, r.display.Bounds.H}
}
