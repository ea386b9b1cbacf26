package screen

import (
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"slices"
	"time"

	"github.com/runreel/runreel/capture"
)

// A picture that comes again and again, as with a blinking caret, gets no more
// than blinkLimit events of its own within blinkSpan.
const (
	blinkLimit = 2
	blinkSpan  = time.Minute
)

// saveJob is the storing of one picture. ref and err are valid after done.
type saveJob struct {
	done chan struct{}
	ref  capture.FrameRef
	err  error
}

// startSave returns the job that stores f, which it starts where there is none.
// It returns nil when the source is closing. s.mu is held.
func (s *Source) startSave(r *ring, f *frame) *saveJob {
	if f.saved != nil {
		return f.saved
	}
	if s.closing {
		return nil
	}
	f.saved = &saveJob{done: make(chan struct{})}
	f.users++
	r.noteSaved(f, s.opt.Clock.Now())
	s.wg.Add(1)
	go s.save(r, f, f.saved)
	return f.saved
}

// save stores f and emits its event.
func (s *Source) save(r *ring, f *frame, job *saveJob) {
	defer s.wg.Done()
	defer close(job.done)
	job.ref, job.err = s.store(r, f)
	s.mu.Lock()
	defer s.mu.Unlock()
	r.release(f)
	if job.err != nil && s.failed == nil {
		s.failed = job.err
		s.fault <- struct{}{}
	}
}

// store makes f durable under the name that it returns, unless it was taken
// off the record. A picture that was stored lately is not encoded again.
func (s *Source) store(r *ring, f *frame) (capture.FrameRef, error) {
	enc := <-s.encs
	defer func() { s.encs <- enc }()
	void := func() bool { return s.opt.Clock.Void(f.at, f.at) }
	sum := pictureSum(f)
	s.mu.Lock()
	name, known := r.known(sum)
	ctx := s.saveCtx
	s.mu.Unlock()
	if !known {
		data, err := enc.encode(picture{pix: f.pix, w: f.bounds.W, h: f.bounds.H, layout: r.layout})
		if err != nil {
			return capture.FrameRef{}, fmt.Errorf("encode picture: %w", err)
		}
		if void() {
			return capture.FrameRef{}, nil
		}
		if name, err = s.opt.Media.Put(ctx, "frames", "png", data); err != nil {
			return capture.FrameRef{}, fmt.Errorf("store picture: %w", err)
		}
	}
	ref := capture.FrameRef{Media: name, Bounds: f.bounds}
	s.mu.Lock()
	defer s.mu.Unlock()
	if void() || f.gone {
		return capture.FrameRef{}, nil
	}
	if r.remember(f.at, sum, ref) {
		display := r.display.Index
		s.mu.Unlock()
		s.send(capture.Event{At: f.at, Fact: capture.Frame{FrameRef: ref, Display: display}})
		s.mu.Lock()
	}
	return ref, nil
}

// send emits e unless Run has returned.
func (s *Source) send(e capture.Event) {
	s.emitMu.RLock()
	defer s.emitMu.RUnlock()
	if s.emit != nil {
		s.emit(e)
	}
}

// saveLast stores the newest picture of each display: it shows how the work
// ended. The clock may stand by then; no picture is ever newer than that.
func (s *Source) saveLast() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.rings {
		if f := r.newest(); f != nil && !s.opt.Clock.Void(f.at, f.at) {
			s.startSave(r, f)
		}
	}
}

// known returns the name under which pixels were stored lately.
func (r *ring) known(sum uint64) (string, bool) {
	for i := range r.stored {
		if r.stored[i].sum == sum {
			return r.stored[i].ref.Media, true
		}
	}
	return "", false
}

// remember notes that the picture with sum was on the display at, and tells
// whether that is worth an event.
func (r *ring) remember(at time.Duration, sum uint64, ref capture.FrameRef) bool {
	st := storedFrame{sum: sum, ref: ref}
	for i := range r.stored {
		if r.stored[i].sum == sum && r.stored[i].ref.Bounds == ref.Bounds {
			st = r.stored[i]
			r.stored = slices.Delete(r.stored, i, i+1)
			break
		}
	}
	st.at = at
	st.times = slices.DeleteFunc(st.times, func(t time.Duration) bool { return t < at-blinkSpan })
	tell := !(r.any && r.emitted == sum && r.place == ref.Bounds) && len(st.times) < blinkLimit
	if tell {
		st.times = append(st.times, at)
		r.emitted, r.place, r.any = sum, ref.Bounds, true
	}
	r.stored = append(r.stored, st)
	if len(r.stored) > storedKept {
		r.stored = slices.Delete(r.stored, 0, 1)
	}
	return tell
}

// pictureSum identifies the pixels of f within this process.
func pictureSum(f *frame) uint64 {
	var h maphash.Hash
	h.SetSeed(sumSeed)
	var size [8]byte
	binary.LittleEndian.PutUint64(size[:], uint64(f.bounds.W))
	h.Write(size[:])
	h.Write(f.pix)
	return h.Sum64()
}

// sumSeed makes sums unpredictable, so that no program can draw two pictures
// with the same one.
var sumSeed = maphash.MakeSeed()
