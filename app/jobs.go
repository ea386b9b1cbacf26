package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"strings"
	"sync"

	"github.com/runreel/runreel/app/ocr"
	"github.com/runreel/runreel/pipeline"
	"github.com/runreel/runreel/pipeline/name"
	"github.com/runreel/runreel/pipeline/sop"
)

// Job is a piece of work that goes on in the background, for showing.
type Job struct {
	ID       string  `json:"id"`
	Kind     string  `json:"kind"` // "transcribe", "draft", "export"
	Session  string  `json:"session"`
	Document string  `json:"document"` // that is exported, or that was drafted, when it is done
	State    string  `json:"state"`    // "running", "done", "failed", "cancelled"
	Progress float64 `json:"progress"` // 0 to 1
	Message  string  `json:"message"`
	Help     string  `json:"help"`
}

// jobs makes the drafts of sessions, one after the other: the speech engine
// uses every core that it gets. It knows the exports that run, too, which wait
// for nothing.
type jobs struct {
	app *App
	log *slog.Logger

	turn chan struct{} // held by the job that runs

	mu      sync.Mutex
	wg      sync.WaitGroup
	running map[string]*draft             // by session
	kept    map[string]*draft             // begun by the end of a recording, and not asked for yet
	exports map[string]context.CancelFunc // by the ids of their jobs
	lives   map[string]*live              // by session: recordings that are transcribed while they run, until their draft takes over
	count   int                           // of exports so far
	closed  bool
}

// draft is the making of one document.
type draft struct {
	cancel context.CancelFunc
	done   chan struct{}
	anew   bool   // transcribe also what was transcribed before
	model  string // as speechModel gave it when the work began; "?" before that; under jobs.mu

	// Valid after done.
	document string
	notes    []string
	err      error
}

func newJobs(a *App) *jobs {
	return &jobs{app: a, log: a.log, turn: make(chan struct{}, 1), running: map[string]*draft{}, kept: map[string]*draft{}, exports: map[string]context.CancelFunc{}, lives: map[string]*live{}}
}

var errClosing = errors.New("runreel is closing")

// begin begins the draft of a recording that just ended. Whoever asks for it
// first gets this one, also when it is done by then.
func (j *jobs) begin(session string) (*draft, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	d, err := j.startLocked(session, false)
	if err == nil {
		j.kept[session] = d
	}
	return d, err
}

// notBegun is the model of a draft that waits for its turn: it will take the
// one that there is then.
const notBegun = "?"

// start begins a new draft of a session, or returns the one that is being made.
// One that the end of the recording began counts only while the speech model is
// the one that it was made with: else whoever added a model would get a draft
// without it.
func (j *jobs) start(session string) (*draft, error) {
	now := j.app.speechModel()
	j.mu.Lock()
	d, kept := j.kept[session]
	delete(j.kept, session)
	if kept && (d.model == now || d.model == notBegun) {
		j.mu.Unlock()
		return d, nil
	}
	if !kept || j.running[session] == nil {
		defer j.mu.Unlock()
		return j.startLocked(session, kept)
	}
	j.mu.Unlock()
	d.cancel() // it is at work with the other model
	<-d.done
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.startLocked(session, true)
}

// forget makes the next start for a deleted document's session begin anew.
func (j *jobs) forget(document string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	maps.DeleteFunc(j.kept, func(_ string, d *draft) bool {
		select {
		case <-d.done:
			return d.document == document
		default: // nobody knows its document yet
			return false
		}
	})
}

// forgetSession is for a session that is deleted.
func (j *jobs) forgetSession(session string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	delete(j.kept, session)
	if l := j.lives[session]; l != nil {
		delete(j.lives, session)
		l.cancel()
	}
}

func (j *jobs) startLocked(session string, anew bool) (*draft, error) {
	if d, ok := j.running[session]; ok {
		return d, nil
	}
	if j.closed {
		return nil, errClosing
	}
	ctx, cancel := context.WithCancel(j.app.ctx)
	d := &draft{cancel: cancel, done: make(chan struct{}), anew: anew, model: notBegun}
	j.running[session] = d
	j.wg.Go(func() {
		defer cancel()
		job := Job{ID: "draft-" + session, Session: session, State: "running"}
		d.document, d.notes, d.err = j.draft(ctx, d, &job)
		j.mu.Lock()
		delete(j.running, session)
		j.mu.Unlock()
		j.end(ctx, &job, d)
		close(d.done)
	})
	return d, nil
}

