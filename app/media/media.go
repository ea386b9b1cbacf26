package media

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
)

// The errors that callers tell apart, beside fs.ErrNotExist, fs.ErrPermission
// and syscall.ENOSPC.
var (
	// ErrName is a name that this package would never give.
	ErrName = errors.New("not a name of stored media")
	// ErrImage is a file that is no picture that can be read.
	ErrImage = errors.New("not a readable picture")
	// ErrTooLarge is a picture with more pixels or bytes than are decoded.
	ErrTooLarge = errors.New("picture too large")
)

const (
	idPattern   = `[A-Za-z0-9][A-Za-z0-9_-]{0,63}`
	namePattern = `(?:frames/[0-9a-f]{64}\.(?:png|jpg)|audio/[0-9a-f]{64}\.(?:wav|flac)|cast/[0-9a-f]{64}\.cast)`
)

var (
	idRule   = regexp.MustCompile(`^` + idPattern + `$`)
	nameRule = regexp.MustCompile(`^` + namePattern + `$`)
)

// ValidID tells whether id can name a session: up to 64 letters, digits,
// hyphens and underscores of ASCII, the first a letter or a digit.
func ValidID(id string) bool { return idRule.MatchString(id) }

// dead begins the name of a folder that is being deleted. No id begins so.
const dead = ".deleted-"

// Store is the folder that holds the folders of all sessions. It is safe for
// concurrent use.
type Store struct {
	dir  string
	root *os.Root
}

// Open opens the folder, and makes it where it is missing, for its owner alone.
func Open(dir string) (*Store, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("open media folder: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("open media folder: %w", readOnly(err))
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open media folder: %w", err)
	}
	return &Store{dir: dir, root: root}, nil
}

// Close closes the folder. Files that are open stay so.
func (s *Store) Close() error { return s.root.Close() }

// Dir is the folder's absolute path.
func (s *Store) Dir() string { return s.dir }

// Session is the folder of one session, which need not exist yet. With an
// invalid id every method of it fails with ErrName.
func (s *Store) Session(id string) *Folder {
	return &Folder{store: s, id: id}
}

// Sessions lists the ids that have a folder.
func (s *Store) Sessions() ([]string, error) {
	return s.list(func(name string) (string, bool) { return name, ValidID(name) })
}

// Deleted lists the ids whose removal was begun and not completed: Remove them
// again.
func (s *Store) Deleted() ([]string, error) {
	return s.list(func(name string) (string, bool) {
		id, ok := strings.CutPrefix(name, dead)
		return id, ok && ValidID(id)
	})
}

func (s *Store) list(pick func(name string) (string, bool)) ([]string, error) {
	entries, err := fs.ReadDir(s.root.FS(), ".")
	if err != nil {
		return nil, fmt.Errorf("list media: %w", err)
	}
	var ids []string
	for _, e := range entries {
		if id, ok := pick(e.Name()); ok && e.IsDir() {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// Condemn renames the folder of a session so that nothing finds it any more,
// durably. It is the point of no return of a deletion: what follows can be
// repeated after a crash, by Deleted and Remove. A folder that is missing is no
// error.
func (s *Store) Condemn(id string) error {
	if !ValidID(id) {
		return fmt.Errorf("delete media of session %q: %w", id, ErrName)
	}
	if err := s.root.RemoveAll(dead + id); err != nil {
		return fmt.Errorf("delete media of session %s: %w", id, err)
	}
	err := s.root.Rename(id, dead+id)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = s.syncDir(".")
	}
	if err != nil {
		return fmt.Errorf("delete media of session %s: %w", id, readOnly(err))
	}
	return nil
}

// Remove removes a condemned folder.
func (s *Store) Remove(id string) error {
	if !ValidID(id) {
		return fmt.Errorf("delete media of session %q: %w", id, ErrName)
	}
	if err := s.root.RemoveAll(dead + id); err != nil {
		return fmt.Errorf("delete media of session %s: %w", id, err)
	}
	return nil
}

// errReplaced tells that a file took the place of another one meanwhile.
var errReplaced = fmt.Errorf("%w: it was replaced", ErrName)

// regular opens a file for reading, and neither follows a symbolic link nor
// opens anything but a regular file. Two who put the same bytes at once replace
// one file by its equal, so it looks again where that happened.
func (s *Store) regular(name string) (*os.File, fs.FileInfo, error) {
	for tries := 1; ; tries++ {
		f, info, err := s.regularNow(name)
		if !errors.Is(err, errReplaced) || tries == 10 {
			return f, info, err
		}
	}
}

func (s *Store) regularNow(name string) (*os.File, fs.FileInfo, error) {
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		info, err := s.root.Lstat(dir)
		if err != nil {
			return nil, nil, err
		}
		if !info.IsDir() {
			return nil, nil, &fs.PathError{Op: "open", Path: name, Err: ErrName}
		}
	}
	before, err := s.root.Lstat(name)
	if err != nil {
		return nil, nil, err
	}
	if !before.Mode().IsRegular() {
		return nil, nil, &fs.PathError{Op: "open", Path: name, Err: ErrName}
	}
	f, err := s.root.Open(name)
	if err != nil {
		return nil, nil, err
	}
	info, err := f.Stat()
	if err != nil || !os.SameFile(before, info) {
		f.Close()
		return nil, nil, errors.Join(err, &fs.PathError{Op: "open", Path: name, Err: errReplaced})
	}
	return f, info, nil
}

// readOnly makes a read-only disk an fs.ErrPermission, too.
func readOnly(err error) error {
	if errors.Is(err, syscall.EROFS) {
		return fmt.Errorf("%w: %w", fs.ErrPermission, err)
	}
	return err
}
