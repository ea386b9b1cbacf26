package terminal

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// Limits of what a spool is read for: its writers are shells of the same user,
// but a broken one must not fill the memory.
const (
	maxRecord  = 1 << 20
	maxShells  = 512
	recordSep  = "\x1e\n"
	fieldSep   = "\x1f"
	recorderID = ".recorder" // holds the recorder's process id
)

// record is what the spool scripts write: version, kind, number of the
// prompt, start and end as micros has them, exit status, host,
// user, folder, and since version 2 the wall clock and the seconds since the
// start of the machine when it was written; text.
type record struct {
	kind            string
	n               int64
	start, end      time.Time
	epoch           time.Time // when the machine started, by the wall clock at the time; zero where the shell cannot tell
	exit            int
	host, user, dir string
	text            string
}

// decodeRecord decodes one record without its separator.
func decodeRecord(b []byte) (record, error) {
	version, _, _ := strings.Cut(string(b), fieldSep)
	fields := map[string]int{"1": 10, "2": 12}[version]
	f := strings.SplitN(string(b), fieldSep, max(1, fields))
	if fields == 0 || len(f) != fields {
		return record{}, fmt.Errorf("spool record with %d fields, version %.8q", len(f), version)
	}
	r := record{kind: f[1], host: valid(f[6]), user: valid(f[7]), dir: valid(f[8]), text: valid(f[fields-1])}
	if fields == 12 {
		r.epoch = epoch(f[9], f[10])
	}
	var err error
	if r.n, err = strconv.ParseInt(f[2], 10, 64); err != nil {
		return record{}, fmt.Errorf("spool record number: %w", err)
	}
	if r.start, err = micros(f[3]); err != nil {
		return record{}, fmt.Errorf("spool record start: %w", err)
	}
	if r.end, err = micros(f[4]); err != nil {
		return record{}, fmt.Errorf("spool record end: %w", err)
	}
	if f[5] != "" {
		if r.exit, err = strconv.Atoi(f[5]); err != nil {
			return record{}, fmt.Errorf("spool record exit status: %w", err)
		}
	}
	return r, nil
}

// epoch is when the machine started, by a wall clock in microseconds and the
// seconds since then, whose hundredths are cut off (proc(5), uptime): it is right
// to half of one. It is zero where one of them is missing.
func epoch(wall, uptime string) time.Time {
	now, err := micros(wall)
	up, uerr := strconv.ParseFloat(uptime, 64)
	if err != nil || uerr != nil || now.IsZero() || !(up > 0 && up < 1e9) {
		return time.Time{}
	}
	return now.Add(-time.Duration((up + 0.005) * float64(time.Second)))
}

// micros is a time: microseconds of the wall clock, or ^ and the seconds since
// the machine's start; 0 is none.
func micros(s string) (time.Time, error) {
	if up, found := strings.CutPrefix(s, "^"); found {
		sec, err := strconv.ParseFloat(up, 64)
		if err != nil || !(sec > 0 && sec < 1e9) {
			return time.Time{}, fmt.Errorf("seconds %.32q", s)
		}
		return machineEpoch().Add(time.Duration(sec * float64(time.Second))), nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 0 {
		return time.Time{}, fmt.Errorf("microseconds %.32q", s)
	}
	if n == 0 {
		return time.Time{}, nil
	}
	return time.UnixMicro(n), nil
}

// spool is the folder into which the hooks of shells write. Each shell has a
// file of its own.
type spool struct {
	path   string
	shells map[string]*spoolShell
}

// spoolShell is one shell's file.
type spoolShell struct {
	offset int64
	part   []byte // a record whose end has not come
	pid    int
	told   told
	cmd    *Report   // the last command
	epoch  time.Time // of the last record
	latest time.Time // start of the last command, local
}

// inOrder gives the start of the next command. Correcting for a clock that was
// set is exact to some hundredths of a second only, and must not change the
// order of what one shell ran.
func (sh *spoolShell) inOrder(start time.Time) time.Time {
	if ahead := sh.latest.Sub(start); !sh.latest.IsZero() && ahead >= 0 && ahead < leastStep {
		start = sh.latest.Add(1)
	}
	sh.latest = start
	return start
}

// openSpool makes the folder anew, so that shells begin to write.
func openSpool(path string) (*spool, error) {
	if err := removeSpool(path); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make spool: %w", err)
	}
	// The process id comes before the folder is seen under its name.
	fresh := path + ".new"
	if err := removeSpool(fresh); err != nil {
		return nil, err
	}
	if err := os.Mkdir(fresh, 0o700); err != nil {
		return nil, fmt.Errorf("make spool: %w", err)
	}
	pid := strconv.Itoa(os.Getpid()) + "\n"
	if err := os.WriteFile(filepath.Join(fresh, recorderID), []byte(pid), 0o600); err != nil {
		return nil, fmt.Errorf("make spool: %w", err)
	}
	if err := os.Rename(fresh, path); err != nil {
		return nil, fmt.Errorf("make spool: %w", err)
	}
	return &spool{path: path, shells: map[string]*spoolShell{}}, nil
}

