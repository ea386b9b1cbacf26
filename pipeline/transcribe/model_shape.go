package transcribe

import "fmt"

// What whisper.cpp 1.9 expects of a model (whisper_model_load in whisper.cpp,
// ASR_TENSOR_NAMES in whisper-arch.h): every tensor with its name, shape and
// encoding.

const (
	englishVocab = 51864
	largestVocab = 51866
	audioCtx     = 1500 // a window of 30 s
	textCtx      = 448
	filterBins   = 201
)

// encoding is how the numbers of a tensor are stored: blocks of count numbers
// that take size bytes each.
type encoding struct {
	name        string
	number      uint32 // in ggml_type
	count, size int64
}

var (
	encodingF32 = encoding{"f32", 0, 1, 4}
	encodingF16 = encoding{"f16", 1, 1, 2}
)

// weightEncoding is the encoding of a file type (ggml_ftype) without its
// version.
func weightEncoding(fileType int32) (encoding, bool) {
	switch fileType {
	case 1:
		return encodingF16, true
	case 2:
		return encoding{"q4_0", 2, 32, 18}, true
	case 3:
		return encoding{"q4_1", 3, 32, 20}, true
	case 7:
		return encoding{"q8_0", 8, 32, 34}, true
	case 8:
		return encoding{"q5_0", 6, 32, 22}, true
	case 9:
		return encoding{"q5_1", 7, 32, 24}, true
	case 10:
		return encoding{"q2_k", 10, 256, 84}, true
	case 11:
		return encoding{"q3_k", 11, 256, 110}, true
	case 12:
		return encoding{"q4_k", 12, 256, 144}, true
	case 13:
		return encoding{"q5_k", 13, 256, 176}, true
	case 14:
		return encoding{"q6_k", 14, 256, 210}, true
	}
	return encoding{}, false
}

func (h hyper) check() (encoding, error) {
	bad := func(what string, n int32) (encoding, error) {
		return encoding{}, fmt.Errorf("%w: %s is %d", ErrModel, what, n)
	}
	weights, ok := weightEncoding(h.FileType % modelVersion)
	switch {
	case h.FileType%modelVersion == 0:
		return encoding{}, fmt.Errorf("%w: 32-bit weights do not run on a processor; convert it to f16 or q8_0", ErrModel)
	case !ok:
		return bad("the encoding", h.FileType)
	case h.Vocab < englishVocab || h.Vocab > largestVocab:
		return bad("the vocabulary", h.Vocab)
	case h.AudioCtx != audioCtx:
		return bad("the audio context", h.AudioCtx)
	case h.TextCtx != textCtx:
		return bad("the text context", h.TextCtx)
	case h.Mels != 80 && h.Mels != 128:
		return bad("the number of mel bands", h.Mels)
	case h.AudioState < 32 || h.AudioState > 4096 || int64(h.AudioState)%weights.count != 0:
		return bad("the state", h.AudioState)
	case h.TextState != h.AudioState:
		return bad("the text state", h.TextState)
	case h.AudioHead < 1 || h.AudioState%h.AudioHead != 0:
		return bad("the number of audio heads", h.AudioHead)
	case h.TextHead < 1 || h.TextState%h.TextHead != 0:
		return bad("the number of text heads", h.TextHead)
	case h.AudioLayer < 1 || h.AudioLayer > 64:
		return bad("the number of audio layers", h.AudioLayer)
	case h.TextLayer < 1 || h.TextLayer > 64:
		return bad("the number of text layers", h.TextLayer)
	}
	return weights, nil
}

// kind is Whisper's name for a model of this size.
func (h hyper) kind() string {
	distilled := h.TextLayer == 2
	name := "custom"
	switch {
	case h.AudioLayer == 4 && h.AudioState == 384:
		name = "tiny"
	case h.AudioLayer == 6 && h.AudioState == 512:
		name = "base"
	case h.AudioLayer == 12 && h.AudioState == 768:
		name = "small"
	case h.AudioLayer == 24 && h.AudioState == 1024:
		name = "medium"
	case h.AudioLayer == 32 && h.AudioState == 1280 && h.TextLayer == 4:
		name = "large-turbo"
	case h.AudioLayer == 32 && h.AudioState == 1280:
		name = "large"
	}
	if distilled && name != "custom" {
		return "distil-" + name
	}
	return name
}

// tensor is the shape and encoding of a tensor. Missing dimensions are 1.
type tensor struct {
	shape  [3]int32
	number uint32 // in ggml_type
	enc    encoding
}

func (t tensor) String() string { return fmt.Sprintf("%v of type %d", t.shape, t.number) }

// bytes is the size of the data; the shape is one of ours, so it is small and
// a multiple of the block.
func (t tensor) bytes() int64 {
	n := int64(t.shape[0]) * int64(t.shape[1]) * int64(t.shape[2])
	return n / t.enc.count * t.enc.size
}

// tensors is what a file with these numbers must hold.
func (h hyper) tensors(weights encoding) map[string]tensor {
	n := h.AudioState
	all := map[string]tensor{}
	add := func(name string, enc encoding, shape ...int32) {
		t := tensor{shape: [3]int32{1, 1, 1}, number: enc.number, enc: enc}
		copy(t.shape[:], shape)
		all[name] = t
	}
	norm := func(name string) {
		add(name+".weight", encodingF32, n)
		add(name+".bias", encodingF32, n)
	}
	linear := func(name string, from, to int32) {
		add(name+".weight", weights, from, to)
		add(name+".bias", encodingF32, to)
	}
	attention := func(name string) {
		norm(name + "_ln")
		linear(name+".query", n, n)
		add(name+".key.weight", weights, n, n)
		linear(name+".value", n, n)
		linear(name+".out", n, n)
	}
	block := func(name string) {
		attention(name + ".attn")
		norm(name + ".mlp_ln")
		linear(name+".mlp.0", n, 4*n)
		linear(name+".mlp.2", 4*n, n)
	}
	add("encoder.positional_embedding", encodingF32, n, h.AudioCtx)
	add("encoder.conv1.weight", encodingF16, 3, h.Mels, n)
	add("encoder.conv1.bias", encodingF32, 1, n)
	add("encoder.conv2.weight", encodingF16, 3, n, n)
	add("encoder.conv2.bias", encodingF32, 1, n)
	norm("encoder.ln_post")
	for i := range h.AudioLayer {
		block(fmt.Sprintf("encoder.blocks.%d", i))
	}
	add("decoder.positional_embedding", encodingF32, n, h.TextCtx)
	add("decoder.token_embedding.weight", weights, n, h.Vocab)
	norm("decoder.ln")
	for i := range h.TextLayer {
		name := fmt.Sprintf("decoder.blocks.%d", i)
		block(name)
		attention(name + ".cross_attn")
	}
	return all
}
