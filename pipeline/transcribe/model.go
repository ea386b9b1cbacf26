package transcribe

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// ErrModel is wrapped by every error about a file that is not a usable model,
// and ErrModelTruncated beside it where the file merely ends too early, as
// after a broken download.
var (
	ErrModel          = errors.New("not a usable speech model")
	ErrModelTruncated = errors.New("the file is cut off")
)

// ModelInfo tells what a model file holds.
type ModelInfo struct {
	Kind         string // Whisper's name for its size, such as "base"; "custom" for others
	Multilingual bool   // else English only
	Encoding     string // of the weights, such as "q8_0"
	Size         int64  // of the file, bytes
}

const (
	modelMagic   = 0x67676d6c // "ggml"
	modelVersion = 1000       // ftype counts versions of the quantisation in thousands
	maxWord      = 1 << 10    // bytes of an entry of the vocabulary
	maxName      = 128        // bytes of a tensor's name
	maxModel     = 8 << 30    // bytes; the largest of Whisper has 3.1e9
)

// hyper are the eleven numbers that a model file begins with, as whisper.cpp
// reads them.
type hyper struct {
	Vocab, AudioCtx, AudioState, AudioHead, AudioLayer int32
	TextCtx, TextState, TextHead, TextLayer            int32
	Mels, FileType                                     int32
}

// CheckModel reads the whole structure of a model in whisper.cpp's ggml format,
// from its header to the end of its last tensor, without loading the weights.
// whisper.cpp ends the process on some broken files and loads others half, so
// no file reaches it unchecked.
func CheckModel(path string) (ModelInfo, error) {
	f, err := os.Open(path)
	if err != nil {
		return ModelInfo{}, fmt.Errorf("open model: %w", err)
	}
	defer f.Close()
	stat, err := f.Stat()
	if err != nil {
		return ModelInfo{}, fmt.Errorf("open model: %w", err)
	}
	if !stat.Mode().IsRegular() {
		return ModelInfo{}, fmt.Errorf("%w: %s is no file", ErrModel, path)
	}
	info, err := checkModel(f, stat.Size())
	if err != nil {
		return ModelInfo{}, fmt.Errorf("model %s: %w", path, err)
	}
	return info, nil
}

func checkModel(f io.ReadSeeker, size int64) (ModelInfo, error) {
	r := &modelReader{seeker: f, buf: bufio.NewReader(f), size: size}
	if size > maxModel {
		return ModelInfo{}, fmt.Errorf("%w: %d bytes are more than any has", ErrModel, size)
	}
	if magic := r.uint32(); r.err != nil || magic != modelMagic {
		return ModelInfo{}, fmt.Errorf("%w: it does not begin as whisper.cpp's models do", ErrModel)
	}
	h, err := r.hyper()
	if err != nil {
		return ModelInfo{}, err
	}
	weights, err := h.check()
	if err != nil {
		return ModelInfo{}, err
	}
	if err := r.filters(h); err != nil {
		return ModelInfo{}, err
	}
	if err := r.vocabulary(h); err != nil {
		return ModelInfo{}, err
	}
	if err := r.tensors(h.tensors(weights)); err != nil {
		return ModelInfo{}, err
	}
	return ModelInfo{Kind: h.kind(), Multilingual: h.Vocab > englishVocab, Encoding: weights.name, Size: size}, nil
}

// modelReader reads on until its first error, which it keeps. It knows where it
// is, so that an error can tell.
type modelReader struct {
	seeker io.ReadSeeker
	buf    *bufio.Reader
	at     int64
	size   int64
	err    error
}

func (r *modelReader) read(b []byte) {
	if r.err != nil {
		return
	}
	n, err := io.ReadFull(r.buf, b)
	r.at += int64(n)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = r.truncated()
	}
	r.err = err
}

func (r *modelReader) truncated() error {
	return fmt.Errorf("%w: %w after %d bytes", ErrModel, ErrModelTruncated, r.size)
}

func (r *modelReader) uint32() uint32 {
	var b [4]byte
	r.read(b[:])
	return binary.LittleEndian.Uint32(b[:])
}

// skip passes over n bytes, which must be there.
func (r *modelReader) skip(n int64) {
	if r.err != nil {
		return
	}
	if n > r.size-r.at {
		r.err = r.truncated()
		return
	}
	r.at += n
	if n <= int64(r.buf.Buffered()) {
		_, r.err = r.buf.Discard(int(n))
		return
	}
	_, r.err = r.seeker.Seek(r.at, io.SeekStart)
	r.buf.Reset(r.seeker)
}

func (r *modelReader) hyper() (hyper, error) {
	var h hyper
	for _, p := range []*int32{&h.Vocab, &h.AudioCtx, &h.AudioState, &h.AudioHead, &h.AudioLayer,
		&h.TextCtx, &h.TextState, &h.TextHead, &h.TextLayer, &h.Mels, &h.FileType} {
		*p = int32(r.uint32())
	}
	return h, r.err
}

func (r *modelReader) filters(h hyper) error {
	mels, bins := r.uint32(), r.uint32()
	if r.err == nil && (mels != uint32(h.Mels) || bins != filterBins) {
		return fmt.Errorf("%w: filter bank of %d by %d at byte %d", ErrModel, mels, bins, r.at)
	}
	r.skip(4 * int64(mels) * int64(bins))
	return r.err
}

func (r *modelReader) vocabulary(h hyper) error {
	words := r.uint32()
	if r.err == nil && (words == 0 || words > uint32(h.Vocab)) {
		return fmt.Errorf("%w: vocabulary of %d words at byte %d", ErrModel, words, r.at)
	}
	for range words {
		n := r.uint32()
		if r.err == nil && n > maxWord {
			return fmt.Errorf("%w: word of %d bytes at byte %d", ErrModel, n, r.at)
		}
		if r.skip(int64(n)); r.err != nil {
			return r.err
		}
	}
	return r.err
}

// tensors reads to the end of the file, and wants each tensor once.
func (r *modelReader) tensors(want map[string]tensor) error {
	for r.err == nil && r.at < r.size {
		name, got := r.tensorHead()
		if r.err != nil {
			return r.err
		}
		t, ok := want[name]
		if !ok {
			return fmt.Errorf("%w: tensor %q at byte %d is unknown or there twice", ErrModel, name, r.at)
		}
		if t.shape != got.shape || t.number != got.number {
			return fmt.Errorf("%w: tensor %q at byte %d is %v, want %v", ErrModel, name, r.at, got, t)
		}
		delete(want, name)
		r.skip(t.bytes())
	}
	if r.err == nil && len(want) > 0 {
		return fmt.Errorf("%w: %d tensors are missing", r.truncated(), len(want))
	}
	return r.err
}

func (r *modelReader) tensorHead() (string, tensor) {
	dims, length, kind := r.uint32(), r.uint32(), r.uint32()
	if r.err == nil && (dims < 1 || dims > 3 || length > maxName) {
		r.err = fmt.Errorf("%w: no tensor at byte %d", ErrModel, r.at)
	}
	if r.err != nil {
		return "", tensor{}
	}
	t := tensor{shape: [3]int32{1, 1, 1}, number: kind}
	for i := range dims {
		t.shape[i] = int32(r.uint32())
	}
	name := make([]byte, length)
	r.read(name)
	return string(name), t
}
