package replay

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/runreel/runreel/capture"
)

// Format and Version are what the header line says.
const (
	Format  = "runreel-session"
	Version = 1
)

// Limits on what Read takes.
const (
	MaxLine   = 16 << 20 // bytes; a command with all its output takes far less
	MaxEvents = 5_000_000
)

// ErrFormat is an input whose first line is not a header of this format.
var ErrFormat = errors.New("not a runreel session log")

// VersionError is a log of a version that this program does not read.
type VersionError struct{ Found, Known int }

func (e *VersionError) Error() string {
	return fmt.Sprintf("session log has version %d and this version of runreel reads %d", e.Found, e.Known)
}

// LineError is a line that cannot be read. The first line is number 1.
type LineError struct {
	Line int
	Err  error
}

func (e *LineError) Error() string { return fmt.Sprintf("session log, line %d: %s", e.Line, e.Err) }

// Unwrap gives the cause.
func (e *LineError) Unwrap() error { return e.Err }

type header struct {
	Format  string          `json:"format"`
	Version int             `json:"version"`
	Session capture.Session `json:"session"`
}

type line struct {
	Seq  int64           `json:"seq"`
	At   time.Duration   `json:"at"` // nanoseconds of the session clock
	Kind capture.Kind    `json:"kind"`
	Fact json.RawMessage `json:"fact"`
}

// Write writes a session and its events, in the order of their Seq, which is
// from 1 without holes.
func Write(w io.Writer, s capture.Session, events []capture.Event) error {
	buf := bufio.NewWriter(w)
	enc := json.NewEncoder(buf)
	if err := enc.Encode(header{Format: Format, Version: Version, Session: s}); err != nil {
		return fmt.Errorf("write session log: %w", err)
	}
	ordered, err := bySeq(events)
	if err != nil {
		return fmt.Errorf("write session log: %w", err)
	}
	for _, e := range ordered {
		fact, err := capture.MarshalFact(e.Fact)
		if err != nil {
			return fmt.Errorf("write session log: event %d: %w", e.Seq, err)
		}
		if err := enc.Encode(line{Seq: e.Seq, At: e.At, Kind: e.Fact.Kind(), Fact: fact}); err != nil {
			return fmt.Errorf("write session log: event %d: %w", e.Seq, err)
		}
	}
	if err := buf.Flush(); err != nil {
		return fmt.Errorf("write session log: %w", err)
	}
	return nil
}

// bySeq puts events in the order of their numbers: the number is the place.
func bySeq(events []capture.Event) ([]capture.Event, error) {
	ordered := make([]capture.Event, len(events))
	for _, e := range events {
		if e.Seq < 1 || e.Seq > int64(len(events)) || ordered[e.Seq-1].Fact != nil {
			return nil, fmt.Errorf("events are not numbered from 1 without holes: number %d of %d", e.Seq, len(events))
		}
		if e.Fact == nil {
			return nil, fmt.Errorf("event %d has no fact", e.Seq)
		}
		ordered[e.Seq-1] = e
	}
	return ordered, nil
}

// Read reads what Write wrote, events in the order of their Seq. The errors are
// ErrFormat, *VersionError, *LineError and those of r. Empty lines are passed
// over; fields that it does not know, too.
func Read(r io.Reader) (capture.Session, []capture.Event, error) {
	var h header
	var events []capture.Event
	err := eachLine(r, func(number int, text []byte) error {
		if number == 1 {
			return h.read(text)
		}
		if len(bytes.TrimSpace(text)) == 0 {
			return nil
		}
		if len(events) == MaxEvents {
			return &LineError{number, fmt.Errorf("more than %d events", MaxEvents)}
		}
		e, err := decodeLine(text, int64(len(events))+1)
		if err != nil {
			return &LineError{number, err}
		}
		events = append(events, e)
		return nil
	})
	if err != nil {
		return capture.Session{}, nil, err
	}
	return h.Session, events, nil
}

func (h *header) read(text []byte) error {
	var mark struct {
		Format  string `json:"format"`
		Version int    `json:"version"`
	}
	if json.Unmarshal(text, &mark) != nil || mark.Format != Format {
		return ErrFormat
	}
	if mark.Version != Version {
		return &VersionError{Found: mark.Version, Known: Version}
	}
	if err := json.Unmarshal(text, h); err != nil {
		return &LineError{1, err}
	}
	return nil
}

func decodeLine(text []byte, want int64) (capture.Event, error) {
	var l line
	if err := json.Unmarshal(text, &l); err != nil {
		return capture.Event{}, err
	}
	if l.Seq != want {
		return capture.Event{}, fmt.Errorf("event has number %d where %d is next", l.Seq, want)
	}
	if l.At < 0 {
		return capture.Event{}, fmt.Errorf("event %d lies before the start of the session", l.Seq)
	}
	if len(l.Fact) == 0 {
		return capture.Event{}, fmt.Errorf("event %d has no fact", l.Seq)
	}
	fact, err := capture.DecodeFact(l.Kind, l.Fact)
	if err != nil {
		return capture.Event{}, fmt.Errorf("event %d: %w", l.Seq, err)
	}
	return capture.Event{Seq: l.Seq, At: l.At, Fact: fact}, nil
}

// eachLine calls do for every line with its number. There is at least one: an
// empty input has one empty line.
func eachLine(r io.Reader, do func(number int, text []byte) error) error {
	sc := bufio.NewScanner(r)
	sc.Buffer(make([]byte, 0, 64<<10), MaxLine)
	n := 0
	for sc.Scan() {
		n++
		if err := do(n, sc.Bytes()); err != nil {
			return err
		}
	}
	switch err := sc.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return &LineError{n + 1, fmt.Errorf("longer than %d MB", MaxLine>>20)}
	case err != nil:
		return fmt.Errorf("read session log: %w", err)
	case n == 0:
		return do(1, nil)
	}
	return nil
}
