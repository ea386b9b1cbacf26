package sqlite

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// indexed counts the documents that the index holds a word of, without what
// Search does before.
func indexed(t *testing.T, db *DB, word string) int {
	t.Helper()
	var n int
	if err := db.reader.QueryRowContext(t.Context(), "SELECT count(*) FROM search WHERE search MATCH ?", word).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// changed stores a document and an edit of it that takes "zyxwvuts" away and
// brings "qponmlkj".
func changed(t *testing.T, db *DB) {
	t.Helper()
	doc := document("d1", "Deploy")
	doc.Sections[2].Steps[1].Title = "Say zyxwvuts"
	rev, err := db.Documents().Save(t.Context(), doc, 0)
	if err != nil {
		t.Fatal(err)
	}
	if n := indexed(t, db, "zyxwvuts"); n != 1 {
		t.Fatalf("a new document is %d times in the index", n)
	}
	doc.Sections[2].Steps[1].Title = "Say qponmlkj"
	if _, err := db.Documents().SaveEdit(t.Context(), doc, rev, edit(1)); err != nil {
		t.Fatal(err)
	}
}

func checkIndexed(t *testing.T, db *DB) {
	t.Helper()
	if gone, there := indexed(t, db, "zyxwvuts"), indexed(t, db, "qponmlkj"); gone != 0 || there != 1 {
		t.Errorf("the index holds the old word %d times and the new one %d times", gone, there)
	}
}

func TestIndexFollowsAPauseInTyping(t *testing.T) {
	db := fresh(t)
	changed(t, db)
	deadline := time.Now().Add(20 * time.Second)
	for indexed(t, db, "qponmlkj") == 0 {
		if time.Now().After(deadline) {
			t.Fatal("the edit never reached the index")
		}
		time.Sleep(10 * time.Millisecond)
	}
	checkIndexed(t, db)
	// A second round: the first must not have used up the clock.
	doc, rev, err := db.Documents().Get(t.Context(), "d1")
	if err != nil {
		t.Fatal(err)
	}
	doc.Title = "Later words"
	if _, err := db.Documents().SaveEdit(t.Context(), doc, rev, edit(2)); err != nil {
		t.Fatal(err)
	}
	for indexed(t, db, "later") == 0 {
		if time.Now().After(deadline) {
			t.Fatal("the second edit never reached the index")
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// TestCloseLeavesNothingOfDeletedText reads the file as a thief would.
func TestCloseLeavesNothingOfDeletedText(t *testing.T) {
	path := filepath.Join(t.TempDir(), "runreel.db")
	db, err := Open(t.Context(), Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	changed(t, db)
	if err := db.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(data, []byte("zyxwvuts")) || !bytes.Contains(data, []byte("qponmlkj")) {
		t.Error("the file holds the old word, or lacks the new one")
	}
	if left, err := os.ReadFile(path + "-wal"); err == nil && bytes.Contains(left, []byte("zyxwvuts")) {
		t.Error("the log holds the old word")
	}
	checkIndexed(t, open(t, path))
}

// TestOpenIndexesWhatACrashLeft opens the files as a process that was killed
// leaves them.
func TestOpenIndexesWhatACrashLeft(t *testing.T) {
	path := filepath.Join(t.TempDir(), "runreel.db")
	db := open(t, path)
	changed(t, db)
	after := filepath.Join(t.TempDir(), "runreel.db")
	for _, end := range []string{"", "-wal"} {
		data, err := os.ReadFile(path + end)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(after+end, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if indexed(t, db, "qponmlkj") != 0 {
		t.Fatal("the edit was indexed at once: this test tests nothing")
	}
	checkIndexed(t, open(t, after))
}

// TestDeletedWhileNotIndexed: a document that goes with an edit that is not in
// the index leaves nothing there.
func TestDeletedWhileNotIndexed(t *testing.T) {
	db := fresh(t)
	changed(t, db)
	if err := db.Documents().Delete(t.Context(), "d1"); err != nil {
		t.Fatal(err)
	}
	if err := db.catchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	if old, now := indexed(t, db, "zyxwvuts"), indexed(t, db, "qponmlkj"); old+now != 0 {
		t.Errorf("the index still holds %d and %d", old, now)
	}
}

// TestSearchGoesOnWithoutTheIndex: a document that cannot be read must not keep
// the others from being found.
func TestSearchGoesOnWithoutTheIndex(t *testing.T) {
	db := fresh(t)
	changed(t, db)
	if _, err := db.Documents().Save(t.Context(), document("d2", "Restart orders"), 0); err != nil {
		t.Fatal(err)
	}
	if _, err := db.writer.ExecContext(t.Context(), "UPDATE documents SET json = '{' WHERE id = 'd1'"); err != nil {
		t.Fatal(err)
	}
	hits, err := db.Documents().Search(t.Context(), "orders", 10)
	if err != nil || len(hits) != 1 {
		t.Errorf("%v, %v", hits, err)
	}
}

// TestSearchOfVeryCommonWords: beyond maxRanked the titles still come first,
// however old, and nothing comes twice.
func TestSearchOfVeryCommonWords(t *testing.T) {
	db := fresh(t)
	const all = maxRanked + 300
	for _, script := range []string{
		`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
			INSERT INTO documents (key, id, title, status, steps, json, revision, cursor, updated)
			SELECT i, 'd' || i, 'Note', 'draft', 0, '{}', 1, 0, '2026-01-01T00:00:00.000000000Z' FROM n`,
		`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
			INSERT INTO search (rowid, title, body) SELECT i, iif(i IN (3, 5), 'Common', 'Note'), 'a common word ' || i FROM n`,
	} {
		if _, err := db.writer.ExecContext(t.Context(), fmt.Sprintf(script, all)); err != nil {
			t.Fatal(err)
		}
	}
	hits, err := db.Documents().Search(t.Context(), "word common", 50)
	if err != nil || len(hits) != 50 {
		t.Fatalf("%d hits, %v", len(hits), err)
	}
	seen := map[string]bool{}
	for i, h := range hits {
		if titled := h.ID == "d3" || h.ID == "d5"; titled != (i < 2) || seen[h.ID] {
			t.Errorf("hit %d is %s, seen before: %v", i, h.ID, seen[h.ID])
		}
		seen[h.ID] = true
	}
	if hits, err := db.Documents().Search(t.Context(), "word common", 2); err != nil || len(hits) != 2 {
		t.Errorf("%d hits, %v", len(hits), err)
	}
	if hits, err := db.Documents().Search(t.Context(), "word 7", 50); err != nil || len(hits) == 0 {
		t.Errorf("an old document is not found: %v", err)
	}
}
