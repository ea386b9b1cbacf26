package mic

import (
	"math"
	"slices"
	"time"

	"github.com/runreel/runreel/capture"
)

// sampleTime is exact: a sample takes 62.5 µs.
const sampleTime = time.Second / Rate

// index returns the sample that sounds at a time of the session, and timeOf the
// time of a sample.
func index(at time.Duration) int64     { return int64(at / sampleTime) }
func timeOf(index int64) time.Duration { return time.Duration(index) * sampleTime }

const (
	// driftLimit is by how much audio time may differ from session time.
	driftLimit = int64(Rate / 20) // 50 ms
	// lateWindow is how many packets a difference must last: two seconds. A
	// packet that comes late by itself, because the machine was busy, is no
	// difference: the smallest lateness counts.
	lateWindow = 50
	// startLimit is how long a device may take to start without a gap being
	// told.
	startLimit = int64(Rate / 2)
	// stallLimit is the time between two packets from which on sound may be
	// missing between them.
	stallLimit = int64(Rate * 2 / 5)
	// settleTime is for how long packets are held after such a stall, until it
	// shows where the hole is.
	settleTime = int64(Rate * 2 / 5)
	maxHeld    = 64 // packets

	// tolerance is the difference that is left alone, which the times of
	// packets have anyway. More is corrected sample by sample, the faster the
	// more it is, up to maxSlew in each packet.
	tolerance = int64(Rate / 500) // 2 ms
	maxSlew   = 8
)

// The reasons of gaps.
const (
	reasonLost    = "sound was lost"
	reasonQuiet   = "no sound came from the microphone"
	reasonStart   = "the microphone was slow to start"
	reasonGone    = "the microphone was gone"
	reasonServer  = "the sound server was gone"
	reasonDevice  = "the microphone could not be opened again"
	reasonStopped = "the program or the machine was stopped"
	reasonBusy    = "the machine was too busy to store the sound"
)

// packet is what the device delivered at once. Whoever gets it owns samples.
type packet struct {
	end     int64 // sample of the session clock at the time of delivery
	running bool  // the clock ran then
	samples []int16
	lost    int64 // samples right before these that found no room
}

// track lays packets on the session clock and cuts them into chunks without
// holes. It does no I/O of its own and is used by one goroutine.
//
// No device's clock runs as the computer's does: over four hours a usual one
// is off by a second. The difference is taken away sample by sample: one is
// dropped or put in where the sound is quietest and changes least, some tens
// of them a second at most. That needs no silence, which a room with a fan never has, and
// unlike resampling it leaves all other samples as they were.
type track struct {
	size int // samples in a chunk
	// chunk gets each chunk; it must not keep samples. gap gets each gap.
	chunk func(at time.Duration, samples []int16) error
	gap   func(at time.Duration, g capture.Gap)

	pos    int64 // the next sample
	buf    []int16
	resync bool   // the next packet shows how much is missing
	reason string // of what is missing then
	excess int64  // samples still to be cut, as the device delivered too many
	late   []int64

	heard   int64    // when the last packet came
	held    []packet // since a stall
	stalled string   // the reason of a stall
}

func newTrack(start time.Duration, size int) *track {
	return &track{size: size, pos: index(start), resync: true, reason: reasonStart, stalled: reasonLost}
}

// add appends a packet.
func (t *track) add(p packet) error {
	if !p.running {
		return t.pause(p)
	}
	stalled := p.end-t.heard > stallLimit && p.lost == 0
	t.heard = p.end
	if t.resync || stalled || len(t.held) > 0 {
		return t.hold(p)
	}
	return t.lay(p)
}

// lay appends a packet at once.
func (t *track) lay(p packet) error {
	first := p.end - int64(len(p.samples))
	samples := p.samples
	if t.resync {
		t.resync = false
		t.late, t.excess = t.late[:0], 0
		if err := t.rejoin(first); err != nil {
			return err
		}
		if over := t.pos - first; over > 0 { // from before the start, or the end of a pause
			cut := min(over, int64(len(samples)))
			samples = samples[cut:]
			first += cut
			t.excess = over - cut
		}
	} else if p.lost > 0 {
		if err := t.fill(t.pos+p.lost, reasonBusy); err != nil {
			return err
		}
	}
	samples, err := t.follow(first, samples)
	if err != nil {
		return err
	}
	cut := min(t.excess, int64(len(samples)))
	t.excess -= cut
	return t.put(samples[cut:])
}

// rejoin fills what is missing before sample first.
func (t *track) rejoin(first int64) error {
	missing := first - t.pos
	switch {
	case missing <= 0:
		return nil
	case t.reason == reasonStart && missing <= startLimit, missing <= driftLimit:
		return t.silence(missing)
	}
	return t.fill(first, t.reason)
}

