package whisper

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"

	whispercpp "github.com/ggerganov/whisper.cpp/bindings/go/pkg/whisper"

	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/pipeline/transcribe"
)

// maxThreads is how many of the processors are used at most: past that the
// threads wait for each other more than they work.
const maxThreads = 4

// minSamples is what whisper.cpp asks for, 100 ms; shorter pieces are padded.
const minSamples = transcribe.Rate / 10

// Options are the wishes of a caller. The zero value is useful.
type Options struct {
	Threads int // 0 is one for each processor, up to four
	// Language is the code of what is spoken, such as "de"; "" finds out for
	// each piece. English-only models know no other.
	Language string
}

// Engine is a loaded model. It is used by one goroutine at a time.
type Engine struct {
	model whispercpp.Model
	opts  Options
}

// Open checks and loads a model file. The errors of transcribe.CheckModel come
// before whisper.cpp sees the file. The caller closes the engine.
func Open(path string, opts Options) (*Engine, error) {
	if _, err := transcribe.CheckModel(path); err != nil {
		return nil, err
	}
	model, err := whispercpp.New(path)
	if err != nil {
		return nil, fmt.Errorf("load model %s: %w: %w", path, transcribe.ErrModel, err)
	}
	if opts.Threads <= 0 {
		opts.Threads = min(maxThreads, runtime.NumCPU())
	}
	return &Engine{model: model, opts: opts}, nil
}

// Close frees the model.
func (e *Engine) Close() error { return e.model.Close() }

// Transcribe implements transcribe.Engine. It looks at ctx before each window
// of 30 seconds.
func (e *Engine) Transcribe(ctx context.Context, samples []int16) ([]capture.Segment, error) {
	if len(samples) == 0 {
		return nil, ctx.Err()
	}
	job, err := e.job()
	if err != nil {
		return nil, err
	}
	goOn := func() bool { return ctx.Err() == nil }
	// A callback for segments would have whisper.cpp make a single one of each
	// window.
	err = job.Process(floats(samples), goOn, nil, nil)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("whisper.cpp: %w", err)
	}
	var segments []capture.Segment
	for {
		s, err := job.NextSegment()
		if errors.Is(err, io.EOF) {
			return segments, nil
		}
		if err != nil {
			return nil, fmt.Errorf("whisper.cpp: %w", err)
		}
		segments = append(segments, capture.Segment{Start: s.Start, End: s.End, Text: s.Text})
	}
}

func (e *Engine) job() (whispercpp.Context, error) {
	job, err := e.model.NewContext()
	if err != nil {
		return nil, fmt.Errorf("whisper.cpp: %w", err)
	}
	job.SetThreads(uint(e.opts.Threads))
	if !e.model.IsMultilingual() {
		return job, nil
	}
	language := e.opts.Language
	if language == "" {
		language = "auto"
	}
	if err := job.SetLanguage(language); err != nil {
		return nil, fmt.Errorf("speak %q to the model: %w", language, err)
	}
	return job, nil
}

// floats converts samples as whisper.cpp wants them, and pads what is too short
// for it with silence.
func floats(samples []int16) []float32 {
	out := make([]float32, max(len(samples), minSamples))
	for i, s := range samples {
		out[i] = float32(s) / 32768
	}
	return out
}
