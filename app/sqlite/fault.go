package sqlite

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/mattn/go-sqlite3"
)

// The errors that callers tell apart.
var (
	ErrNotFound = errors.New("not in the database")
	ErrExists   = errors.New("already in the database")
	// ErrConflict is a write that was based on an older revision than the
	// stored one: nothing was written.
	ErrConflict = errors.New("changed in the meantime")
	// ErrNothing is an undo or a redo where there is none left.
	ErrNothing = errors.New("nothing to undo or redo")
	// ErrCorrupt is what every *CorruptError is.
	ErrCorrupt = errors.New("damaged, or not a database")
	// ErrForeign is a database that another program made.
	ErrForeign = errors.New("a database of another program")
	// ErrBusy is a write that waited too long for another process.
	ErrBusy = errors.New("in use by another process")
	// ErrFull is a disk without room; it is a syscall.ENOSPC. What was
	// committed before stays, and reading goes on.
	ErrFull = fmt.Errorf("database: %w", syscall.ENOSPC)
)

// CorruptError is a file that is damaged or no database. It was not changed.
type CorruptError struct {
	Path   string
	Err    error
	Copies []string // from before migrations, the newest first; set by Open
}

func (e *CorruptError) Error() string {
	return fmt.Sprintf("database %s is %s: %s", e.Path, ErrCorrupt, e.Err)
}

// Unwrap gives the cause.
func (e *CorruptError) Unwrap() error { return e.Err }

// Is makes it an ErrCorrupt.
func (e *CorruptError) Is(target error) bool { return target == ErrCorrupt }

// NewerSchemaError is a database that a newer version of runreel wrote. It was
// not changed.
type NewerSchemaError struct {
	Path         string
	Found, Known int // numbers of the last migration in the file and in this program
}

func (e *NewerSchemaError) Error() string {
	return fmt.Sprintf("database %s has schema %d and this version of runreel knows %d: a newer version wrote it", e.Path, e.Found, e.Known)
}

// FolderError is a data folder that cannot be used: not writable, on a
// read-only disk, or not a folder. Where writing is not allowed it is an
// fs.ErrPermission, a read-only disk included.
type FolderError struct {
	Path string
	Err  error
}

func (e *FolderError) Error() string {
	return fmt.Sprintf("data folder %s cannot be used: %s", e.Path, e.Err)
}

// Unwrap gives the cause.
func (e *FolderError) Unwrap() error { return e.Err }

// Is counts a read-only disk as fs.ErrPermission, which syscall does not.
func (e *FolderError) Is(target error) bool {
	return target == fs.ErrPermission && errors.Is(e.Err, syscall.EROFS)
}

// fault says what was being done, and turns the codes of SQLite into the errors
// above. It returns nil for nil.
func (db *DB) fault(what string, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("%s: %w", what, ErrNotFound)
	}
	var se sqlite3.Error
	if !errors.As(err, &se) {
		return fmt.Errorf("%s: %w", what, err)
	}
	switch {
	case se.Code == sqlite3.ErrCorrupt, se.Code == sqlite3.ErrNotADB:
		err = &CorruptError{Path: db.path, Err: err}
	case isFull(se):
		err = fmt.Errorf("%w: %w", ErrFull, err)
	case se.Code == sqlite3.ErrBusy, se.Code == sqlite3.ErrLocked:
		err = fmt.Errorf("%w: %w", ErrBusy, err)
	case se.ExtendedCode == sqlite3.ErrConstraintUnique, se.ExtendedCode == sqlite3.ErrConstraintPrimaryKey:
		err = fmt.Errorf("%w: %w", ErrExists, err)
	case se.ExtendedCode == sqlite3.ErrConstraintForeignKey:
		err = fmt.Errorf("%w: %w", ErrNotFound, err)
	}
	return fmt.Errorf("%s: %w", what, err)
}

// isFull tells a full disk, quotas and limits on the size of a file included.
func isFull(e sqlite3.Error) bool {
	if e.Code == sqlite3.ErrFull {
		return true
	}
	return e.Code == sqlite3.ErrIoErr && (e.SystemErrno == syscall.ENOSPC || e.SystemErrno == syscall.EFBIG || e.SystemErrno == syscall.EDQUOT)
}

func isBusy(err error) bool {
	var se sqlite3.Error
	return errors.As(err, &se) && (se.Code == sqlite3.ErrBusy || se.Code == sqlite3.ErrLocked)
}

// explain finds the reason behind "unable to open" and "readonly": SQLite makes
// its log beside the file, so a folder that cannot be written is the usual one.
func (db *DB) explain(err error) error {
	var se sqlite3.Error
	if !errors.As(err, &se) {
		return err
	}
	if se.Code != sqlite3.ErrCantOpen && se.Code != sqlite3.ErrReadonly && se.Code != sqlite3.ErrPerm {
		return err
	}
	dir := filepath.Dir(db.path)
	f, ferr := os.CreateTemp(dir, ".probe-*")
	if ferr != nil {
		return &FolderError{Path: dir, Err: ferr}
	}
	f.Close()
	os.Remove(f.Name())
	return err
}