// wait returns the document of a draft. When ctx ends first, the draft goes on.
func (d *draft) wait(ctx context.Context) (string, error) {
	select {
	case <-d.done:
		return d.document, d.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// cancelSession ends the draft of a session and waits for it.
func (j *jobs) cancelSession(session string) {
	j.mu.Lock()
	d := j.running[session]
	j.mu.Unlock()
	if d != nil {
		d.cancel()
		<-d.done
	}
}

// close cancels what runs and waits for it. Transcription goes on the next time
// where it was.
func (j *jobs) close() {
	j.mu.Lock()
	j.closed = true
	for _, d := range j.running {
		d.cancel()
	}
	for _, cancel := range j.exports {
		cancel()
	}
	for _, l := range j.lives {
		l.cancel()
	}
	j.mu.Unlock()
	j.wg.Wait()
}

func (j *jobs) end(ctx context.Context, job *Job, d *draft) {
	if d.err == nil {
		job.Document = d.document
		for _, n := range d.notes {
			job.Message += n + " "
		}
	}
	j.tellEnd(ctx, job, d.err)
}

// tellEnd tells how a job ended.
func (j *jobs) tellEnd(ctx context.Context, job *Job, err error) {
	switch {
	case err == nil:
		job.State, job.Progress = "done", 1
	case ctx.Err() != nil:
		job.State = "cancelled"
	default:
		f := Describe(err)
		job.State, job.Message, job.Help = "failed", f.Message, f.Help
		j.log.Error("job failed", "job", job.ID, "kind", job.Kind, "session", job.Session, "err", err)
	}
	j.app.events.Job(*job)
}

// export runs an export in the caller's goroutine: it can be cancelled by its
// job's id, is told by job events, and close awaits it.
func (j *jobs) export(ctx context.Context, doc *sop.Document, do func(ctx context.Context, progress func(float64)) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	j.mu.Lock()
	if j.closed {
		j.mu.Unlock()
		return errClosing
	}
	j.count++
	job := Job{ID: fmt.Sprintf("export-%d", j.count), Kind: "export", Session: doc.Session, Document: doc.ID, State: "running"}
	j.exports[job.ID] = cancel
	j.wg.Add(1)
	j.mu.Unlock()
	defer j.wg.Done()

	j.app.events.Job(job)
	err := do(ctx, func(p float64) {
		running := job
		running.Progress = p
		j.app.events.Job(running)
	})
	j.mu.Lock()
	delete(j.exports, job.ID)
	j.mu.Unlock()
	j.tellEnd(ctx, &job, err)
	return err
}

// cancelJob ends a job, and does nothing where it has ended.
func (j *jobs) cancelJob(id string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if cancel, ok := j.exports[id]; ok {
		cancel()
	}
	if session, ok := strings.CutPrefix(id, "draft-"); ok && j.running[session] != nil {
		j.running[session].cancel()
	}
}

// draft transcribes what of a session has not been transcribed, and makes its
// document. Speech that cannot be transcribed does not keep the rest from being
// drafted: the notes say what is missing.
func (j *jobs) draft(ctx context.Context, d *draft, job *Job) (document string, notes []string, err error) {
	select {
	case j.turn <- struct{}{}:
		defer func() { <-j.turn }()
	case <-ctx.Done():
		return "", nil, ctx.Err()
	}
	rec, err := j.app.sessions.Load(ctx, job.Session)
	if err != nil {
		return "", nil, err
	}
	speech := j.app.speechModel()
	j.mu.Lock()
	d.model = speech
	j.mu.Unlock()
	said, notes, err := (&hearing{jobs: j, job: job, model: speech, anew: d.anew}).speech(ctx, rec)
	if err != nil {
		return "", nil, err
	}
	if len(said) > 0 { // else what an earlier model heard stays
		rec.Segments = said
	}
	job.Kind, job.Progress = "draft", 0
	j.app.events.Job(*job)
	doc, err := pipeline.Analyze(ctx, pipeline.Recording{
		Session: rec.Session, Events: rec.Events, Segments: rec.Segments,
		Media: func(_ context.Context, name string) (io.ReadCloser, error) {
			return j.app.media.Session(rec.Session.ID).Open(name)
		},
	}, pipeline.Options{Author: j.app.author(rec.Session), NewID: newID, Now: j.app.now(), OCR: reader()})
	if err != nil {
		return "", nil, fmt.Errorf("draft of session %s: %w", job.Session, err)
	}
	if _, err := j.app.db.Documents().Save(ctx, doc, 0); err != nil {
		return "", nil, err
	}
	return doc.ID, notes, nil
}

// reader reads labels off pictures; nil where tesseract is not installed.
func reader() name.Reader {
	t, err := ocr.Find()
	if err != nil {
		return nil
	}
	return t
}
