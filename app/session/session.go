package session

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/gofrs/flock"

	"github.com/runreel/runreel/app/media"
	"github.com/runreel/runreel/app/sqlite"
	"github.com/runreel/runreel/capture"
)

// The errors that callers tell apart, beside those of sqlite and media.
var (
	// ErrRecording is a change to a session that a recorder, here or in
	// another process, still writes.
	ErrRecording = errors.New("the session is still being recorded")
	// ErrClosed is a use of a journal after Finish or Discard.
	ErrClosed = errors.New("the session is closed")
)

const (
	lockName = "lock"  // in the folder of a session
	storeRef = ".lock" // in the folder of all sessions
	reserve  = 1 << 20 // bytes to end a session with on a full disk
	lockPoll = 10 * time.Millisecond
	// eraseLimit is how long those who read the database are waited for.
	eraseLimit = 2 * time.Second
)

// Store keeps recordings. It is safe for concurrent use, and several processes
// may use the same folder.
type Store struct {
	db    *sqlite.DB
	media *media.Store
	log   *slog.Logger
	put   atomic.Int64 // bytes of media
}

// Written is how many bytes recordings of this process have put on the disk so
// far: their media, and the files of the database as they are. Only its growth
// means something.
func (s *Store) Written() int64 {
	n := s.put.Load()
	for _, name := range []string{s.db.Path(), s.db.Path() + "-wal"} {
		if info, err := os.Stat(name); err == nil {
			n += info.Size()
		}
	}
	return n
}

// Options configures a Store.
type Options struct {
	Log *slog.Logger // nil discards
}

// New joins an open database and an open media folder. It owns neither.
func New(db *sqlite.DB, m *media.Store, o Options) *Store {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Store{db: db, media: m, log: o.Log}
}

// Recording is a session with all that was recorded.
type Recording struct {
	Session  capture.Session
	Events   []capture.Event // sorted by At and then Seq
	Segments []capture.Segment
}

// Load reads a session whole; sqlite.ErrNotFound where there is none. One that
// is still being recorded gives what it has so far.
func (s *Store) Load(ctx context.Context, id string) (Recording, error) {
	var r Recording
	var err error
	if r.Session, err = s.db.Sessions().Get(ctx, id); err != nil {
		return Recording{}, err
	}
	if r.Events, err = s.db.Events().List(ctx, id); err != nil {
		return Recording{}, err
	}
	if r.Segments, err = s.db.Segments().List(ctx, id); err != nil {
		return Recording{}, err
	}
	return r, nil
}

// Media is the folder with the media of a session.
func (s *Store) Media(id string) *media.Folder { return s.media.Session(id) }

