package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// Settings are what a person chose. The zero value is what a new installation
// has, but for the theme, the countdown and the display.
type Settings struct {
	Author           string `json:"author"`
	Theme            string `json:"theme"` // "system", "light" or "dark"
	CountdownSeconds int    `json:"countdownSeconds"`
	Microphone       string `json:"microphone"` // "" default, "none"
	Display          int    `json:"display"`    // -1 all
	Model            string `json:"model"`      // name of the speech model; "" the first one
}

var defaultSettings = Settings{Theme: "system", CountdownSeconds: 3, Display: -1}

// settingsFile keeps the settings in one JSON file.
type settingsFile struct {
	path string

	mu  sync.Mutex
	now Settings
}

// load reads the file. One that cannot be read as settings is left alone, and
// the defaults are used: a typing error in it must not keep anybody from
// recording.
func (f *settingsFile) load() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = defaultSettings
	data, err := os.ReadFile(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read settings: %w", err)
	}
	s := defaultSettings
	if err := json.Unmarshal(data, &s); err != nil {
		return fmt.Errorf("read settings %s: %w", f.path, err)
	}
	f.now = s.sane()
	return nil
}

func (f *settingsFile) get() Settings {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

// Settings returns what the person chose.
func (a *App) Settings() Settings { return a.settings.get() }

// set stores the settings by renaming a whole file over the old one.
func (f *settingsFile) set(s Settings) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	s = s.sane()
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return fmt.Errorf("write settings: %w", err)
	}
	temp := filepath.Join(filepath.Dir(f.path), ".settings.tmp")
	if err := os.WriteFile(temp, append(data, '\n'), 0o600); err != nil {
		return fmt.Errorf("write settings: %w", err)
	}
	if err := os.Rename(temp, f.path); err != nil {
		return fmt.Errorf("write settings: %w", err)
	}
	f.now = s
	return nil
}

// sane replaces values that no control offers.
func (s Settings) sane() Settings {
	if s.Theme != "light" && s.Theme != "dark" {
		s.Theme = "system"
	}
	s.CountdownSeconds = min(max(s.CountdownSeconds, 0), 60)
	s.Display = max(s.Display, -1)
	return s
}