// hold keeps a packet back until what came after a stall, or as the first of
// all, shows how much is missing: the first one may be late by itself. A stopped program finds what the system kept for it, at once, then
// the hole, then what sounds now; so the hole is before the first packet that
// is no later than any other, give or take one.
func (t *track) hold(p packet) error {
	t.held = append(t.held, p)
	if p.end-t.held[0].end < settleTime && len(t.held) < maxHeld {
		return nil
	}
	return t.settle()
}

func (t *track) settle() error {
	held := t.held
	t.held = nil
	least := int64(math.MaxInt64)
	late := make([]int64, len(held))
	end := t.pos - t.excess
	for i, p := range held {
		late[i] = p.end - int64(len(p.samples)) - end
		end += int64(len(p.samples))
		least = min(least, late[i])
	}
	hole := len(held)
	switch {
	case len(held) == 0:
		return nil
	case t.resync: // the hole is before all of them
		held[0].end += least - late[0]
	case least > driftLimit:
		hole = slices.IndexFunc(late, func(l int64) bool { return l <= least+index(period/2) })
		if hole > 0 && held[hole].end-held[hole-1].end < index(period/4) {
			hole++ // it came along with what the system kept
		}
	}
	for i, p := range held {
		if i == hole {
			t.late, t.excess = t.late[:0], 0
			if err := t.fill(p.end-int64(len(p.samples))-late[i]+least, t.stalled); err != nil {
				return err
			}
		}
		if err := t.lay(p); err != nil {
			return err
		}
	}
	return nil
}

// follow compares audio time with the session clock, and corrects what has
// been wrong for lateWindow: samples are what to append then.
func (t *track) follow(first int64, samples []int16) ([]int16, error) {
	t.late = append(t.late, first-t.pos+t.excess)
	if len(t.late) < lateWindow {
		return samples, nil
	}
	least := slices.Min(t.late)
	t.late = slices.Delete(t.late, 0, 1)
	switch {
	case least > driftLimit:
		t.late = t.late[:0]
		return samples, t.fill(t.pos+least, reasonLost)
	case least < -driftLimit:
		t.late = t.late[:0]
		t.excess = -least
		return samples, nil
	}
	n := slewOf(least)
	if n == 0 || len(samples) == 0 {
		return samples, nil
	}
	before := len(samples)
	samples = slew(samples, n)
	for i := range t.late {
		t.late[i] -= int64(len(samples) - before)
	}
	return samples, nil
}

// until returns p without what sounds at sample end and later, which the caller
// does not want any more.
func (p packet) until(end int64) packet {
	if over := p.end - end; over > 0 && p.running {
		p.end -= over
		p.samples = p.samples[:max(0, int64(len(p.samples))-over)]
	}
	return p
}

// missing returns the reason of what is missing now.
func (t *track) missing() string {
	if t.resync {
		return t.reason
	}
	return reasonLost
}

// pause takes what a packet holds from before the pause, and closes the chunk.
func (t *track) pause(p packet) error {
	if err := t.settle(); err != nil {
		return err
	}
	if !t.resync && p.end > t.pos {
		// The packet came in the pause, so p.end is the time of the pause, and
		// what is wanted are the first samples.
		keep := min(p.end-t.pos, int64(len(p.samples)))
		if err := t.put(p.samples[:keep]); err != nil {
			return err
		}
	}
	if !t.resync {
		t.resync, t.reason = true, reasonLost
	}
	return t.flush()
}

// lose tells that the device is gone, and why: what is missing until the next
// packet is to be reported.
func (t *track) lose(reason string) error {
	if err := t.settle(); err != nil {
		return err
	}
	t.resync, t.reason = true, reason
	return nil
}

// fill reports a gap and puts silence up to sample end.
func (t *track) fill(end int64, reason string) error {
	missing := end - t.pos
	if missing <= 0 {
		return nil
	}
	t.gap(timeOf(t.pos), capture.Gap{Source: Name, Length: timeOf(missing), Reason: reason})
	return t.silence(missing)
}

var noSound [Rate]int16

func (t *track) silence(n int64) error {
	for n > 0 {
		part := min(n, int64(len(noSound)))
		if err := t.put(noSound[:part]); err != nil {
			return err
		}
		n -= part
	}
	return nil
}

// put appends samples, and gives away each chunk that is full.
func (t *track) put(samples []int16) error {
	for len(samples) > 0 {
		n := min(t.size-len(t.buf), len(samples))
		t.buf = append(t.buf, samples[:n]...)
		t.pos += int64(n)
		samples = samples[n:]
		if len(t.buf) == t.size {
			if err := t.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

// flush gives away the chunk, full or not.
func (t *track) flush() error {
	if len(t.buf) == 0 {
		return nil
	}
	err := t.chunk(timeOf(t.pos-int64(len(t.buf))), t.buf)
	t.buf = t.buf[:0]
	return err
}
