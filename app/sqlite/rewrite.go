package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"os"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/runreel/runreel/capture"
)

// Rewrite visits every event of a session in the order of Seq and stores what
// edit makes of it: the same event, another content under the same Seq, or none
// where edit returns false. It is one transaction. Speech that was heard in a
// chunk of sound that went goes with it. It returns the media that only the old
// contents named, sorted: the caller deletes it.
//
// Rows are overwritten where they lie, with as many bytes, and one that goes
// leaves an empty row. When SQLite deletes a row or makes it shorter, it moves
// neighbours between pages, and what was moved can be read in its old place,
// which secure_delete does not see: a later Rewrite could not reach it there.
// So could a deletion of the session that was recorded just before, while this
// one is recorded.
//
// Copies stay in the write-ahead log until Erase.
func (e Events) Rewrite(ctx context.Context, session string, edit func(capture.Event) (capture.Event, bool)) (media []string, err error) {
	err = e.db.write(ctx, "rewrite session "+session, func(tx *sql.Tx) error {
		key, err := sessionKey(ctx, tx, session)
		if err != nil {
			return err
		}
		p, err := planRewrite(ctx, tx, key, edit)
		if err != nil {
			return err
		}
		media = p.unnamed()
		return p.apply(ctx, tx, key)
	})
	if err != nil {
		return nil, err
	}
	return media, nil
}

// rewrite is what becomes of the events of one session.
type rewrite struct {
	gone    []stored
	changed []stored
	heard   []capture.Segment // spans whose sound goes
	before  map[string]bool   // media that an old content of gone and changed names
	after   map[string]bool   // media that what stays names
	kept    tally
	events  int
}

// stored is an event whose old content takes size bytes.
type stored struct {
	capture.Event
	size int
}

// isThere is the condition that a row of events is not an empty one.
const isThere = "trim(kind) <> ''"

func planRewrite(ctx context.Context, tx *sql.Tx, key int64, edit func(capture.Event) (capture.Event, bool)) (*rewrite, error) {
	p := &rewrite{before: map[string]bool{}, after: map[string]bool{}}
	err := each(ctx, tx, func(rows *sql.Rows) error {
		var size int
		old, err := scanEvent(withSize{rows, &size})
		if err != nil {
			return err
		}
		p.visit(old, size, edit)
		return nil
	}, "SELECT seq, at_ns, kind, fact, length(CAST(fact AS BLOB)) FROM events WHERE session = ? AND "+isThere+" ORDER BY seq", key)
	return p, err
}

// withSize scans one more column.
type withSize struct {
	rows *sql.Rows
	size *int
}

func (w withSize) Scan(dest ...any) error { return w.rows.Scan(append(dest, w.size)...) }

func (p *rewrite) visit(old capture.Event, size int, edit func(capture.Event) (capture.Event, bool)) {
	now, stays := edit(old)
	now.Seq = old.Seq
	if stays {
		p.events++
		p.kept.add(now)
		p.after[capture.MediaOf(now.Fact)] = true
	}
	switch {
	case !stays:
		p.gone = append(p.gone, stored{old, size})
		if a, ok := old.Fact.(capture.Audio); ok {
			p.heard = append(p.heard, capture.Segment{Start: old.At, End: old.At + a.Length})
		}
	case !reflect.DeepEqual(old, now):
		p.changed = append(p.changed, stored{now, size})
	default:
		return
	}
	p.before[capture.MediaOf(old.Fact)] = true
}

// unnamed is the media that nothing names any more.
func (p *rewrite) unnamed() []string {
	names := slices.Sorted(maps.Keys(p.before))
	return slices.DeleteFunc(names, func(name string) bool { return name == "" || p.after[name] })
}

