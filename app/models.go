package app

import (
	"context"
	"fmt"
	"os"
	"os/exec"

	"github.com/runreel/runreel/app/model"
)

// Models lists the installed speech models.
func (a *App) Models() ([]ModelItem, error) {
	installed, err := model.List(a.paths.Models)
	if err != nil {
		return nil, err
	}
	chosen := a.settings.get().Model
	items := make([]ModelItem, 0, len(installed))
	for i, m := range installed {
		items = append(items, ModelItem{
			Name: m.Name, Path: m.Path, SizeBytes: m.Size, Description: m.Description(),
			Current: m.Name == chosen || chosen == "" && i == 0,
		})
	}
	return items, nil
}

// AddModel checks a file and installs it as a speech model.
func (a *App) AddModel(ctx context.Context, file string) (ModelItem, error) {
	m, err := model.Add(ctx, a.paths.Models, file)
	if err != nil {
		return ModelItem{}, err
	}
	return ModelItem{Name: m.Name, Path: m.Path, SizeBytes: m.Size, Description: m.Description()}, nil
}

// UseModel chooses an installed model.
func (a *App) UseModel(name string) error {
	items, err := a.Models()
	if err != nil {
		return err
	}
	for _, m := range items {
		if m.Name == name {
			s := a.settings.get()
			s.Model = name
			return a.settings.set(s)
		}
	}
	return fmt.Errorf("%w: %q", ErrNoModel, name)
}

// modelPath is the file of the model to use: the one given at the start, else
// the chosen one, else the first installed.
func (a *App) modelPath() (string, error) {
	if a.options.Model != "" {
		return a.options.Model, nil
	}
	items, err := a.Models()
	if err != nil {
		return "", err
	}
	for _, m := range items {
		if m.Current {
			return m.Path, nil
		}
	}
	if len(items) > 0 {
		return items[0].Path, nil
	}
	return "", ErrNoModel
}

// worker is the command of the transcription worker: this program.
func (a *App) worker(model string) *exec.Cmd {
	if a.options.Worker != nil {
		return a.options.Worker(model)
	}
	self, err := os.Executable()
	if err != nil {
		self = os.Args[0]
	}
	return exec.Command(self, "transcribe-worker", "--model", model)
}
