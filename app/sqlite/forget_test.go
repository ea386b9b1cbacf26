package sqlite

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The search index stays whole through any order of changes.
func TestSearchIndexStaysWhole(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	word := func() string { return fmt.Sprintf("w%016xw", r.Uint64()) }
	for range 25 {
		db := fresh(t)
		docs := db.Documents()
		for range 60 {
			id := fmt.Sprint("d", r.IntN(12))
			_, revision, err := docs.Get(t.Context(), id)
			if err == nil && r.IntN(3) == 0 {
				if err := docs.Delete(t.Context(), id); err != nil {
					t.Fatal(err)
				}
				continue
			}
			doc := document(id, word())
			doc.Sections[0].Body = strings.Repeat(word()+" ", 1+r.IntN(400))
			if _, err := docs.Save(t.Context(), doc, revision); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := db.writer.ExecContext(t.Context(), "INSERT INTO search (search, rank) VALUES ('integrity-check', 0)"); err != nil {
			t.Fatal(err)
		}
	}
}

// What was deleted or overwritten cannot be read from the file after Close.
func TestDeletedWordsLeaveTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "runreel.db")
	db, err := Open(t.Context(), Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	docs := db.Documents()
	for i := range 30 {
		if _, err := docs.Save(t.Context(), document(fmt.Sprint("d", i), "kept words"), 0); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range []string{"gone", "edited"} {
		if _, err := docs.Save(t.Context(), document(id, "zq"+id+"word"), 0); err != nil {
			t.Fatal(err)
		}
	}
	if err := docs.Delete(t.Context(), "gone"); err != nil {
		t.Fatal(err)
	}
	if _, err := docs.Save(t.Context(), document("edited", "other"), 1); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// The index leaves out what a word shares with the one before it.
	for _, part := range []string{"goneword", "editedword"} {
		if bytes.Contains(data, []byte(part)) {
			t.Errorf("%q can be read from the file", part)
		}
	}
}
