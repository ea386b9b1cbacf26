package media

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// kinds are the folders inside a session's.
var kinds = [...]string{"frames", "audio", "cast"}

const (
	tempPrefix  = ".tmp-"
	reserveName = "reserve"
)

// Folder is the folder of one session. It implements capture.Media and is safe
// for concurrent use.
type Folder struct {
	store *Store
	id    string
}

// Path is the folder's absolute path.
func (f *Folder) Path() string { return filepath.Join(f.store.dir, f.id) }

// Create makes the folder, durably. One that exists is no error.
func (f *Folder) Create() error {
	if !ValidID(f.id) {
		return fmt.Errorf("create media folder %q: %w", f.id, ErrName)
	}
	for _, kind := range kinds {
		if err := f.store.root.MkdirAll(f.in(kind), 0o700); err != nil {
			return fmt.Errorf("create media folder of session %s: %w", f.id, readOnly(err))
		}
	}
	for _, dir := range []string{f.id, "."} {
		if err := f.store.syncDir(dir); err != nil {
			return fmt.Errorf("create media folder of session %s: %w", f.id, err)
		}
	}
	return nil
}

// Put implements capture.Media. dir and ext are "frames" with "png" or "jpg",
// "audio" with "wav" or "flac", or "cast" with "cast"; ErrName for others. On a full disk the error
// is a syscall.ENOSPC and nothing is left behind.
func (f *Folder) Put(ctx context.Context, dir, ext string, data []byte) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	sum := sha256.Sum256(data)
	name := dir + "/" + hex.EncodeToString(sum[:]) + "." + ext
	if err := f.check(name); err != nil {
		return "", fmt.Errorf("store media: %w", err)
	}
	if err := f.put(dir, f.in(name), data); err != nil {
		return "", fmt.Errorf("store media %s: %w", name, readOnly(err))
	}
	return name, nil
}

func (f *Folder) put(dir, target string, data []byte) error {
	info, err := f.store.root.Lstat(target)
	if err == nil && info.Mode().IsRegular() && info.Size() == int64(len(data)) {
		// Whoever renamed it may not have got to syncing the folder.
		return f.store.syncDir(f.in(dir))
	}
	temp := f.in(dir) + "/" + tempPrefix + rand.Text()
	err = f.write(temp, data)
	if errors.Is(err, fs.ErrNotExist) {
		if err := f.Create(); err != nil {
			return err
		}
		err = f.write(temp, data)
	}
	if err == nil {
		err = f.store.root.Rename(temp, target)
	}
	if err != nil {
		f.store.root.Remove(temp)
		return err
	}
	return f.store.syncDir(f.in(dir))
}

