package export

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// renameFolder gives temp the name, if that is free.
func renameFolder(temp, name string) error {
	err := unix.Renameat2(unix.AT_FDCWD, temp, unix.AT_FDCWD, name, unix.RENAME_NOREPLACE)
	if !errors.Is(err, unix.EINVAL) && !errors.Is(err, unix.ENOSYS) {
		return err
	}
	// The file system cannot. rename(2) replaces an empty folder only, so
	// one that was just made holds the name.
	if err := os.Mkdir(name, 0o755); err != nil {
		return err
	}
	if err := unix.Rename(temp, name); err != nil {
		os.Remove(name)
		return err
	}
	return nil
}

func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	defer f.Close()
	if err := f.Sync(); err != nil && !errors.Is(err, unix.EINVAL) { // no such thing on some network file systems
		return fmt.Errorf("write %s to the disk: %w", path, err)
	}
	return nil
}
