package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"sync"
	"time"

	"github.com/runreel/runreel/app/media"
	"github.com/runreel/runreel/app/session"
	"github.com/runreel/runreel/app/sqlite"
	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/pipeline/transcribe"
)

// ErrNoModel tells that no speech model is installed.
var ErrNoModel = errors.New("no speech model is installed")

// speechModel tells the speech model that would be used now from any other, also
// from another file of the same name; "" is none.
func (a *App) speechModel() string {
	path, err := a.modelPath()
	if err != nil {
		return ""
	}
	info, err := os.Stat(path)
	if err != nil {
		return path
	}
	return fmt.Sprintf("%s %d %d", path, info.Size(), info.ModTime().UnixNano())
}

// engines are the transcription workers that run, one for each model that
// somebody listens with. They do one piece at a time, all together: each takes
// every core that it gets.
type engines struct {
	app  *App
	turn chan struct{}

	mu   sync.Mutex
	open map[string]*engine // by speechModel
}

func newEngines(a *App) *engines {
	return &engines{app: a, turn: make(chan struct{}, 1), open: map[string]*engine{}}
}

// engine implements transcribe.Engine. Its process starts when it is needed.
type engine struct {
	all    *engines
	model  string
	worker *transcribe.Worker
	users  int
}

// get returns the engine of the model to use. The caller closes it.
func (e *engines) get() (*engine, error) {
	path, err := e.app.modelPath()
	if err != nil {
		return nil, err
	}
	model := e.app.speechModel()
	e.mu.Lock()
	defer e.mu.Unlock()
	g := e.open[model]
	if g == nil {
		worker := transcribe.NewWorker(func() *exec.Cmd { return e.app.worker(path) }, e.app.log)
		g = &engine{all: e, model: model, worker: worker}
		e.open[model] = g
	}
	g.users++
	return g, nil
}

// start loads the model where it is not loaded.
func (g *engine) start(ctx context.Context) error {
	return g.inTurn(ctx, func() error { return g.worker.Start(ctx) })
}

// Transcribe implements transcribe.Engine.
func (g *engine) Transcribe(ctx context.Context, samples []int16) (segments []capture.Segment, err error) {
	err = g.inTurn(ctx, func() (err error) {
		segments, err = g.worker.Transcribe(ctx, samples)
		return err
	})
	return segments, err
}

