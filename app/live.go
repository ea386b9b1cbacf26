package app

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/runreel/runreel/app/media"
	"github.com/runreel/runreel/app/sqlite"
	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/pipeline/transcribe"
)

const (
	// patience is how long a pause ends what is sent to the speech engine: who
	// reads along wants the words soon, and Stop finds less left to do.
	patience = 4 * time.Second
	// keptPieces are for showing what was said last.
	keptPieces = 4
	// shownSentences is how many of the last sentences the window gets.
	shownSentences = 3
)

// live transcribes a session while it is recorded. The recorder's writer tells
// it of stored sound, as a reference, and never waits for it: a slow engine
// makes a queue of references. What is heard is stored piece by piece.
//
// Its goroutine ends when all was heard after the end of the recording, when
// the engine fails for good, or by cancel. The draft of the session hears what
// is left then.
type live struct {
	app     *App
	session string
	engine  *engine
	folder  *media.Folder
	ctx     context.Context
	cancel  context.CancelFunc
	done    chan struct{} // closed when the goroutine has ended
	wake    chan struct{} // has room for one: there is sound, or no more will come
	moved   chan struct{} // has room for one: progress changed

	// storing is held while what was heard is stored, and while the store is
	// rewritten: nothing that is taken off the record comes after that.
	storing sync.Mutex

	mu      sync.Mutex
	queue   []sound // what is not settled, and the context before it
	next    int     // of queue, that was not given to the stream
	pass    int     // how often it had to begin anew with the queue
	stop    context.CancelFunc
	ended   bool // no more sound will come
	settled time.Duration
	total   time.Duration // where the sound ends
	pieces  []transcribe.Piece
}

// sound is a reference to stored sound.
type sound struct {
	at    time.Duration
	audio capture.Audio
}

func (s sound) end() time.Duration { return s.at + s.audio.Length }

// listen returns a journal that lets the session be transcribed while it is
// written to j; j itself where there is no speech model.
func (j *jobs) listen(session string, to capture.Journal) capture.Journal {
	engine, err := j.app.engines.get()
	if err != nil {
		return to
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closed {
		engine.close()
		return to
	}
	l := &live{
		app: j.app, session: session, engine: engine, folder: j.app.media.Session(session),
		done: make(chan struct{}), wake: make(chan struct{}, 1), moved: make(chan struct{}, 1),
		stop: func() {},
	}
	l.ctx, l.cancel = context.WithCancel(j.app.ctx)
	j.lives[session] = l
	j.wg.Go(l.run)
	return heardJournal{to, l}
}

// live is who listens to a session, or nil.
func (j *jobs) live(session string) *live {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.lives[session]
}

// forgetLive is for a session whose draft has taken over.
func (j *jobs) forgetLive(session string, l *live) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.lives[session] == l {
		delete(j.lives, session)
	}
}

// heardJournal tells live what is recorded.
type heardJournal struct {
	capture.Journal
	live *live
}

// Append implements capture.Journal.
func (j heardJournal) Append(ctx context.Context, events []capture.Event) error {
	if err := j.Journal.Append(ctx, events); err != nil {
		return err
	}
	j.live.add(events)
	return nil
}

// Rewrite implements capture.Journal. When it returns nothing is left, and
// nothing will come, of what was said in sound that went.
func (j heardJournal) Rewrite(ctx context.Context, edit func(capture.Event) (capture.Event, bool)) error {
	j.live.storing.Lock()
	defer j.live.storing.Unlock()
	var gone []sound
	err := j.Journal.Rewrite(ctx, func(e capture.Event) (capture.Event, bool) {
		now, stays := edit(e)
		if audio, ok := e.Fact.(capture.Audio); ok && !stays {
			gone = append(gone, sound{e.At, audio})
		}
		return now, stays
	})
	if len(gone) > 0 {
		j.live.forget(gone)
	}
	return err
}

// Finish implements capture.Journal.
func (j heardJournal) Finish(ctx context.Context, s capture.Session) error {
	defer j.live.end()
	return j.Journal.Finish(ctx, s)
}

// Discard implements capture.Journal.
func (j heardJournal) Discard(ctx context.Context) error {
	j.live.cancel()
	<-j.live.done
	j.live.app.jobs.forgetLive(j.live.session, j.live)
	return j.Journal.Discard(ctx)
}

// add queues the sound among events that were stored.
func (l *live) add(events []capture.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ctx.Err() != nil {
		return
	}
	for _, e := range events {
		if audio, ok := e.Fact.(capture.Audio); ok {
			l.queue = append(l.queue, sound{e.At, audio})
			l.total = max(l.total, e.At+audio.Length)
		}
	}
	signal(l.wake)
}

func (l *live) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ended = true
	signal(l.wake)
}

