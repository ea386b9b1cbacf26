package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/runreel/runreel/capture"
)

// Events are what was recorded, a log per session. It grows at its end, and
// changes elsewhere by Rewrite alone.
type Events struct{ db *DB }

// Events gives access to the logs.
func (db *DB) Events() Events { return Events{db} }

// Append adds events to the log of a session, all or none, and returns when
// they have reached the disk. Their Seq goes on from the last one that was ever
// given in the session, from 1 and without holes; anything else is refused.
func (e Events) Append(ctx context.Context, session string, events []capture.Event) error {
	if len(events) == 0 {
		return nil
	}
	return e.db.write(ctx, "append to session "+session, func(tx *sql.Tx) error {
		var key, last int64
		if err := tx.QueryRowContext(ctx, "SELECT key, last FROM sessions WHERE id = ?", session).Scan(&key, &last); err != nil {
			return err
		}
		t, err := insertEvents(ctx, tx, key, last, events)
		if err != nil {
			return err
		}
		return one(tx.ExecContext(ctx, "UPDATE sessions SET events = events + ?, last = last + ?, commands = commands + ?, clicks = clicks + ?, length_ns = max(length_ns, ?) WHERE key = ?",
			len(events), len(events), t.commands, t.clicks, int64(t.latest), key))
	})
}

// tally is what a batch adds to the numbers of its session.
type tally struct {
	commands, clicks int
	latest           time.Duration
}

func insertEvents(ctx context.Context, tx *sql.Tx, key, last int64, events []capture.Event) (tally, error) {
	var t tally
	stmt, err := tx.PrepareContext(ctx, "INSERT INTO events (session, seq, at_ns, kind, fact) VALUES (?, ?, ?, ?, ?)")
	if err != nil {
		return t, err
	}
	defer stmt.Close()
	for i, ev := range events {
		if want := last + int64(i) + 1; ev.Seq != want {
			return t, fmt.Errorf("event has number %d where %d is next", ev.Seq, want)
		}
		fact, err := capture.MarshalFact(ev.Fact)
		if err != nil {
			return t, err
		}
		if _, err := stmt.ExecContext(ctx, key, ev.Seq, int64(ev.At), string(ev.Fact.Kind()), string(fact)); err != nil {
			return t, err
		}
		t.add(ev)
	}
	return t, nil
}

func (t *tally) add(ev capture.Event) {
	t.latest = max(t.latest, ev.At)
	switch ev.Fact.Kind() {
	case capture.KindCommand:
		t.commands++
	case capture.KindClick:
		t.clicks++
	}
}

// List returns the whole log of a session, sorted by At and then by Seq. It is
// empty for a session that does not exist.
func (e Events) List(ctx context.Context, session string) ([]capture.Event, error) {
	const ask = `SELECT e.seq, e.at_ns, e.kind, e.fact FROM events e JOIN sessions s ON s.key = e.session
		WHERE s.id = ? AND ` + isThere + ` ORDER BY e.at_ns, e.seq`
	var list []capture.Event
	err := e.db.read(ctx, "read the events of session "+session, func(q querier) error {
		return each(ctx, q, func(rows *sql.Rows) error {
			ev, err := scanEvent(rows)
			if err != nil {
				return err
			}
			list = append(list, ev)
			return nil
		}, ask, session)
	})
	return list, err
}

func scanEvent(row scanner) (capture.Event, error) {
	var ev capture.Event
	var kind string
	var fact []byte
	if err := row.Scan(&ev.Seq, &ev.At, &kind, &fact); err != nil {
		return ev, err
	}
	f, err := capture.DecodeFact(capture.Kind(kind), fact)
	if err != nil {
		return ev, fmt.Errorf("event %d: %w", ev.Seq, err)
	}
	ev.Fact = f
	return ev, nil
}

// Media returns the names of the media that the events of a session name.
func (e Events) Media(ctx context.Context, session string) (map[string]bool, error) {
	const ask = `SELECT e.seq, e.at_ns, e.kind, e.fact FROM events e JOIN sessions s ON s.key = e.session WHERE s.id = ? AND ` + isThere
	names := map[string]bool{}
	err := e.db.read(ctx, "list the media of session "+session, func(q querier) error {
		return each(ctx, q, func(rows *sql.Rows) error {
			ev, err := scanEvent(rows)
			if name := capture.MediaOf(ev.Fact); err == nil && name != "" {
				names[name] = true
			}
			return err
		}, ask, session)
	})
	return names, err
}
