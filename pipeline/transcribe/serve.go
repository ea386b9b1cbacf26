package transcribe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
	"unicode/utf8"

	"github.com/runreel/runreel/capture"
)

// maxSegmentEnd is more than any piece is long, with the window of the model.
const maxSegmentEnd = 2 * time.Minute

// Serve is the worker's side: it says that engine is ready, then answers what
// comes from in, one piece after the other, until in ends or ctx does. The end
// of in also stops a piece in work, since nobody waits for it any more. It
// returns nil at the end of in, and else why it stopped.
//
// Its reading goroutine ends with in: the caller leaves in to it, and closes
// it or ends the process afterwards.
func Serve(ctx context.Context, engine Engine, in io.Reader, out io.Writer) error {
	if err := writeMessage(out, msgHello, []byte{protocolVersion}); err != nil {
		return fmt.Errorf("greet: %w", err)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	messages := make(chan message)
	go func() {
		for {
			m, err := readMessage(in)
			if err != nil {
				cancel(err)
				return
			}
			select {
			case messages <- m:
			case <-ctx.Done():
				return
			}
		}
	}()
	for {
		select {
		case m := <-messages:
			if err := answer(ctx, engine, m, out); err != nil {
				return err
			}
		case <-ctx.Done():
			if err := context.Cause(ctx); !errors.Is(err, io.EOF) {
				return err
			}
			return nil
		}
	}
}

func answer(ctx context.Context, engine Engine, m message, out io.Writer) error {
	if m.kind != msgTranscribe {
		return fmt.Errorf("%w: kind %#02x to a worker", ErrProtocol, m.kind)
	}
	samples, err := decodeSamples(m.body)
	if err != nil {
		return err
	}
	segments, err := engine.Transcribe(ctx, samples)
	if ctx.Err() != nil {
		return nil // the loop sees why
	}
	if err != nil {
		return writeMessage(out, msgError, reason(err))
	}
	body, err := json.Marshal(sane(segments))
	if err != nil {
		return fmt.Errorf("encode segments: %w", err)
	}
	return writeMessage(out, msgSegments, body)
}

func reason(err error) []byte {
	s := err.Error()
	return []byte(s[:min(len(s), maxReason)])
}

// sane brings the times of an engine into the bounds of the protocol.
func sane(segments []capture.Segment) []capture.Segment {
	out := make([]capture.Segment, 0, len(segments))
	for _, s := range segments {
		s.Start = min(max(s.Start, 0), maxSegmentEnd)
		s.End = min(max(s.End, s.Start), maxSegmentEnd)
		if utf8.ValidString(s.Text) {
			out = append(out, s)
			continue
		}
		out = append(out, capture.Segment{Start: s.Start, End: s.End, Text: string([]rune(s.Text))})
	}
	return out
}
