package app

import "github.com/runreel/runreel/app/hotkey"

// SettingsAPI is what the window's settings call.
type SettingsAPI struct{ app *App }

// ModelItem is an installed speech model.
type ModelItem struct {
	Name        string `json:"name"`
	Path        string `json:"path"`
	SizeBytes   int64  `json:"sizeBytes"`
	Description string `json:"description"`
	Current     bool   `json:"current"`
}

// Doctor tells what works on this machine and what is missing.
func (s *SettingsAPI) Doctor() ([]Check, error) {
	return guard(s.app.log, "Doctor", func() ([]Check, error) { return s.app.Doctor(s.app.ctx), nil })
}

// Models lists the installed speech models.
func (s *SettingsAPI) Models() ([]ModelItem, error) {
	return guard(s.app.log, "Models", s.app.Models)
}

// AddModel asks for a file, checks it and installs it as a speech model.
func (s *SettingsAPI) AddModel() ([]ModelItem, error) {
	return guard(s.app.log, "AddModel", func() ([]ModelItem, error) {
		file, err := s.app.dialogs.chooseModel()
		if err != nil {
			return nil, err
		}
		if file != "" {
			if _, err := s.app.AddModel(s.app.ctx, file); err != nil {
				return nil, err
			}
		}
		return s.app.Models()
	})
}

// UseModel chooses the speech model of later transcriptions.
func (s *SettingsAPI) UseModel(name string) error {
	return guardOnly(s.app.log, "UseModel", func() error { return s.app.UseModel(name) })
}

// Get returns the settings.
func (s *SettingsAPI) Get() (Settings, error) {
	return guard(s.app.log, "Get", func() (Settings, error) { return s.app.settings.get(), nil })
}

// Set stores the settings.
func (s *SettingsAPI) Set(v Settings) error {
	return guardOnly(s.app.log, "Set", func() error { return s.app.SetSettings(v) })
}

// Defaults are the settings of a new installation.
func (s *SettingsAPI) Defaults() (Settings, error) {
	return guard(s.app.log, "Defaults", func() (Settings, error) { return defaultSettings(), nil })
}

// HoldHotkeys gives all hotkeys back while a person presses the keys for one,
// and takes them again.
func (s *SettingsAPI) HoldHotkeys(hold bool) error {
	return guardOnly(s.app.log, "HoldHotkeys", func() error { s.app.holdHotkeys(hold); return nil })
}

// HotkeyProblems tells why hotkeys do not work, by action; "" stands for all.
func (s *SettingsAPI) HotkeyProblems() (map[string]string, error) {
	return guard(s.app.log, "HotkeyProblems", func() (map[string]string, error) { return s.app.HotkeyProblems(), nil })
}

// CheckHotkey reads keys as a person writes them, and returns them as they are
// stored; an error tells why they cannot be a hotkey.
func (s *SettingsAPI) CheckHotkey(text string) (string, error) {
	return guard(s.app.log, "CheckHotkey", func() (string, error) {
		keys, err := hotkey.Parse(text)
		return keys.String(), err
	})
}
