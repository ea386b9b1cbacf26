package mic

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/runreel/runreel/capture"
)

const packetLen = Rate * 100 / 1000 // samples, of one period

// tape collects what a track gives away.
type tape struct {
	*track
	t       *testing.T
	end     int64
	samples []int16
	gaps    []capture.Gap
}

func newTape(t *testing.T) *tape {
	tp := &tape{track: newTrack(0, Rate/2), t: t}
	tp.chunk = func(at time.Duration, s []int16) error {
		if index(at) != tp.end {
			t.Errorf("chunk at %v, the one before ended at %v", at, timeOf(tp.end))
		}
		tp.end += int64(len(s))
		tp.samples = append(tp.samples, s...)
		return nil
	}
	tp.gap = func(_ time.Duration, g capture.Gap) { tp.gaps = append(tp.gaps, g) }
	return tp
}

// play delivers seconds of sound from sample at, of a device that runs at
// speed, each packet late by up to jitter samples.
func (tp *tape) play(at int64, seconds float64, speed float64, jitter int64) int64 {
	rng := rand.New(rand.NewPCG(3, 4))
	n := int(seconds * Rate / packetLen)
	for i := range n {
		end := at + int64(float64((i+1)*packetLen)/speed)
		p := packet{end: end, running: true, samples: make([]int16, packetLen)}
		if jitter > 0 {
			p.end += rng.Int64N(jitter)
		}
		for j := range p.samples {
			p.samples[j] = 1
		}
		if err := tp.add(p); err != nil {
			tp.t.Fatal(err)
		}
	}
	return at + int64(float64(n*packetLen)/speed)
}

func (tp *tape) wantEnd(end int64) {
	tp.t.Helper()
	if err := tp.flush(); err != nil {
		tp.t.Fatal(err)
	}
	if diff := end - tp.end; diff < -driftLimit || diff > driftLimit {
		tp.t.Errorf("audio ends at %v, session at %v", timeOf(tp.end), timeOf(end))
	}
}

func TestTrack(t *testing.T) {
	tests := []struct {
		name string
		play func(tp *tape) int64
		gaps int
	}{
		{"steady", func(tp *tape) int64 { return tp.play(0, 60, 1, 0) }, 0},
		{"late packets", func(tp *tape) int64 { return tp.play(0, 60, 1, Rate/4) }, 0},
		{"slow start", func(tp *tape) int64 { return tp.play(Rate/4, 5, 1, 0) }, 0},
		{"very slow start", func(tp *tape) int64 { return tp.play(3*Rate, 5, 1, 0) }, 1},
		{"samples lost", func(tp *tape) int64 { return tp.play(tp.play(0, 5, 1, 0)+Rate/5, 5, 1, 0) }, 1},
		{"fast device", func(tp *tape) int64 { return tp.play(0, 600, 1.0005, 100) }, 0},
		{"slow device", func(tp *tape) int64 { return tp.play(0, 600, 0.9995, 100) }, 0},
		{"lost device", func(tp *tape) int64 {
			at := tp.play(0, 5, 1, 0)
			_ = tp.lose(reasonGone)
			return tp.play(at+10*Rate, 5, 1, 0)
		}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tp := newTape(t)
			tp.wantEnd(tt.play(tp))
			if diff := len(tp.gaps) - tt.gaps; diff < -tt.gaps/3 || diff > tt.gaps/3 {
				t.Errorf("%d gaps, want %d: %+v", len(tp.gaps), tt.gaps, tp.gaps)
			}
		})
	}
}

func TestTrackPause(t *testing.T) {
	tp := newTape(t)
	at := tp.play(0, 5, 1, 0)
	pause := at + packetLen/2
	for range 100 { // four seconds of pause
		if err := tp.add(packet{end: pause, samples: make([]int16, packetLen)}); err != nil {
			t.Fatal(err)
		}
	}
	if tp.end != pause {
		t.Errorf("audio ends at %d, pause at %d", tp.end, pause)
	}
	// The first packet after the pause began in it.
	tp.wantEnd(tp.play(pause-packetLen/4, 5, 1, 0))
	if len(tp.gaps) != 0 {
		t.Errorf("gaps %+v", tp.gaps)
	}
}

func TestTrackGivesUpWhenNothingCanBeStored(t *testing.T) {
	tp := newTape(t)
	full := errors.New("full")
	tp.chunk = func(time.Duration, []int16) error { return full }
	var err error
	for i := int64(1); err == nil && i < 100; i++ {
		err = tp.add(packet{end: i * packetLen, running: true, samples: make([]int16, packetLen)})
	}
	if !errors.Is(err, full) {
		t.Errorf("error %v, want %v", err, full)
	}
}
