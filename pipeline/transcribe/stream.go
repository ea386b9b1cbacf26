package transcribe

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
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

// Context is how much of the sound before a moment tells whether there is
// speech at it.
const Context = 10 * time.Second

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
	settled  time.Duration

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
	return &Stream{engine: engine, opts: opts, log: log, settled: opts.From}
}

// Settled is up to where on the session clock nothing is left to do: another
// Stream that gets the sound from Context before it on, with Options.From set
// to it, finds the rest.
func (s *Stream) Settled() time.Duration { return s.settled }

// AddChunk reads a chunk and adds it. One that cannot be read is told to
// Options.Lost and left out.
func (s *Stream) AddChunk(ctx context.Context, c Chunk) error {
	samples, err := readChunk(c)
	if err != nil {
		s.lose(Lost{Start: c.At, End: c.At + c.Length, Err: err, Unreadable: true})
		return ctx.Err()
	}
	return s.Add(ctx, c.At, samples)
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
func (s *Stream) Segments() []capture.Segment { return Sentences(s.segments) }

func (s *Stream) endRun(ctx context.Context) error {
	err := s.analyse(ctx, true)
	if err == nil {
		err = s.send(ctx)
	}
	if err == nil {
		s.settle(s.time(s.received / frameSamples))
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
		found, ok := s.within(found)
		if !ok {
			continue
		}
		if !s.piece.fits(found) {
			if err := s.send(ctx); err != nil {
				return err
			}
		}
		s.piece.add(found, &s.sound, s.used, whole)
		s.used = found.end
	}
	s.sound.forget(s.finder.pending() - keepSilence - leadFrames)
	if s.waitedEnough() {
		if err := s.send(ctx); err != nil {
			return err
		}
	}
	if len(s.piece.spans) > 0 {
		s.settle(s.time(s.piece.spans[0].start))
	} else {
		s.settle(s.time(s.finder.pending()))
	}
	return ctx.Err()
}

func (s *Stream) settle(at time.Duration) { s.settled = max(s.settled, at) }

// within cuts what was found to what was asked for.
func (s *Stream) within(found span) (span, bool) {
	whole := found
	if s.time(found.start) < s.opts.From {
		found.start = framesOf(s.opts.From - s.origin)
		s.used = max(s.used, min(found.start, found.end)) // what lies before was taken down
	}
	if s.opts.To > 0 && s.time(found.end) > s.opts.To {
		found.end = framesOf(s.opts.To - s.origin)
		found.cut = true // what follows is not asked for
	}
	return found, found == whole || found.end-found.start >= minVoiced
}

// waitedEnough tells whether a piece that could take more has waited for it as
// long as the caller likes.
func (s *Stream) waitedEnough() bool {
	if s.opts.Patience <= 0 || len(s.piece.spans) == 0 {
		return false
	}
	silent := s.finder.pending() - s.piece.spans[len(s.piece.spans)-1].end
	return !s.finder.speaking && durationOf(silent) >= s.opts.Patience
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
	return s.heard(p, s.keep(p, segments), nil)
}

// heard tells of a piece that is done.
func (s *Stream) heard(p piece, segments []capture.Segment, err error) error {
	if s.opts.Heard == nil {
		return nil
	}
	last := p.parts[len(p.parts)-1]
	return s.opts.Heard(Piece{Start: s.time(p.parts[0].start), End: s.time(last.end), Segments: segments, Err: err})
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
	s.lose(Lost{Start: s.time(p.parts[0].start), End: s.time(last.end), Err: err})
	if err := s.heard(p, nil, err); err != nil {
		return err
	}
	if s.failures >= maxFailures {
		return fmt.Errorf("%w: %d pieces in a row: %w", ErrEngine, s.failures, err)
	}
	return nil
}

func (s *Stream) lose(l Lost) {
	s.log.Warn("sound was not transcribed", "start", l.Start, "end", l.End, "error", l.Err)
	if s.opts.Lost != nil {
		s.opts.Lost(l)
	}
}

// keep takes over what the engine heard, on the session clock, and returns it.
func (s *Stream) keep(p piece, segments []capture.Segment) []capture.Segment {
	before := len(s.segments)
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
	return slices.Clone(s.segments[before:])
}

func (s *Stream) time(frame int) time.Duration { return s.origin + durationOf(frame) }
