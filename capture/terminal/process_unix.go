//go:build unix

package terminal

import (
	"errors"

	"golang.org/x/sys/unix"
)

// processAlive tells whether there is a process with that id.
func processAlive(pid int) bool {
	err := unix.Kill(pid, 0)
	return !errors.Is(err, unix.ESRCH)
}
