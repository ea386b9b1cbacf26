package crash

import (
	"bytes"
	"context"
	"database/sql"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	_ "github.com/mattn/go-sqlite3"

	"github.com/runreel/runreel/capture"
)

// verify looks at what the kills left, and goes on from there.
func (h *harness) verify(t *testing.T) {
	t.Helper()
	if found := readable(t, h.dir, h.world.words); len(found) > 0 {
		t.Errorf("what was taken off the record can be read before the next start: %v", found)
	}
	if h.random.IntN(2) == 0 { // else the next start finds the log as it is
		checkDatabase(t, h.dir)
	}
	s, err := openStores(t.Context(), h.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.close(context.Background()); err != nil {
			t.Error(err)
		}
		checkDatabase(t, h.dir)
	}()
	if _, err := s.Recover(t.Context()); err != nil {
		t.Errorf("recover: %v", err)
	}
	found := look(t, s)
	h.settle(t, found)
	if found := readable(t, h.dir, h.world.words); len(found) > 0 {
		t.Errorf("what was taken off the record can be read after the next start: %v", found)
	}
	h.facts += h.world.facts()
}

// settle compares what was found with what was told, without the step that was
// under way, or with the whole of it.
func (h *harness) settle(t *testing.T, found *world) {
	t.Helper()
	pending := h.world.pending
	h.world.pending = nil
	without := h.world.differences(found)
	if len(without) > 0 && pending != nil {
		done := h.world.clone()
		done.commit(*pending)
		with := done.differences(found)
		if len(with) == 0 {
			h.world, without = done, nil
			h.untold++
		} else {
			t.Errorf("%q was under way; with it: %s", pending.Step, head(with))
		}
	}
	if len(without) > 0 {
		t.Errorf("not as it was told: %s", head(without))
	}
}

func head(list []string) string {
	slices.Sort(list)
	return strings.Join(list[:min(len(list), 10)], "; ")
}

// look reads everything that is stored, and checks the media.
func look(t *testing.T, s stores) *world {
	t.Helper()
	w := newWorld()
	list, err := s.db.Sessions().List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, info := range list {
		r, err := s.Load(t.Context(), info.ID)
		if err != nil {
			t.Fatal(err)
		}
		rec := &recorded{open: info.State == capture.SessionRecovered, facts: map[int64]string{}}
		for _, e := range r.Events {
			rec.facts[e.Seq] = sumOf(e)
		}
		if len(r.Segments) > 0 {
			rec.speech = sum(r.Segments)
		}
		if info.State == capture.SessionRecording || info.Events != len(r.Events) {
			t.Errorf("session %s is in state %s, and has %d events of %d", info.ID, info.State, len(r.Events), info.Events)
		}
		w.sessions[info.ID] = rec
		checkMedia(t, s, info.ID, r.Events)
	}
	checkFolders(t, s, w)
	lookAtDocuments(t, s, w)
	return w
}

// checkMedia demands every file that events name, and no other.
func checkMedia(t *testing.T, s stores, id string, events []capture.Event) {
	t.Helper()
	named := map[string]bool{}
	for _, e := range events {
		name := capture.MediaOf(e.Fact)
		if name == "" || named[name] {
			continue
		}
		named[name] = true
		if err := s.Media(id).Verify(name); err != nil {
			t.Errorf("session %s, event %d: %v", id, e.Seq, err)
		}
	}
	for _, kind := range []string{"frames", "audio"} {
		files, err := os.ReadDir(filepath.Join(s.Media(id).Path(), kind))
		if err != nil && !os.IsNotExist(err) {
			t.Error(err)
		}
		for _, f := range files {
			if !named[path.Join(kind, f.Name())] {
				t.Errorf("session %s: no event names %s/%s", id, kind, f.Name())
			}
		}
	}
}

// checkFolders demands that a deleted session has left no folder.
func checkFolders(t *testing.T, s stores, w *world) {
	t.Helper()
	ids, err := s.media.Sessions()
	if err != nil {
		t.Fatal(err)
	}
	condemned, err := s.media.Deleted()
	if err != nil || len(condemned) > 0 {
		t.Errorf("half deleted: %v, %v", condemned, err)
	}
	for _, id := range ids {
		size, err := s.Media(id).Size()
		if w.sessions[id] == nil && (err != nil || size > 0) {
			t.Errorf("session %s is gone and has a folder with %d bytes, %v", id, size, err)
		}
	}
}

func lookAtDocuments(t *testing.T, s stores, w *world) {
	t.Helper()
	docs := s.db.Documents()
	list, err := docs.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, info := range list {
		d, revision, err := docs.Get(t.Context(), info.ID)
		if err != nil {
			t.Fatal(err)
		}
		done, undone, err := docs.Edits(t.Context(), info.ID)
		if err != nil {
			t.Fatal(err)
		}
		w.docs[info.ID] = document{docState: docState{Revision: revision, Sum: sumOfDocument(d), Done: len(done), Undone: len(undone)}, session: d.Session}
		hits, err := docs.Search(t.Context(), d.Title, 5)
		if err != nil || len(hits) != 1 || hits[0].ID != info.ID {
			t.Errorf("a search for the title of document %s finds %+v, %v", info.ID, hits, err)
		}
	}
}

// checkDatabase asks SQLite itself.
func checkDatabase(t *testing.T, dir string) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+filepath.Join(dir, "runreel.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var found string
	if err := db.QueryRow("PRAGMA integrity_check").Scan(&found); err != nil || found != "ok" {
		t.Errorf("integrity_check says %q, %v", found, err)
	}
	rows, err := db.Query("PRAGMA foreign_key_check")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	if rows.Next() {
		t.Error("foreign_key_check finds something")
	}
	if err := rows.Err(); err != nil {
		t.Error(err)
	}
	var tables int
	if err := db.QueryRow("SELECT count(*) FROM sqlite_schema WHERE name = 'search'").Scan(&tables); err != nil {
		t.Error(err)
	}
	if tables == 0 {
		return // an older schema
	}
	if _, err := db.Exec("INSERT INTO search (search, rank) VALUES ('integrity-check', 0)"); err != nil {
		t.Errorf("the search index: %v", err)
	}
}

// readable lists the words that can be read from a file below dir.
func readable(t *testing.T, dir string, words []string) []string {
	t.Helper()
	forbidden := map[string]bool{}
	for _, w := range words {
		forbidden[w] = true
	}
	var found []string
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(name)
		for word := range wordsIn(data) {
			if forbidden[word] {
				found = append(found, word+" in "+filepath.Base(name))
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// wordsIn finds what worker.word made.
func wordsIn(data []byte) map[string]bool {
	const length = 18 // w, 16 hexadecimal digits, w
	words := map[string]bool{}
	for i := bytes.IndexByte(data, 'w'); i >= 0 && i+length <= len(data); {
		if data[i+length-1] == 'w' {
			words[string(data[i:i+length])] = true
		}
		next := bytes.IndexByte(data[i+1:], 'w')
		if next < 0 {
			break
		}
		i += 1 + next
	}
	return words
}
