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

// store makes f durable under the name that it returns. A picture that was
// stored lately is not encoded again.
func (s *Source) store(r *ring, f *frame) (capture.FrameRef, error) {
	enc := <-s.encs
	sum := pictureSum(f)
	s.mu.Lock()
	ref, known := r.known(sum)
	ctx := s.saveCtx
	s.mu.Unlock()
	if !known {
		b := r.display.Bounds
		data, err := enc.encode(picture{pix: f.pix, w: b.W, h: b.H, layout: r.layout, masks: masksIn(b, f.own)})
		if err != nil {
			s.encs <- enc
			return capture.FrameRef{}, fmt.Errorf("encode picture: %w", err)
		}
		name, err := s.opt.Media.Put(ctx, "frames", "png", data)
		if err != nil {
			s.encs <- enc
			return capture.FrameRef{}, fmt.Errorf("store picture: %w", err)
		}
		ref = capture.FrameRef{Media: name, Bounds: b}
	}
	s.encs <- enc

	s.mu.Lock()
	tell := r.remember(f.at, sum, ref)
	s.mu.Unlock()
	if tell {
		s.send(capture.Event{At: f.at, Fact: capture.Frame{FrameRef: ref, Display: r.display.Index}})
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
		if f := r.newest(); f != nil {
			s.startSave(r, f)
		}
	}
}

// known returns the name under which a picture was stored lately.
func (r *ring) known(sum uint64) (capture.FrameRef, bool) {
	for i := range r.stored {
		if r.stored[i].sum == sum {
			return r.stored[i].ref, true
		}
	}
	return capture.FrameRef{}, false
}

// remember notes that the picture with sum was on the display at, and tells
// whether that is worth an event.
func (r *ring) remember(at time.Duration, sum uint64, ref capture.FrameRef) bool {
	st := storedFrame{sum: sum, ref: ref}
	for i := range r.stored {
		if r.stored[i].sum == sum {
			st = r.stored[i]
			r.stored = slices.Delete(r.stored, i, i+1)
			break
		}
	}
	st.at = at
	st.times = slices.DeleteFunc(st.times, func(t time.Duration) bool { return t < at-blinkSpan })
	tell := !(r.any && r.emitted == sum) && len(st.times) < blinkLimit
	if tell {
		st.times = append(st.times, at)
		r.emitted, r.any = sum, true
	}
	r.stored = append(r.stored, st)
	if len(r.stored) > storedKept {
		r.stored = slices.Delete(r.stored, 0, 1)
	}
	return tell
}

// pictureSum identifies the pixels of f and what is painted over them, within
// this process.
func pictureSum(f *frame) uint64 {
	var h maphash.Hash
	h.SetSeed(sumSeed)
	for _, o := range f.own {
		for _, v := range [...]int{o.X, o.Y, o.W, o.H} {
			var b [8]byte
			binary.LittleEndian.PutUint64(b[:], uint64(v))
			h.Write(b[:])
		}
	}
	h.Write(f.pix)
	return h.Sum64()
}

// sumSeed makes sums unpredictable, so that no program can draw two pictures
// with the same one.
var sumSeed = maphash.MakeSeed()
