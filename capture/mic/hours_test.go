package mic

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/runreel/runreel/capture"
)

// A sample of the simulated device tells when it sounded, in milliseconds of
// the session: a number from 1 to wrap. Zero is silence that was filled in.
const wrap = 30000

// ramp is what sounds in wrap milliseconds and a packet.
func ramp() []int16 {
	const each = Rate / 1000
	all := make([]int16, wrap*each+packetLen)
	for i := range all {
		all[i] = int16(i/each%wrap) + 1
	}
	return all
}

// room is a simulated computer: a session clock, in samples, and a device with
// a clock of its own.
type room struct {
	t       *testing.T
	rng     *rand.Rand
	track   *track
	speed   float64 // of the device: 1 is exact
	session float64 // the session clock, in samples
	ramp    []int16
	checked int
	filled  int
	worst   int64 // ms
	end     int64
	gaps    []capture.Event
}

func newRoom(t *testing.T, speed float64) *room {
	r := &room{t: t, rng: rand.New(rand.NewPCG(1, 2)), track: newTrack(0, Rate/2), speed: speed, ramp: ramp()}
	r.track.gap = func(at time.Duration, g capture.Gap) { r.gaps = append(r.gaps, capture.Event{At: at, Fact: g}) }
	r.track.chunk = func(at time.Duration, samples []int16) error {
		if index(at) != r.end {
			t.Fatalf("chunk at %v, the one before ended at %v", at, timeOf(r.end))
		}
		for i := 0; i < len(samples); i += Rate / 100 {
			r.check(r.end+int64(i), samples[i])
		}
		r.end += int64(len(samples))
		return nil
	}
	return r
}

// check compares when a sample sounded with where it is.
func (r *room) check(at int64, sample int16) {
	r.checked++
	if sample == 0 {
		r.filled++
		return
	}
	off := (int64(sample-1) - at/(Rate/1000)%wrap + wrap + wrap/2) % wrap
	r.worst = max(r.worst, abs(off-wrap/2))
}

// record is the next sound of the device, which is delivered jitter samples
// after it ended.
func (r *room) record(jitter float64) {
	samples := r.sound()
	r.deliver(packet{end: int64(r.session + jitter), running: true, samples: samples})
}

// sound is a packet of what sounds now.
func (r *room) sound() []int16 {
	at := int(r.session) % (wrap * Rate / 1000)
	r.session += packetLen / r.speed
	return slices.Clone(r.ramp[at : at+packetLen])
}

func (r *room) deliver(p packet) {
	if err := r.track.add(p); err != nil {
		r.t.Fatal(err)
	}
}

// miss is time in which the device delivers nothing.
func (r *room) miss(seconds float64) { r.session += seconds * Rate }

// pause stands the session clock for some packets.
func (r *room) pause(packets int) {
	for range packets {
		r.deliver(packet{end: int64(r.session), samples: make([]int16, packetLen)})
	}
}

// freeze stops the program: the system keeps a second of sound, and hands it
// over at once.
func (r *room) freeze(seconds float64) {
	const kept = Rate / packetLen
	awake := r.session + seconds*Rate
	var backlog []packet
	for range kept {
		backlog = append(backlog, packet{end: int64(awake), running: true, samples: r.sound()})
	}
	for _, p := range backlog {
		r.deliver(p)
	}
	r.session = awake
}

func (r *room) finish() {
	if err := r.track.settle(); err != nil {
		r.t.Fatal(err)
	}
	if err := r.track.flush(); err != nil {
		r.t.Fatal(err)
	}
}

// TestFourHours records four hours from devices that run at the wrong speed,
// deliver late, drop buffers, are paused, unplugged and frozen, and looks where
// each sound lies on the session clock.
func TestFourHours(t *testing.T) {
	for name, hertz := range map[string]float64{"slow": 15998, "fast": 16003, "very fast": 16012} {
		t.Run(name, func(t *testing.T) {
			r := newRoom(t, hertz/Rate)
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			const packets = 4 * 3600 * Rate / packetLen
			holes := 0
			for i := range packets {
				switch {
				case i%9000 == 3000: // every 6 minutes a buffer is lost
					r.miss(0.04)
				case i%30000 == 10000: // every 20 minutes a pause of 4 s
					r.pause(100)
				case i%60000 == 20000: // every 40 minutes the device is away
					if err := r.track.lose(reasonGone); err != nil {
						t.Fatal(err)
					}
					r.miss(7)
					holes++
				case i%60000 == 50000: // and the machine stopped, with what the system kept
					r.freeze(5)
					holes++
				case i%90000 == 55000: // or without
					r.miss(30)
					holes++
				}
				jitter := r.rng.Float64() * Rate / 50
				if r.rng.IntN(500) == 0 {
					jitter += Rate / 5
				}
				r.record(jitter)
			}
			r.finish()
			runtime.GC()
			runtime.ReadMemStats(&after)
			if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 1<<20 {
				t.Errorf("memory grew by %d bytes", grown)
			}
			t.Logf("%d places: at most %d ms off; %d gaps, %.1f s filled", r.checked, r.worst, len(r.gaps), float64(r.filled)/100)
			if r.worst > 50 {
				t.Errorf("sound is up to %d ms from where it was", r.worst)
			}
			if len(r.gaps) != holes {
				t.Errorf("%d gaps told for %d holes: %+v", len(r.gaps), holes, r.gaps)
			}
			if off := time.Duration(r.end-int64(r.session)) * sampleTime; off.Abs() > 50*time.Millisecond {
				t.Errorf("the sound ends %v from the session's end", off)
			}
			if r.end < 4*3600*Rate-Rate || r.checked < 4*3600*100 {
				t.Errorf("only %v were recorded", timeOf(r.end))
			}
		})
	}
}

// TestFrozen has the hole of a stopped program where it was: after what the
// system kept.
func TestFrozen(t *testing.T) {
	r := newRoom(t, 1)
	for range 10 * Rate / packetLen {
		r.record(0)
	}
	r.track.stalled = reasonStopped
	r.freeze(6)
	for range 10 * Rate / packetLen {
		r.record(0)
	}
	r.finish()
	if len(r.gaps) != 1 || r.worst > 45 {
		t.Fatalf("gaps %+v, up to %d ms off", r.gaps, r.worst)
	}
	g := r.gaps[0].Fact.(capture.Gap)
	if diff := r.gaps[0].At - 11*time.Second; diff.Abs() > 50*time.Millisecond || (g.Length-5*time.Second).Abs() > 50*time.Millisecond || g.Reason != reasonStopped {
		t.Errorf("%+v, want five seconds from 11 s", r.gaps[0])
	}
}

// TestNoRoom drops packets that found no room in the queue.
func TestNoRoom(t *testing.T) {
	r := newRoom(t, 1)
	for range 100 {
		r.record(0)
	}
	r.miss(2)
	samples := r.sound()
	r.deliver(packet{end: int64(r.session), running: true, samples: samples, lost: 2 * Rate})
	for range 100 {
		r.record(0)
	}
	r.finish()
	if len(r.gaps) != 1 || r.worst > 1 || r.gaps[0].Fact.(capture.Gap) != (capture.Gap{Source: Name, Length: 2 * time.Second, Reason: reasonBusy}) {
		t.Errorf("gaps %+v, up to %d ms off", r.gaps, r.worst)
	}
}