// Begin stores a new session in state recording and returns the journal that a
// recorder writes it to. The caller ends the journal with Finish or Discard.
// sqlite.ErrExists where there is a session of that id, media.ErrName for an id
// that cannot name a folder.
func (s *Store) Begin(ctx context.Context, c capture.Session) (capture.Journal, error) {
	c.State, c.Length = capture.SessionRecording, 0
	var j *journal
	err := s.exclusively(ctx, func() error {
		if _, err := s.db.Sessions().Get(ctx, c.ID); err == nil {
			return fmt.Errorf("create session %s: %w", c.ID, sqlite.ErrExists)
		}
		lock, empty, err := s.prepare(c.ID)
		if err != nil {
			return err
		}
		if err := s.db.Sessions().Create(ctx, c); err != nil {
			return errors.Join(err, s.abandon(c.ID, lock))
		}
		j = &journal{Folder: s.media.Session(c.ID), store: s, id: c.ID, lock: lock, empty: empty, unnamed: map[string]int{}}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("begin recording: %w", err)
	}
	return j, nil
}

// prepare makes the folder of a new session and takes its lock. It is not empty
// where it holds media of a session that the database has lost.
func (s *Store) prepare(id string) (lock *flock.Flock, empty bool, err error) {
	folder := s.media.Session(id)
	if err := folder.Create(); err != nil {
		return nil, false, err
	}
	lock, free, err := s.tryLock(id)
	if err != nil {
		return nil, false, err
	}
	if !free {
		return nil, false, ErrRecording
	}
	size, err := folder.Size()
	if err == nil {
		err = folder.Reserve(reserve)
	}
	if err != nil {
		return nil, false, errors.Join(err, s.abandon(id, lock))
	}
	return lock, size == 0, nil
}

// abandon undoes prepare. Media that lay there already, of a session that the
// database has lost, stays.
func (s *Store) abandon(id string, lock *flock.Flock) error {
	folder := s.media.Session(id)
	size, err := folder.Size()
	if err != nil || size > 0 {
		return errors.Join(err, folder.Release(), lock.Close())
	}
	return errors.Join(lock.Close(), folder.Delete())
}

// tryLock takes the lock of a session; free is false where a recorder holds it.
func (s *Store) tryLock(id string) (lock *flock.Flock, free bool, err error) {
	path := filepath.Join(s.media.Session(id).Path(), lockName)
	lock = flock.New(path, flock.SetPermissions(0o600))
	free, err = lock.TryLock()
	if err != nil {
		lock.Close()
		return nil, false, fmt.Errorf("lock session %s: %w", id, err)
	}
	if !free {
		lock.Close()
		return nil, false, nil
	}
	return lock, true, nil
}

// exclusively runs do while no other process begins, recovers or deletes.
func (s *Store) exclusively(ctx context.Context, do func() error) (err error) {
	lock := flock.New(filepath.Join(s.media.Dir(), storeRef), flock.SetPermissions(0o600))
	if _, err := lock.TryLockContext(ctx, lockPoll); err != nil {
		lock.Close()
		return fmt.Errorf("lock %s: %w", s.media.Dir(), err)
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	return do()
}

// Delete removes a session with its media, its speech and its documents.
// ErrRecording while it is being recorded, sqlite.ErrNotFound where there is
// none.
func (s *Store) Delete(ctx context.Context, id string) error {
	return s.exclusively(ctx, func() error {
		if _, err := s.db.Sessions().Get(ctx, id); err != nil {
			return err
		}
		if _, err := os.Stat(s.media.Session(id).Path()); err == nil {
			lock, free, err := s.tryLock(id)
			if err != nil {
				return err
			}
			if !free {
				return fmt.Errorf("delete session %s: %w", id, ErrRecording)
			}
			// The holders of the store's lock are the only ones who take
			// this one, so it need not be held on.
			if err := lock.Close(); err != nil {
				return fmt.Errorf("delete session %s: %w", id, err)
			}
		}
		return s.remove(ctx, id)
	})
}

// remove deletes a session that nobody writes. Killed anywhere in it, Recover
// does the rest.
func (s *Store) remove(ctx context.Context, id string) error {
	if err := s.media.Condemn(id); err != nil {
		return err
	}
	return s.bury(ctx, id)
}

// bury completes a deletion whose folder is condemned. The folder goes last: it
// is what tells that there is something left to do.
func (s *Store) bury(ctx context.Context, id string) error {
	if err := s.db.Sessions().Delete(ctx, id); err != nil && !errors.Is(err, sqlite.ErrNotFound) {
		return err
	}
	s.erase(ctx)
	return s.media.Remove(id)
}

// sweep deletes the media of a session that is not named, and what is left of
// removed events in the log of the database. Nobody may write the session.
func (s *Store) sweep(ctx context.Context, id string, named map[string]bool) (int, error) {
	n, err := s.media.Session(id).Sweep(func(name string) bool { return named[name] })
	s.erase(ctx)
	return n, err
}

// erase empties the log of the database. A neighbour who reads for long is no
// reason to fail: the log is emptied again when the database is closed.
func (s *Store) erase(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, eraseLimit)
	defer cancel()
	if err := s.db.Erase(ctx); err != nil {
		s.log.Warn("what was deleted stays in the log of the database for now", "err", err)
	}
}