// forget drops all that stems from sound that went. A piece that the engine is
// at is given up, with the process that holds its sound.
func (l *live) forget(gone []sound) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pass++
	l.stop()
	touches := func(start, end time.Duration) bool {
		return slices.ContainsFunc(gone, func(s sound) bool { return start < s.end() && end > s.at })
	}
	l.queue = slices.DeleteFunc(l.queue, func(s sound) bool { return touches(s.at, s.end()) })
	l.next = 0
	l.pieces = slices.DeleteFunc(l.pieces, func(p transcribe.Piece) bool { return touches(p.Start, p.End) })
	l.app.wake()
}

func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default: // it was told
	}
}

func (l *live) run() {
	defer close(l.done)
	defer l.cancel() // nothing is queued any more
	defer l.engine.close()
	err := l.app.db.Segments().Begin(l.ctx, l.session, l.engine.model)
	for again := err == nil; again; {
		again, err = l.hear()
	}
	l.mu.Lock()
	l.queue = nil // the draft reads what is left from the store
	l.mu.Unlock()
	if err != nil && l.ctx.Err() == nil {
		l.app.log.Error("speech is not transcribed while it is recorded; the draft tries again", "session", l.session, "err", err)
	}
}

// errOutdated ends a pass over sound of which some is gone meanwhile.
var errOutdated = errors.New("sound was taken off the record")

// hear makes one pass over the queue. It tells whether another one must follow.
func (l *live) hear() (again bool, err error) {
	l.mu.Lock()
	ctx, stop := context.WithCancel(l.ctx)
	pass, from := l.pass, l.settled
	l.stop, l.next = stop, 0
	l.mu.Unlock()
	defer stop()
	s := transcribe.NewStream(l.engine, transcribe.Options{
		From: from, Patience: patience, Log: l.app.log,
		Heard: func(p transcribe.Piece) error { return l.store(pass, p) },
	})
	for err == nil {
		next, ok := l.take(ctx)
		if !ok {
			break
		}
		if err = s.AddChunk(ctx, chunkOf(l.folder, next.at, next.audio)); err == nil {
			l.settle(pass, s.Settled())
		}
	}
	if err == nil {
		if err = s.Finish(ctx); err == nil {
			l.settle(pass, s.Settled())
		}
	}
	if l.ctx.Err() != nil {
		return false, l.ctx.Err()
	}
	return l.outdated(pass), err
}

// take waits for the next sound. There is none after the end.
func (l *live) take(ctx context.Context) (sound, bool) {
	for {
		l.mu.Lock()
		if l.next < len(l.queue) {
			s := l.queue[l.next]
			l.next++
			l.mu.Unlock()
			return s, true
		}
		ended := l.ended
		l.mu.Unlock()
		if ended {
			return sound{}, false
		}
		select {
		case <-l.wake:
		case <-ctx.Done():
			return sound{}, false
		}
	}
}

func (l *live) outdated(pass int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.pass != pass
}

// store keeps a piece that was heard.
func (l *live) store(pass int, p transcribe.Piece) error {
	l.storing.Lock()
	defer l.storing.Unlock()
	if l.outdated(pass) {
		return errOutdated
	}
	err := l.app.db.Segments().Append(l.ctx, l.session, sqlite.SpokenPiece{
		Start: p.Start, End: p.End, Segments: p.Segments, Lost: p.Err != nil,
	})
	if err != nil {
		return err
	}
	l.mu.Lock()
	l.pieces = append(l.pieces, p)
	l.pieces = slices.Clone(l.pieces[max(0, len(l.pieces)-keptPieces):])
	l.mu.Unlock()
	l.settle(pass, p.End)
	l.app.wake()
	return nil
}

// settle notes how far all is done, and drops what nobody needs any more.
func (l *live) settle(pass int, at time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.pass != pass {
		return
	}
	l.settled = max(l.settled, at)
	done := 0
	for done < l.next && l.queue[done].end() <= l.settled-transcribe.Context {
		done++
	}
	l.queue, l.next = l.queue[done:], l.next-done
	signal(l.moved)
}

// progress is up to where all was heard.
func (l *live) progress() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.settled
}

// Said is a sentence that was transcribed while it was recorded.
type Said struct {
	StartMs int64  `json:"startMs"` // on the session clock
	EndMs   int64  `json:"endMs"`
	Text    string `json:"text"`
}

// said are the last sentences that were heard, and how much sound waits.
func (a *App) said(session string) (last []Said, waiting time.Duration) {
	last = []Said{} // null would reach the window
	l := a.jobs.live(session)
	if l == nil {
		return last, 0
	}
	l.mu.Lock()
	var segments []capture.Segment
	for _, p := range l.pieces {
		segments = append(segments, p.Segments...)
	}
	waiting = max(0, l.total-l.settled)
	l.mu.Unlock()
	segments = transcribe.Sentences(segments)
	for _, s := range segments[max(0, len(segments)-shownSentences):] {
		last = append(last, Said{StartMs: s.Start.Milliseconds(), EndMs: s.End.Milliseconds(), Text: s.Text})
	}
	return last, waiting
}