func (p *rewrite) apply(ctx context.Context, tx *sql.Tx, key int64) error {
	const put = "UPDATE events SET at_ns = ?, kind = ?, fact = ? WHERE session = ? AND seq = ?"
	for _, e := range p.gone {
		kind := blank(len(e.Fact.Kind()))
		if _, err := tx.ExecContext(ctx, put, blankTime(int64(e.At)), kind, blank(e.size), key, e.Seq); err != nil {
			return err
		}
	}
	for _, e := range p.changed {
		fact, err := capture.MarshalFact(e.Fact)
		if err != nil {
			return fmt.Errorf("event %d: %w", e.Seq, err)
		}
		fact = append(fact, blank(e.size-len(fact))...) // JSON may end with spaces
		if _, err := tx.ExecContext(ctx, put, int64(e.At), string(e.Fact.Kind()), string(fact), key, e.Seq); err != nil {
			return err
		}
	}
	for _, span := range p.heard {
		if err := forgetSpeech(ctx, tx, key, span); err != nil {
			return err
		}
	}
	return one(tx.ExecContext(ctx, "UPDATE sessions SET events = ?, commands = ?, clicks = ? WHERE key = ?",
		p.events, p.kept.commands, p.kept.clicks, key))
}

func blank(n int) string { return strings.Repeat(" ", max(0, n)) }

// blankTime is the largest number that SQLite stores in as many bytes as ns,
// which is not negative.
func blankTime(ns int64) int64 {
	if ns <= 1 {
		return ns // these take no bytes
	}
	for _, bits := range []int{7, 15, 23, 31, 47} {
		if ns < 1<<bits {
			return 1<<bits - 1
		}
	}
	return math.MaxInt64
}

// forgetSpeech overwrites what was said in a span. Of a piece that touches it
// everything goes: an engine may have placed words a little beside where they
// were said.
func forgetSpeech(ctx context.Context, tx *sql.Tx, key int64, span capture.Segment) error {
	err := overwrite(ctx, tx, "SELECT n, length(CAST(text AS BLOB)) FROM segments WHERE session = ? AND start_ns < ? AND end_ns > ?",
		"UPDATE segments SET text = ? WHERE session = ? AND n = ?", key, span)
	if err != nil {
		return err
	}
	return overwrite(ctx, tx, "SELECT n, length(CAST(said AS BLOB)) FROM heard WHERE session = ? AND start_ns < ? AND end_ns > ?",
		"UPDATE heard SET said = ? WHERE session = ? AND n = ?", key, span)
}

// overwrite finds rows with the sizes of their texts, and blanks those.
func overwrite(ctx context.Context, tx *sql.Tx, find, put string, key int64, span capture.Segment) error {
	sizes := map[int64]int{}
	err := each(ctx, tx, func(rows *sql.Rows) error {
		var n int64
		var size int
		err := rows.Scan(&n, &size)
		sizes[n] = size
		return err
	}, find, key, int64(span.End), int64(span.Start))
	if err != nil {
		return err
	}
	for n, size := range sizes {
		if _, err := tx.ExecContext(ctx, put, blank(size), key, n); err != nil {
			return err
		}
	}
	return nil
}

// erasePoll is how long Erase waits before it tries again beside a reader.
const erasePoll = 20 * time.Millisecond

// Erase empties the write-ahead log, so that nothing that was deleted before can
// be read from it. It waits for those who read an older state, in whichever
// process, until ctx ends; then ErrBusy. The blocks that the file system frees
// are not overwritten: on flash storage no program can do that.
func (db *DB) Erase(ctx context.Context) error {
	const what = "empty the log of the database"
	conn, err := db.writer.Conn(ctx)
	if err != nil {
		return db.fault(what, err)
	}
	defer conn.Close()
	// SQLite's own waiting does not end with ctx.
	if _, err := conn.ExecContext(ctx, "PRAGMA busy_timeout = 0"); err != nil {
		return db.fault(what, err)
	}
	defer conn.ExecContext(context.WithoutCancel(ctx), fmt.Sprintf("PRAGMA busy_timeout = %d", busyTimeout.Milliseconds()))
	for {
		var busy, frames, written int
		err := conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &written)
		switch {
		case err == nil && busy == 0:
			return db.fault(what, syncFile(db.path+"-wal"))
		case err != nil && !isBusy(err) && ctx.Err() == nil:
			return db.fault(what, err)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: %w: %w", what, ErrBusy, ctx.Err())
		case <-time.After(erasePoll):
		}
	}
}

// syncFile makes the length of a file durable. SQLite does not do that for a log
// that it empties, so that the old one could be there again after a loss of
// power.
func syncFile(name string) error {
	f, err := os.OpenFile(name, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}
