package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/runreel/runreel/capture"
)

// Segments are what was said in a session. They come piece by piece, by Begin
// and Append, or whole, by Replace.
type Segments struct{ db *DB }

// Segments gives access to the speech.
func (db *DB) Segments() Segments { return Segments{db} }

// Hearing is how far the sound of a session was transcribed.
type Hearing struct {
	By     string        // with which model, as Begin was told; "" where nobody began
	To     time.Duration // everything before is in Pieces
	Done   bool          // all of it was heard, and Replace stored it
	Pieces []SpokenPiece // in the order of Append; empty where Done
}

// SpokenPiece is a part of a session whose sound was transcribed at once.
type SpokenPiece struct {
	Start, End time.Duration
	Segments   []capture.Segment
	// Lost tells that it was not heard, or that it was forgotten again because
	// a part of its sound was taken off the record.
	Lost bool
}

const heardAll = -1 // as heard_ns

// Begin notes that the sound of a session is transcribed from its beginning,
// with the model by. What was heard before no longer counts. What Replace
// stored stays to be read until the next Replace.
func (s Segments) Begin(ctx context.Context, session, by string) error {
	const put = `UPDATE sessions SET heard_ns = 0, heard_by = ?, heard_after = (SELECT coalesce(max(n), 0) FROM heard) WHERE id = ?`
	return s.db.write(ctx, "begin the speech of session "+session, func(tx *sql.Tx) error {
		return one(tx.ExecContext(ctx, put, clean(by), session))
	})
}

// Append adds a piece to what was heard since Begin, and notes that everything
// up to its end was. A piece that is lost keeps no segments.
func (s Segments) Append(ctx context.Context, session string, p SpokenPiece) error {
	return s.db.write(ctx, "store the speech of session "+session, func(tx *sql.Tx) error {
		key, err := sessionKey(ctx, tx, session)
		if err != nil {
			return err
		}
		said, err := encodePiece(p)
		if err != nil {
			return err
		}
		const put = "INSERT INTO heard (session, start_ns, end_ns, said) VALUES (?, ?, ?, ?)"
		if _, err := tx.ExecContext(ctx, put, key, int64(p.Start), int64(p.End), said); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "UPDATE sessions SET heard_ns = max(heard_ns, ?) WHERE key = ? AND heard_ns >= 0", int64(p.End), key)
		return err
	})
}

func encodePiece(p SpokenPiece) (string, error) {
	if p.Lost {
		return "", nil
	}
	if p.Segments == nil {
		p.Segments = []capture.Segment{}
	}
	b, err := json.Marshal(p.Segments)
	if err != nil {
		return "", fmt.Errorf("encode speech: %w", err)
	}
	return string(b), nil
}

// Heard tells how far the sound of a session was transcribed.
func (s Segments) Heard(ctx context.Context, session string) (Hearing, error) {
	var h Hearing
	err := s.db.read(ctx, "read the speech of session "+session, func(q querier) error {
		var to, after int64
		var key int64
		const ask = "SELECT key, heard_ns, heard_by, heard_after FROM sessions WHERE id = ?"
		if err := q.QueryRowContext(ctx, ask, session).Scan(&key, &to, &h.By, &after); err != nil {
			return err
		}
		if h.Done = to == heardAll; h.Done {
			return nil
		}
		h.To = time.Duration(to)
		return each(ctx, q, func(rows *sql.Rows) error {
			p, err := scanPiece(rows)
			h.Pieces = append(h.Pieces, p)
			return err
		}, "SELECT start_ns, end_ns, said FROM heard WHERE session = ? AND n > ? ORDER BY n", key, after)
	})
	return h, err
}

func scanPiece(rows *sql.Rows) (SpokenPiece, error) {
	var p SpokenPiece
	var said string
	if err := rows.Scan(&p.Start, &p.End, &said); err != nil {
		return p, err
	}
	if p.Lost = strings.TrimSpace(said) == ""; p.Lost {
		return p, nil
	}
	if err := json.Unmarshal([]byte(said), &p.Segments); err != nil {
		return p, fmt.Errorf("decode speech at %s: %w", p.Start, err)
	}
	return p, nil
}

// Replace stores the speech of a session in place of what was there, and that
// all of its sound was heard.
func (s Segments) Replace(ctx context.Context, session string, segments []capture.Segment) error {
	return s.db.write(ctx, "store the speech of session "+session, func(tx *sql.Tx) error {
		key, err := sessionKey(ctx, tx, session)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM segments WHERE session = ?", key); err != nil {
			return err
		}
		for n, seg := range segments {
			_, err := tx.ExecContext(ctx, "INSERT INTO segments (session, n, start_ns, end_ns, text) VALUES (?, ?, ?, ?, ?)",
				key, n, int64(seg.Start), int64(seg.End), clean(seg.Text))
			if err != nil {
				return err
			}
		}
		return one(tx.ExecContext(ctx, "UPDATE sessions SET heard_ns = ? WHERE key = ?", heardAll, key))
	})
}

// List returns the speech of a session in the order it was stored; where
// nothing was stored whole, the segments of the pieces that were heard so far.
// It is empty for a session that does not exist.
func (s Segments) List(ctx context.Context, session string) ([]capture.Segment, error) {
	const ask = `SELECT g.start_ns, g.end_ns, g.text FROM segments g JOIN sessions s ON s.key = g.session
		WHERE s.id = ? AND trim(g.text) <> '' ORDER BY g.n`
	var list []capture.Segment
	err := s.db.read(ctx, "read the speech of session "+session, func(q querier) error {
		return each(ctx, q, func(rows *sql.Rows) error {
			var seg capture.Segment
			err := rows.Scan(&seg.Start, &seg.End, &seg.Text)
			list = append(list, seg)
			return err
		}, ask, session)
	})
	if err != nil || len(list) > 0 {
		return list, err
	}
	h, err := s.Heard(ctx, session)
	if errors.Is(err, ErrNotFound) {
		return nil, nil
	}
	for _, p := range h.Pieces {
		list = append(list, p.Segments...)
	}
	return list, err
}
