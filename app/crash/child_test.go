package crash

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/runreel/runreel/app/media"
	"github.com/runreel/runreel/app/session"
	"github.com/runreel/runreel/app/sqlite"
	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/pipeline/sop"
)

const (
	dirEnv  = "RUNREEL_CRASH_DIR"
	aimEnv  = "RUNREEL_CRASH_AIM"
	seedEnv = "RUNREEL_CRASH_SEED"
)

// worker is the child.
type worker struct {
	random *rand.Rand
	stores stores

	journal capture.Journal // nil where nothing is being recorded
	id      string
	seq     int64
	words   map[int64]string // of the events of this recording that are there
}

// stores is an open data folder.
type stores struct {
	db    *sqlite.DB
	media *media.Store
	*session.Store
}

func openStores(ctx context.Context, dir string) (s stores, err error) {
	if s.db, err = sqlite.Open(ctx, sqlite.Options{Path: filepath.Join(dir, "runreel.db")}); err != nil {
		return s, err
	}
	if s.media, err = media.Open(filepath.Join(dir, "sessions")); err != nil {
		return s, errors.Join(err, s.db.Close(ctx))
	}
	s.Store = session.New(s.db, s.media, session.Options{})
	return s, nil
}

func (s stores) close(ctx context.Context) error {
	return errors.Join(s.media.Close(), s.db.Close(ctx))
}

// work goes on until it is killed, or until half a minute has passed.
func work(dir string) error {
	n, err := strconv.ParseUint(os.Getenv(seedEnv), 10, 64)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	w := &worker{random: rand.New(rand.NewPCG(n, 0))}
	err = say(op{Step: stepOpen}, func() (err error) {
		w.stores, err = openStores(ctx, dir)
		return err
	})
	if err != nil {
		return err
	}
	err = say(op{Step: stepRecover}, func() error {
		_, err := w.stores.Recover(ctx)
		return err
	})
	aim := step(os.Getenv(aimEnv))
	if aim == stepOpen || aim == stepRecover {
		return err // the kill comes soon
	}
	for err == nil {
		err = w.step(ctx, aim)
	}
	return err
}

// say announces a step, does it, and tells that it is done.
func say(o op, do func() error) error {
	line, err := json.Marshal(o)
	if err != nil {
		return err
	}
	fmt.Printf("%s\n", line)
	if err := do(); err != nil {
		return fmt.Errorf("%s: %w", line, err)
	}
	fmt.Println("done")
	return nil
}

// step does a random step, every second time one of those that are aimed at.
func (w *worker) step(ctx context.Context, aim step) error {
	s := aim
	if w.random.IntN(2) == 0 {
		all := []step{stepAppend, stepAppend, stepAppend, stepAppend, stepRewrite, stepFinish, stepDraft, stepEdit, stepEdit, stepEdit, stepSpeech}
		s = all[w.random.IntN(len(all))]
	}
	switch s {
	case stepAppend:
		return w.append(ctx)
	case stepRewrite:
		return w.rewrite(ctx)
	case stepFinish:
		return w.finish(ctx)
	case stepDraft:
		return w.draft(ctx)
	case stepEdit:
		return w.edit(ctx)
	case stepDelete:
		return w.delete(ctx)
	case stepSpeech:
		return w.speech(ctx)
	}
	return fmt.Errorf("no step %q", s)
}

func (w *worker) word() string { return fmt.Sprintf("w%016xw", w.random.Uint64()) }

// long repeats a word, so that rows lie in one page and across several.
func (w *worker) long(word string) string {
	n := w.random.IntN(10)
	if w.random.IntN(5) == 0 {
		n = w.random.IntN(400)
	}
	return strings.Repeat(word+" ", n+1)
}

func (w *worker) begin(ctx context.Context) error {
	if w.journal != nil {
		return nil
	}
	w.id, w.seq, w.words = w.word(), 0, map[int64]string{}
	return say(op{Step: stepBegin, Session: w.id}, func() (err error) {
		w.journal, err = w.stores.Begin(ctx, capture.Session{ID: w.id, Title: "Deploy", Started: time.Now()})
		return err
	})
}

