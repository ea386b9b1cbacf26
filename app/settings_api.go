package app

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
	return guardOnly(s.app.log, "Set", func() error { return s.app.settings.set(v) })
}
