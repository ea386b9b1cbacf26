package transcribe

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const testModel = "whisper/testdata/espeak-devops.bin"

func modelBytes(t testing.TB) []byte {
	t.Helper()
	b, err := os.ReadFile(testModel)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestCheckModel(t *testing.T) {
	got, err := CheckModel(testModel)
	if err != nil {
		t.Fatal(err)
	}
	if want := (ModelInfo{Kind: "custom", Encoding: "q8_0", Size: 10_382_617}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

// TestTruncatedModel cuts the model in each of its regions.
func TestTruncatedModel(t *testing.T) {
	whole := modelBytes(t)
	for _, n := range []int{0, 3, 4, 30, 48, 52, 60, 10_000, 64_380, 64_384, 300_000, 1_500_000, len(whole) / 2, len(whole) - 100_000, len(whole) - 1} {
		_, err := checkModel(bytes.NewReader(whole[:n]), int64(n))
		if !errors.Is(err, ErrModel) {
			t.Errorf("%d bytes: %v", n, err)
		}
		if n >= 4 && !errors.Is(err, ErrModelTruncated) {
			t.Errorf("%d bytes do not read as cut off: %v", n, err)
		}
	}
}

// TestModelCutBetweenTensors leaves out the last tensor whole, which only the
// list of tensors tells.
func TestModelCutBetweenTensors(t *testing.T) {
	whole := modelBytes(t)
	// A vector's head is its number of dimensions, length of name, type and
	// shape, 4 bytes each.
	cut := whole[:bytes.LastIndex(whole, []byte("decoder.blocks.2."))-16]
	_, err := checkModel(bytes.NewReader(cut), int64(len(cut)))
	if !errors.Is(err, ErrModelTruncated) || !strings.Contains(err.Error(), "tensors are missing") {
		t.Errorf("%v", err)
	}
}

func TestWrongModel(t *testing.T) {
	whole := modelBytes(t)
	patch := func(at int, v uint32) []byte {
		b := bytes.Clone(whole)
		binary.LittleEndian.PutUint32(b[at:], v)
		return b
	}
	tests := []struct {
		name, why string
		in        []byte
	}{
		{"text", "does not begin", []byte(strings.Repeat("no model ", 100))},
		{"vocabulary", "the vocabulary is 1", patch(4, 1)},
		{"audio context", "the audio context is -1", patch(8, 0xFFFFFFFF)},
		{"state", "the state is 129", patch(12, 129)},
		{"heads", "audio heads is 0", patch(16, 0)},
		{"layers", "audio layers is 1000000", patch(20, 1_000_000)},
		{"text state", "the text state is 64", patch(28, 64)},
		{"mel bands", "mel bands is 79", patch(40, 79)},
		{"32-bit weights", "convert it", patch(44, 0)},
		{"unknown encoding", "the encoding is 99", patch(44, 99)},
		{"another encoding", "of type 8", patch(44, 1)},
		{"filter bank", "filter bank", patch(52, 1<<30)},
		{"words", "vocabulary of 4294967295 words", patch(48+8+4*80*201, 0xFFFFFFFF)},
		{"word", "word of 4294967295 bytes", patch(48+8+4*80*201+4, 0xFFFFFFFF)},
		{"one layer less", "unknown", patch(20, 2)},
		{"one layer more", "missing", patch(20, 4)},
		{"more after the end", "cut off", append(bytes.Clone(whole), 1, 2, 3)},
	}
	for _, test := range tests {
		_, err := checkModel(bytes.NewReader(test.in), int64(len(test.in)))
		if !errors.Is(err, ErrModel) || !strings.Contains(err.Error(), test.why) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	if _, err := CheckModel(t.TempDir()); !errors.Is(err, ErrModel) {
		t.Errorf("folder: %v", err)
	}
	if _, err := CheckModel(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
}

func FuzzCheckModel(f *testing.F) {
	whole := modelBytes(f)
	f.Add(whole[:100], uint32(len(whole)))
	f.Add(whole[:48+8+4*80*201+400], uint32(0))
	f.Add([]byte("lmgg"), uint32(4))
	f.Fuzz(func(t *testing.T, head []byte, size uint32) {
		// A size beyond the file's end is one that shrank meanwhile.
		if _, err := checkModel(bytes.NewReader(head), int64(size)); err == nil {
			t.Errorf("%d bytes are a model", len(head))
		}
	})
}
