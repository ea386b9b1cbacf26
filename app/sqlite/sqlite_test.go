package sqlite

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/runreel/runreel/capture"
)

// open opens a database that is closed with the test.
func open(t testing.TB, path string) *DB {
	t.Helper()
	db, err := Open(context.Background(), Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return db
}

func fresh(t testing.TB) *DB {
	t.Helper()
	return open(t, filepath.Join(t.TempDir(), "runreel.db"))
}

func addSession(t testing.TB, db *DB, id string) {
	t.Helper()
	s := capture.Session{ID: id, Title: "Deploy", Started: time.Unix(1_800_000_000, 5), State: capture.SessionRecording}
	if err := db.Sessions().Create(t.Context(), s); err != nil {
		t.Fatal(err)
	}
}

func TestOpenMakesPrivateFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "da?ta %20#1 ü")
	path := filepath.Join(dir, "runreel.db")
	db := open(t, path)
	addSession(t, db, "s1")
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, want 0600", filepath.Base(name), info.Mode().Perm())
		}
	}
	info, err := os.Stat(dir)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o700 {
		t.Errorf("folder has mode %v, want 0700", info.Mode().Perm())
	}
	if _, err := db.reader.ExecContext(t.Context(), "DELETE FROM sessions"); err == nil {
		t.Error("a reading connection could write")
	}
}

func TestPragmasHoldOnEveryConnection(t *testing.T) {
	db := fresh(t)
	for pragma, want := range map[string]string{
		"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "secure_delete": "1", "trusted_schema": "0", "busy_timeout": "10000", "fullfsync": "1",
	} {
		var got string
		if err := db.writer.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got); err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("%s is %s, want %s", pragma, got, want)
		}
	}
	for range readers {
		conn, err := db.reader.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		var got string
		if err := conn.QueryRowContext(t.Context(), "PRAGMA query_only").Scan(&got); err != nil || got != "1" {
			t.Errorf("query_only is %q, %v", got, err)
		}
	}
}

func TestOpenRefusesWhatIsNotADatabase(t *testing.T) {
	good := filepath.Join(t.TempDir(), "good.db")
	db, err := Open(t.Context(), Options{Path: good})
	if err != nil {
		t.Fatal(err)
	}
	addSession(t, db, "s1")
	if err := db.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	page := bytes.Clone(whole)
	copy(page[100:], bytes.Repeat([]byte{0xa5}, 3000)) // the schema's own page
	for name, content := range map[string][]byte{
		"text":      []byte(strings.Repeat("this is a letter to my aunt\n", 400)),
		"truncated": whole[:len(whole)/2/4096*4096],
		"stub":      whole[:40],
		"page":      page,
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "runreel.db")
			if err := os.WriteFile(path, content, 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := Open(t.Context(), Options{Path: path})
			var ce *CorruptError
			if !errors.Is(err, ErrCorrupt) || !errors.As(err, &ce) || ce.Path != path {
				t.Fatalf("error %v, want a CorruptError of %s", err, path)
			}
			after, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(after, content) {
				t.Error("the file was changed")
			}
		})
	}
}

func TestCheckFindsDamageThatOpenDoesNotLookFor(t *testing.T) {
	path := filepath.Join(t.TempDir(), "runreel.db")
	db, err := Open(t.Context(), Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	addSession(t, db, "s1")
	var events []capture.Event
	for i := range int64(2000) {
		events = append(events, capture.Event{Seq: i + 1, At: time.Duration(i), Fact: capture.Mark{Text: strings.Repeat("m", 200)}})
	}
	if err := db.Events().Append(t.Context(), "s1", events); err != nil {
		t.Fatal(err)
	}
	if err := db.Check(t.Context()); err != nil {
		t.Fatalf("whole file: %v", err)
	}
	if err := db.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt(bytes.Repeat([]byte{0xff}, 4096*8), info.Size()/2/4096*4096); err != nil {
		t.Fatal(err)
	}
	db = open(t, path)
	if err := db.Check(t.Context()); !errors.Is(err, ErrCorrupt) {
		t.Errorf("Check gives %v, want ErrCorrupt", err)
	}
	if _, err := db.Events().List(t.Context(), "s1"); !errors.Is(err, ErrCorrupt) {
		t.Errorf("List gives %v, want ErrCorrupt", err)
	}
}

func TestOpenRefusesForeignDatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "other.db")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	pool := openPool(path, writing, 1)
	if _, err := pool.ExecContext(t.Context(), "CREATE TABLE notes (a); INSERT INTO notes VALUES (1)"); err != nil {
		t.Fatal(err)
	}
	if err := pool.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), Options{Path: path}); !errors.Is(err, ErrForeign) {
		t.Errorf("error %v, want ErrForeign", err)
	}
}

func TestOpenWhereItCannotWrite(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	var fe *FolderError
	if _, err := Open(t.Context(), Options{Path: filepath.Join(file, "runreel.db")}); !errors.As(err, &fe) || !errors.Is(err, syscall.ENOTDIR) {
		t.Errorf("file in place of the folder: error %v, want a FolderError", err)
	}
	locked := filepath.Join(dir, "locked")
	old := filepath.Join(locked, "runreel.db")
	db, err := Open(t.Context(), Options{Path: old})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	forbidWriting(t, locked)
	for _, path := range []string{old, filepath.Join(locked, "new.db"), filepath.Join(locked, "sub", "new.db")} {
		_, err := Open(t.Context(), Options{Path: path})
		if !errors.Is(err, fs.ErrPermission) || !errors.As(err, &fe) {
			t.Errorf("open %s: error %v, want a FolderError that is fs.ErrPermission", filepath.Base(path), err)
		}
	}
}

// forbidWriting makes a folder read-only until the end of the test: by a mount
// for root, whom permission bits do not stop.
func forbidWriting(t *testing.T, dir string) {
	t.Helper()
	if os.Geteuid() != 0 {
		if err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.IsDir() {
				return errors.Join(err, os.Chmod(path, 0o400))
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(dir, 0o500); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { os.Chmod(dir, 0o700) })
		return
	}
	if err := syscall.Mount(dir, dir, "", syscall.MS_BIND, ""); err != nil {
		t.Fatalf("bind mount: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, 0) })
	if err := syscall.Mount("", dir, "", syscall.MS_BIND|syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatalf("read-only mount: %v", err)
	}
}
