package sqlite

import (
	"context"
	"database/sql"
	"time"

	"github.com/runreel/runreel/pipeline/sop"
)

// Edit is one entry of a document's undo journal: an edit and its inverse, as
// the editor encodes them. This package does not look inside.
type Edit struct {
	Forward, Inverse []byte
}

// SaveEdit stores a document that came about by an edit of the one at revision,
// together with the edit, and returns the new revision. Both are stored or
// none, so that undo after a crash meets the text that it belongs to. What could
// be redone before is forgotten.
func (d Documents) SaveEdit(ctx context.Context, doc *sop.Document, revision int64, e Edit) (int64, error) {
	return d.saveEdited(ctx, doc, revision, func(tx *sql.Tx, key, cursor int64) (int64, error) {
		if err := forgetUndone(ctx, tx, key, cursor); err != nil {
			return 0, err
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO edits (document, n, forward, inverse) VALUES (?, ?, ?, ?)",
			key, cursor+1, notNil(e.Forward), notNil(e.Inverse))
		return cursor + 1, err
	})
}

// SaveJoined stores a document that came about by an edit that is undone
// together with the last one of Edits, as when typing goes on: forward takes
// the place of that edit, whose inverse stays. ErrNothing where there is none.
func (d Documents) SaveJoined(ctx context.Context, doc *sop.Document, revision int64, forward []byte) (int64, error) {
	return d.saveEdited(ctx, doc, revision, func(tx *sql.Tx, key, cursor int64) (int64, error) {
		if cursor == 0 {
			return 0, ErrNothing
		}
		if err := forgetUndone(ctx, tx, key, cursor); err != nil {
			return 0, err
		}
		_, err := tx.ExecContext(ctx, "UPDATE edits SET forward = ? WHERE document = ? AND n = ?", notNil(forward), key, cursor)
		return cursor, err
	})
}

// SaveUndo stores a document that came about by applying the inverse of the
// last edit of Edits, which becomes the first to redo. ErrNothing where there
// is none.
func (d Documents) SaveUndo(ctx context.Context, doc *sop.Document, revision int64) (int64, error) {
	return d.saveEdited(ctx, doc, revision, func(_ *sql.Tx, _, cursor int64) (int64, error) {
		if cursor == 0 {
			return 0, ErrNothing
		}
		return cursor - 1, nil
	})
}

// SaveRedo stores a document that came about by applying the first edit to
// redo again. ErrNothing where there is none.
func (d Documents) SaveRedo(ctx context.Context, doc *sop.Document, revision int64) (int64, error) {
	return d.saveEdited(ctx, doc, revision, func(tx *sql.Tx, key, cursor int64) (int64, error) {
		var last int64
		if err := tx.QueryRowContext(ctx, "SELECT coalesce(max(n), 0) FROM edits WHERE document = ?", key).Scan(&last); err != nil {
			return 0, err
		}
		if cursor >= last {
			return 0, ErrNothing
		}
		return cursor + 1, nil
	})
}

func forgetUndone(ctx context.Context, tx *sql.Tx, key, cursor int64) error {
	_, err := tx.ExecContext(ctx, "DELETE FROM edits WHERE document = ? AND n > ?", key, cursor)
	return err
}

// Edits returns the undo journal of a document: done are the edits that are in
// it, in the order they were made, so that undo takes the last; undone are
// those that redo would bring back, the next one first. Both are empty for a
// document that does not exist.
func (d Documents) Edits(ctx context.Context, id string) (done, undone []Edit, err error) {
	const ask = `SELECT e.forward, e.inverse, e.n <= d.cursor FROM edits e JOIN documents d ON d.key = e.document
		WHERE d.id = ? ORDER BY e.n`
	err = d.db.read(ctx, "read the edits of document "+id, func(q querier) error {
		return each(ctx, q, func(rows *sql.Rows) error {
			var e Edit
			var applied bool
			if err := rows.Scan(&e.Forward, &e.Inverse, &applied); err != nil {
				return err
			}
			if applied {
				done = append(done, e)
			} else {
				undone = append(undone, e)
			}
			return nil
		}, ask, id)
	})
	return done, undone, err
}

// Version is a revision of a document that was kept.
type Version struct {
	Revision int64     `json:"revision"`
	Note     string    `json:"note"` // why it was kept
	Saved    time.Time `json:"saved"`
}

// KeepVersion keeps the document as it is stored now, at revision. Keeping the
// same revision again replaces its note.
func (d Documents) KeepVersion(ctx context.Context, id string, revision int64, note string) error {
	return d.db.write(ctx, "keep a version of document "+id, func(tx *sql.Tx) error {
		if revision == 0 {
			return ErrNotFound
		}
		key, _, err := based(ctx, tx, id, revision)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO revisions (document, revision, note, json, saved)
			SELECT key, revision, ?, json, ? FROM documents WHERE key = ?
			ON CONFLICT (document, revision) DO UPDATE SET note = excluded.note`,
			clean(note), stamp(d.db.now()), key)
		return err
	})
}

// Versions lists the kept versions of a document, the newest first.
func (d Documents) Versions(ctx context.Context, id string) ([]Version, error) {
	const ask = `SELECT r.revision, r.note, r.saved FROM revisions r JOIN documents d ON d.key = r.document
		WHERE d.id = ? ORDER BY r.revision DESC`
	var list []Version
	err := d.db.read(ctx, "list the versions of document "+id, func(q querier) error {
		return each(ctx, q, func(rows *sql.Rows) error {
			var v Version
			var saved string
			if err := rows.Scan(&v.Revision, &v.Note, &saved); err != nil {
				return err
			}
			var err error
			v.Saved, err = parseStamp(saved)
			list = append(list, v)
			return err
		}, ask, id)
	})
	return list, err
}

// Version returns the document as it was at a kept revision, or ErrNotFound.
func (d Documents) Version(ctx context.Context, id string, revision int64) (*sop.Document, error) {
	const ask = "SELECT r.json FROM revisions r JOIN documents d ON d.key = r.document WHERE d.id = ? AND r.revision = ?"
	var doc *sop.Document
	err := d.db.read(ctx, "get a version of document "+id, func(q querier) error {
		var text []byte
		if err := q.QueryRowContext(ctx, ask, id, revision).Scan(&text); err != nil {
			return err
		}
		var err error
		doc, err = sop.Decode(text)
		return err
	})
	return doc, err
}

// notNil keeps an empty encoding apart from NULL, which the table refuses.
func notNil(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
