package sqlite

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/runreel/runreel/pipeline/sop"
)

func document(id, title string) *sop.Document {
	doc := sop.New(id, title)
	sec := doc.SectionOf(sop.Procedure)
	exit := 0
	sec.Steps = []sop.Step{
		{ID: "h", Kind: sop.Heading, Title: "Roll out"},
		{ID: "one", Kind: sop.StepCommand, Title: "Run `kubectl rollout status`", Command: &sop.Command{Line: "kubectl rollout status deploy/payments", Output: "successfully rolled out", Exit: &exit}},
		{ID: "two", Kind: sop.StepClick, Title: "Click **Roll out**", Label: "Roll out"},
	}
	return doc
}

func asJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestDocuments(t *testing.T) {
	db := fresh(t)
	docs := db.Documents()
	doc := document("d1", "Deploy payments")
	revision, err := docs.Save(t.Context(), doc, 0)
	if err != nil || revision != 1 {
		t.Fatalf("Save gives %d, %v", revision, err)
	}
	got, revision, err := docs.Get(t.Context(), "d1")
	if err != nil || revision != 1 || asJSON(t, got) != asJSON(t, doc) {
		t.Errorf("Get gives %s, %d, %v", asJSON(t, got), revision, err)
	}
	if _, err := docs.Save(t.Context(), doc, 0); !errors.Is(err, ErrConflict) {
		t.Errorf("a second new one: %v, want ErrConflict", err)
	}
	doc.Title = "Deploy orders"
	if revision, err = docs.Save(t.Context(), doc, 1); err != nil || revision != 2 {
		t.Errorf("Save gives %d, %v", revision, err)
	}
	doc.Title = "Lost"
	if _, err = docs.Save(t.Context(), doc, 1); !errors.Is(err, ErrConflict) {
		t.Errorf("Save on an old revision: %v, want ErrConflict", err)
	}
	if _, err := docs.Save(t.Context(), document("d9", "x"), 4); !errors.Is(err, ErrNotFound) {
		t.Errorf("Save of a document that is gone: %v, want ErrNotFound", err)
	}
	orphan := document("d8", "x")
	orphan.Session = "nowhere"
	if _, err := docs.Save(t.Context(), orphan, 0); !errors.Is(err, ErrNotFound) {
		t.Errorf("Save with an unknown session: %v, want ErrNotFound", err)
	}
	bad := document("d7", "x")
	bad.Sections[2].Steps[1].ID = bad.Sections[2].Steps[2].ID
	var invalid *sop.InvalidError
	if _, err := docs.Save(t.Context(), bad, 0); !errors.As(err, &invalid) {
		t.Errorf("Save of an invalid document: %v, want an InvalidError", err)
	}
	list, err := docs.List(t.Context())
	if err != nil || len(list) != 1 || list[0].Title != "Deploy orders" || list[0].Steps != 2 || list[0].Revision != 2 || list[0].Status != sop.Draft || list[0].Updated.IsZero() {
		t.Errorf("List gives %+v, %v", list, err)
	}
	if err := docs.Delete(t.Context(), "d1"); err != nil {
		t.Fatal(err)
	}
	if err := docs.Delete(t.Context(), "d1"); !errors.Is(err, ErrNotFound) {
		t.Errorf("second Delete gives %v", err)
	}
}

func TestDocumentOfSession(t *testing.T) {
	db := fresh(t)
	addSession(t, db, "s1")
	for _, id := range []string{"d1", "d2"} {
		doc := document(id, id)
		doc.Session = "s1"
		if _, err := db.Documents().Save(t.Context(), doc, 0); err != nil {
			t.Fatal(err)
		}
	}
	list, err := db.Sessions().List(t.Context())
	if err != nil || len(list) != 1 || list[0].Document != "d2" {
		t.Errorf("List gives %+v, %v; want the document changed last", list, err)
	}
	docs, err := db.Documents().List(t.Context())
	if err != nil || len(docs) != 2 || docs[0].Session != "s1" {
		t.Errorf("documents %+v, %v", docs, err)
	}
}

func edit(n int) Edit {
	return Edit{Forward: fmt.Appendf(nil, "do %d", n), Inverse: fmt.Appendf(nil, "undo %d", n)}
}

