package app

import (
	"bytes"
	"encoding/json"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/runreel/runreel/pipeline/sop"
)

func titleEdit(t *testing.T, text string) string {
	t.Helper()
	b, err := sop.EncodeEdit(sop.SetDocument{Field: "title", Text: text})
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// edited returns the snapshot of an editor's call that must work.
func edited(t *testing.T) func(Snapshot, error) Snapshot {
	return func(s Snapshot, err error) Snapshot {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
}

func wantTitle(t *testing.T, s Snapshot, title string, undo, redo bool) {
	t.Helper()
	if s.Document.Title != title || s.CanUndo != undo || s.CanRedo != redo {
		t.Errorf("title %q, undo %v, redo %v; want %q, %v, %v", s.Document.Title, s.CanUndo, s.CanRedo, title, undo, redo)
	}
}

func TestEditsSurviveARestart(t *testing.T) {
	privateRuntime(t)
	dir := t.TempDir()
	var doc *sop.Document
	t.Run("made", func(t *testing.T) { doc = storeDocument(t, openApp(t, Options{DataDir: dir})) })
	if doc == nil {
		t.FailNow()
	}
	t.Run("before", func(t *testing.T) {
		a := openApp(t, Options{DataDir: dir})
		e, ok := &EditorAPI{a}, edited(t)
		s := ok(e.Open(doc.ID))
		wantTitle(t, s, doc.Title, false, false)
		if s.Numbers["s1"] != 1 || s.Numbers["s0"] != 0 {
			t.Errorf("numbers %v", s.Numbers)
		}
		s = ok(e.Apply(doc.ID, s.Revision, titleEdit(t, "One"), false))
		s = ok(e.Apply(doc.ID, s.Revision, titleEdit(t, "Two"), false))
		s = ok(e.Apply(doc.ID, s.Revision, titleEdit(t, "Two an"), true))
		s = ok(e.Apply(doc.ID, s.Revision, titleEdit(t, "Two and three"), true))
		wantTitle(t, s, "Two and three", true, false)
		s = ok(e.Undo(doc.ID))
		wantTitle(t, s, "One", true, true) // what was typed is one edit
		wantTitle(t, ok(e.Redo(doc.ID)), "Two and three", true, false)
		wantTitle(t, ok(e.Undo(doc.ID)), "One", true, true)
	})
	t.Run("after", func(t *testing.T) {
		a := openApp(t, Options{DataDir: dir})
		e, ok := &EditorAPI{a}, edited(t)
		wantTitle(t, ok(e.Open(doc.ID)), "One", true, true)
		wantTitle(t, ok(e.Redo(doc.ID)), "Two and three", true, false)
		wantTitle(t, ok(e.Undo(doc.ID)), "One", true, true)
		wantTitle(t, ok(e.Undo(doc.ID)), doc.Title, false, true)
		wantTitle(t, ok(e.Undo(doc.ID)), doc.Title, false, true) // there is nothing left
		s := ok(e.Redo(doc.ID))
		s = ok(e.Apply(doc.ID, s.Revision, titleEdit(t, "Another"), false))
		wantTitle(t, s, "Another", true, false) // and no way to what was undone
	})
	t.Run("typing goes on", func(t *testing.T) {
		a := openApp(t, Options{DataDir: dir})
		e, ok := &EditorAPI{a}, edited(t)
		s := ok(e.Open(doc.ID))
		ok(e.Apply(doc.ID, s.Revision, titleEdit(t, "Another one"), true))
		wantTitle(t, ok(e.Undo(doc.ID)), "One", true, true)
	})
}

// TestUndoneEditsKeepTheirOrder redoes, after a restart, two that were undone.
func TestUndoneEditsKeepTheirOrder(t *testing.T) {
	privateRuntime(t)
	dir := t.TempDir()
	made := t.Run("before", func(t *testing.T) {
		a := openApp(t, Options{DataDir: dir})
		e, ok := &EditorAPI{a}, edited(t)
		s := ok(e.Open(storeDocument(t, a).ID))
		for _, title := range []string{"One", "Two", "Three"} {
			s = ok(e.Apply(s.Document.ID, s.Revision, titleEdit(t, title), false))
		}
		ok(e.Undo(s.Document.ID))
		wantTitle(t, ok(e.Undo(s.Document.ID)), "One", true, true)
	})
	if !made {
		return
	}
	e, ok := &EditorAPI{openApp(t, Options{DataDir: dir})}, edited(t)
	wantTitle(t, ok(e.Redo("doc-1")), "Two", true, true)
	wantTitle(t, ok(e.Redo("doc-1")), "Three", true, false)
}

// TestTwoProcessesEdit: the second one to change a document is told, and sees
// the change of the first.
func TestTwoProcessesEdit(t *testing.T) {
	privateRuntime(t)
	dir := t.TempDir()
	first := openApp(t, Options{DataDir: dir})
	doc := storeDocument(t, first)
	mine, theirs, ok := &EditorAPI{first}, &EditorAPI{openApp(t, Options{DataDir: dir})}, edited(t)
	s := ok(mine.Open(doc.ID))
	ok(theirs.Open(doc.ID))
	changed := ok(theirs.Apply(doc.ID, s.Revision, titleEdit(t, "Theirs"), false))
	_, err := mine.Apply(doc.ID, s.Revision, titleEdit(t, "Mine"), false)
	if f := faultOf(t, err); f.Code != "conflict" {
		t.Errorf("%+v", f)
	}
	if now, err := first.editors.current(t.Context(), doc.ID); err != nil || now.Title != "Theirs" {
		t.Errorf("shown is %q, %v", now.Title, err)
	}
	wantTitle(t, ok(mine.Apply(doc.ID, changed.Revision, titleEdit(t, "Both"), false)), "Both", true, false)
	wantTitle(t, ok(mine.Undo(doc.ID)), "Theirs", true, true)
}

func TestEditRefused(t *testing.T) {
	privateRuntime(t)
	a := openApp(t, Options{DataDir: t.TempDir()})
	doc := storeDocument(t, a)
	e, ok := &EditorAPI{a}, edited(t)
	first := ok(e.Open(doc.ID))
	second := ok(e.Apply(doc.ID, first.Revision, titleEdit(t, "New"), false))
	before, err := json.Marshal(second.Document)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, edit, code string
		revision         int64
	}{
		{"older revision", titleEdit(t, "Newer"), "conflict", first.Revision},
		{"no such step", `{"op":"set-step","step":"nowhere","field":"title","text":"x"}`, "edit", second.Revision},
		{"half of a batch", `{"op":"batch","edits":[` + titleEdit(t, "Half") + `,{"op":"delete-step","step":"nowhere"}]}`, "edit", second.Revision},
		{"unknown edit", `{"op":"format-disk"}`, "edit", second.Revision},
		{"no edit", `{`, "edit", second.Revision},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := e.Apply(doc.ID, c.revision, c.edit, false)
			if f := faultOf(t, err); f.Code != c.code || f.Help == "" {
				t.Errorf("%+v, want code %s", f, c.code)
			}
			now := ok(e.Open(doc.ID))
			after, err := json.Marshal(now.Document)
			if err != nil || !bytes.Equal(before, after) || now.Revision != second.Revision {
				t.Errorf("the document changed: revision %d, %v\n%s", now.Revision, err, after)
			}
		})
	}
	if _, err := e.Open("nowhere"); faultOf(t, err).Code != "not-found" {
		t.Errorf("%v", err)
	}
}

