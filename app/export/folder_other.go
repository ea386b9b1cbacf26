//go:build !linux

package export

import (
	"fmt"
	"io/fs"
	"os"
	"runtime"
)

// renameFolder gives temp the name, if that is free.
func renameFolder(temp, name string) error {
	if runtime.GOOS != "windows" { // Windows never renames onto a folder
		if err := os.Mkdir(name, 0o755); err != nil {
			return err
		}
		if err := os.Rename(temp, name); err != nil {
			os.Remove(name)
			return err
		}
		return nil
	}
	if _, err := os.Lstat(name); err == nil {
		return fs.ErrExist
	}
	return os.Rename(temp, name)
}

func syncPath(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	if runtime.GOOS == "windows" && info.IsDir() { // folders cannot be flushed there
		return nil
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if info.IsDir() {
		f, err = os.Open(path)
	}
	if err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	defer f.Close()
	if err := f.Sync(); err != nil {
		return fmt.Errorf("write %s to the disk: %w", path, err)
	}
	return nil
}
