package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/runreel/runreel/app/sqlite"
	"github.com/runreel/runreel/pipeline/sop"
)

// ErrConflict tells that an edit was made against an older revision.
var ErrConflict = errors.New("the document has changed meanwhile")

// editors holds the open documents. Each edit is stored before it is answered,
// so that there is nothing to save, and undo survives a restart.
type editors struct {
	documents sqlite.Documents
	now       func() time.Time

	mu     sync.Mutex
	opened map[string]*editing
}

// editing is one open document. Its document is the stored one at its revision.
type editing struct {
	document *sop.Document
	revision int64
	history  sop.History
	saved    time.Time
}

func (s *editors) open(ctx context.Context, id string) (Snapshot, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.opened, id) // what is stored counts
	e, err := s.get(ctx, id)
	if err != nil {
		return Snapshot{}, err
	}
	return e.snapshot(), nil
}

func (s *editors) close(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.opened, id)
}

// current returns the document as it stands now. The caller must not change it.
func (s *editors) current(ctx context.Context, id string) (*sop.Document, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e, ok := s.opened[id]; ok {
		return e.document.Clone(), nil
	}
	doc, _, err := s.documents.Get(ctx, id)
	return doc, err
}

func (s *editors) apply(ctx context.Context, id string, revision int64, edit string, coalesce bool) (Snapshot, error) {
	change, err := sop.DecodeEdit([]byte(edit))
	if err != nil {
		return Snapshot{}, err
	}
	return s.change(ctx, id, func(e *editing) (int64, error) {
		if e.revision != revision {
			return 0, ErrConflict
		}
		before := e.history.Len()
		if err := e.history.Do(e.document, judged(e.document, change), coalesce); err != nil {
			return 0, err
		}
		return s.store(ctx, e, e.history.Len() == before)
	})
}

// store stores the last edit; one that joined the edit before replaces it.
func (s *editors) store(ctx context.Context, e *editing, joined bool) (int64, error) {
	done, back := e.history.Last()
	forward, err := sop.EncodeEdit(done)
	if err != nil {
		return 0, err
	}
	if joined {
		return s.documents.SaveJoined(ctx, e.document, e.revision, forward)
	}
	inverse, err := sop.EncodeEdit(back)
	if err != nil {
		return 0, err
	}
	return s.documents.SaveEdit(ctx, e.document, e.revision, sqlite.Edit{Forward: forward, Inverse: inverse})
}

func (s *editors) undo(ctx context.Context, id string) (Snapshot, error) {
	return s.change(ctx, id, func(e *editing) (int64, error) {
		if !e.history.CanUndo() {
			return e.revision, nil
		}
		if err := e.history.Undo(e.document); err != nil {
			return 0, err
		}
		return s.documents.SaveUndo(ctx, e.document, e.revision)
	})
}

func (s *editors) redo(ctx context.Context, id string) (Snapshot, error) {
	return s.change(ctx, id, func(e *editing) (int64, error) {
		if !e.history.CanRedo() {
			return e.revision, nil
		}
		if err := e.history.Redo(e.document); err != nil {
			return 0, err
		}
		return s.documents.SaveRedo(ctx, e.document, e.revision)
	})
}

// change changes and stores an open document. When that fails, memory and
// store may differ: the document is read again the next time.
func (s *editors) change(ctx context.Context, id string, do func(*editing) (int64, error)) (Snapshot, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, err := s.get(ctx, id)
	if err != nil {
		return Snapshot{}, err
	}
	revision, err := do(e)
	if err != nil {
		delete(s.opened, id)
		return Snapshot{}, err
	}
	e.revision, e.saved = revision, s.now()
	return e.snapshot(), nil
}

// get returns an open document, and opens it where it is not.
func (s *editors) get(ctx context.Context, id string) (*editing, error) {
	if e, ok := s.opened[id]; ok {
		return e, nil
	}
	doc, revision, err := s.documents.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	done, undone, err := s.documents.Edits(ctx, id)
	if err != nil {
		return nil, err
	}
	e := &editing{document: doc, revision: revision, saved: s.now()}
	if err := load(&e.history, done, undone); err != nil {
		return nil, fmt.Errorf("undo journal of document %s: %w", id, err)
	}
	s.opened[id] = e
	return e, nil
}

// load fills a history from the journal. An entry of the redo stack is an edit
// that was undone: done with its inverse, and taken back by itself.
func load(h *sop.History, done, undone []sqlite.Edit) error {
	type entry struct {
		Done json.RawMessage `json:"done"`
		Back json.RawMessage `json:"back"`
	}
	var stacks struct {
		Undo []entry `json:"undo"`
		Redo []entry `json:"redo"`
	}
	for _, e := range done {
		stacks.Undo = append(stacks.Undo, entry{Done: e.Forward, Back: e.Inverse})
	}
	for _, e := range slices.Backward(undone) {
		stacks.Redo = append(stacks.Redo, entry{Done: e.Inverse, Back: e.Forward})
	}
	data, err := json.Marshal(stacks)
	if err != nil {
		return err
	}
	return h.UnmarshalJSON(data)
}

func (e *editing) snapshot() Snapshot {
	numbers := map[string]int{}
	for at := range e.document.Numbered() {
		numbers[at.Step.ID] = at.Number
	}
	return Snapshot{
		Document: e.document.Clone(),
		Revision: e.revision,
		CanUndo:  e.history.CanUndo(),
		CanRedo:  e.history.CanRedo(),
		SavedAt:  e.saved.Format(time.RFC3339),
		Numbers:  numbers,
	}
}
