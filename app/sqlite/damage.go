package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// checkLimit is how long Open looks for damage: about a gigabyte.
const checkLimit = 2 * time.Second

// besides are the files that SQLite keeps beside a database.
var besides = [...]string{"-wal", "-shm"}

// uncleanlyClosed tells whether the last one who wrote did not close the file,
// or has not closed it yet.
func uncleanlyClosed(path string) bool {
	info, err := os.Stat(path + "-wal")
	return err == nil && info.Size() > 0
}

// inspect looks for damage without changing a byte: a connection that may write
// would put the log into the damaged file when it is closed.
func (db *DB) inspect(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, checkLimit)
	defer cancel()
	pool := openPool(db.path, looking, 1)
	defer pool.Close()
	err := quickCheck(ctx, db.path, pool)
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		db.log.Info("the database is too large to be looked at whole", "path", db.path, "limit", checkLimit)
		return nil
	}
	return db.withCopies(db.fault("look for damage", err))
}

// withCopies adds to a CorruptError what was kept.
func (db *DB) withCopies(err error) error {
	var ce *CorruptError
	if errors.As(err, &ce) {
		ce.Copies = copiesOf(db.path)
	}
	return err
}

// copiesOf lists the copies from before migrations, the newest first.
func copiesOf(path string) []string {
	copies, err := filepath.Glob(escapeGlob(path) + ".v*-*.bak")
	if err != nil {
		return nil // the pattern is escaped
	}
	slices.SortFunc(copies, func(a, b string) int { return strings.Compare(stampOf(b), stampOf(a)) })
	return copies
}

// MoveAside renames a database that cannot be used, with its log, so that Open
// makes a new one, and returns the new name. Nothing of it is lost, and the
// folders of the sessions stay. It is for a person to decide; nobody may have
// the database open.
func MoveAside(path string, now time.Time) (string, error) {
	base := path + ".damaged-" + now.UTC().Format("20060102T150405Z")
	for n := 2; ; n++ {
		if _, err := os.Lstat(base); errors.Is(err, fs.ErrNotExist) {
			break
		} else if err != nil {
			return "", fmt.Errorf("move the database aside: %w", err)
		}
		base = fmt.Sprintf("%s.damaged-%s-%d", path, now.UTC().Format("20060102T150405Z"), n)
	}
	// The log goes first: a new database must never meet the log of the old one.
	for _, suffix := range besides {
		if err := os.Rename(path+suffix, base+suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("move the database aside: %w", err)
		}
	}
	if err := os.Rename(path, base); err != nil {
		return "", fmt.Errorf("move the database aside: %w", err)
	}
	return base, nil
}
