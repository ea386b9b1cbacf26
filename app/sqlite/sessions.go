package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"

	"github.com/runreel/runreel/capture"
)

// Sessions are the recordings.
type Sessions struct{ db *DB }

// Sessions gives access to the recordings.
func (db *DB) Sessions() Sessions { return Sessions{db} }

// SessionInfo is a session as a list shows it.
type SessionInfo struct {
	capture.Session
	Events   int    `json:"events"`
	Commands int    `json:"commands"`
	Clicks   int    `json:"clicks"`
	Document string `json:"document,omitempty"` // id of the document changed last; empty where there is none
}

const sessionColumns = "s.id, s.title, s.started, s.length_ns, s.state, s.host, s.user, s.home, s.system"

// Create stores a new session. ErrExists where there is one of that id.
func (s Sessions) Create(ctx context.Context, c capture.Session) error {
	if c.ID == "" {
		return errors.New("create session: no id")
	}
	return s.db.write(ctx, "create session "+c.ID, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO sessions (id, title, started, length_ns, state, host, user, home, system) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
			c.ID, clean(c.Title), stamp(c.Started), int64(c.Length), string(c.State), clean(c.Host), clean(c.User), clean(c.Home), clean(c.System))
		return err
	})
}

// Get returns one session, or ErrNotFound.
func (s Sessions) Get(ctx context.Context, id string) (capture.Session, error) {
	var c capture.Session
	err := s.db.read(ctx, "get session "+id, func(q querier) error {
		row := q.QueryRowContext(ctx, "SELECT "+sessionColumns+" FROM sessions s WHERE s.id = ?", id)
		return scanSession(row, &c)
	})
	return c, err
}

// List returns all sessions, the newest first.
func (s Sessions) List(ctx context.Context) ([]SessionInfo, error) {
	const ask = "SELECT " + sessionColumns + `, s.events, s.commands, s.clicks,
		coalesce((SELECT d.id FROM documents d WHERE d.session = s.key ORDER BY d.updated DESC, d.key DESC LIMIT 1), '')
		FROM sessions s ORDER BY s.started DESC, s.key DESC`
	var list []SessionInfo
	err := s.db.read(ctx, "list sessions", func(q querier) error {
		return each(ctx, q, func(rows *sql.Rows) error {
			var i SessionInfo
			err := scanSession(rows, &i.Session, &i.Events, &i.Commands, &i.Clicks, &i.Document)
			list = append(list, i)
			return err
		}, ask)
	})
	return list, err
}

// Unfinished returns the sessions in state recording, the oldest first: those
// that a recorder still writes, and those whose recorder died.
func (s Sessions) Unfinished(ctx context.Context) ([]capture.Session, error) {
	var list []capture.Session
	err := s.db.read(ctx, "list unfinished sessions", func(q querier) error {
		return each(ctx, q, func(rows *sql.Rows) error {
			var c capture.Session
			err := scanSession(rows, &c)
			list = append(list, c)
			return err
		}, "SELECT "+sessionColumns+" FROM sessions s WHERE s.state = 'recording' ORDER BY s.started, s.key")
	})
	return list, err
}

// SetTitle renames a session.
func (s Sessions) SetTitle(ctx context.Context, id, title string) error {
	return s.db.write(ctx, "rename session "+id, func(tx *sql.Tx) error {
		return one(tx.ExecContext(ctx, "UPDATE sessions SET title = ? WHERE id = ?", clean(title), id))
	})
}

// Close ends a session that is in state recording: it gets the state and the
// length. One that is in another state is left alone; ended tells which it was.
func (s Sessions) Close(ctx context.Context, id string, state capture.SessionState, length time.Duration) (ended bool, err error) {
	err = s.db.write(ctx, "close session "+id, func(tx *sql.Tx) error {
		err := one(tx.ExecContext(ctx, "UPDATE sessions SET state = ?, length_ns = ? WHERE id = ? AND state = 'recording'",
			string(state), int64(length), id))
		if errors.Is(err, ErrNotFound) {
			_, err = sessionKey(ctx, tx, id)
			return err
		}
		ended = err == nil
		return err
	})
	return ended, err
}

// Delete removes a session with its events, its speech, and the documents that
// were made of it, for their pictures are the session's.
func (s Sessions) Delete(ctx context.Context, id string) error {
	return s.db.write(ctx, "delete session "+id, func(tx *sql.Tx) error {
		key, err := sessionKey(ctx, tx, id)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM search WHERE rowid IN (SELECT key FROM documents WHERE session = ?)", key); err != nil {
			return err
		}
		if err := forgetWords(ctx, tx); err != nil {
			return err
		}
		return one(tx.ExecContext(ctx, "DELETE FROM sessions WHERE key = ?", key))
	})
}

type scanner interface{ Scan(dest ...any) error }

func scanSession(row scanner, c *capture.Session, more ...any) error {
	var started, state string
	dest := append([]any{&c.ID, &c.Title, &started, &c.Length, &state, &c.Host, &c.User, &c.Home, &c.System}, more...)
	if err := row.Scan(dest...); err != nil {
		return err
	}
	c.State = capture.SessionState(state)
	var err error
	c.Started, err = parseStamp(started)
	return err
}

// sessionKey gives the row of a session, or ErrNotFound.
func sessionKey(ctx context.Context, q querier, id string) (int64, error) {
	var key int64
	err := q.QueryRowContext(ctx, "SELECT key FROM sessions WHERE id = ?", id).Scan(&key)
	return key, err
}

// each calls do for each row of a query.
func each(ctx context.Context, q querier, do func(*sql.Rows) error, query string, args ...any) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := do(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// one demands that a statement changed a row.
func one(r sql.Result, err error) error {
	if err != nil {
		return err
	}
	n, err := r.RowsAffected()
	if err == nil && n == 0 {
		return ErrNotFound
	}
	return err
}

// stampLayout has a fixed width, so that the texts sort as the times do.
const stampLayout = "2006-01-02T15:04:05.000000000Z"

func stamp(t time.Time) string { return t.UTC().Format(stampLayout) }

func parseStamp(s string) (time.Time, error) { return time.Parse(stampLayout, s) }

// clean makes a text that came from outside valid UTF-8, as JSON does.
func clean(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }
