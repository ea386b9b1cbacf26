package app

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/runreel/runreel/app/control"
)

// Paths are the places that runreel uses. Everything it keeps is below Data.
type Paths struct {
	Data     string // folder 0700
	Database string
	Sessions string // media of the sessions
	Models   string
	Settings string
	Socket   string // control socket, in a private folder
	Spool    string // folder where shells with the hook leave their commands
}

// NewPaths lays out the data folder. An empty dir is the user's own, after the
// XDG Base Directory Specification: $XDG_DATA_HOME/runreel.
func NewPaths(dir string) (Paths, error) {
	if dir == "" {
		base := os.Getenv("XDG_DATA_HOME")
		if !filepath.IsAbs(base) {
			home, err := os.UserHomeDir()
			if err != nil {
				return Paths{}, fmt.Errorf("find the data folder: %w", err)
			}
			base = filepath.Join(home, ".local", "share")
		}
		dir = filepath.Join(base, "runreel")
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return Paths{}, fmt.Errorf("find the data folder: %w", err)
	}
	run := control.Folder(dir)
	return Paths{
		Data:     dir,
		Database: filepath.Join(dir, "runreel.db"),
		Sessions: filepath.Join(dir, "sessions"),
		Models:   filepath.Join(dir, "models"),
		Settings: filepath.Join(dir, "settings.json"),
		Socket:   control.Path(dir),
		Spool:    filepath.Join(run, "commands"),
	}, nil
}

// ErrDataFolder tells that the data folder cannot be used.
var ErrDataFolder = errors.New("the data folder cannot be used")

// make creates the folders, private to their owner.
func (p Paths) make() error {
	for _, dir := range []string{p.Data, p.Sessions, p.Models, filepath.Dir(p.Socket)} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("%w: %w", ErrDataFolder, err)
		}
	}
	probe, err := os.CreateTemp(p.Data, ".probe-")
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDataFolder, err)
	}
	_ = probe.Close() // nothing was written
	if err := os.Remove(probe.Name()); err != nil {
		return fmt.Errorf("%w: %w", ErrDataFolder, err)
	}
	return nil
}