func (w *worker) append(ctx context.Context) error {
	if err := w.begin(ctx); err != nil {
		return err
	}
	o := op{Step: stepAppend, Session: w.id, Facts: map[int64]string{}}
	var batch []capture.Event
	for range 1 + w.random.IntN(5) {
		w.seq++
		e := capture.Event{Seq: w.seq, At: time.Duration(w.seq) * time.Millisecond}
		w.words[w.seq] = w.word()
		if err := w.fact(ctx, &e); err != nil {
			return err
		}
		o.Facts[e.Seq] = sumOf(e)
		batch = append(batch, e)
	}
	return say(o, func() error { return w.journal.Append(ctx, batch) })
}

// fact fills an event, and stores the media that it names.
func (w *worker) fact(ctx context.Context, e *capture.Event) error {
	text := w.long(w.words[e.Seq])
	kind := w.random.IntN(5)
	var name string
	if kind >= 2 {
		dir, ext := "frames", "png"
		if kind == 4 {
			dir, ext = "audio", "wav"
		}
		err := say(op{Step: stepPut, Session: w.id}, func() (err error) {
			name, err = w.journal.Put(ctx, dir, ext, []byte(text))
			return err
		})
		if err != nil {
			return err
		}
	}
	frame := capture.FrameRef{Media: name}
	e.Fact = []capture.Fact{
		capture.Mark{Text: text}, capture.Command{Line: "make", Output: text}, capture.Frame{FrameRef: frame},
		capture.Click{Window: capture.Window{Title: text}, Frame: frame}, capture.Audio{Media: name, Rate: 16000, Length: time.Millisecond},
	}[kind]
	return nil
}

func sumOf(e capture.Event) string {
	fact, err := capture.MarshalFact(e.Fact)
	if err != nil {
		return err.Error()
	}
	return sum(e.Seq, " ", int64(e.At), " ", e.Fact.Kind(), " ", string(fact))
}

// rewrite takes the last events off the record, and now and then others: of
// commands the output, of others all.
func (w *worker) rewrite(ctx context.Context) error {
	for len(w.words) < 3 {
		if err := w.append(ctx); err != nil {
			return err
		}
	}
	o := op{Step: stepRewrite, Session: w.id, Facts: map[int64]string{}}
	from := w.seq - w.random.Int64N(min(w.seq, 12))
	r, err := w.stores.Load(ctx, w.id)
	if err != nil {
		return err
	}
	edited := map[int64]capture.Event{}
	for _, e := range r.Events {
		if e.Seq < from && w.random.IntN(10) != 0 || w.words[e.Seq] == "" {
			continue
		}
		o.Words = append(o.Words, w.words[e.Seq])
		delete(w.words, e.Seq)
		if c, ok := e.Fact.(capture.Command); ok {
			c.Output = ""
			e.Fact = c
			o.Facts[e.Seq], edited[e.Seq] = sumOf(e), e
			continue
		}
		o.Gone = append(o.Gone, e.Seq)
		edited[e.Seq] = capture.Event{}
	}
	return say(o, func() error {
		return w.journal.Rewrite(ctx, func(e capture.Event) (capture.Event, bool) {
			now, ok := edited[e.Seq]
			if !ok {
				return e, true
			}
			return now, now.Fact != nil
		})
	})
}

func (w *worker) finish(ctx context.Context) error {
	if w.journal == nil {
		return w.append(ctx)
	}
	j := w.journal
	w.journal, w.words = nil, nil
	return say(op{Step: stepFinish, Session: w.id}, func() error {
		return j.Finish(ctx, capture.Session{ID: w.id, Length: time.Hour})
	})
}

// finished picks a session that nobody records.
func (w *worker) finished(ctx context.Context) (string, error) {
	list, err := w.stores.db.Sessions().List(ctx)
	if err != nil {
		return "", err
	}
	var ids []string
	for _, s := range list {
		if s.State != capture.SessionRecording {
			ids = append(ids, s.ID)
		}
	}
	if len(ids) == 0 {
		return "", w.finish(ctx)
	}
	return ids[w.random.IntN(len(ids))], nil
}

