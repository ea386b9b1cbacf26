package sqlite

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/runreel/runreel/capture"
)

const childEnv = "RUNREEL_TEST_MIGRATE"

func TestMain(m *testing.M) {
	if path := os.Getenv(childEnv); path != "" {
		migrateChild(path)
	}
	os.Exit(m.Run())
}

// known is the number of the last real migration.
func known(t testing.TB) int {
	t.Helper()
	names, err := fs.Glob(migrations(), "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	return len(names)
}

// next is the real migrations and one that takes its time.
func next(t testing.TB) fs.FS {
	t.Helper()
	dir := fstest.MapFS{
		fmt.Sprintf("%04d_next.sql", known(t)+1): {Data: []byte(`CREATE TABLE copies (n INTEGER PRIMARY KEY, fact TEXT) STRICT;
			INSERT INTO copies (fact) SELECT fact FROM events, (SELECT value FROM json_each('[1,2,3,4,5,6,7,8]'));
			ALTER TABLE sessions ADD COLUMN mood TEXT NOT NULL DEFAULT 'fine';`)},
	}
	names, err := fs.Glob(migrations(), "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		data, err := fs.ReadFile(migrations(), name)
		if err != nil {
			t.Fatal(err)
		}
		dir[name] = &fstest.MapFile{Data: data}
	}
	return dir
}

func filled(t *testing.T, path string, events int) {
	t.Helper()
	db, err := Open(t.Context(), Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	addSession(t, db, "s1")
	var list []capture.Event
	for i := range int64(events) {
		list = append(list, capture.Event{Seq: i + 1, Fact: capture.Mark{Text: fmt.Sprint("mark ", i)}})
	}
	if err := db.Events().Append(t.Context(), "s1", list); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func versionOf(t *testing.T, db *DB) int {
	t.Helper()
	v, _, err := db.version(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestNewerSchemaIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "runreel.db")
	filled(t, path, 3)
	db, err := Open(t.Context(), Options{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.migrate(t.Context(), next(t)); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Open(t.Context(), Options{Path: path})
	var newer *NewerSchemaError
	if !errors.As(err, &newer) || newer.Found != known(t)+1 || newer.Known != known(t) || newer.Path != path {
		t.Fatalf("error %v, want a NewerSchemaError", err)
	}
	after, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(after) != string(before) {
		t.Error("the file was changed")
	}
}

func TestMigrationKeepsCopies(t *testing.T) {
	path := filepath.Join(t.TempDir(), "[run]*reel.db")
	filled(t, path, 10)
	db := open(t, path)
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	db.now = func() time.Time { return at }
	for i := range 5 {
		if i < 4 {
			at = at.Add(time.Hour)
		} // the last two have one time
		if err := db.keepCopy(t.Context(), 9+i); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(path+".v1-x.bak.partial", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := db.migrate(t.Context(), next(t)); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	var copies []string
	for _, e := range entries {
		if strings.Contains(e.Name(), ".bak") {
			copies = append(copies, strings.TrimPrefix(e.Name(), "[run]*reel.db."))
		}
	}
	want := fmt.Sprintf("v12-20260301T160000Z.bak v13-20260301T160000Z.bak v%d-20260301T160000Z.bak", known(t))
	if got := strings.Join(copies, " "); got != want {
		t.Fatalf("copies %s, want %s", got, want)
	}
	old := filepath.Join(filepath.Dir(path), "[run]*reel.db."+copies[2])
	if info, err := os.Stat(old); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("copy %v, %v; want mode 0600", info.Mode(), err)
	}
	kept := open(t, old)
	if v := versionOf(t, kept); v != known(t) {
		t.Errorf("the copy has version %d, want %d", v, known(t))
	}
	if events, err := kept.Events().List(t.Context(), "s1"); err != nil || len(events) != 10 {
		t.Errorf("the copy has %d events, %v; want 10", len(events), err)
	}
}

func TestFailedMigrationChangesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "runreel.db")
	filled(t, path, 10)
	db := open(t, path)
	dir := next(t).(fstest.MapFS)
	bad := fmt.Sprintf("%04d_bad.sql", known(t)+2)
	dir[bad] = &fstest.MapFile{Data: []byte("CREATE TABLE half (a); INSERT INTO nowhere VALUES (1);")}
	if err := db.migrate(t.Context(), dir); err == nil || !strings.Contains(err.Error(), bad) {
		t.Fatalf("error %v, want one that names the migration", err)
	}
	if v := versionOf(t, db); v != known(t)+1 {
		t.Errorf("version %d, want %d: the good migration before it", v, known(t)+1)
	}
	var half int
	if err := db.writer.QueryRowContext(t.Context(), "SELECT count(*) FROM sqlite_schema WHERE name = 'half'").Scan(&half); err != nil || half != 0 {
		t.Errorf("half a migration is left: %d, %v", half, err)
	}
	delete(dir, bad)
	dir[fmt.Sprintf("%04d_gap.sql", known(t)+3)] = &fstest.MapFile{Data: []byte("SELECT 1")}
	if err := db.migrate(t.Context(), dir); err == nil {
		t.Error("a hole in the numbers was not noticed")
	}
}

// migrateChild migrates, and tells when it begins.
func migrateChild(path string) {
	ctx := context.Background()
	db, err := Open(ctx, Options{Path: path})
	var newer *NewerSchemaError
	if errors.As(err, &newer) {
		os.Exit(0)
	}
	if err == nil {
		fmt.Println("go")
		err = db.migrate(ctx, next(childTB{}))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// childTB ends the child where a test would fail.
type childTB struct{ testing.TB }

func (childTB) Helper() {}
func (childTB) Fatal(args ...any) {
	fmt.Fprintln(os.Stderr, args...)
	os.Exit(1)
}

func TestKillDuringMigration(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	template := filepath.Join(t.TempDir(), "template.db")
	filled(t, template, 20000)
	data, err := os.ReadFile(template)
	if err != nil {
		t.Fatal(err)
	}
	var whole time.Duration // of a migration that nobody kills
	interrupted, finished := 0, 0
	for round := range 13 {
		path := filepath.Join(t.TempDir(), "runreel.db")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(exe)
		cmd.Env = append(os.Environ(), childEnv+"="+path)
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "go\n" {
			t.Fatalf("child said %q, %v", line, err)
		}
		switch begun := time.Now(); round {
		case 0:
			if err := cmd.Wait(); err != nil {
				t.Fatal(err)
			}
			whole = time.Since(begun)
		case 1:
			killNow(cmd)
		default:
			<-time.After(rand.N(whole)) // the random moment
			killNow(cmd)
		}
		db := openRaw(t, path)
		if err := db.Check(t.Context()); err != nil {
			t.Fatal(err)
		}
		switch v := versionOf(t, db); v {
		case known(t):
			interrupted++
		case known(t) + 1:
			finished++
		default:
			t.Fatalf("round %d: version %d", round, v)
		}
		if err := db.migrate(t.Context(), next(t)); err != nil {
			t.Fatalf("round %d: going on after the kill: %v", round, err)
		}
		var n int
		if err := db.writer.QueryRowContext(t.Context(), "SELECT count(*) FROM copies").Scan(&n); err != nil || n != 160000 {
			t.Fatalf("round %d: %d rows, %v; want 160000", round, n, err)
		}
	}
	t.Logf("killed before the end %d times, after it %d times", interrupted, finished)
	if interrupted == 0 {
		t.Error("no round was killed before its end")
	}
}

// killNow kills a child that may have ended by itself.
func killNow(cmd *exec.Cmd) {
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
}

// openRaw opens a database without migrating it.
func openRaw(t *testing.T, path string) *DB {
	t.Helper()
	db := &DB{path: path, log: slog.New(slog.DiscardHandler), now: time.Now, writer: openPool(path, writing, 1), reader: openPool(path, reading, 1)}
	t.Cleanup(func() {
		if err := db.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return db
}