func (g *engine) inTurn(ctx context.Context, do func() error) error {
	select {
	case g.all.turn <- struct{}{}:
		defer func() { <-g.all.turn }()
		return do()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// close ends the worker when nobody else uses it.
func (g *engine) close() {
	g.all.mu.Lock()
	g.users--
	last := g.users == 0
	if last {
		delete(g.all.open, g.model)
	}
	g.all.mu.Unlock()
	if !last {
		return
	}
	if err := g.worker.Close(); err != nil {
		g.all.app.log.Warn("close the transcription worker", "err", err)
	}
}

// starter is an engine whose model must load: without it nothing can be heard,
// and that is no failure of a piece.
type starter struct {
	*engine
	err error // of the last start
}

// Transcribe implements transcribe.Engine.
func (s *starter) Transcribe(ctx context.Context, samples []int16) ([]capture.Segment, error) {
	if s.err = s.start(ctx); s.err != nil {
		return nil, s.err
	}
	return s.engine.Transcribe(ctx, samples)
}

// chunkOf opens a stored piece of sound.
func chunkOf(folder *media.Folder, at time.Duration, audio capture.Audio) transcribe.Chunk {
	return transcribe.Chunk{At: at, Length: audio.Length, Open: func() ([]byte, error) {
		r, err := folder.Open(audio.Media)
		if err != nil {
			return nil, err
		}
		defer r.Close()
		return io.ReadAll(r)
	}}
}

// hearing is the speech of one session for its draft: what was heard while it
// was recorded, and the rest.
type hearing struct {
	jobs  *jobs
	job   *Job
	model string // as speechModel gave it
	anew  bool   // with this model, whatever was heard before

	session string
	sound   []transcribe.Chunk
	total   time.Duration // where the sound ends
	engine  *engine
	notes   []string
}

// speech returns what was said in a session. What was not heard before is heard
// now, and stored as it comes, so that it is not heard twice when this is cut
// off. The notes tell what is missing.
func (h *hearing) speech(ctx context.Context, rec session.Recording) ([]capture.Segment, []string, error) {
	h.session = rec.Session.ID
	folder := h.jobs.app.media.Session(h.session)
	for _, e := range rec.Events {
		if audio, ok := e.Fact.(capture.Audio); ok {
			h.sound = append(h.sound, chunkOf(folder, e.At, audio))
			h.total = max(h.total, e.At+audio.Length)
		}
	}
	if len(h.sound) == 0 {
		return nil, nil, nil
	}
	if rec.Session.State == capture.SessionRecording {
		return transcribe.Sentences(rec.Segments), []string{"The session is still being recorded: what was said last is missing."}, nil
	}
	if err := h.takeOver(ctx); err != nil {
		return nil, nil, err
	}
	before, err := h.store().Heard(ctx, h.session)
	if err != nil || before.Done && (!h.anew || h.model == "") {
		return rec.Segments, nil, err
	}
	h.job.Kind = "transcribe"
	h.jobs.app.events.Job(*h.job)
	if h.model == "" {
		return nil, []string{Describe(ErrNoModel).Message}, nil
	}
	if before.Done || before.By != h.model {
		if err := h.store().Begin(ctx, h.session, h.model); err != nil {
			return nil, nil, err
		}
		before = sqlite.Hearing{By: h.model}
	}
	segments, err := h.rest(ctx, before)
	return segments, h.notes, err
}

func (h *hearing) store() sqlite.Segments { return h.jobs.app.db.Segments() }

// takeOver waits until all was heard that was recorded. Whoever listened to
// the recording does that with a worker that runs.
func (h *hearing) takeOver(ctx context.Context) error {
	l := h.jobs.live(h.session)
	if l == nil {
		return nil
	}
	defer h.jobs.forgetLive(h.session, l)
	if l.engine.model != h.model {
		l.cancel() // its model is none any more
	}
	h.job.Kind = "transcribe"
	for {
		h.tell(l.progress())
		select {
		case <-l.done:
			return ctx.Err()
		case <-l.moved:
		case <-ctx.Done():
			l.cancel()
			<-l.done
			return ctx.Err()
		}
	}
}

func (h *hearing) tell(done time.Duration) {
	h.job.Progress = min(1, float64(done)/float64(max(h.total, 1)))
	h.jobs.app.events.Job(*h.job)
}

// rest hears what is left after before, and stores the whole.
func (h *hearing) rest(ctx context.Context, before sqlite.Hearing) ([]capture.Segment, error) {
	engine, err := h.jobs.app.engines.get()
	if err != nil {
		return nil, err
	}
	defer engine.close()
	h.engine = engine
	pieces := before.Pieces
	err = h.listen(ctx, before.To, 0, func(p transcribe.Piece) error {
		piece := sqlite.SpokenPiece{Start: p.Start, End: p.End, Segments: p.Segments, Lost: p.Err != nil}
		pieces = append(pieces, piece)
		return h.store().Append(ctx, h.session, piece)
	})
	var said []capture.Segment
	for _, p := range pieces {
		if !p.Lost {
			said = append(said, p.Segments...)
			continue
		}
		if err == nil {
			err = h.listen(ctx, p.Start, p.End, func(p transcribe.Piece) error {
				said = append(said, p.Segments...)
				return nil
			})
		}
	}
	slices.SortStableFunc(said, func(a, b capture.Segment) int { return cmp.Compare(a.Start, b.Start) })
	said = transcribe.Sentences(said)
	if errors.Is(err, transcribe.ErrEngine) {
		h.notes = append(h.notes, "The speech engine failed; the draft holds what was transcribed before.")
		h.jobs.log.Error("speech engine", "session", h.session, "err", err)
		return said, nil
	}
	if err != nil {
		return nil, fmt.Errorf("transcribe session %s: %w", h.session, err)
	}
	return said, h.store().Replace(ctx, h.session, said)
}

// listen hears a part of the session; a to of 0 is the end.
func (h *hearing) listen(ctx context.Context, from, to time.Duration, heard func(transcribe.Piece) error) error {
	var sound []transcribe.Chunk
	speech := false
	for _, c := range h.sound {
		if c.At+c.Length > from-transcribe.Context && (to == 0 || c.At < to) {
			sound = append(sound, c)
			speech = speech || c.At+c.Length > from
		}
	}
	if !speech {
		return nil
	}
	starter := &starter{engine: h.engine}
	s := transcribe.NewStream(starter, transcribe.Options{
		From: from, To: to, Heard: func(p transcribe.Piece) error { return cmp.Or(starter.err, heard(p)) }, Log: h.jobs.log, Patience: patience,
		Lost: func(l transcribe.Lost) {
			if to == 0 && !l.Unreadable {
				return // it is tried once more at the end
			}
			h.notes = append(h.notes, fmt.Sprintf("Speech from %s to %s could not be transcribed.",
				l.Start.Round(time.Second), l.End.Round(time.Second)))
			h.jobs.log.Warn("speech lost", "session", h.session, "start", l.Start, "end", l.End, "err", l.Err)
		},
	})
	for _, c := range sound {
		if err := s.AddChunk(ctx, c); err != nil {
			return err
		}
		if to == 0 {
			h.tell(c.At + c.Length)
		}
	}
	return s.Finish(ctx)
}
