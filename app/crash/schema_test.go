package crash

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/runreel/runreel/capture"
)

const migrations = "../sqlite/migration"

// template is a data folder of one version of the schema, as the program of
// that time left it when it was killed.
type template struct {
	version int
	world   *world
	files   map[string][]byte // by path in the folder
}

// makeTemplates makes one for each version, and for no database at all.
func makeTemplates(t *testing.T, random *rand.Rand) []template {
	t.Helper()
	scripts, err := filepath.Glob(filepath.Join(migrations, "*.sql"))
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no migrations in %s: %v", migrations, err)
	}
	list := []template{{world: newWorld()}}
	for n := range scripts {
		b := &builder{t: t, dir: t.TempDir(), worker: worker{random: random}, template: template{version: n + 1, world: newWorld(), files: map[string][]byte{}}}
		b.build(scripts[:n+1])
		list = append(list, b.template)
	}
	return list
}

// unpack writes the folder, and returns what it must hold.
func (tp template) unpack(t *testing.T, dir string) *world {
	t.Helper()
	for name, data := range tp.files {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return tp.world.clone()
}

type builder struct {
	t   *testing.T
	dir string
	db  *sql.DB
	worker
	template
}

func (b *builder) exec(query string, args ...any) {
	b.t.Helper()
	if _, err := b.db.Exec(query, args...); err != nil {
		b.t.Fatalf("version %d: %s: %v", b.version, query, err)
	}
}

// has tells whether the version knows a column.
func (b *builder) has(table, column string) bool {
	b.t.Helper()
	var n int
	if err := b.db.QueryRow("SELECT count(*) FROM pragma_table_info(?) WHERE name = ?", table, column).Scan(&n); err != nil {
		b.t.Fatal(err)
	}
	return n > 0
}

func (b *builder) build(scripts []string) {
	b.t.Helper()
	file := filepath.Join(b.dir, "runreel.db")
	var err error
	if b.db, err = sql.Open("sqlite3", "file:"+file+"?_foreign_keys=on"); err != nil {
		b.t.Fatal(err)
	}
	b.db.SetMaxOpenConns(1)
	for _, name := range scripts {
		script, err := os.ReadFile(name)
		if err != nil {
			b.t.Fatal(err)
		}
		b.exec(string(script))
	}
	b.exec(fmt.Sprintf("PRAGMA user_version = %d", b.version))
	b.exec("BEGIN")
	b.session(1, "finished", 400)
	b.session(2, "recording", 60)
	if b.has("sessions", "last") {
		b.exec("UPDATE sessions SET last = events")
	}
	if b.has("documents", "json") {
		for key := range 25 {
			b.document(int64(key + 1))
		}
	}
	b.exec("COMMIT")
	if err := b.db.Close(); err != nil {
		b.t.Fatal(err)
	}
	if b.files["runreel.db"], err = os.ReadFile(file); err != nil {
		b.t.Fatal(err)
	}
}

func (b *builder) session(key int64, state string, events int) {
	b.t.Helper()
	id := fmt.Sprintf("old%d", key)
	b.exec(`INSERT INTO sessions (key, id, title, started, length_ns, state, host, user, home, system, events)
		VALUES (?, ?, 'Deploy', ?, 0, ?, '', '', '', '', ?)`, key, id, time.Unix(1_800_000_000+key, 0).UTC().Format("2006-01-02T15:04:05.000000000Z"), state, events)
	s := &recorded{open: state == "recording", facts: map[int64]string{}}
	for seq := int64(1); seq <= int64(events); seq++ {
		e := capture.Event{Seq: seq, At: time.Duration(seq) * time.Millisecond, Fact: capture.Mark{Text: b.long(b.word())}}
		if seq%20 == 0 {
			e.Fact = capture.Frame{FrameRef: capture.FrameRef{Media: b.put(id, b.long(b.word()))}}
		}
		fact, err := capture.MarshalFact(e.Fact)
		if err != nil {
			b.t.Fatal(err)
		}
		b.exec("INSERT INTO events (session, seq, at_ns, kind, fact) VALUES (?, ?, ?, ?, ?)", key, seq, int64(e.At), string(e.Fact.Kind()), string(fact))
		s.facts[seq] = sumOf(e)
	}
	b.world.sessions[id] = s
}

func (b *builder) put(session, text string) string {
	h := sha256.Sum256([]byte(text))
	name := "frames/" + hex.EncodeToString(h[:]) + ".png"
	b.files[filepath.Join("sessions", session, name)] = []byte(text)
	return name
}

// document makes one whose first two edits are in it, and whose third was
// undone.
func (b *builder) document(key int64) {
	b.t.Helper()
	d := newDocument(fmt.Sprintf("doc%d", key), "old1", b.word(), b.long(b.word()))
	text, err := json.Marshal(d)
	if err != nil {
		b.t.Fatal(err)
	}
	b.exec(`INSERT INTO documents (key, id, session, title, status, steps, json, revision, cursor, updated)
		VALUES (?, ?, 1, ?, 'draft', 1, ?, 7, 2, '2027-01-15T08:00:00.000000000Z')`, key, d.ID, d.Title, string(text))
	b.exec("INSERT INTO search (rowid, title, body) VALUES (?, ?, '')", key, d.Title)
	for n := range 3 {
		b.exec("INSERT INTO edits (document, n, forward, inverse) VALUES (?, ?, x'66', x'69')", key, n+1)
	}
	b.world.docs[d.ID] = document{docState: docState{Revision: 7, Sum: sumOfDocument(d), Done: 2, Undone: 1}, session: "old1"}
}

// The templates themselves must be what is said of them.
func TestTemplates(t *testing.T) {
	for _, tp := range makeTemplates(t, rand.New(rand.NewPCG(1, 2))) {
		dir := t.TempDir()
		want := tp.unpack(t, dir)
		s, err := openStores(t.Context(), dir)
		if err != nil {
			t.Fatalf("version %d: %v", tp.version, err)
		}
		if _, err := s.Recover(t.Context()); err != nil {
			t.Errorf("version %d: %v", tp.version, err)
		}
		if list := want.differences(look(t, s)); len(list) > 0 {
			t.Errorf("version %d: %s", tp.version, head(list))
		}
		if err := s.close(context.Background()); err != nil {
			t.Error(err)
		}
		checkDatabase(t, dir)
	}
}
