package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/runreel/runreel/pipeline/sop"
)

// indexDelay is how long after the last edit the search index follows. Indexing
// a long document takes far longer than storing it, so typing does not wait
// for it; a search does.
const indexDelay = 2 * time.Second

// lag knows that edits were stored that the index does not have, and brings it
// up to them after a while. Which documents these are stands in the database:
// what a killed process left behind is found by the next.
type lag struct {
	mu      sync.Mutex
	timer   *time.Timer // nil before the first edit
	running sync.WaitGroup
	closed  bool
}

// soon calls do once, indexDelay after the last call of soon.
func (l *lag) soon(do func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return
	}
	if l.timer != nil {
		l.timer.Reset(indexDelay)
		return
	}
	l.timer = time.AfterFunc(indexDelay, func() {
		l.mu.Lock()
		if l.closed {
			l.mu.Unlock()
			return
		}
		l.running.Add(1)
		l.mu.Unlock()
		defer l.running.Done()
		do()
	})
}

// close waits for what runs; afterwards nothing does.
func (l *lag) close() {
	l.mu.Lock()
	l.closed = true
	if l.timer != nil {
		l.timer.Stop()
	}
	l.mu.Unlock()
	l.running.Wait()
}

// indexSoon lets the index follow an edit.
func (db *DB) indexSoon() {
	db.lag.soon(func() { db.tryCatchUp(context.Background()) })
}

// tryCatchUp is catchUp where nobody can be told of a failure: the documents
// stay marked, and the next search tries again.
func (db *DB) tryCatchUp(ctx context.Context) {
	if err := db.catchUp(ctx); err != nil {
		db.log.Warn("edits are not in the search index yet", "err", err)
	}
}

// catchUp indexes the documents whose edits are not in the index.
func (db *DB) catchUp(ctx context.Context) error {
	var keys []int64
	err := each(ctx, db.reader, func(rows *sql.Rows) error {
		var key int64
		err := rows.Scan(&key)
		keys = append(keys, key)
		return err
	}, "SELECT document FROM unindexed")
	errs := []error{db.fault("find what is not indexed", err)}
	for _, key := range keys {
		errs = append(errs, db.write(ctx, "index documents", func(tx *sql.Tx) error { return reindex(ctx, tx, key) }))
	}
	return errors.Join(errs...)
}

// reindex indexes a document as it is stored, unless that is done already.
func reindex(ctx context.Context, tx *sql.Tx, key int64) error {
	const ask = "SELECT d.id, d.json FROM unindexed u JOIN documents d ON d.key = u.document WHERE u.document = ?"
	var id string
	var text []byte
	err := tx.QueryRowContext(ctx, ask, key).Scan(&id, &text)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	doc, err := sop.Decode(text)
	if err != nil {
		return fmt.Errorf("document %s: %w", id, err)
	}
	return index(ctx, tx, key, doc)
}

// index puts the text of a document into the search in place of what was there.
func index(ctx context.Context, tx *sql.Tx, key int64, doc *sop.Document) error {
	if _, err := tx.ExecContext(ctx, "DELETE FROM unindexed WHERE document = ?", key); err != nil {
		return err
	}
	title, body := searchText(doc.Title), searchText(bodyText(doc))
	var oldTitle, oldBody string
	err := tx.QueryRowContext(ctx, "SELECT title, body FROM search WHERE rowid = ?", key).Scan(&oldTitle, &oldBody)
	if err == nil && oldTitle == title && oldBody == body {
		return nil
	}
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT OR REPLACE INTO search (rowid, title, body) VALUES (?, ?, ?)", key, title, body)
	return err
}

// indexLater marks a document whose edit is stored with it.
func indexLater(ctx context.Context, tx *sql.Tx, key int64, _ *sop.Document) error {
	_, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO unindexed (document) VALUES (?)", key)
	return err
}
