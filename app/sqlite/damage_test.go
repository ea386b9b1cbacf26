package sqlite

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/runreel/runreel/capture"
)

// killed makes the files of a database as a process leaves them that is killed:
// 500 events in the file and one in the log.
func killed(t *testing.T, path string) {
	t.Helper()
	db, err := Open(t.Context(), Options{Path: path + ".living"})
	if err != nil {
		t.Fatal(err)
	}
	addSession(t, db, "s1")
	var events []capture.Event
	for i := range int64(500) {
		events = append(events, capture.Event{Seq: i + 1, Fact: capture.Mark{Text: strings.Repeat("m", 300)}})
	}
	if err := db.Events().Append(t.Context(), "s1", events); err != nil {
		t.Fatal(err)
	}
	if err := db.Erase(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := db.Events().Append(t.Context(), "s1", []capture.Event{{Seq: 501, Fact: capture.Mark{Text: "last"}}}); err != nil {
		t.Fatal(err)
	}
	for _, suffix := range []string{"", "-wal"} {
		data, err := os.ReadFile(path + ".living" + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path+suffix, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestCarefulOpenFindsDamageAfterAKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "[run]reel.db")
	killed(t, path)
	data := read(t, path)
	copy(data[len(data)/2/4096*4096:], bytes.Repeat([]byte{0xff}, 4096*4))
	for name, content := range map[string][]byte{
		path: data, path + ".v1-20260101T000000Z.bak": nil, path + ".v2-20250101T000000Z.bak": nil,
	} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	log := read(t, path+"-wal")
	_, err := Open(t.Context(), Options{Path: path, Careful: true})
	var ce *CorruptError
	if !errors.Is(err, ErrCorrupt) || !errors.As(err, &ce) || ce.Path != path {
		t.Fatalf("error %v, want a CorruptError", err)
	}
	if len(ce.Copies) != 2 || ce.Copies[0] != path+".v1-20260101T000000Z.bak" {
		t.Errorf("copies %q, want two, the newest first", ce.Copies)
	}
	if !bytes.Equal(read(t, path), data) || !bytes.Equal(read(t, path+"-wal"), log) {
		t.Error("a damaged file was changed")
	}

	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	aside, err := MoveAside(path, at)
	if err != nil || aside != path+".damaged-20260301T120000Z" {
		t.Fatalf("MoveAside gives %q, %v", aside, err)
	}
	if !bytes.Equal(read(t, aside), data) || !bytes.Equal(read(t, aside+"-wal"), log) {
		t.Error("what was moved aside was changed")
	}
	db := open(t, path)
	if list, err := db.Sessions().List(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("the new database has %v, %v", list, err)
	}
	if again, err := MoveAside(path+".none", at); err == nil {
		t.Errorf("nothing was moved to %q", again)
	}
	if err := os.WriteFile(path+".none", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{".none.damaged-20260301T120000Z", ".none.damaged-20260301T120000Z-2"} {
		if err := os.WriteFile(path+".none", nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := MoveAside(path+".none", at); err != nil || got != path+want {
			t.Errorf("MoveAside gives %q, %v", got, err)
		}
	}
}

func TestCarefulOpenOfAWholeFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "runreel.db")
	killed(t, path)
	if !uncleanlyClosed(path) {
		t.Fatal("the log is empty")
	}
	for range 2 { // after the kill, and after a proper end
		db, err := Open(t.Context(), Options{Path: path, Careful: true})
		if err != nil {
			t.Fatal(err)
		}
		if list, err := db.Events().List(t.Context(), "s1"); err != nil || len(list) != 501 {
			t.Errorf("%d events, %v", len(list), err)
		}
		if err := db.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if uncleanlyClosed(path) {
			t.Error("Close leaves a log")
		}
	}
}

// Whoever has a newer database, or none, is told so as ever.
func TestCarefulOpenOfNoFile(t *testing.T) {
	db, err := Open(t.Context(), Options{Path: filepath.Join(t.TempDir(), "runreel.db"), Careful: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(t.Context()); err != nil {
		t.Error(err)
	}
}
