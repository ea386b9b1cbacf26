package terminal

import (
	"errors"
	"fmt"
	"time"

	"github.com/runreel/runreel/capture"
)

// Errors that reach people.
var (
	// ErrUnsupported says that this part does not exist for the system.
	ErrUnsupported = errors.New("recording a shell is not supported on this system yet")
	// ErrNotRecording says that no recording takes commands now.
	ErrNotRecording = errors.New("no recording runs")
)

// ShellError says that a shell cannot be integrated.
type ShellError struct {
	Shell  string // as asked for
	Reason string // empty where it is none that is known
}

// Error implements error.
func (e *ShellError) Error() string {
	if e.Reason != "" {
		return fmt.Sprintf("%q: %s", e.Shell, e.Reason)
	}
	return fmt.Sprintf("shell %q is not supported, only bash, zsh and fish are", e.Shell)
}

// Report tells of one command of one shell: that it started, and later that it
// ended. Several reports with the same ID are about the same command, and each
// replaces the one before.
type Report struct {
	ID   string // unique among all shells
	Done bool   // false: it runs. Exit and Length of Command are not set then.
	// Command as far as it is known.
	Command capture.Command
	Start   time.Time // wall clock
	End     time.Time // wall clock; zero unless Done
}
