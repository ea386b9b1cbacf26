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
)

// keptCopies is how many copies from before a migration stay beside the file.
const keptCopies = 3

// keepCopy writes the database as it is to "<file>.v<version>-<time>.bak",
// whole or not at all, and removes the oldest copies.
func (db *DB) keepCopy(ctx context.Context, version int) error {
	name, err := db.copyName(version)
	if err != nil {
		return fmt.Errorf("keep a copy: %w", err)
	}
	partial := name + ".partial"
	if err := db.writeCopy(ctx, partial); err != nil {
		os.Remove(partial)
		return fmt.Errorf("keep a copy: %w", err)
	}
	if err := os.Rename(partial, name); err != nil {
		return fmt.Errorf("keep a copy: %w", err)
	}
	db.log.Info("kept a copy of the database before migrating", "path", name)
	if err := db.dropCopies(); err != nil {
		db.log.Warn("old copies of the database stay", "err", err)
	}
	return nil
}

// copyName gives a name that is not taken. Names sort by time within a version
// number of equal length.
func (db *DB) copyName(version int) (string, error) {
	stamp := db.now().UTC().Format("20060102T150405Z")
	base := fmt.Sprintf("%s.v%d-%s", db.path, version, stamp)
	for n := 0; n < 1000; n++ {
		name := base + ".bak"
		if n > 0 {
			name = fmt.Sprintf("%s-%03d.bak", base, n)
		}
		if _, err := os.Lstat(name); errors.Is(err, fs.ErrNotExist) {
			return name, nil
		} else if err != nil {
			return "", err
		}
	}
	return "", fmt.Errorf("%s.bak: %w", base, fs.ErrExist)
}

func (db *DB) writeCopy(ctx context.Context, name string) error {
	// VACUUM INTO takes an existing file when it is empty, and keeps its mode.
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := db.writer.ExecContext(ctx, "VACUUM INTO ?", name); err != nil {
		return err
	}
	if err := f.Sync(); err != nil {
		return err
	}
	return f.Close()
}

// dropCopies removes all but the newest copies, and what an interrupted copy
// left.
func (db *DB) dropCopies() error {
	copies, err := filepath.Glob(escapeGlob(db.path) + ".v*-*.bak")
	if err != nil {
		return err
	}
	partial, err := filepath.Glob(escapeGlob(db.path) + ".v*-*.bak.partial")
	if err != nil {
		return err
	}
	slices.SortFunc(copies, func(a, b string) int { return strings.Compare(stampOf(a), stampOf(b)) })
	old := copies[:max(0, len(copies)-keptCopies)]
	var errs []error
	for _, name := range append(partial, old...) {
		errs = append(errs, os.Remove(name))
	}
	return errors.Join(errs...)
}

// stampOf is the part of a copy's name behind the version.
func stampOf(name string) string {
	_, stamp, _ := strings.Cut(name[strings.LastIndex(name, ".v"):], "-")
	return stamp
}

func escapeGlob(path string) string {
	return strings.NewReplacer(`[`, `[[]`, `*`, `[*]`, `?`, `[?]`).Replace(path)
}
