package transcribe

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/runreel/runreel/capture"
)

// The protocol between runreel and its transcription worker runs over the
// worker's standard input and output, one answer for each question:
//
//	message  = kind (1 byte), length of the body (4 bytes, little endian), body
//	worker:    'H'  hello, once, when its model is loaded; body: version (1 byte)
//	runreel:   'T'  transcribe; body: 16-bit little endian samples, mono at Rate
//	worker:    'S'  segments; body: a JSON array of capture.Segment
//	worker:    'E'  the engine failed; body: why, as text
//
// Closing its input tells the worker to end.

const (
	msgHello      = 'H'
	msgTranscribe = 'T'
	msgSegments   = 'S'
	msgError      = 'E'

	protocolVersion = 1
	maxSound        = 2 * Rate * 60 // bytes: a minute, twice what is ever sent
	maxAnswer       = 4 << 20       // bytes
	maxReason       = 4 << 10       // bytes
)

// ErrProtocol is wrapped by the errors about messages that make no sense.
var ErrProtocol = errors.New("transcription worker and runreel do not understand each other")

type message struct {
	kind byte
	body []byte
}

// limit is the longest body of a message of a kind; 0 for unknown kinds.
func limit(kind byte) uint32 {
	switch kind {
	case msgHello:
		return 1
	case msgTranscribe:
		return maxSound
	case msgSegments:
		return maxAnswer
	case msgError:
		return maxReason
	}
	return 0
}

// readMessage returns io.EOF where in ends before a message, and never takes
// more memory than has arrived and a little.
func readMessage(in io.Reader) (message, error) {
	var head [5]byte
	if _, err := io.ReadFull(in, head[:]); err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return message{}, fmt.Errorf("%w: cut off in a header", ErrProtocol)
		}
		return message{}, err
	}
	kind, size := head[0], binary.LittleEndian.Uint32(head[1:])
	if most := limit(kind); most == 0 || size > most {
		return message{}, fmt.Errorf("%w: kind %#02x with %d bytes", ErrProtocol, kind, size)
	}
	body, err := io.ReadAll(io.LimitReader(in, int64(size)))
	if err != nil {
		return message{}, err
	}
	if len(body) != int(size) {
		return message{}, fmt.Errorf("%w: cut off after %d of %d bytes", ErrProtocol, len(body), size)
	}
	return message{kind: kind, body: body}, nil
}

func writeMessage(out io.Writer, kind byte, body []byte) error {
	if uint64(len(body)) > uint64(limit(kind)) {
		return fmt.Errorf("%w: kind %#02x with %d bytes", ErrProtocol, kind, len(body))
	}
	buf := make([]byte, 5, 5+len(body))
	buf[0] = kind
	binary.LittleEndian.PutUint32(buf[1:], uint32(len(body)))
	_, err := out.Write(append(buf, body...))
	return err
}

func encodeSamples(samples []int16) []byte {
	b := make([]byte, 2*len(samples))
	for i, s := range samples {
		binary.LittleEndian.PutUint16(b[2*i:], uint16(s))
	}
	return b
}

func decodeSamples(b []byte) ([]int16, error) {
	if len(b) == 0 || len(b)%2 != 0 {
		return nil, fmt.Errorf("%w: %d bytes of sound", ErrProtocol, len(b))
	}
	samples := make([]int16, len(b)/2)
	for i := range samples {
		samples[i] = int16(binary.LittleEndian.Uint16(b[2*i:]))
	}
	return samples, nil
}

func decodeSegments(b []byte) ([]capture.Segment, error) {
	var segments []capture.Segment
	if err := json.Unmarshal(b, &segments); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrProtocol, err)
	}
	for _, s := range segments {
		if s.Start < 0 || s.End < s.Start || s.End > maxSegmentEnd {
			return nil, fmt.Errorf("%w: segment from %s to %s", ErrProtocol, s.Start, s.End)
		}
	}
	return segments, nil
}