func (w *worker) delete(ctx context.Context) error {
	id, err := w.finished(ctx)
	if err != nil || id == "" {
		return err
	}
	return say(op{Step: stepDelete, Session: id}, func() error { return w.stores.Delete(ctx, id) })
}

func (w *worker) speech(ctx context.Context) error {
	id, err := w.finished(ctx)
	if err != nil || id == "" {
		return err
	}
	segments := []capture.Segment{{End: 1, Text: w.word()}, {Start: 1, End: 2, Text: w.long("said")}}
	return say(op{Step: stepSpeech, Session: id, Speech: sum(segments)}, func() error {
		return w.stores.db.Segments().Replace(ctx, id, segments)
	})
}

func newDocument(id, session, title, output string) *sop.Document {
	d := sop.New(id, title)
	d.Session = session
	d.SectionOf(sop.Procedure).Steps = []sop.Step{{ID: "one", Kind: sop.StepCommand, Title: "Run `make`", Command: &sop.Command{Line: "make", Output: output}}}
	return d
}

func sumOfDocument(d *sop.Document) string {
	b, err := json.Marshal(d)
	if err != nil {
		return err.Error()
	}
	return sum(string(b))
}

func (w *worker) draft(ctx context.Context) error {
	id, err := w.finished(ctx)
	if err != nil || id == "" {
		return err
	}
	d, before := newDocument(w.word(), id, w.word(), w.long("out")), int64(0)
	if doc, revision, err := w.document(ctx); err == nil && doc != nil && w.random.IntN(2) == 0 {
		doc.Title, before, d = w.word(), revision, doc
	}
	o := op{Step: stepDraft, Doc: d.ID, Session: d.Session, State: docState{Revision: before + 1, Sum: sumOfDocument(d)}}
	return say(o, func() error {
		_, err := w.stores.db.Documents().Save(ctx, d, before)
		return err
	})
}

// document picks one, or none where there is none.
func (w *worker) document(ctx context.Context) (*sop.Document, int64, error) {
	list, err := w.stores.db.Documents().List(ctx)
	if err != nil || len(list) == 0 {
		return nil, 0, err
	}
	return w.stores.db.Documents().Get(ctx, list[w.random.IntN(len(list))].ID)
}

func (w *worker) edit(ctx context.Context) error {
	d, revision, err := w.document(ctx)
	if err != nil {
		return err
	}
	if d == nil {
		return w.draft(ctx)
	}
	docs := w.stores.db.Documents()
	done, undone, err := docs.Edits(ctx, d.ID)
	if err != nil {
		return err
	}
	d.Title = w.word()
	s := docState{Revision: revision + 1, Sum: sumOfDocument(d), Done: len(done), Undone: len(undone)}
	var save func() (int64, error)
	switch n := w.random.IntN(4); {
	case n == 0 && len(done) > 0:
		s.Done, s.Undone = s.Done-1, s.Undone+1
		save = func() (int64, error) { return docs.SaveUndo(ctx, d, revision) }
	case n == 1 && len(undone) > 0:
		s.Done, s.Undone = s.Done+1, s.Undone-1
		save = func() (int64, error) { return docs.SaveRedo(ctx, d, revision) }
	case n == 2 && len(done) > 0:
		s.Undone = 0
		save = func() (int64, error) { return docs.SaveJoined(ctx, d, revision, []byte(w.word())) }
	default:
		s.Done, s.Undone = s.Done+1, 0
		e := sqlite.Edit{Forward: []byte(w.word()), Inverse: []byte(w.long("inverse"))}
		save = func() (int64, error) { return docs.SaveEdit(ctx, d, revision, e) }
	}
	return say(op{Step: stepEdit, Doc: d.ID, Session: d.Session, State: s}, func() error {
		_, err := save()
		return err
	})
}
