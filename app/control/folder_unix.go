//go:build unix

package control

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// privateFolder makes dir, or checks that it is ours and closed to others.
// A folder of ours that is open to others is closed.
func privateFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make folder of the control socket: %w", err)
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return fmt.Errorf("check folder of the control socket: %w", err)
	}
	if !info.IsDir() {
		return &PathError{Path: dir, Reason: "it is not a folder"}
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok || int(st.Uid) != os.Geteuid() {
		return &PathError{Path: dir, Reason: "the folder belongs to another user"}
	}
	if info.Mode().Perm() == 0o700 {
		return nil
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return fmt.Errorf("close folder of the control socket: %w", err)
	}
	return nil
}

// noListener tells whether err of a dial means that nobody listens.
func noListener(err error) bool {
	return errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.ENOTDIR)
}
