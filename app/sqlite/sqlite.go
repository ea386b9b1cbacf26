package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"
)

// Options say which database to open.
type Options struct {
	Path string           // of the file; it and its folder are made where they are missing
	Log  *slog.Logger     // nil discards
	Now  func() time.Time // nil is time.Now
	// Careful looks for damage first where the last one who wrote did not close
	// the file, for two seconds at most. It is for the process that has the
	// data folder to itself: beside another one, the file is never closed.
	Careful bool
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	path   string
	log    *slog.Logger
	now    func() time.Time
	writer *sql.DB // one connection, every transaction immediate
	reader *sql.DB // a pool that cannot write
	lag    lag
}

// readers is the size of the read pool: more than the window ever asks for at
// once, and few enough that their page caches stay small.
const readers = 4

// Open opens the database at o.Path, makes it where it is missing, and brings
// an older schema up to this program's after keeping a copy of the file beside
// it. It changes nothing in a file that it refuses.
//
// The errors: *CorruptError for a file that is damaged or not a database,
// *NewerSchemaError for one that a newer program wrote, ErrForeign for a
// database of another program, *FolderError where the folder or the file
// cannot be written, ErrFull, ErrBusy.
func Open(ctx context.Context, o Options) (*DB, error) {
	db := &DB{path: o.Path, log: o.Log, now: o.Now}
	if db.log == nil {
		db.log = slog.New(slog.DiscardHandler)
	}
	if db.now == nil {
		db.now = time.Now
	}
	path, err := filepath.Abs(o.Path)
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", o.Path, err)
	}
	db.path = path
	if err := prepareFile(path); err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if o.Careful && uncleanlyClosed(path) {
		if err := db.inspect(ctx); err != nil {
			return nil, fmt.Errorf("open database: %w", err)
		}
	}
	db.writer = openPool(path, writing, 1)
	db.reader = openPool(path, reading, readers)
	if err := db.open(ctx); err != nil {
		db.writer.Close()
		db.reader.Close()
		return nil, db.withCopies(err)
	}
	db.tryCatchUp(ctx) // what a process left that was killed
	return db, nil
}

func (db *DB) open(ctx context.Context) error {
	if err := db.connect(ctx); err != nil {
		return db.fault("open database", db.explain(err))
	}
	var fts bool
	if err := db.writer.QueryRowContext(ctx, "SELECT sqlite_compileoption_used('ENABLE_FTS5')").Scan(&fts); err != nil {
		return db.fault("open database", err)
	}
	if !fts {
		return errors.New("open database: this build has no full-text search: build it with -tags sqlite_fts5")
	}
	if err := db.migrate(ctx, migrations()); err != nil {
		return db.fault("open database", db.explain(err))
	}
	return nil
}

// connect makes the writing connection. Two processes that make the same new
// file at once can meet in the switch to the write-ahead log, which does not
// wait for locks, so it is tried again until busyTimeout.
func (db *DB) connect(ctx context.Context) error {
	end := time.NewTimer(busyTimeout)
	defer end.Stop()
	for {
		err := db.writer.PingContext(ctx)
		if err == nil || !isBusy(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-end.C:
			return err
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Path is the file's absolute path.
func (db *DB) Path() string { return db.path }

// Close writes the log back into the file and closes every connection. It
// waits for what still runs.
func (db *DB) Close(ctx context.Context) error {
	db.lag.close()
	db.tryCatchUp(ctx)
	rerr := db.reader.Close()
	// The file is whole without these two: they leave no words that were deleted,
	// and no log beside the file. A busy neighbour or a full disk is no reason to
	// fail.
	if err := db.forgetEdited(ctx); err != nil {
		db.log.Warn("words that were deleted stay in the search index", "path", db.path, "err", err)
	}
	if _, err := db.writer.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		db.log.Warn("database log stays", "path", db.path, "err", err)
	}
	if err := errors.Join(rerr, db.writer.Close()); err != nil {
		return fmt.Errorf("close database %s: %w", db.path, err)
	}
	return nil
}

// Check reads the whole file and returns a *CorruptError where it finds
// damage. It takes about a second for 500 MB, so opening does not do it: damage
// that a query meets is reported by that query.
func (db *DB) Check(ctx context.Context) error {
	return db.read(ctx, "check database", func(q querier) error { return quickCheck(ctx, db.path, q) })
}

func quickCheck(ctx context.Context, path string, q querier) error {
	var found string
	if err := q.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&found); err != nil {
		return err
	}
	if found != "ok" {
		return &CorruptError{Path: path, Err: errors.New(found)}
	}
	return nil
}

// querier is what reading needs of a transaction or a pool.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// write runs do in one transaction on the writing connection. It has reached
// the disk when write returns nil, and left no trace otherwise.
func (db *DB) write(ctx context.Context, what string, do func(*sql.Tx) error) error {
	tx, err := db.writer.BeginTx(ctx, nil)
	if err != nil {
		return db.fault(what, err)
	}
	defer tx.Rollback()
	if err := do(tx); err != nil {
		return db.fault(what, err)
	}
	return db.fault(what, tx.Commit())
}

// read runs do on the read pool. Each query of do sees the state at its own
// beginning.
func (db *DB) read(ctx context.Context, what string, do func(querier) error) error {
	return db.fault(what, do(db.reader))
}

// prepareFile makes the folder and an empty file, both for their owner alone,
// before SQLite would make the file by the umask. The log files beside it get
// the mode of the file.
func prepareFile(path string) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return &FolderError{Path: dir, Err: err}
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return &FolderError{Path: dir, Err: err}
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return &FolderError{Path: dir, Err: err}
	}
	if info.Mode().Perm()&0o077 != 0 {
		if err := f.Chmod(0o600); err != nil && !errors.Is(err, fs.ErrPermission) {
			return &FolderError{Path: dir, Err: err}
		}
	}
	return nil
}
