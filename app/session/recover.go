package session

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/runreel/runreel/capture"
)

// Recovered tells of a session that its recorder did not end.
type Recovered struct {
	Session capture.Session // as it is stored now
	Events  int
	// Missing are the names of media that events carry and that are not
	// stored, sorted. Such events are kept.
	Missing []string
	// Temporary is how many half-written files were removed.
	Temporary int
	// Unnamed is how much media was removed that no event names: its event was
	// not stored in time, or was taken off the record.
	Unnamed int
}

// Recover ends the sessions whose recorder died: they get the state recovered
// and the length up to the end of their last event. It completes deletions that
// were cut off. Sessions that another process records are left alone.
//
// It is called at the start of the program. It may be killed and called again:
// each session changes in one transaction at the end. One that cannot be
// recovered, on a full disk for instance, does not stop the others; it stays as
// it is for the next time and is part of the error. The program goes on after
// an error: everything stored can still be read.
func (s *Store) Recover(ctx context.Context) ([]Recovered, error) {
	var list []Recovered
	err := s.exclusively(ctx, func() error {
		condemned, err := s.completeDeletions(ctx)
		errs := []error{err}
		unfinished, err := s.db.Sessions().Unfinished(ctx)
		if err != nil {
			return errors.Join(append(errs, err)...)
		}
		for _, c := range unfinished {
			if slices.Contains(condemned, c.ID) {
				continue
			}
			r, dead, err := s.recoverSession(ctx, c)
			if err != nil {
				errs = append(errs, fmt.Errorf("recover session %s: %w", c.ID, err))
				continue
			}
			if dead {
				list = append(list, r)
				s.log.Info("recovered a session", "session", c.ID, "length", r.Session.Length, "events", r.Events, "missing", len(r.Missing))
			}
		}
		return errors.Join(errs...)
	})
	return list, err
}

// completeDeletions returns the sessions that it could not delete.
func (s *Store) completeDeletions(ctx context.Context) (left []string, err error) {
	ids, err := s.media.Deleted()
	if err != nil {
		return nil, err
	}
	var errs []error
	for _, id := range ids {
		complete := s.bury
		if _, err := os.Lstat(s.media.Session(id).Path()); err == nil {
			// A session of that id was begun anew since.
			complete = func(_ context.Context, id string) error { return s.media.Remove(id) }
		}
		if err := complete(ctx, id); err != nil {
			left = append(left, id)
			errs = append(errs, fmt.Errorf("complete the deletion of session %s: %w", id, err))
		}
	}
	return left, errors.Join(errs...)
}

// recoverSession ends one session, unless its recorder lives.
func (s *Store) recoverSession(ctx context.Context, c capture.Session) (r Recovered, dead bool, err error) {
	folder := s.media.Session(c.ID)
	if err := folder.Create(); err != nil { // the lock lives in it, should it have been lost
		return r, false, err
	}
	lock, free, err := s.tryLock(c.ID)
	if err != nil || !free {
		return r, false, err
	}
	defer func() { err = errors.Join(err, lock.Close()) }()
	if r.Temporary, err = folder.Tidy(); err != nil {
		return r, false, err
	}
	events, err := s.db.Events().List(ctx, c.ID)
	if err != nil {
		return r, false, err
	}
	if r.Unnamed, err = s.sweep(ctx, c.ID, named(events)); err != nil {
		return r, false, err
	}
	r.Events = len(events)
	r.Missing = missing(events, folder.Has)
	c.State, c.Length = capture.SessionRecovered, max(c.Length, end(events))
	r.Session = c
	dead, err = s.db.Sessions().Close(ctx, c.ID, c.State, c.Length)
	return r, dead, err
}

// named is the media that events name.
func named(events []capture.Event) map[string]bool {
	names := make(map[string]bool)
	for _, e := range events {
		names[capture.MediaOf(e.Fact)] = true
	}
	return names
}

// missing lists the media that events name and has denies.
func missing(events []capture.Event, has func(name string) bool) []string {
	asked := make(map[string]bool)
	var names []string
	for _, e := range events {
		name := capture.MediaOf(e.Fact)
		if name == "" || asked[name] {
			continue
		}
		asked[name] = true
		if !has(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// end is where the last event ends on the session clock.
func end(events []capture.Event) time.Duration {
	var last time.Duration
	for _, e := range events {
		last = max(last, e.At+length(e, events))
	}
	return last
}

// length is how much of the session clock an event takes. A command is timed by
// its shell, whose clock runs on while the session's is paused.
func length(e capture.Event, events []capture.Event) time.Duration {
	switch f := e.Fact.(type) {
	case capture.Audio:
		return f.Length
	case capture.Cast:
		return f.Length
	case capture.Scroll:
		return f.Length
	case capture.Gap:
		return f.Length
	case capture.Command:
		return max(0, f.Length-pauses(events, e.At, e.At+f.Length))
	}
	return 0
}

func pauses(events []capture.Event, from, to time.Duration) time.Duration {
	var sum time.Duration
	for _, e := range events {
		if p, ok := e.Fact.(capture.Pause); ok && e.At >= from && e.At <= to {
			sum += p.Length
		}
	}
	return sum
}