// write makes a new file of data and has it on the disk when it returns.
func (f *Folder) write(name string, data []byte) error {
	file, err := f.store.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := file.Write(data); err != nil {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	return file.Close()
}

// Open opens stored bytes for reading: ErrName for a name that Put would not
// give, fs.ErrNotExist where there are none. The caller closes it.
func (f *Folder) Open(name string) (io.ReadSeekCloser, error) {
	if err := f.check(name); err != nil {
		return nil, fmt.Errorf("open media: %w", err)
	}
	file, _, err := f.store.regular(f.in(name))
	if err != nil {
		return nil, fmt.Errorf("open media: %w", err)
	}
	return file, nil
}

// Has tells whether the bytes of that name are stored.
func (f *Folder) Has(name string) bool {
	if f.check(name) != nil {
		return false
	}
	info, err := f.store.root.Lstat(f.in(name))
	return err == nil && info.Mode().IsRegular()
}

// Verify reads the bytes of a name and tells whether they are the ones that
// were stored.
func (f *Folder) Verify(name string) error {
	file, err := f.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	h := sha256.New()
	if _, err := io.Copy(h, file); err != nil {
		return fmt.Errorf("read media %s: %w", name, err)
	}
	base := path.Base(name)
	if hex.EncodeToString(h.Sum(nil)) != strings.TrimSuffix(base, path.Ext(base)) {
		return fmt.Errorf("media %s: its bytes have changed", name)
	}
	return nil
}

// Size is how many bytes the files of the folder hold.
func (f *Folder) Size() (int64, error) {
	var total int64
	err := f.walk(func(dir string, e fs.DirEntry) error {
		info, err := e.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil // a temporary file that was just renamed
		}
		if err == nil {
			total += info.Size()
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("measure media of session %s: %w", f.id, err)
	}
	return total, nil
}

// Tidy removes what a writer that died left: temporary files and the reserve.
// It must not run beside a writer. It returns the number of temporary files.
func (f *Folder) Tidy() (int, error) {
	n := 0
	err := f.walk(func(dir string, e fs.DirEntry) error {
		if !strings.HasPrefix(e.Name(), tempPrefix) {
			return nil
		}
		n++
		return f.store.root.Remove(dir + "/" + e.Name())
	})
	if err == nil {
		err = f.Release()
	}
	if err != nil {
		return n, fmt.Errorf("tidy media of session %s: %w", f.id, err)
	}
	return n, nil
}

// Forget removes the bytes of names, durably. Those that are missing are no
// error. Their blocks are freed, and not overwritten: flash storage writes
// elsewhere, so that no program can do that there.
func (f *Folder) Forget(names []string) error {
	for _, name := range names {
		if err := f.forget(name); err != nil {
			return fmt.Errorf("delete media of session %s: %w", f.id, err)
		}
	}
	return f.syncKinds(names)
}

func (f *Folder) forget(name string) error {
	if err := f.check(name); err != nil {
		return err
	}
	if err := f.store.root.Remove(f.in(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return readOnly(err)
	}
	return nil
}

func (f *Folder) syncKinds(names []string) error {
	for _, kind := range kinds {
		if !slices.ContainsFunc(names, func(name string) bool { return path.Dir(name) == kind }) {
			continue
		}
		if err := f.store.syncDir(f.in(kind)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("delete media of session %s: %w", f.id, err)
		}
	}
	return nil
}

// Sweep forgets the media that named denies, and returns how much that was. It
// must not run beside a writer. Files that Put did not make stay.
func (f *Folder) Sweep(named func(name string) bool) (int, error) {
	var orphans []string
	err := f.walk(func(dir string, e fs.DirEntry) error {
		name := path.Base(dir) + "/" + e.Name()
		if nameRule.MatchString(name) && !named(name) {
			orphans = append(orphans, name)
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("list media of session %s: %w", f.id, err)
	}
	return len(orphans), f.Forget(orphans)
}

// Reserve takes n bytes of the disk, so that there is room to end the session
// properly when the disk has become full. Release gives them back.
func (f *Folder) Reserve(n int) error {
	if err := f.Create(); err != nil {
		return err
	}
	// Random bytes take their room even where the disk compresses.
	data := make([]byte, n)
	rand.Read(data)
	err := f.write(f.in(reserveName), data)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		f.store.root.Remove(f.in(reserveName))
		return fmt.Errorf("reserve room for session %s: %w", f.id, readOnly(err))
	}
	return nil
}

// Release gives the reserve back. One that is missing is no error.
func (f *Folder) Release() error {
	if !ValidID(f.id) {
		return fmt.Errorf("release the reserve of session %q: %w", f.id, ErrName)
	}
	if err := f.store.root.Remove(f.in(reserveName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("release the reserve of session %s: %w", f.id, err)
	}
	return nil
}

// Delete removes the folder and all that is in it.
func (f *Folder) Delete() error {
	if err := f.store.Condemn(f.id); err != nil {
		return err
	}
	return f.store.Remove(f.id)
}

// walk calls do for every file of the kinds.
func (f *Folder) walk(do func(dir string, e fs.DirEntry) error) error {
	if !ValidID(f.id) {
		return ErrName
	}
	for _, kind := range kinds {
		entries, err := fs.ReadDir(f.store.root.FS(), f.in(kind))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return err
		}
		for _, e := range entries {
			if err := do(f.in(kind), e); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *Folder) check(name string) error {
	if !ValidID(f.id) {
		return fmt.Errorf("session %q: %w", f.id, ErrName)
	}
	if !nameRule.MatchString(name) {
		return fmt.Errorf("%q: %w", name, ErrName)
	}
	return nil
}

func (f *Folder) in(name string) string { return f.id + "/" + name }

// syncDir makes names in a folder durable. Windows has no such call, and needs
// none: NTFS logs them.
func (s *Store) syncDir(name string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := s.root.Open(name)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
