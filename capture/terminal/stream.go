package terminal

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// The stream of a recorded shell goes through a file in the spool: records of a
// time, a kind, and bytes. The recorder makes asciicasts of it.
const (
	streamSuffix = ".stream"
	streamCheck  = 250 * time.Millisecond // between two looks at whether something records
	streamBurst  = 4 << 20                // bytes written at once
	streamRate   = 512 << 10              // bytes a second after that
	maxHeld      = 512 << 10              // bytes of a prompt that is not written yet
	maxStream    = 1 << 20                // bytes of one record
)

// The kinds of records. They are those of asciicast events.
const (
	streamOutput = 'o'
	streamResize = 'r'
	streamMark   = 'm'
)

// sinceBoot is a time as the records have it: since the machine's start, which
// is the same for all processes.
func sinceBoot(now time.Time) time.Duration { return now.Sub(machineEpoch()) }

// streamRecord is one record.
type streamRecord struct {
	at   time.Duration // since the machine's start
	kind byte
	data []byte
}

// append encodes the record: its length, the time in microseconds, the kind.
func (r streamRecord) append(b []byte) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(r.data)))
	b = binary.BigEndian.AppendUint64(b, uint64(r.at.Microseconds()))
	return append(append(b, r.kind), r.data...)
}

const streamHeader = 4 + 8 + 1

// decodeStream takes the whole records off b and returns the rest. It is false
// where b is no such stream.
func decodeStream(b []byte, do func(streamRecord)) (rest []byte, ok bool) {
	for len(b) >= streamHeader {
		size := binary.BigEndian.Uint32(b)
		at := binary.BigEndian.Uint64(b[4:])
		if size > maxStream || at > 1<<60/1000 {
			return nil, false
		}
		if len(b) < streamHeader+int(size) {
			break
		}
		do(streamRecord{at: time.Duration(at) * time.Microsecond, kind: b[12], data: b[streamHeader : streamHeader+int(size)]})
		b = b[streamHeader+int(size):]
	}
	return b, true
}

// streamer writes what a shell shows into the spool while something records.
// What is shown from a prompt on is held back until its command is known: that
// of one which is not to be recorded is dropped, with its output.
type streamer struct {
	spool string
	name  string
	size  func() (cols, rows int)

	file    *os.File
	checked time.Time
	held    []streamRecord
	heldN   int
	holding bool
	muted   bool
	left    float64 // bytes that may be written now
	filled  time.Time
	dropped int
	buf     []byte
}

func newStreamer(spool string, size func() (int, int)) *streamer {
	return &streamer{spool: spool, name: strconv.Itoa(os.Getpid()) + "-" + strconv.FormatInt(time.Now().UnixNano(), 36) + streamSuffix, size: size, left: streamBurst}
}

// prompt begins to hold back.
func (s *streamer) prompt() { s.flush(); s.holding, s.muted = true, false }

// command ends it: record tells whether the command is recorded.
func (s *streamer) command(record bool) {
	if record {
		s.flush()
	}
	s.held, s.heldN, s.holding, s.muted = nil, 0, false, !record
}

func (s *streamer) flush() {
	for _, r := range s.held {
		s.put(r)
	}
	s.held, s.heldN, s.holding = nil, 0, false
}

// write takes what is shown.
func (s *streamer) write(now time.Time, kind byte, b []byte) {
	if s.muted || len(b) == 0 {
		return
	}
	if now.Sub(s.checked) >= streamCheck || now.Before(s.checked) {
		s.check(now)
	}
	if s.file == nil {
		s.held, s.heldN = nil, 0
		return
	}
	r := streamRecord{at: sinceBoot(now), kind: kind, data: b}
	if !s.holding {
		s.put(r)
		return
	}
	if s.heldN += len(b); s.heldN <= maxHeld {
		r.data = append([]byte(nil), b...)
		s.held = append(s.held, r)
	}
}

// check opens the file where something records, and closes it where nothing does
// any more.
func (s *streamer) check(now time.Time) {
	s.checked = now
	if s.file != nil {
		if _, err := os.Stat(s.file.Name()); err == nil {
			return
		}
		s.close()
	}
	b, err := os.ReadFile(filepath.Join(s.spool, recorderID))
	if err != nil {
		return
	}
	if pid, err := strconv.Atoi(strings.TrimSpace(string(b))); err != nil || !processAlive(pid) {
		return
	}
	s.file, err = os.OpenFile(filepath.Join(s.spool, s.name), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		s.file = nil
		return
	}
	cols, rows := s.size()
	s.put(streamRecord{at: sinceBoot(now), kind: streamResize, data: []byte(strconv.Itoa(cols) + "x" + strconv.Itoa(rows))})
}

// put writes a record, as far as the limits allow.
func (s *streamer) put(r streamRecord) {
	if s.file == nil {
		return
	}
	if !s.allow(len(r.data), time.Now()) {
		return
	}
	s.buf = s.buf[:0]
	if s.dropped > 0 {
		// CAN ends a control sequence that was cut.
		s.buf = streamRecord{at: r.at, kind: streamOutput, data: []byte("\x18")}.append(s.buf)
		s.buf = streamRecord{at: r.at, kind: streamMark, data: []byte(strconv.Itoa(s.dropped) + " bytes left out")}.append(s.buf)
		s.dropped = 0
	}
	s.buf = r.append(s.buf)
	if _, err := s.file.Write(s.buf); err != nil {
		s.close()
	}
}

// allow tells whether n more bytes may be written now, and counts those that
// may not.
func (s *streamer) allow(n int, now time.Time) bool {
	if !s.filled.IsZero() {
		s.left = min(streamBurst, s.left+now.Sub(s.filled).Seconds()*streamRate)
	}
	s.filled = now
	if float64(n) > s.left {
		s.dropped += n
		return false
	}
	s.left -= float64(n)
	return true
}

func (s *streamer) close() {
	if s.file != nil {
		s.file.Close()
	}
	s.file = nil
}
