package export

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// ErrNoFreeName is returned when a thousand names beside the target are taken.
var ErrNoFreeName = errors.New("no free name is left beside the target")

// Folder makes a folder of several files. It calls fill with an empty folder
// beside target, flushes what fill wrote to the disk, and renames that folder
// to target or, when target exists, to the next free name: "name-2", "name-3"
// and so on. It returns the path that it made.
//
// Nothing is ever overwritten, also by two exports at the same moment. When
// fill or the disk fails, or ctx is done, nothing is left behind.
func Folder(ctx context.Context, target string, fill func(dir string) error) (path string, err error) {
	parent, target, err := destination(target)
	if err != nil {
		return "", err
	}
	temp, err := os.MkdirTemp(parent, ".runreel-export-*")
	if err != nil {
		return "", fmt.Errorf("make folder in %s: %w", parent, err)
	}
	defer func() {
		if err != nil {
			os.RemoveAll(temp)
		}
	}()
	if err := fill(temp); err != nil {
		return "", err
	}
	if err := os.Chmod(temp, 0o755); err != nil {
		return "", fmt.Errorf("set mode of %s: %w", temp, err)
	}
	if err := syncTree(temp); err != nil {
		return "", err
	}
	if err := ctx.Err(); err != nil {
		return "", err
	}
	path, err = publish(target, func(name string) error { return renameFolder(temp, name) })
	if err != nil {
		return "", err
	}
	return path, syncPath(parent)
}

// File is Folder for a single file: write gets a writer, and the file appears
// whole or not at all.
func File(ctx context.Context, target string, write func(w io.Writer) error) (path string, err error) {
	parent, target, err := destination(target)
	if err != nil {
		return "", err
	}
	temp, err := os.CreateTemp(parent, ".runreel-export-*")
	if err != nil {
		return "", fmt.Errorf("make file in %s: %w", parent, err)
	}
	defer os.Remove(temp.Name())
	defer temp.Close()
	if err := write(temp); err != nil {
		return "", err
	}
	if err := errors.Join(temp.Chmod(0o644), temp.Sync(), temp.Close()); err != nil {
		return "", fmt.Errorf("write %s: %w", target, err)
	}
	if err := ctx.Err(); err != nil {
		return "", err
	}
	path, err = publish(target, func(name string) error { return renameFile(temp.Name(), name) })
	if err != nil {
		return "", err
	}
	return path, syncPath(parent)
}

func destination(target string) (parent, abs string, err error) {
	abs, err = filepath.Abs(target)
	if err != nil {
		return "", "", fmt.Errorf("find %s: %w", target, err)
	}
	parent = filepath.Dir(abs)
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return "", "", fmt.Errorf("make folder %s: %w", parent, err)
	}
	return parent, abs, nil
}

// publish calls rename with target and the names after it until one is free.
// rename must fail with fs.ErrExist, and change nothing, when its name is taken.
func publish(target string, rename func(name string) error) (string, error) {
	ext := filepath.Ext(target)
	stem := strings.TrimSuffix(target, ext)
	name := target
	for n := 2; n <= 1000; n++ {
		err := rename(name)
		if err == nil {
			return name, nil
		}
		if !errors.Is(err, fs.ErrExist) {
			return "", fmt.Errorf("name %s: %w", name, err)
		}
		name = stem + "-" + strconv.Itoa(n) + ext
	}
	return "", fmt.Errorf("%s: %w", target, ErrNoFreeName)
}

// renameFile gives temp the name, if that is free. A hard link cannot replace
// anything; where the file system has none, an empty file holds the name.
func renameFile(temp, name string) error {
	err := os.Link(temp, name)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	hold, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	hold.Close()
	if err := os.Rename(temp, name); err != nil {
		os.Remove(name)
		return err
	}
	return nil
}

func syncTree(dir string) error {
	return filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return fmt.Errorf("read %s: %w", path, err)
		}
		return syncPath(path)
	})
}
