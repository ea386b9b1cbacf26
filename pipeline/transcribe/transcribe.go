package transcribe

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"time"

	"github.com/runreel/runreel/capture"
)

// Rate is the number of samples a second that engines take.
const Rate = 16000

// MaxPiece is the longest piece of sound that is sent to an engine. Whisper
// looks at 30 seconds at a time; a little is left for its own padding.
const MaxPiece = 28 * time.Second

// Engine recognises speech.
//
// Transcribe is called from one goroutine at a time, with up to MaxPiece of
// mono samples at Rate and never with none. The times of the segments count
// from the first sample. It keeps no reference to samples. When ctx ends it
// returns ctx's error, which may take as long as one window of the model does.
type Engine interface {
	Transcribe(ctx context.Context, samples []int16) ([]capture.Segment, error)
}

// Chunk is a stored piece of a session's sound: an Audio event, and the way to
// its bytes.
type Chunk struct {
	At     time.Duration // session clock, of the first sample
	Length time.Duration // as the event tells
	Open   func() ([]byte, error)
}

// Lost is a span of the session that could not be transcribed although it may
// hold speech.
type Lost struct {
	Start, End time.Duration
	Err        error
	Unreadable bool // the stored sound; else the engine failed, and may do better another time
}

// Options are the wishes of a caller. The zero value is useful.
type Options struct {
	// Progress is told how much of the sound is done, on the caller's
	// goroutine.
	Progress func(done, total time.Duration)
	// Lost is told what could not be transcribed; the rest goes on.
	Lost func(Lost)
	// Heard is told each piece when the engine is done with it, on the
	// caller's goroutine. Its error ends the work, and is returned as it is.
	Heard func(Piece) error
	// From and To are the part of the session to transcribe; what else comes
	// is only context. A To of 0 is the end.
	From, To time.Duration
	// Patience is how much silence ends a piece that could take more: a
	// reader waits for its words. 0 waits for a full one, which costs the
	// engine least.
	Patience time.Duration
	Log      *slog.Logger // nil discards
}

// Piece is what the engine was asked for at once.
type Piece struct {
	Start, End time.Duration
	// Segments are as the engine cuts them; Sentences puts those of a whole
	// session in order.
	Segments []capture.Segment
	Err      error // why it is lost; nil where it was heard
}

// ErrEngine is returned when the engine failed on several pieces in a row.
var ErrEngine = errors.New("speech engine keeps failing")

// Recording transcribes the stored chunks of one session, which come in the
// order of their time. The segments are in order and do not overlap.
//
// A chunk that cannot be read and a piece that the engine fails on twice are
// reported to Options.Lost and left out. When the engine fails on several
// pieces in a row, Recording returns what it has with an error that wraps
// ErrEngine and the engine's own. When ctx ends it returns ctx's error.
func Recording(ctx context.Context, engine Engine, chunks iter.Seq[Chunk], opts Options) ([]capture.Segment, error) {
	var all []Chunk
	var total time.Duration
	for c := range chunks {
		all = append(all, c)
		total += c.Length
	}
	s := NewStream(engine, opts)
	var done time.Duration
	for _, c := range all {
		if err := s.AddChunk(ctx, c); err != nil {
			return s.Segments(), err
		}
		done += c.Length
		if opts.Progress != nil {
			opts.Progress(done, total)
		}
	}
	err := s.Finish(ctx)
	return s.Segments(), err
}

func readChunk(c Chunk) ([]int16, error) {
	data, err := c.Open()
	if err != nil {
		return nil, fmt.Errorf("open sound at %s: %w", c.At, err)
	}
	w, err := DecodeWAV(data)
	if err != nil {
		return nil, fmt.Errorf("read sound at %s: %w", c.At, err)
	}
	if w.Rate != Rate {
		return nil, fmt.Errorf("read sound at %s: %w: %d samples a second, want %d", c.At, ErrWAV, w.Rate, Rate)
	}
	return w.Samples, nil
}
