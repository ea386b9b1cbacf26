package whisper_test

import (
	"bufio"
	"encoding/binary"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/pipeline/transcribe"
)

// sentence is one line of a narration's script: when it begins, and its words.
type sentence struct {
	start time.Duration
	words []string
}

func script(t testing.TB, path string) []sentence {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []sentence
	for lines := bufio.NewScanner(f); lines.Scan(); {
		at, text, _ := strings.Cut(lines.Text(), "\t")
		seconds, err := strconv.ParseFloat(at, 64)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, sentence{time.Duration(seconds * float64(time.Second)), strings.Fields(text)})
	}
	return out
}

func samples(t testing.TB, path string) []int16 {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	w, err := transcribe.DecodeWAV(data)
	if err != nil {
		t.Fatal(err)
	}
	return w.Samples
}

func testdata(name string) string { return filepath.Join("testdata", name) }

// score is how a transcript compares with a script.
type score struct {
	words, errors int
	worst         time.Duration // distance of a sentence's start from its segment's
	missed        int           // sentences that open no segment
}

func (s *score) add(o score) {
	s.words += o.words
	s.errors += o.errors
	s.worst = max(s.worst, o.worst)
	s.missed += o.missed
}

func compare(want []sentence, got []capture.Segment) score {
	var ref, hyp []string
	starts := map[int]time.Duration{} // index of a segment's first word
	for _, s := range want {
		ref = append(ref, s.words...)
	}
	for _, s := range got {
		starts[len(hyp)] = s.Start
		hyp = append(hyp, strings.Fields(strings.ToLower(strings.Trim(s.Text, ".?!")))...)
	}
	errors, match := align(ref, hyp)
	out := score{words: len(ref), errors: errors}
	at := 0
	for _, s := range want {
		if start, ok := starts[match[at]]; ok {
			out.worst = max(out.worst, (start - s.start).Abs())
		} else {
			out.missed++
		}
		at += len(s.words)
	}
	return out
}

// align returns the number of words put in, left out or changed, and for each
// word of ref the place in hyp it became, -1 where it was left out.
func align(ref, hyp []string) (int, []int) {
	d := make([][]int, len(ref)+1)
	for i := range d {
		d[i] = make([]int, len(hyp)+1)
		d[i][0] = i
	}
	for j := range d[0] {
		d[0][j] = j
	}
	cost := func(i, j int) int {
		if ref[i-1] == hyp[j-1] {
			return 0
		}
		return 1
	}
	for i := 1; i <= len(ref); i++ {
		for j := 1; j <= len(hyp); j++ {
			d[i][j] = min(d[i-1][j-1]+cost(i, j), d[i-1][j]+1, d[i][j-1]+1)
		}
	}
	match := make([]int, len(ref))
	for i := range match {
		match[i] = -1
	}
	for i, j := len(ref), len(hyp); i > 0 && j > 0; {
		switch d[i][j] {
		case d[i-1][j-1] + cost(i, j):
			i, j = i-1, j-1
			match[i] = j
		case d[i-1][j] + 1:
			i--
		default:
			j--
		}
	}
	return d[len(ref)][len(hyp)], match
}

// wav is a file of 16-bit mono samples.
func wav(pcm []int16) []byte {
	b := []byte("RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x80\x3e\x00\x00\x00\x7d\x00\x00\x02\x00\x10\x00data")
	b = binary.LittleEndian.AppendUint32(b, uint32(2*len(pcm)))
	for _, s := range pcm {
		b = binary.LittleEndian.AppendUint16(b, uint16(s))
	}
	return b
}
