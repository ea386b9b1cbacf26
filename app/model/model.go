package model

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/runreel/runreel/pipeline/transcribe"
)

var (
	// ErrExists tells that another model of that name is installed.
	ErrExists = errors.New("another speech model of this name is installed")
	// ErrName tells that a file's name gives no name for a model.
	ErrName = errors.New("not a name for a speech model")
)

const (
	extension = ".bin"
	maxName   = 80
	// quick is the size of file up to which an ordinary processor keeps pace
	// with speech; Whisper's "small" is below it.
	quick = 600 << 20
)

// Info is an installed model.
type Info struct {
	Name string // file name without extension
	Path string
	transcribe.ModelInfo
	// Err is why the file cannot be used, as after a broken copy; nil where it
	// can.
	Err error
}

// Description is a line for people.
func (i Info) Description() string {
	if i.Err != nil {
		return "cannot be used: " + i.Err.Error()
	}
	language := "English only"
	if i.Multilingual {
		language = "many languages"
	}
	return fmt.Sprintf("%s, %s, %s, %d MB", i.Kind, language, i.Encoding, (i.Size+500_000)/1_000_000)
}

// List returns the models in dir, the one to prefer first: the best that keeps
// pace with speech, then smaller ones, then those that are slow, then what
// cannot be used. A dir that does not exist holds none.
func List(dir string) ([]Info, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list speech models: %w", err)
	}
	var models []Info
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), extension)
		if !ok || strings.HasPrefix(name, ".") || !e.Type().IsRegular() && e.Type()&os.ModeSymlink == 0 {
			continue
		}
		models = append(models, inspect(name, filepath.Join(dir, e.Name())))
	}
	slices.SortStableFunc(models, prefer)
	return models, nil
}

func inspect(name, path string) Info {
	info, err := transcribe.CheckModel(path)
	return Info{Name: name, Path: path, ModelInfo: info, Err: err}
}

func prefer(a, b Info) int {
	rank := func(i Info) int {
		switch {
		case i.Err != nil:
			return 2
		case i.Size > quick:
			return 1
		}
		return 0
	}
	if c := cmp.Compare(rank(a), rank(b)); c != 0 {
		return c
	}
	if rank(a) == 0 {
		return cmp.Compare(b.Size, a.Size)
	}
	return cmp.Compare(a.Size, b.Size)
}

// Default is the model that List prefers, and false where none can be used.
func Default(dir string) (Info, bool) {
	models, err := List(dir)
	if err != nil || len(models) == 0 || models[0].Err != nil {
		return Info{}, false
	}
	return models[0], true
}

// Add checks a file and copies it into dir, which it makes where there is none.
// The copy is whole and durable when it appears under its name; otherwise
// nothing is left of it. Adding the same file again changes nothing. The errors
// are those of transcribe.CheckModel and of the file system, ErrExists and
// ErrName.
func Add(ctx context.Context, dir, file string) (Info, error) {
	name, err := nameOf(file)
	if err != nil {
		return Info{}, err
	}
	if _, err := transcribe.CheckModel(file); err != nil {
		return Info{}, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return Info{}, fmt.Errorf("make folder of speech models: %w", err)
	}
	path := filepath.Join(dir, name+extension)
	if _, err := os.Lstat(path); err == nil {
		return existing(ctx, name, path, file)
	}
	if err := install(ctx, path, file); err != nil {
		return Info{}, fmt.Errorf("install speech model %s: %w", name, err)
	}
	return inspect(name, path), nil
}

// nameOf is the name of a model by its file, of letters that are harmless in a
// file name on every system.
func nameOf(file string) (string, error) {
	name := strings.TrimSuffix(filepath.Base(file), extension)
	harmless := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-", r)
	}
	bad := strings.ContainsFunc(name, func(r rune) bool { return !harmless(r) })
	if name == "" || len(name) > maxName || strings.HasPrefix(name, ".") || bad {
		return "", fmt.Errorf("%w: %q (letters, digits, dots, dashes and underlines make one)", ErrName, name)
	}
	return name, nil
}

func existing(ctx context.Context, name, path, file string) (Info, error) {
	a, err := sum(ctx, path)
	if err != nil {
		return Info{}, err
	}
	b, err := sum(ctx, file)
	if err != nil {
		return Info{}, err
	}
	if !bytes.Equal(a, b) {
		return Info{}, fmt.Errorf("%w: %s", ErrExists, name)
	}
	return inspect(name, path), nil
}

func sum(ctx context.Context, path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read speech model: %w", err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, &reader{ctx, f}); err != nil {
		return nil, fmt.Errorf("read speech model %s: %w", path, err)
	}
	return h.Sum(nil), nil
}

// install copies file beside its new name, checks what arrived there, and gives
// it the name.
func install(ctx context.Context, path, file string) error {
	in, err := os.Open(file)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.CreateTemp(filepath.Dir(path), ".add-*.tmp")
	if err != nil {
		return err
	}
	defer os.Remove(out.Name()) // gone already where all went well
	_, err = io.Copy(out, &reader{ctx, in})
	if err == nil {
		err = out.Sync()
	}
	if closed := out.Close(); err == nil {
		err = closed
	}
	if err == nil {
		_, err = transcribe.CheckModel(out.Name())
	}
	if err == nil {
		err = os.Rename(out.Name(), path)
	}
	if err != nil {
		return err
	}
	return syncFolder(filepath.Dir(path))
}

// reader ends when its context does.
type reader struct {
	ctx context.Context
	io.Reader
}

func (r *reader) Read(b []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(b)
}
