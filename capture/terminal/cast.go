package terminal

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/runreel/runreel/capture"
)

const (
	castLength = time.Second // of one piece
	castSize   = 256 << 10   // bytes of one piece
)

// cast makes asciicasts of the stream of one shell.
type cast struct {
	shell      string
	offset     int64
	rest       []byte // a record whose end has not come
	broken     bool
	cols, rows int
	part       []byte // an unfinished character

	events     []castEvent
	size       int
	cols0      int // when the piece begins
	rows0      int
	began      time.Time
	start, end time.Duration // on the session clock
}

type castEvent struct {
	at   time.Duration // on the session clock
	kind byte
	data string
}

// read takes what is new in the file.
func (c *cast) read(path string, at func(time.Time) (time.Duration, bool)) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(io.NewSectionReader(f, c.offset, math.MaxInt64-c.offset), 8<<20))
	if err != nil || c.broken {
		return err
	}
	c.offset += int64(len(data))
	epoch := machineEpoch()
	rest, ok := decodeStream(append(c.rest, data...), func(r streamRecord) { c.record(r, epoch, at) })
	c.rest, c.broken = bytes.Clone(rest), !ok
	return nil
}

// record takes one record. What was shown while the clock stood is left out.
func (c *cast) record(r streamRecord, epoch time.Time, at func(time.Time) (time.Duration, bool)) {
	if r.kind == streamResize {
		w, h, _ := strings.Cut(string(r.data), "x")
		cols, err := strconv.Atoi(w)
		rows, err2 := strconv.Atoi(h)
		if err != nil || err2 != nil || cols < 1 || rows < 1 || cols > 10000 || rows > 10000 {
			return
		}
		c.cols, c.rows = cols, rows
	}
	when, ok := at(epoch.Add(r.at))
	if !ok || c.cols == 0 || r.kind == streamResize && len(c.events) == 0 {
		return
	}
	data := string(r.data)
	if r.kind == streamOutput {
		data = c.characters(r.data)
	}
	if data == "" {
		return
	}
	if len(c.events) == 0 {
		c.start, c.cols0, c.rows0, c.began = when, c.cols, c.rows, time.Now()
	}
	// Converting a time is not exact to the microsecond; the order is.
	when = max(when, c.end)
	if len(c.events) == 0 {
		c.start = when
	}
	c.end = when
	c.events = append(c.events, castEvent{at: when, kind: r.kind, data: data})
	c.size += len(data)
}

// characters gives whole characters only; the rest waits for the next bytes.
func (c *cast) characters(b []byte) string {
	b = append(c.part, b...)
	cut := len(b)
	for i := 1; i < utf8.UTFMax && i <= len(b); i++ {
		if last := b[len(b)-i:]; utf8.RuneStart(last[0]) {
			if !utf8.FullRune(last) {
				cut = len(b) - i
			}
			break
		}
	}
	c.part = bytes.Clone(b[cut:])
	return valid(string(b[:cut]))
}

// due tells whether a piece is to be stored.
func (c *cast) due(all bool) bool {
	return len(c.events) > 0 && (all || c.size >= castSize || time.Since(c.began) >= castLength)
}

// take returns the piece as an asciicast v3 file, and begins the next one. void
// tells what was taken off the record.
func (c *cast) take(void func(from, to time.Duration) bool) (file []byte, fact capture.Cast, at time.Duration) {
	type term struct {
		Cols int `json:"cols"`
		Rows int `json:"rows"`
	}
	head, _ := json.Marshal(struct {
		Version int  `json:"version"`
		Term    term `json:"term"`
	}{3, term{c.cols0, c.rows0}})
	var b bytes.Buffer
	b.Write(append(head, '\n'))
	last, kept := c.start, 0
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	for _, e := range c.events {
		if void(e.at, e.at) {
			continue
		}
		// Microseconds, counted from the start so that nothing adds up.
		from, to := last.Round(time.Microsecond), e.at.Round(time.Microsecond)
		_ = enc.Encode([]any{json.Number(strconv.FormatFloat(max(0, (to-from).Seconds()), 'f', 6, 64)), string(e.kind), e.data})
		last = e.at
		kept++
	}
	at, fact = c.start, capture.Cast{Shell: c.shell, Length: max(0, last-c.start), Cols: c.cols0, Rows: c.rows0}
	c.events, c.size = nil, 0
	if kept == 0 {
		return nil, fact, at
	}
	return b.Bytes(), fact, at
}

// readCasts takes what the shells have shown.
func (s *Source) readCasts() {
	if s.media == nil || s.spool == "" {
		return
	}
	entries, err := os.ReadDir(s.spool)
	if err != nil {
		return
	}
	for _, e := range entries {
		name, found := strings.CutSuffix(e.Name(), streamSuffix)
		if !found || !e.Type().IsRegular() {
			continue
		}
		c := s.casts[name]
		if c == nil {
			if len(s.casts) >= maxShells {
				continue
			}
			c = &cast{shell: name}
			s.casts[name] = c
		}
		_ = c.read(filepath.Join(s.spool, e.Name()), func(t time.Time) (time.Duration, bool) {
			s.mu.Lock()
			defer s.mu.Unlock()
			return s.time.at(s.time.local(t))
		})
	}
}

// emitCasts stores the pieces that are due.
func (s *Source) emitCasts(emit capture.Emit, all bool) error {
	for _, c := range s.casts {
		if !c.due(all) {
			continue
		}
		file, fact, at := c.take(s.clock.Void)
		if file == nil {
			continue
		}
		name, err := s.media.Put(context.Background(), "cast", "cast", file)
		if err != nil {
			return fmt.Errorf("store what a shell showed: %w", err)
		}
		fact.Media = name
		emit(capture.Event{At: at, Fact: fact})
	}
	return nil
}
