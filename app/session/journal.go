package session

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/gofrs/flock"

	"github.com/runreel/runreel/app/media"
	"github.com/runreel/runreel/capture"
)

// journal implements capture.Journal for one running recording.
type journal struct {
	*media.Folder
	store *Store
	id    string
	lock  *flock.Flock
	empty bool // no media lay in the folder when it began

	// Sources put media while the recorder's goroutine rewrites. Whoever
	// deletes media holds putting alone.
	putting sync.RWMutex
	closed  atomic.Bool

	mu       sync.Mutex
	rewrites int            // begun so far
	unnamed  map[string]int // media that was put, and no event named since: rewrites at that time
}

// Put implements capture.Media.
func (j *journal) Put(ctx context.Context, dir, ext string, data []byte) (string, error) {
	j.putting.RLock()
	defer j.putting.RUnlock()
	if j.closed.Load() {
		return "", j.ended()
	}
	name, err := j.Folder.Put(ctx, dir, ext, data)
	if err == nil {
		j.store.put.Add(int64(len(data)))
		j.put(name)
	}
	return name, err
}

func (j *journal) put(name string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.unnamed[name] = j.rewrites
}

// Append implements capture.Journal: one transaction.
func (j *journal) Append(ctx context.Context, events []capture.Event) error {
	if j.closed.Load() {
		return j.ended()
	}
	if err := j.store.db.Events().Append(ctx, j.id, events); err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, e := range events {
		delete(j.unnamed, capture.MediaOf(e.Fact))
	}
	return nil
}

// Rewrite implements capture.Journal. The events change in one transaction.
// Then the log of the database is emptied and the media is deleted; killed
// before that is done, Recover does it.
//
// Where the events were rewritten and the rest failed, that is the error, and
// Finish does the rest. Freed blocks of the disk are not overwritten (see
// media.Folder.Forget). A picture or a sound that a source had put, and whose
// event then was dropped, stays until Finish: only then is it sure that no event
// will name it.
func (j *journal) Rewrite(ctx context.Context, edit func(capture.Event) (capture.Event, bool)) error {
	if j.closed.Load() {
		return j.ended()
	}
	begun := j.beginRewrite()
	names, err := j.store.db.Events().Rewrite(ctx, j.id, edit)
	if err != nil {
		return err
	}
	// The media is deleted even where the log could not be emptied.
	if err := errors.Join(j.forget(names, begun), j.store.db.Erase(ctx)); err != nil {
		return fmt.Errorf("erase what was removed from session %s: %w", j.id, err)
	}
	return nil
}

func (j *journal) beginRewrite() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.rewrites++
	return j.rewrites
}

// forget deletes media, but for what was put again since the rewrite began: an
// event that is yet to come names that.
func (j *journal) forget(names []string, begun int) error {
	j.putting.Lock()
	defer j.putting.Unlock()
	return j.Forget(slices.DeleteFunc(names, func(name string) bool {
		j.mu.Lock()
		defer j.mu.Unlock()
		at, ok := j.unnamed[name]
		return ok && at >= begun
	}))
}

// Finish implements capture.Journal. It keeps the state Finished and the length
// of c, and deletes the media that no event names. After it the journal is
// closed, also where it failed: the session then stays in state recording
// without a recorder, and Recover completes it.
func (j *journal) Finish(ctx context.Context, c capture.Session) error {
	if j.closed.Swap(true) {
		return j.ended()
	}
	return errors.Join(j.finish(ctx, c), j.lock.Close())
}

func (j *journal) finish(ctx context.Context, c capture.Session) error {
	j.putting.Lock() // a source that was left behind may be putting something
	defer j.putting.Unlock()
	if _, err := j.Tidy(); err != nil { // gives the reserve back: what follows may need its room
		return err
	}
	if j.untidy() {
		named, err := j.store.db.Events().Media(ctx, j.id)
		if err != nil {
			return err
		}
		if _, err := j.store.sweep(ctx, j.id, named); err != nil {
			return err
		}
	}
	ended, err := j.store.db.Sessions().Close(ctx, j.id, capture.SessionFinished, c.Length)
	if err == nil && !ended {
		err = fmt.Errorf("finish session %s: it is not being recorded", j.id)
	}
	return err
}

// untidy tells whether there can be media that no event names, or something in
// the log of the database that was taken off the record. Media that was there
// before is not the journal's to delete.
func (j *journal) untidy() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.empty && (j.rewrites > 0 || len(j.unnamed) > 0)
}

// Discard implements capture.Journal.
func (j *journal) Discard(ctx context.Context) error {
	if j.closed.Swap(true) {
		return j.ended()
	}
	j.putting.Lock() // as in finish
	defer j.putting.Unlock()
	return j.store.exclusively(ctx, func() error {
		if err := j.lock.Close(); err != nil {
			return fmt.Errorf("discard session %s: %w", j.id, err)
		}
		return j.store.remove(ctx, j.id)
	})
}

func (j *journal) ended() error { return fmt.Errorf("session %s: %w", j.id, ErrClosed) }
