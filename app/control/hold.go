package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"github.com/gofrs/flock"
)

const (
	holdName = "runreel.lock" // in the data folder
	// maxHolder is how much is read of what a holder wrote.
	maxHolder = 4096
	// introduction is how long a process that has just taken a lock may need
	// to write who it is.
	introduction = 500 * time.Millisecond
)

// HeldError says that another process holds what only one may. It is an
// ErrRunning.
type HeldError struct {
	Path    string    // the data folder, or the control socket
	PID     int       // 0 where it cannot be told
	Program string    // name of its executable file
	Since   time.Time // when it took it
}

// Error implements error.
func (e *HeldError) Error() string {
	if e.PID == 0 {
		return fmt.Sprintf("another process uses %s", e.Path)
	}
	return fmt.Sprintf("process %d (%s) has used %s since %s", e.PID, e.Program, e.Path, e.Since.Local().Format("2006-01-02 15:04:05"))
}

// Is makes it an ErrRunning.
func (e *HeldError) Is(target error) bool { return target == ErrRunning }

// Held is a lock of this process. The system frees it with the process, however
// that ends, so that a dead one never holds anything.
type Held struct {
	path string
	lock *flock.Flock
}

// Hold takes a data folder for this process until Close: only one may record
// into it and show it in a window. Where another one has it, by whichever path
// it reached it, the error is a *HeldError. The folder must exist. Who only
// reads or exports needs no hold.
func Hold(dataDir string) (*Held, error) { return take(filepath.Join(dataDir, holdName), dataDir) }

// take locks a file, and writes into it who has it. what is named by the error.
func take(path, what string) (*Held, error) {
	lock := flock.New(path, flock.SetPermissions(0o600))
	free, err := lock.TryLock()
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", what, err), lock.Close())
	}
	if !free {
		held := &HeldError{Path: what}
		if h, ok := whoHolds(path); ok {
			held.PID, held.Program, held.Since = h.PID, h.Program, h.Since
		}
		return nil, errors.Join(held, lock.Close())
	}
	// The lock is what counts. Where the system does not let its file be
	// written, or the disk is full, others cannot tell who has it.
	_ = os.WriteFile(path, introduce(), 0o600)
	return &Held{path: path, lock: lock}, nil
}

// Close gives the lock back. Closing twice is no error.
func (h *Held) Close() error {
	if h.lock.Locked() {
		_ = os.Truncate(h.path, 0) // as above
	}
	// The file stays: another process may have opened it to lock it next.
	if err := h.lock.Close(); err != nil {
		return fmt.Errorf("give back %s: %w", h.path, err)
	}
	return nil
}

// holder is what a process writes into a file that it has locked.
type holder struct {
	PID     int       `json:"pid"`
	Program string    `json:"program"`
	Since   time.Time `json:"since"`
}

func introduce() []byte {
	h := holder{PID: os.Getpid(), Program: "runreel", Since: time.Now()}
	if exe, err := os.Executable(); err == nil {
		h.Program = filepath.Base(exe)
	}
	text, err := json.Marshal(h)
	if err != nil {
		return nil // a time out of range: there is no such clock
	}
	return append(text, '\n')
}

// whoHolds reads who has locked a file. What a dead process left there is not
// taken for the one that has it now, which may not have written yet.
func whoHolds(path string) (holder, bool) {
	for end := time.Now().Add(introduction); ; {
		if f, err := os.Open(path); err == nil {
			text, err := io.ReadAll(io.LimitReader(f, maxHolder))
			f.Close()
			if h, ok := parseHolder(text); err == nil && ok && alive(h.PID) {
				return h, true
			}
		}
		if time.Now().After(end) {
			return holder{}, false
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// parseHolder reads what introduce wrote.
func parseHolder(text []byte) (holder, bool) {
	var h holder
	if json.Unmarshal(text, &h) != nil || h.PID <= 0 {
		return holder{}, false
	}
	h.Program = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, h.Program)
	return h, true
}
