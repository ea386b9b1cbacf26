package sqlite

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"path"
)

// applicationID marks the file as runreel's ("Rnrr"); the first migration
// writes it.
const applicationID = 1382969970

//go:embed migration/*.sql
var embedded embed.FS

// migrations is the folder of numbered files, 0001_*.sql onwards. One that was
// released is never changed: a new file follows it.
func migrations() fs.FS {
	dir, err := fs.Sub(embedded, "migration")
	if err != nil {
		panic(err) // the name is a constant and valid
	}
	return dir
}

// migrate brings the file to the last migration of dir, each in a transaction
// of its own together with the number in PRAGMA user_version. A process that
// dies on the way leaves the file at one of the numbers, and the next one goes
// on from there.
func (db *DB) migrate(ctx context.Context, dir fs.FS) error {
	names, err := fs.Glob(dir, "*.sql") // sorted
	if err != nil {
		return err
	}
	found, empty, err := db.version(ctx)
	if err != nil {
		return err
	}
	switch known := len(names); {
	case found > known:
		return &NewerSchemaError{Path: db.path, Found: found, Known: known}
	case found == known:
		return nil
	}
	if !empty {
		if err := quickCheck(ctx, db.path, db.writer); err != nil {
			return err
		}
		if err := db.keepCopy(ctx, found); err != nil {
			return err
		}
	}
	for i := found; i < len(names); i++ {
		if err := db.step(ctx, dir, names[i], i+1); err != nil {
			return fmt.Errorf("migration %s: %w", names[i], err)
		}
	}
	return nil
}

// version is the number of the last migration in the file, and whether the file
// holds nothing yet.
func (db *DB) version(ctx context.Context) (found int, empty bool, err error) {
	var objects, app int
	const ask = "SELECT (SELECT count(*) FROM sqlite_schema), user_version, application_id FROM pragma_user_version, pragma_application_id"
	if err := db.writer.QueryRowContext(ctx, ask).Scan(&objects, &found, &app); err != nil {
		return 0, false, err
	}
	empty = objects == 0
	if !empty && app != applicationID {
		return 0, false, fmt.Errorf("%s: %w", db.path, ErrForeign)
	}
	return found, empty, nil
}

// step applies one migration, unless another process has just done it.
func (db *DB) step(ctx context.Context, dir fs.FS, name string, number int) error {
	var n int
	if _, err := fmt.Sscanf(path.Base(name), "%04d_", &n); err != nil || n != number {
		return fmt.Errorf("not number %d", number)
	}
	script, err := fs.ReadFile(dir, name)
	if err != nil {
		return err
	}
	tx, err := db.writer.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	done, err := versionIn(ctx, tx)
	if err != nil || done >= number {
		return err
	}
	if _, err := tx.ExecContext(ctx, string(script)); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", number)); err != nil {
		return err
	}
	return tx.Commit()
}

func versionIn(ctx context.Context, tx *sql.Tx) (int, error) {
	var n int
	err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&n)
	return n, err
}
