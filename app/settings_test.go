package app

import (
	"os"
	"path/filepath"
	"testing"
)

func TestSettingsSurviveARestart(t *testing.T) {
	privateRuntime(t)
	dir := t.TempDir()
	want := Settings{Author: "Ana", Theme: "dark", CountdownSeconds: 5, Microphone: "none", Display: 1, Model: "base"}
	t.Run("before", func(t *testing.T) {
		s := &SettingsAPI{openApp(t, Options{DataDir: dir})}
		if got, err := s.Get(); err != nil || got != defaultSettings {
			t.Errorf("a new installation has %+v, %v", got, err)
		}
		if err := s.Set(want); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("after", func(t *testing.T) {
		s := &SettingsAPI{openApp(t, Options{DataDir: dir})}
		if got, err := s.Get(); err != nil || got != want {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

func TestSettingsThatNoControlOffers(t *testing.T) {
	f := settingsFile{path: filepath.Join(t.TempDir(), "settings.json")}
	if err := f.set(Settings{Theme: "plaid", CountdownSeconds: -4, Display: -9}); err != nil {
		t.Fatal(err)
	}
	if got := f.get(); got != (Settings{Theme: "system", Display: -1}) {
		t.Errorf("%+v", got)
	}
	if info, err := os.Stat(f.path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
}

// TestBrokenSettings: they are left alone, and nobody is kept from recording.
func TestBrokenSettings(t *testing.T) {
	privateRuntime(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "settings.json")
	const broken = `{"theme": "dark",`
	if err := os.WriteFile(path, []byte(broken), 0o600); err != nil {
		t.Fatal(err)
	}
	a := openApp(t, Options{DataDir: dir})
	if got := a.settings.get(); got != defaultSettings {
		t.Errorf("%+v", got)
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != broken {
		t.Errorf("%q, %v", data, err)
	}
}

func TestSettingsThatCannotBeStored(t *testing.T) {
	f := settingsFile{path: filepath.Join(t.TempDir(), "gone", "settings.json"), now: defaultSettings}
	if err := f.set(Settings{Theme: "dark"}); err == nil {
		t.Error("stored in a folder that is not there")
	}
	if got := f.get(); got != defaultSettings {
		t.Errorf("what was not stored counts: %+v", got)
	}
}