func TestUndoJournalSurvivesRestart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "runreel.db")
	db, err := Open(t.Context(), Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	doc := document("d1", "x")
	rev, err := db.Documents().Save(t.Context(), doc, 0)
	if err != nil {
		t.Fatal(err)
	}
	do := func(what string, f func() (int64, error)) {
		t.Helper()
		next, err := f()
		if err != nil || next != rev+1 {
			t.Fatalf("%s gives %d, %v after %d", what, next, err, rev)
		}
		rev = next
	}
	docs := db.Documents()
	for n := 1; n <= 3; n++ {
		do("edit", func() (int64, error) { return docs.SaveEdit(t.Context(), doc, rev, edit(n)) })
	}
	do("undo", func() (int64, error) { return docs.SaveUndo(t.Context(), doc, rev) })
	do("undo", func() (int64, error) { return docs.SaveUndo(t.Context(), doc, rev) })
	if err := db.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	db = open(t, path)
	docs = db.Documents()
	check := func(done, undone []Edit) {
		t.Helper()
		d, u, err := docs.Edits(t.Context(), "d1")
		if err != nil || !reflect.DeepEqual(d, done) || !reflect.DeepEqual(u, undone) {
			t.Errorf("journal %s | %s, %v; want %s | %s", d, u, err, done, undone)
		}
	}
	check([]Edit{edit(1)}, []Edit{edit(2), edit(3)})
	do("redo", func() (int64, error) { return docs.SaveRedo(t.Context(), doc, rev) })
	check([]Edit{edit(1), edit(2)}, []Edit{edit(3)})
	do("joined", func() (int64, error) { return docs.SaveJoined(t.Context(), doc, rev, []byte("do more")) })
	check([]Edit{edit(1), {Forward: []byte("do more"), Inverse: edit(2).Inverse}}, nil)
	if _, err := docs.SaveRedo(t.Context(), doc, rev); !errors.Is(err, ErrNothing) {
		t.Errorf("redo of nothing: %v", err)
	}
	if _, err := docs.SaveEdit(t.Context(), doc, rev-1, edit(9)); !errors.Is(err, ErrConflict) {
		t.Errorf("edit of an old revision: %v", err)
	}
	do("undo", func() (int64, error) { return docs.SaveUndo(t.Context(), doc, rev) })
	do("undo", func() (int64, error) { return docs.SaveUndo(t.Context(), doc, rev) })
	if _, err := docs.SaveUndo(t.Context(), doc, rev); !errors.Is(err, ErrNothing) {
		t.Errorf("undo of nothing: %v", err)
	}
	if _, err := docs.SaveJoined(t.Context(), doc, rev, nil); !errors.Is(err, ErrNothing) {
		t.Errorf("joining nothing: %v", err)
	}
	do("edit", func() (int64, error) { return docs.SaveEdit(t.Context(), doc, rev, edit(7)) })
	check([]Edit{edit(7)}, nil)
	do("new draft", func() (int64, error) { return docs.Save(t.Context(), doc, rev) })
	check(nil, nil)
}

func TestVersions(t *testing.T) {
	db := fresh(t)
	docs := db.Documents()
	doc := document("d1", "first")
	if _, err := docs.Save(t.Context(), doc, 0); err != nil {
		t.Fatal(err)
	}
	if err := docs.KeepVersion(t.Context(), "d1", 1, "draft"); err != nil {
		t.Fatal(err)
	}
	doc.Title = "second"
	if _, err := docs.Save(t.Context(), doc, 1); err != nil {
		t.Fatal(err)
	}
	if err := docs.KeepVersion(t.Context(), "d1", 1, "late"); !errors.Is(err, ErrConflict) {
		t.Errorf("keeping a revision that is gone: %v", err)
	}
	for _, note := range []string{"exported", "approved"} {
		if err := docs.KeepVersion(t.Context(), "d1", 2, note); err != nil {
			t.Fatal(err)
		}
	}
	list, err := docs.Versions(t.Context(), "d1")
	if err != nil || len(list) != 2 || list[0].Revision != 2 || list[0].Note != "approved" || list[1].Note != "draft" {
		t.Errorf("Versions gives %+v, %v", list, err)
	}
	old, err := docs.Version(t.Context(), "d1", 1)
	if err != nil || old.Title != "first" {
		t.Errorf("Version gives %v, %v", old, err)
	}
	if _, err := docs.Version(t.Context(), "d1", 9); !errors.Is(err, ErrNotFound) {
		t.Errorf("unknown version: %v", err)
	}
	if err := docs.KeepVersion(t.Context(), "d9", 0, ""); !errors.Is(err, ErrNotFound) {
		t.Errorf("version of an unknown document: %v", err)
	}
}
