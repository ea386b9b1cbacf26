package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/runreel/runreel/pipeline/sop"
)

// Documents are the procedures, with their history.
//
// Each has a revision number that grows by one with every save. A save names
// the revision that it is based on, and fails with ErrConflict where the stored
// one is another: two windows cannot overwrite each other.
type Documents struct{ db *DB }

// Documents gives access to the procedures.
func (db *DB) Documents() Documents { return Documents{db} }

// DocumentInfo is a document as a list shows it.
type DocumentInfo struct {
	ID       string     `json:"id"`
	Session  string     `json:"session,omitempty"`
	Title    string     `json:"title"`
	Status   sop.Status `json:"status"`
	Steps    int        `json:"steps"` // headings not counted
	Revision int64      `json:"revision"`
	Updated  time.Time  `json:"updated"`
}

// Save stores a document that did not come about by an edit, such as a new
// draft, and returns its revision. Revision 0 demands that it is new. The undo
// journal starts afresh, for its edits belong to the old text. A session that it names
// must be stored (ErrNotFound), and a document that sop.Decode would refuse is
// not stored (*sop.InvalidError).
func (d Documents) Save(ctx context.Context, doc *sop.Document, revision int64) (int64, error) {
	return d.save(ctx, doc, revision, index, func(tx *sql.Tx, key, _ int64) (int64, error) {
		_, err := tx.ExecContext(ctx, "DELETE FROM edits WHERE document = ?", key)
		return 0, err
	})
}

// saveEdited is save for a change that a person makes and waits for.
func (d Documents) saveEdited(ctx context.Context, doc *sop.Document, revision int64, journal journal) (int64, error) {
	revision, err := d.save(ctx, doc, revision, indexLater, journal)
	if err == nil {
		d.db.indexSoon()
	}
	return revision, err
}

// indexer brings the search up to a document, or marks that it is not.
type indexer func(ctx context.Context, tx *sql.Tx, key int64, doc *sop.Document) error

// journal changes the undo journal of a document: it gets the cursor and
// returns the new one.
type journal func(tx *sql.Tx, key, cursor int64) (int64, error)

// save stores doc, and what journal and index do, in one transaction.
func (d Documents) save(ctx context.Context, doc *sop.Document, revision int64, index indexer, journal journal) (int64, error) {
	text, err := encodeDocument(doc)
	if err != nil {
		return 0, fmt.Errorf("save document %s: %w", doc.ID, err)
	}
	err = d.db.write(ctx, "save document "+doc.ID, func(tx *sql.Tx) error {
		session, err := sessionOf(ctx, tx, doc)
		if err != nil {
			return err
		}
		key, cursor, err := based(ctx, tx, doc.ID, revision)
		if err != nil {
			return err
		}
		if revision == 0 {
			if key, err = insert(ctx, tx, doc.ID); err != nil {
				return err
			}
		}
		if cursor, err = journal(tx, key, cursor); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "UPDATE documents SET session = ?, title = ?, status = ?, steps = ?, json = ?, revision = ?, cursor = ?, updated = ? WHERE key = ?",
			session, clean(doc.Title), clean(string(doc.Status)), countSteps(doc), string(text), revision+1, cursor, stamp(d.db.now()), key)
		if err != nil {
			return err
		}
		return index(ctx, tx, key, doc)
	})
	if err != nil {
		return 0, err
	}
	return revision + 1, nil
}

// encodeDocument refuses what could not be read back.
func encodeDocument(doc *sop.Document) ([]byte, error) {
	if problems := sop.Validate(doc); len(problems) > 0 {
		return nil, &sop.InvalidError{Problems: problems}
	}
	text, err := json.Marshal(doc)
	if err == nil && len(text) > sop.MaxSize {
		return nil, fmt.Errorf("%d bytes: %w", len(text), sop.ErrLimit)
	}
	return text, err
}

// sessionOf gives the row of the session that a document names, NULL for none.
func sessionOf(ctx context.Context, tx *sql.Tx, doc *sop.Document) (sql.NullInt64, error) {
	if doc.Session == "" {
		return sql.NullInt64{}, nil
	}
	key, err := sessionKey(ctx, tx, doc.Session)
	if err != nil {
		return sql.NullInt64{}, fmt.Errorf("session %s: %w", doc.Session, err)
	}
	return sql.NullInt64{Int64: key, Valid: true}, nil
}

// based finds the row of a document and demands that it is at revision; 0
// demands that there is none.
func based(ctx context.Context, tx *sql.Tx, id string, revision int64) (key, cursor int64, err error) {
	var found int64
	err = tx.QueryRowContext(ctx, "SELECT key, cursor, revision FROM documents WHERE id = ?", id).Scan(&key, &cursor, &found)
	switch {
	case errors.Is(err, sql.ErrNoRows) && revision == 0:
		return 0, 0, nil
	case err != nil:
		return 0, 0, err
	case found != revision:
		return 0, 0, fmt.Errorf("%w: stored is revision %d, the change is based on %d", ErrConflict, found, revision)
	}
	return key, cursor, nil
}

// insert makes the row that save then fills.
func insert(ctx context.Context, tx *sql.Tx, id string) (int64, error) {
	r, err := tx.ExecContext(ctx, "INSERT INTO documents (id, title, status, steps, json, revision, cursor, updated) VALUES (?, '', '', 0, '', 0, 0, '')", id)
	if err != nil {
		return 0, err
	}
	return r.LastInsertId()
}

// Get returns a document and its revision, or ErrNotFound.
func (d Documents) Get(ctx context.Context, id string) (*sop.Document, int64, error) {
	var doc *sop.Document
	var revision int64
	err := d.db.read(ctx, "get document "+id, func(q querier) error {
		var text []byte
		if err := q.QueryRowContext(ctx, "SELECT json, revision FROM documents WHERE id = ?", id).Scan(&text, &revision); err != nil {
			return err
		}
		var err error
		doc, err = sop.Decode(text)
		return err
	})
	return doc, revision, err
}

// List returns all documents, the one changed last first.
func (d Documents) List(ctx context.Context) ([]DocumentInfo, error) {
	const ask = `SELECT d.id, coalesce(s.id, ''), d.title, d.status, d.steps, d.revision, d.updated
		FROM documents d LEFT JOIN sessions s ON s.key = d.session ORDER BY d.updated DESC, d.key DESC`
	var list []DocumentInfo
	err := d.db.read(ctx, "list documents", func(q querier) error {
		return each(ctx, q, func(rows *sql.Rows) error {
			var i DocumentInfo
			var updated string
			if err := rows.Scan(&i.ID, &i.Session, &i.Title, &i.Status, &i.Steps, &i.Revision, &updated); err != nil {
				return err
			}
			var err error
			i.Updated, err = parseStamp(updated)
			list = append(list, i)
			return err
		}, ask)
	})
	return list, err
}

// Delete removes a document with its history. Its session stays.
func (d Documents) Delete(ctx context.Context, id string) error {
	return d.db.write(ctx, "delete document "+id, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM search WHERE rowid = (SELECT key FROM documents WHERE id = ?)", id); err != nil {
			return err
		}
		if err := forgetWords(ctx, tx); err != nil {
			return err
		}
		return one(tx.ExecContext(ctx, "DELETE FROM documents WHERE id = ?", id))
	})
}

func countSteps(doc *sop.Document) int {
	n := 0
	for _, sec := range doc.Sections {
		for _, step := range sec.Steps {
			if step.Kind != sop.Heading {
				n++
			}
		}
	}
	return n
}