func TestFigures(t *testing.T) {
	privateRuntime(t)
	a := openApp(t, Options{DataDir: t.TempDir()})
	doc := storeDocument(t, a)
	pages := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	handler := a.middleware(pages)
	for _, c := range []struct {
		method, path string
		status       int
	}{
		{"GET", "/figures/" + doc.ID + "/f1.png", 200},
		{"HEAD", "/figures/" + doc.ID + "/f1.png", 200},
		{"POST", "/figures/" + doc.ID + "/f1.png", 405},
		{"DELETE", "/figures/" + doc.ID + "/f1.png", 405},
		{"GET", "/figures/" + doc.ID + "/nothing.png", 404},
		{"GET", "/figures/nothing/f1.png", 404},
		{"GET", "/figures/" + doc.ID + "/f1", 404},
		{"GET", "/figures/" + doc.ID + "/../f1.png", 404},
		{"GET", "/figures/", 404},
		{"GET", "/index.html", 418},
	} {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(c.method, c.path, nil))
		if w.Code != c.status {
			t.Errorf("%s %s: %d, want %d", c.method, c.path, w.Code, c.status)
		}
		if got := w.Header().Get("Content-Security-Policy"); !strings.Contains(got, "default-src 'self'") || strings.Contains(got, "unsafe-eval") {
			t.Errorf("%s %s: policy %q", c.method, c.path, got)
		}
		if got := w.Header().Get("X-Content-Type-Options"); got != "nosniff" {
			t.Errorf("%s %s: X-Content-Type-Options %q", c.method, c.path, got)
		}
		if c.method == "GET" && c.status == 200 {
			if _, err := png.Decode(w.Body); err != nil || w.Header().Get("Content-Type") != "image/png" {
				t.Errorf("%s: %v, %v", c.path, err, w.Header())
			}
		}
	}
}

