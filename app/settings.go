package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/runreel/runreel/app/hotkey"
	"github.com/runreel/runreel/capture"
)

// Settings are what a person chose.
type Settings struct {
	Author           string         `json:"author"`
	Theme            string         `json:"theme"` // "system", "light" or "dark"
	CountdownSeconds int            `json:"countdownSeconds"`
	Microphone       string         `json:"microphone"` // "" default, "none"
	Target           capture.Target `json:"target"`
	Model            string         `json:"model"` // name of the speech model; "" the first one

	// Deny are rules of windows that are never recorded; see newDenyList.
	Deny []string `json:"deny"`
	// Hotkeys are global keys by action, such as "Ctrl+Alt+R"; "" is none.
	Hotkeys map[string]string `json:"hotkeys"`
	// OffRecordSeconds is how much "off the record" takes away.
	OffRecordSeconds int  `json:"offRecordSeconds"`
	Notifications    bool `json:"notifications"` // of the desktop, when a recording starts or stops
	Tray             bool `json:"tray"`          // an icon in the tray, where there is one
	Bar              bool `json:"bar"`           // the window becomes a bar while it records
}

// defaultSettings are those of a new installation.
func defaultSettings() Settings {
	return Settings{
		Theme: "system", CountdownSeconds: 3, Deny: slices.Clone(defaultDeny), Hotkeys: defaultHotkeys(),
		OffRecordSeconds: 30, Notifications: true, Tray: true, Bar: true,
	}
}

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
	f.now = defaultSettings()
	data, err := os.ReadFile(f.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read settings: %w", err)
	}
	s := defaultSettings()
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

// SetSettings stores what the person chose. It holds from the next recording on,
// and for hotkeys at once.
func (a *App) SetSettings(s Settings) error {
	for action, keys := range s.Hotkeys {
		if strings.TrimSpace(keys) == "" {
			continue
		}
		if _, err := hotkey.Parse(keys); err != nil {
			return fmt.Errorf("hotkey of %s: %w", action, err)
		}
	}
	if err := a.settings.set(s); err != nil {
		return err
	}
	a.bindHotkeys()
	return nil
}

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
	if s.Target.Validate() != nil || s.Target.Kind == capture.TargetWindow {
		s.Target = capture.Target{} // a window's number means nothing tomorrow
	}
	s.Deny = saneDeny(s.Deny)
	s.Hotkeys = saneHotkeys(s.Hotkeys)
	s.OffRecordSeconds = min(max(s.OffRecordSeconds, 5), 600)
	return s
}
