package transcribe

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/runreel/runreel/capture"
)

// voice adds something to pcm that moves as speech does: a tone of syllables,
// five a second, from start to end in seconds. Real speech is spoken to the
// real engine in package whisper's tests; here it is about cutting.
func voice(pcm []int16, start, end float64) {
	for i := int(start * Rate); i < int(end*Rate); i++ {
		t := float64(i) / Rate
		syllable := math.Max(0, math.Sin(2*math.Pi*2.5*t))
		pcm[i] += int16(8000 * syllable * syllable * math.Sin(2*math.Pi*300*t))
	}
}

func room(seconds float64) []int16 {
	r := rand.New(rand.NewPCG(3, 4))
	pcm := make([]int16, int(seconds*Rate))
	for i := range pcm {
		pcm[i] = int16(20 * r.NormFloat64())
	}
	return pcm
}

// ear is an engine that says of each loud stretch of what it gets where it is.
// It stands for whisper.cpp where a test must know exactly what it was given.
type ear struct {
	pieces []time.Duration
	fail   func(piece int) error
}

func (e *ear) Transcribe(_ context.Context, samples []int16) ([]capture.Segment, error) {
	e.pieces = append(e.pieces, time.Duration(len(samples))*time.Second/Rate)
	if e.fail != nil {
		if err := e.fail(len(e.pieces)); err != nil {
			return nil, err
		}
	}
	var out []capture.Segment
	loud := -1
	last := 0
	for i := 0; i+frameSamples <= len(samples); i += frameSamples {
		if slices.Max(samples[i:i+frameSamples]) > 1000 {
			if loud < 0 {
				loud = i
			}
			last = i + frameSamples
		}
		if loud >= 0 && (i-last > Rate*4/10 || i+2*frameSamples > len(samples)) {
			out = append(out, capture.Segment{Start: at(loud), End: at(last), Text: fmt.Sprint("words ", len(out))})
			loud = -1
		}
	}
	return out, nil
}

func at(sample int) time.Duration { return time.Duration(sample) * time.Second / Rate }

func feed(t *testing.T, s *Stream, from time.Duration, pcm []int16) {
	t.Helper()
	for chunk := range slices.Chunk(pcm, 7919) {
		if err := s.Add(t.Context(), from, chunk); err != nil {
			t.Fatal(err)
		}
		from += at(len(chunk))
	}
}

func near(got time.Duration, want float64) bool {
	return (got - time.Duration(want*float64(time.Second))).Abs() <= 250*time.Millisecond
}