// removeSpool removes the folder of a spool. A link or a file of that name is
// not touched.
func removeSpool(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("remove spool: %w", err)
	}
	if !info.IsDir() {
		return fmt.Errorf("remove spool: %s is not a folder", path)
	}
	// A shell may write a file while they are removed.
	for range 10 {
		if err = os.RemoveAll(path); err == nil {
			return nil
		}
	}
	return fmt.Errorf("remove spool: %w", err)
}

// read calls report for what shells have written since the last call. Files
// that cannot be read and records that cannot be decoded are passed over; bad
// counts the latter.
func (s *spool) read(report func(Report, *spoolShell)) (bad int, err error) {
	entries, err := os.ReadDir(s.path)
	if err != nil {
		return 0, fmt.Errorf("read spool: %w", err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") || strings.HasSuffix(e.Name(), streamSuffix) || !e.Type().IsRegular() {
			continue
		}
		sh := s.shells[e.Name()]
		if sh == nil {
			if len(s.shells) >= maxShells {
				continue
			}
			sh = &spoolShell{}
			pid, _, _ := strings.Cut(e.Name(), "-")
			sh.pid, _ = strconv.Atoi(pid)
			s.shells[e.Name()] = sh
		}
		data, err := sh.next(filepath.Join(s.path, e.Name()))
		if err != nil {
			continue
		}
		bad += sh.take(data, e.Name(), report)
	}
	return bad, nil
}

// next reads what is new in the file.
func (sh *spoolShell) next(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil || info.Size() <= sh.offset {
		return nil, err
	}
	data, err := io.ReadAll(io.NewSectionReader(f, sh.offset, min(info.Size()-sh.offset, 8*maxRecord)))
	sh.offset += int64(len(data))
	return data, err
}

// take splits data into records and makes reports of them.
func (sh *spoolShell) take(data []byte, id string, report func(Report, *spoolShell)) (bad int) {
	sh.part = append(sh.part, data...)
	for {
		b, rest, found := bytes.Cut(sh.part, []byte(recordSep))
		if !found {
			break
		}
		r, err := decodeRecord(b)
		if err != nil || len(b) > maxRecord {
			bad++
		} else {
			sh.record(r, id, report)
		}
		sh.part = rest
	}
	if len(sh.part) > maxRecord {
		sh.part = nil // the rest of that record fails to decode
		bad++
	}
	sh.part = bytes.Clone(sh.part)
	return bad
}

// record takes one record of the shell.
func (sh *spoolShell) record(r record, shell string, report func(Report, *spoolShell)) {
	id := "hook-" + shell + "-" + strconv.FormatInt(r.n, 10)
	switch r.kind {
	case "more":
		sh.told.lines.add(r.text)
		return
	case "shell":
		sh.told.shell = knownShell(r.text)
		return
	case "typed":
		sh.told.typed = r.text
		return
	case "alias":
		sh.told.alias(r.text)
		return
	case "start", "whole":
		command, ok := sh.told.command(r.text)
		if !ok {
			sh.cmd = nil
			return
		}
		command.Dir, command.Host, command.User, command.Via = r.dir, r.host, r.user, "hook"
		sh.epoch = r.epoch
		sh.cmd = &Report{ID: id, Start: r.start, Command: command}
		if r.kind == "whole" {
			sh.cmd.finish(r, r.epoch)
		}
	case "end":
		sh.told.reset() // of a line that was given up
		if sh.cmd == nil || sh.cmd.ID != id {
			return
		}
		sh.cmd.finish(r, sh.epoch)
		sh.epoch = r.epoch
	default:
		return
	}
	report(*sh.cmd, sh)
}

// finish sets what the end of a command tells. began is the epoch at its start:
// where the wall clock was set meanwhile, the start is told by the new one.
func (r *Report) finish(rec record, began time.Time) {
	exit := rec.exit
	r.Done, r.End = true, rec.end
	r.Start = r.Start.Add(stepped(began, rec.epoch))
	r.Command.Exit = &exit
	r.Command.Length = max(0, rec.end.Sub(r.Start))
}

// leastStep is how far two epochs are apart where the wall clock was set
// between them. The uptime is told in hundredths of a second, and it is not read
// in the same moment as the wall clock.
const leastStep = 100 * time.Millisecond

// stepped is by how much the wall clock was set between two epochs; 0 where one
// is not known.
func stepped(before, after time.Time) time.Duration {
	if before.IsZero() || after.IsZero() {
		return 0
	}
	if d := after.Sub(before); d.Abs() >= leastStep {
		return d
	}
	return 0
}
