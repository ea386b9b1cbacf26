package session

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/gofrs/flock"

	"github.com/runreel/runreel/app/media"
	"github.com/runreel/runreel/capture"
)

// journal implements capture.Journal for one running recording.
type journal struct {
	*media.Folder
	store  *Store
	id     string
	lock   *flock.Flock
	closed atomic.Bool
}

// Put implements capture.Media.
func (j *journal) Put(ctx context.Context, dir, ext string, data []byte) (string, error) {
	if j.closed.Load() {
		return "", j.ended()
	}
	return j.Folder.Put(ctx, dir, ext, data)
}

// Append implements capture.Journal: one transaction.
func (j *journal) Append(ctx context.Context, events []capture.Event) error {
	if j.closed.Load() {
		return j.ended()
	}
	return j.store.db.Events().Append(ctx, j.id, events)
}

// Finish implements capture.Journal. It keeps the state Finished and the length
// of c. After it the journal is closed, also where it failed: the session then
// stays in state recording without a recorder, and Recover completes it.
func (j *journal) Finish(ctx context.Context, c capture.Session) error {
	if j.closed.Swap(true) {
		return j.ended()
	}
	_, terr := j.Tidy() // gives the reserve back: the next line may need its room
	ended, err := j.store.db.Sessions().Close(ctx, j.id, capture.SessionFinished, c.Length)
	if err == nil && !ended {
		err = fmt.Errorf("finish session %s: it is not being recorded", j.id)
	}
	return errors.Join(err, terr, j.lock.Close())
}

// Discard implements capture.Journal.
func (j *journal) Discard(ctx context.Context) error {
	if j.closed.Swap(true) {
		return j.ended()
	}
	return j.store.exclusively(ctx, func() error {
		if err := j.lock.Close(); err != nil {
			return fmt.Errorf("discard session %s: %w", j.id, err)
		}
		return j.store.remove(ctx, j.id)
	})
}

func (j *journal) ended() error { return fmt.Errorf("session %s: %w", j.id, ErrClosed) }
