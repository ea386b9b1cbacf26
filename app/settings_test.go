package app

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/runreel/runreel/app/hotkey"
	"github.com/runreel/runreel/capture"
)

func TestSettingsSurviveARestart(t *testing.T) {
	privateRuntime(t)
	dir := t.TempDir()
	want := Settings{
		Author: "Ana", Theme: "dark", CountdownSeconds: 5, Microphone: "none", Model: "base",
		Target: capture.Target{Kind: capture.TargetDisplay, Display: 1}, Deny: []string{"Vault"}, OffRecordSeconds: 45, Tray: true,
		Hotkeys: map[string]string{"toggle": "Ctrl+F9", "pause": "", "mark": "Ctrl+Alt+M", "off-the-record": "Ctrl+Alt+O"},
	}
	t.Run("before", func(t *testing.T) {
		s := &SettingsAPI{openApp(t, Options{DataDir: dir})}
		if got, err := s.Get(); err != nil || !reflect.DeepEqual(got, defaultSettings()) {
			t.Errorf("a new installation has %+v, %v", got, err)
		}
		if err := s.Set(want); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("after", func(t *testing.T) {
		s := &SettingsAPI{openApp(t, Options{DataDir: dir})}
		if got, err := s.Get(); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

func TestSettingsThatNoControlOffers(t *testing.T) {
	f := settingsFile{path: filepath.Join(t.TempDir(), "settings.json")}
	if err := f.set(Settings{Theme: "plaid", CountdownSeconds: -4, OffRecordSeconds: 0, Target: capture.Target{Kind: "moon"}}); err != nil {
		t.Fatal(err)
	}
	if got := f.get(); !reflect.DeepEqual(got, Settings{Theme: "system", Deny: []string{}, Hotkeys: defaultHotkeys(), OffRecordSeconds: 5}) {
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
	if got := a.settings.get(); !reflect.DeepEqual(got, defaultSettings()) {
		t.Errorf("%+v", got)
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != broken {
		t.Errorf("%q, %v", data, err)
	}
}

func TestSettingsThatCannotBeStored(t *testing.T) {
	f := settingsFile{path: filepath.Join(t.TempDir(), "gone", "settings.json"), now: defaultSettings()}
	if err := f.set(Settings{Theme: "dark"}); err == nil {
		t.Error("stored in a folder that is not there")
	}
	if got := f.get(); !reflect.DeepEqual(got, defaultSettings()) {
		t.Errorf("what was not stored counts: %+v", got)
	}
}

func TestAHotkeyThatCannotBeOne(t *testing.T) {
	privateRuntime(t)
	a := openApp(t, Options{DataDir: t.TempDir()})
	s := a.Settings()
	s.Hotkeys = map[string]string{"toggle": "Q"}
	if err := a.SetSettings(s); !errors.Is(err, hotkey.ErrKeys) {
		t.Errorf("error %v", err)
	}
	if got := a.Settings().Hotkeys["toggle"]; got != "Ctrl+Alt+R" {
		t.Errorf("the settings have %q now", got)
	}
}

func TestDefaultsAreNotShared(t *testing.T) {
	f := settingsFile{path: filepath.Join(t.TempDir(), "settings.json")}
	if err := os.WriteFile(f.path, []byte(`{"deny":["a","b"],"hotkeys":{"mark":"F9"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := f.load(); err != nil {
		t.Fatal(err)
	}
	if defaultDeny[0] != "KeePassXC" || defaultHotkeys()["mark"] == "F9" || f.get().Hotkeys["mark"] != "F9" {
		t.Errorf("defaults %q, settings %+v", defaultDeny[:2], f.get())
	}
}