func TestExportNeverOverwrites(t *testing.T) {
	privateRuntime(t)
	a := openApp(t, Options{DataDir: t.TempDir()})
	doc := storeDocument(t, a)
	out := t.TempDir()
	for _, format := range Formats() {
		content := map[string][]byte{}
		for range 3 {
			r, err := a.Export(t.Context(), ExportRequest{Document: doc.ID, Format: format, Folder: out})
			if err != nil || len(r.Files) == 0 {
				t.Fatalf("%s: %+v, %v", format, r, err)
			}
			for _, f := range r.Files {
				if content[f] != nil {
					t.Errorf("%s was written again", f)
				}
				if content[f], err = os.ReadFile(f); err != nil {
					t.Error(err)
				}
			}
			if len(r.Warnings) > 0 {
				t.Errorf("%s: %q", format, r.Warnings)
			}
		}
		for f, before := range content {
			if now, err := os.ReadFile(f); err != nil || !bytes.Equal(before, now) {
				t.Errorf("%s changed: %v", f, err)
			}
		}
	}
	entries, err := os.ReadDir(out)
	if err != nil || len(entries) != 6 {
		t.Errorf("%v, %v; want three folders and three files", entries, err)
	}
	_, err = a.Export(t.Context(), ExportRequest{Document: doc.ID, Format: "docx", Folder: out})
	if f := Describe(err); f.Code != "format" || !strings.Contains(f.Help, "pdf") {
		t.Errorf("%+v", f)
	}
}

func TestRevealOnlyWhatWasExported(t *testing.T) {
	privateRuntime(t)
	a := openApp(t, Options{DataDir: t.TempDir()})
	secret := filepath.Join(t.TempDir(), "secret")
	if f := faultOf(t, (&ExportAPI{a}).Reveal(secret)); f.Code != "not-exported" {
		t.Errorf("%+v", f)
	}
}

func TestListsAreNeverNull(t *testing.T) {
	privateRuntime(t)
	a := openApp(t, Options{DataDir: t.TempDir()})
	l, s := &LibraryAPI{a}, &SettingsAPI{a}
	lists := map[string]any{}
	var errs [4]error
	lists["sessions"], errs[0] = l.Sessions()
	lists["documents"], errs[1] = l.Documents()
	lists["hits"], errs[2] = l.Search("nothing")
	lists["models"], errs[3] = s.Models()
	for name, v := range lists {
		if b, err := json.Marshal(v); err != nil || string(b) != "[]" {
			t.Errorf("%s: %s, %v", name, b, err)
		}
	}
	if slices.ContainsFunc(errs[:], func(err error) bool { return err != nil }) {
		t.Error(errs)
	}
}
