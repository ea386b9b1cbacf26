package transcribe

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/runreel/runreel/capture"
)

// engineFunc makes a function an Engine.
type engineFunc func(ctx context.Context, samples []int16) ([]capture.Segment, error)

func (f engineFunc) Transcribe(ctx context.Context, samples []int16) ([]capture.Segment, error) {
	return f(ctx, samples)
}

func TestServe(t *testing.T) {
	failure := errors.New("no words " + strings.Repeat("x", maxReason))
	engine := engineFunc(func(_ context.Context, samples []int16) ([]capture.Segment, error) {
		if samples[0] < 0 {
			return nil, failure
		}
		return []capture.Segment{{Start: -time.Second, End: time.Hour, Text: "a\xffb"}}, nil
	})
	var in, out bytes.Buffer
	for _, samples := range [][]int16{{1, 2}, {-1}, {3}} {
		if err := writeMessage(&in, msgTranscribe, encodeSamples(samples)); err != nil {
			t.Fatal(err)
		}
	}
	// The end of the input comes after the answers.
	r, w := io.Pipe()
	done := make(chan error)
	go func() { done <- Serve(t.Context(), engine, r, &out) }()
	if _, err := w.Write(in.Bytes()[:len(in.Bytes())-2]); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(in.Bytes()[len(in.Bytes())-2:]); err != nil {
		t.Fatal(err)
	}
	w.Close()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	var kinds []byte
	var first []capture.Segment
	for {
		m, err := readMessage(&out)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if m.kind == msgSegments && first == nil {
			if first, err = decodeSegments(m.body); err != nil {
				t.Fatal(err)
			}
		}
		kinds = append(kinds, m.kind)
	}
	// The last piece may be stopped by the end of the input.
	if got := string(kinds); got != "HSES" && got != "HSE" {
		t.Errorf("answers %q", got)
	}
	if want := []capture.Segment{{Start: 0, End: maxSegmentEnd, Text: "a\uFFFDb"}}; !slices.Equal(first, want) {
		t.Errorf("segments %v, want %v", first, want)
	}
}

// TestServeOrphan has the other side vanish while a piece is in work.
func TestServeOrphan(t *testing.T) {
	began := make(chan struct{})
	engine := engineFunc(func(ctx context.Context, _ []int16) ([]capture.Segment, error) {
		close(began)
		<-ctx.Done()
		return nil, ctx.Err()
	})
	r, w := io.Pipe()
	done := make(chan error)
	go func() { done <- Serve(t.Context(), engine, r, io.Discard) }()
	if err := writeMessage(w, msgTranscribe, encodeSamples([]int16{1})); err != nil {
		t.Fatal(err)
	}
	<-began
	w.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestServeNonsense(t *testing.T) {
	for name, in := range map[string]string{
		"unknown kind":      "x\x00\x00\x00\x00",
		"another's message": "S\x02\x00\x00\x00[]",
		"too long":          "T\xff\xff\xff\xff",
		"cut off":           "T\x08\x00\x00\x00abcd",
		"cut off header":    "T\x08",
		"no sound":          "T\x00\x00\x00\x00",
		"half a sample":     "T\x01\x00\x00\x00a",
	} {
		engine := engineFunc(func(context.Context, []int16) ([]capture.Segment, error) {
			t.Errorf("%s reached the engine", name)
			return nil, nil
		})
		if err := Serve(t.Context(), engine, strings.NewReader(in), io.Discard); !errors.Is(err, ErrProtocol) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzMessages(f *testing.F) {
	var b bytes.Buffer
	_ = writeMessage(&b, msgHello, []byte{protocolVersion}) // a Buffer takes everything
	_ = writeMessage(&b, msgTranscribe, encodeSamples([]int16{1, -1}))
	_ = writeMessage(&b, msgSegments, []byte(`[{"start":1,"end":2,"text":"x"}]`))
	f.Add(b.Bytes())
	f.Add([]byte("S\x04\x00\x00\x00[{}]"))
	f.Add([]byte("T\xff\xff\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for in := bytes.NewReader(data); ; {
			m, err := readMessage(in)
			if err != nil {
				if !errors.Is(err, ErrProtocol) && !errors.Is(err, io.EOF) {
					t.Errorf("error %v", err)
				}
				return
			}
			checkBody(t, m)
		}
	})
}

func checkBody(t *testing.T, m message) {
	var again bytes.Buffer
	if err := writeMessage(&again, m.kind, m.body); err != nil {
		t.Errorf("write what was read: %v", err)
	}
	switch m.kind {
	case msgTranscribe:
		if samples, err := decodeSamples(m.body); err == nil && !bytes.Equal(encodeSamples(samples), m.body) {
			t.Error("samples changed on the way")
		}
	case msgSegments:
		segments, err := decodeSegments(m.body)
		if err == nil && slices.ContainsFunc(segments, func(s capture.Segment) bool { return s.Start < 0 || s.End < s.Start }) {
			t.Errorf("segments %v", segments)
		}
	}
}
