package transcribe

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/runreel/runreel/capture"
)

const (
	// Chunks whose times are this far from where the last one ended start
	// anew; less is the rounding of clocks.
	maxJump = 100 * time.Millisecond
	// So many pieces in a row must fail before the engine is given up.
	maxFailures = 3
)

// Stream transcribes the sound of a session while it comes, so that little is
// left to do when the recording stops. It is used by one goroutine at a time.
type Stream struct {
	engine Engine
	opts   Options
	log    *slog.Logger

	origin   time.Duration // session clock of the run's first sample
	finder   finder
	sound    sound
	received int // samples of the run so far
	analysed int // frames that the finder has seen
	used     int // frame that the last span ended with
	piece    piece

	segments []capture.Segment
	failures int
}

// NewStream returns a stream that has heard nothing. Options.Progress is not
// used by it.
func NewStream(engine Engine, opts Options) *Stream {
	log := opts.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Stream{engine: engine, opts: opts, log: log}
}

// Add takes the next samples of the session, mono at Rate, which begin at at on
// its clock. It calls the engine when a piece is full, and otherwise returns at
// once. It keeps no reference to samples. Errors are as for Recording; the
// stream can be used on after one.
func (s *Stream) Add(ctx context.Context, at time.Duration, samples []int16) error {
	if len(samples) == 0 {
		return ctx.Err()
	}
	expected := s.origin + time.Duration(s.received)*time.Second/Rate
	if s.received == 0 || (at-expected).Abs() > maxJump {
		if err := s.endRun(ctx); err != nil {
			return err
		}
		s.origin = at
	}
	s.sound.samples = append(s.sound.samples, samples...)
	s.received += len(samples)
	return s.analyse(ctx, false)
}

// Finish transcribes what is left. The stream can be used on for sound that
// comes later in the session.
func (s *Stream) Finish(ctx context.Context) error { return s.endRun(ctx) }

// Segments is what has been recognised so far, in order, one sentence each
// where the engine tells sentences apart. It is a copy.
func (s *Stream) Segments() []capture.Segment { return sentences(s.segments) }

func (s *Stream) endRun(ctx context.Context) error {
	err := s.analyse(ctx, true)
	if err == nil {
		err = s.send(ctx)
	}
	s.finder, s.piece, s.sound = finder{}, piece{}, sound{}
	s.received, s.analysed, s.used = 0, 0, 0
	return err
}

func (s *Stream) analyse(ctx context.Context, final bool) error {
	whole := s.received / frameSamples
	fresh := s.sound.slice(s.analysed, whole)
	s.analysed = whole
	for _, found := range s.finder.add(fresh, final) {
		if !s.piece.fits(found) {
			if err := s.send(ctx); err != nil {
				return err
			}
		}
		s.piece.add(found, &s.sound, s.used, whole)
		s.used = found.end
	}
	s.sound.forget(s.finder.pending() - keepSilence - leadFrames)
	return ctx.Err()
}

// send has the engine transcribe the piece that was gathered.
func (s *Stream) send(ctx context.Context) error {
	p := s.piece
	s.piece = piece{}
	if len(p.parts) == 0 {
		return ctx.Err()
	}
	segments, err := s.recognise(ctx, p.samples)
	if err != nil {
		return s.failed(ctx, p, err)
	}
	s.failures = 0
	s.keep(p, segments)
	return nil
}

// recognise asks twice where a worker died: it may have been killed for want
// of memory, and the new one may live.
func (s *Stream) recognise(ctx context.Context, samples []int16) ([]capture.Segment, error) {
	segments, err := s.engine.Transcribe(ctx, samples)
	if errors.Is(err, ErrWorkerDied) && ctx.Err() == nil {
		s.log.Warn("transcription worker died, trying once more", "error", err)
		segments, err = s.engine.Transcribe(ctx, samples)
	}
	return segments, err
}

func (s *Stream) failed(ctx context.Context, p piece, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	s.failures++
	last := p.parts[len(p.parts)-1]
	s.lose(s.time(p.parts[0].start), s.time(last.end), err)
	if s.failures >= maxFailures {
		return fmt.Errorf("%w: %d pieces in a row: %w", ErrEngine, s.failures, err)
	}
	return nil
}

func (s *Stream) lose(start, end time.Duration, err error) {
	s.log.Warn("sound was not transcribed", "start", start, "end", end, "error", err)
	if s.opts.Lost != nil {
		s.opts.Lost(Lost{Start: start, End: end, Err: err})
	}
}

// keep takes over what the engine heard, on the session clock.
func (s *Stream) keep(p piece, segments []capture.Segment) {
	for _, seg := range segments {
		text, ok := clean(seg.Text)
		if !ok {
			s.log.Debug("segment left out", "text", seg.Text)
			continue
		}
		start, end, speech := p.trim(p.inSession(seg))
		if speech == 0 {
			s.log.Debug("segment on silence left out", "text", seg.Text)
			continue
		}
		from, to := s.time(start), s.time(end)
		if n := len(s.segments); n > 0 {
			from = max(from, s.segments[n-1].End)
			to = max(to, from)
		}
		s.segments = append(s.segments, capture.Segment{Start: from, End: to, Text: text})
	}
}

func (s *Stream) time(frame int) time.Duration { return s.origin + durationOf(frame) }