// TestStream has sentences with short and long silences between them, and wants
// each back where it was.
func TestStream(t *testing.T) {
	spoken := [][2]float64{{1, 3}, {3.6, 5}, {20, 24}, {25.5, 27}, {40, 41}, {90, 110}, {115, 130}, {131, 140}, {199, 199.6}}
	pcm := room(200)
	for _, s := range spoken {
		voice(pcm, s[0], s[1])
	}
	const offset = 10 * time.Minute
	e := &ear{}
	s := NewStream(e, Options{})
	feed(t, s, offset, pcm)
	if err := s.Finish(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := s.Segments()
	if len(got) != len(spoken) {
		t.Fatalf("%d segments, want %d: %v", len(got), len(spoken), got)
	}
	for i, w := range spoken {
		if !near(got[i].Start-offset, w[0]) || !near(got[i].End-offset, w[1]) {
			t.Errorf("segment %d is %s to %s, want %v", i, got[i].Start-offset, got[i].End-offset, w)
		}
	}
	var sent time.Duration
	for _, p := range e.pieces {
		sent += p
		if p > MaxPiece {
			t.Errorf("a piece of %s", p)
		}
	}
	if len(e.pieces) > 4 || sent > 70*time.Second {
		t.Errorf("55 s of speech took %d pieces of %s together", len(e.pieces), sent)
	}
}

// TestStreamLongSpeech speaks for two minutes without a breath.
func TestStreamLongSpeech(t *testing.T) {
	pcm := room(125)
	voice(pcm, 2, 122)
	e := &ear{}
	s := NewStream(e, Options{})
	feed(t, s, 0, pcm)
	if err := s.Finish(t.Context()); err != nil {
		t.Fatal(err)
	}
	var sent time.Duration
	for _, p := range e.pieces {
		sent += p
		if p > MaxPiece {
			t.Errorf("a piece of %s", p)
		}
	}
	if sent < 119*time.Second || sent > 123*time.Second || len(e.pieces) > 9 {
		t.Errorf("120 s of speech were sent as %s in %v", sent, e.pieces)
	}
	got := s.Segments()
	if !near(got[0].Start, 2) || !near(got[len(got)-1].End, 122) {
		t.Errorf("segments %v", got)
	}
}

// TestStreamHole has a part of the session without sound, as an import that
// lost some may have.
func TestStreamHole(t *testing.T) {
	first, second := room(6), room(6)
	voice(first, 1, 5.9)
	voice(second, 0.1, 3)
	e := &ear{}
	s := NewStream(e, Options{})
	feed(t, s, 0, first)
	feed(t, s, time.Hour, second)
	if err := s.Finish(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := s.Segments()
	if len(got) != 2 || len(e.pieces) != 2 || !near(got[0].End, 5.9) || !near(got[1].Start, 3600.1) {
		t.Errorf("%v out of %v", got, e.pieces)
	}
}

// TestStreamMemory listens to a long silence after a word.
func TestStreamMemory(t *testing.T) {
	s := NewStream(&ear{}, Options{})
	start := room(5)
	voice(start, 1, 2)
	feed(t, s, 0, start)
	minute := room(60)
	for i := range 40 {
		feed(t, s, 5*time.Second+time.Duration(i)*time.Minute, minute)
	}
	if n := cap(s.sound.samples) + len(s.piece.samples) + cap(s.finder.levels); n > 40*Rate {
		t.Errorf("%d samples are kept", n)
	}
	if err := s.Finish(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := s.Segments(); len(got) != 1 || !near(got[0].Start, 1) {
		t.Errorf("%v", got)
	}
}

func TestFailures(t *testing.T) {
	pcm := room(250)
	for i := range 8 {
		voice(pcm, float64(30*i)+2, float64(30*i)+26)
	}
	chunk := func(yield func(Chunk) bool) {
		yield(Chunk{Length: at(len(pcm)), Open: func() ([]byte, error) { return riff(mono(), 0, pcm...), nil }})
	}
	broken := errors.New("broken")
	run := func(fail func(int) error) ([]capture.Segment, []Lost, error) {
		var lost []Lost
		got, err := Recording(t.Context(), &ear{fail: fail}, chunk, Options{Lost: func(l Lost) { lost = append(lost, l) }})
		return got, lost, err
	}

	got, lost, err := run(func(n int) error {
		if n == 3 {
			return broken
		}
		return nil
	})
	if err != nil || len(got) != 7 || len(lost) != 1 || !errors.Is(lost[0].Err, broken) || !near(lost[0].Start, 61.8) {
		t.Errorf("one failure: %v, lost %v, %v", got, lost, err)
	}

	got, lost, err = run(func(n int) error {
		if n == 3 {
			return &WorkerError{Status: "signal: killed", Err: broken}
		}
		return nil
	})
	if err != nil || len(got) != 8 || len(lost) != 0 {
		t.Errorf("a worker that dies once: %v, lost %v, %v", got, lost, err)
	}

	got, lost, err = run(func(n int) error {
		if n > 2 {
			return broken
		}
		return nil
	})
	if !errors.Is(err, ErrEngine) || !errors.Is(err, broken) || len(got) != 2 || len(lost) != maxFailures {
		t.Errorf("failure for good: %v, lost %v, %v", got, lost, err)
	}
}

func TestUnreadableChunks(t *testing.T) {
	pcm := room(4)
	voice(pcm, 1, 3)
	gone := errors.New("gone")
	opens := []func() ([]byte, error){
		func() ([]byte, error) { return nil, gone },
		func() ([]byte, error) { return []byte("no sound"), nil },
		func() ([]byte, error) { return riff([]uint16{1, 1, 8000, 0, 0, 0, 0, 16}, 0, pcm...), nil },
		func() ([]byte, error) { return riff(mono(), 0, pcm...), nil },
	}
	var lost []Lost
	got, err := Recording(t.Context(), &ear{}, func(yield func(Chunk) bool) {
		for i, open := range opens {
			if !yield(Chunk{At: time.Duration(i) * 4 * time.Second, Length: 4 * time.Second, Open: open}) {
				return
			}
		}
	}, Options{Lost: func(l Lost) { lost = append(lost, l) }})
	if err != nil || len(got) != 1 || !near(got[0].Start, 13) {
		t.Errorf("%v, %v", got, err)
	}
	if len(lost) != 3 || !errors.Is(lost[0].Err, gone) || !errors.Is(lost[1].Err, ErrWAV) || lost[2].End != 12*time.Second {
		t.Errorf("lost %v", lost)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	pcm := room(4)
	_, err := Recording(ctx, &ear{}, func(yield func(Chunk) bool) {
		yield(Chunk{Length: 4 * time.Second, Open: func() ([]byte, error) { return riff(mono(), 0, pcm...), nil }})
	}, Options{})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

// TestNoSpeech has sounds that are loud and no speech, and wants none sent.
func TestNoSpeech(t *testing.T) {
	fan := room(40)
	r := rand.New(rand.NewPCG(1, 1))
	for i := 10 * Rate; i < 30*Rate; i++ {
		fan[i] += int16(2000 * r.NormFloat64())
	}
	hum := room(20)
	for i := range hum {
		hum[i] += int16(8000 * math.Sin(2*math.Pi*50*float64(i)/Rate))
	}
	clicks := room(20)
	for i := Rate; i < len(clicks); i += 3 * Rate {
		for j := range 400 {
			clicks[i+j] += int16(20000 * math.Exp(-float64(j)/80) * math.Sin(float64(j)))
		}
	}
	for name, pcm := range map[string][]int16{"fan": fan, "hum": hum, "clicks": clicks} {
		e := &ear{}
		s := NewStream(e, Options{})
		feed(t, s, 0, pcm)
		if err := s.Finish(t.Context()); err != nil {
			t.Fatal(err)
		}
		if len(e.pieces) > 0 {
			t.Errorf("%s: %v were sent", name, e.pieces)
		}
	}
}

// TestStreamGoesOn cuts a stream off after each of its pieces, and goes on from
// where it was with another one: together they hear what one does.
func TestStreamGoesOn(t *testing.T) {
	pcm := room(200)
	for _, s := range [][2]float64{{1, 3}, {3.6, 5}, {20, 24}, {25.5, 27}, {60, 110}, {115, 130}, {131, 140}, {190, 199}} {
		voice(pcm, s[0], s[1])
	}
	whole := NewStream(&ear{}, Options{})
	feed(t, whole, 0, pcm)
	if err := whole.Finish(t.Context()); err != nil {
		t.Fatal(err)
	}
	var length time.Duration
	for _, s := range whole.segments {
		length += s.End - s.Start
	}
	enough := errors.New("enough")
	for stop := 1; ; stop++ {
		var got []capture.Segment
		var to time.Duration
		pieces := 0
		first := NewStream(&ear{}, Options{Heard: func(p Piece) error {
			if p.Err != nil || p.End < to || p.Start < to {
				t.Errorf("piece %+v after %s", p, to)
			}
			got, to = append(got, p.Segments...), p.End
			if pieces++; pieces == stop {
				return enough
			}
			return nil
		}})
		err := first.Add(t.Context(), 0, pcm)
		if err == nil {
			err = first.Finish(t.Context())
		}
		if err == nil {
			if stop < 5 {
				t.Errorf("only %d pieces", pieces)
			}
			return
		}
		if !errors.Is(err, enough) || first.Settled() > to {
			t.Fatalf("%v, settled at %s", err, first.Settled())
		}
		rest := NewStream(&ear{}, Options{From: to, Heard: func(p Piece) error { got = append(got, p.Segments...); return nil }})
		from := max(0, to-Context)
		feed(t, rest, from, pcm[int(from*Rate/time.Second):])
		if err := rest.Finish(t.Context()); err != nil {
			t.Fatal(err)
		}
		var sum time.Duration
		for i, s := range got {
			sum += s.End - s.Start
			if i > 0 && s.Start < got[i-1].End {
				t.Errorf("after %d: %v out of order", stop, got)
			}
		}
		if (sum - length).Abs() > 500*time.Millisecond {
			t.Errorf("stopped after %d pieces: %s of speech, want %s: %v", stop, sum, length, got)
		}
	}
}

// TestStreamPart asks for a part of the sound.
func TestStreamPart(t *testing.T) {
	pcm := room(40)
	for _, s := range [][2]float64{{2, 8}, {12, 16}, {22, 30}} {
		voice(pcm, s[0], s[1])
	}
	s := NewStream(&ear{}, Options{From: 5 * time.Second, To: 25 * time.Second})
	feed(t, s, 0, pcm)
	if err := s.Finish(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := s.Segments()
	if len(got) != 3 || !near(got[0].Start, 5) || !near(got[0].End, 8) || !near(got[1].Start, 12) || !near(got[2].Start, 22) || !near(got[2].End, 25) {
		t.Errorf("%v", got)
	}
}

// TestStreamPatience: who reads along does not wait for the next sentence.
func TestStreamPatience(t *testing.T) {
	pcm := room(20)
	voice(pcm, 1, 3)
	for _, patience := range []time.Duration{0, 4 * time.Second} {
		var heard []Piece
		s := NewStream(&ear{}, Options{Patience: patience, Heard: func(p Piece) error { heard = append(heard, p); return nil }})
		feed(t, s, 0, pcm)
		if patience == 0 {
			if len(heard) != 0 || s.Settled() > 2*time.Second {
				t.Errorf("not asked for: %v, settled at %s", heard, s.Settled())
			}
			continue
		}
		if len(heard) != 1 || len(heard[0].Segments) != 1 || !near(s.Settled(), 18) {
			t.Errorf("%v, settled at %s", heard, s.Settled())
		}
	}
}

// BenchmarkStream is what listening costs beside the engine: a minute of sound,
// half of it speech, in chunks of half a second.
func BenchmarkStream(b *testing.B) {
	pcm := room(60)
	voice(pcm, 10, 25)
	voice(pcm, 30, 45)
	for b.Loop() {
		s := NewStream(&ear{}, Options{})
		var at time.Duration
		for chunk := range slices.Chunk(pcm, Rate/2) {
			if err := s.Add(b.Context(), at, chunk); err != nil {
				b.Fatal(err)
			}
			at += time.Second / 2
		}
	}
}
