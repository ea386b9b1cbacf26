package model

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/runreel/runreel/pipeline/transcribe"
)

const file = "../../pipeline/transcribe/whisper/testdata/espeak-devops.bin"

// copyOf puts n bytes of the model into a folder of its own.
func copyOf(t *testing.T, name string, n int) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data[:min(n, len(data))], 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAdd(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data", "models")
	if models, err := List(dir); err != nil || len(models) > 0 {
		t.Fatalf("before: %v, %v", models, err)
	}
	if _, ok := Default(dir); ok {
		t.Error("there is a default before there is a model")
	}
	for range 2 { // the second time changes nothing
		got, err := Add(t.Context(), dir, file)
		if err != nil {
			t.Fatal(err)
		}
		if got.Name != "espeak-devops" || got.Encoding != "q8_0" || got.Err != nil {
			t.Errorf("%+v", got)
		}
	}
	first, ok := Default(dir)
	if !ok || first.Description() != "custom, English only, q8_0, 10 MB" {
		t.Errorf("default %v: %s", ok, first.Description())
	}
	stat, err := os.Stat(first.Path)
	if err != nil || stat.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", stat.Mode(), err)
	}
	wantFiles(t, dir, "espeak-devops.bin")
}

func wantFiles(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries {
		got = append(got, e.Name())
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("%s holds %q, want %q", dir, got, want)
	}
}

func TestAddRefuses(t *testing.T) {
	dir := t.TempDir()
	tests := []struct {
		name, path string
		want       error
	}{
		{"a file that is cut off", copyOf(t, "base.bin", 5_000_000), transcribe.ErrModelTruncated},
		{"no model", copyOf(t, "base.bin", 3), transcribe.ErrModel},
		{"no file", filepath.Join(dir, "none.bin"), os.ErrNotExist},
		{"a folder", t.TempDir() + "/", transcribe.ErrModel},
		{"a name with a line break", copyOf(t, "a\nb.bin", 1<<30), ErrName},
		{"a hidden name", copyOf(t, ".bin", 1<<30), ErrName},
	}
	for _, test := range tests {
		if _, err := Add(t.Context(), dir, test.path); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", test.name, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Add(ctx, dir, file); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	wantFiles(t, dir)
}

func TestAddKeepsWhatIsThere(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "espeak-devops.bin")
	if err := os.WriteFile(path, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Add(t.Context(), dir, file); !errors.Is(err, ErrExists) {
		t.Errorf("%v", err)
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != "mine" {
		t.Errorf("%q, %v", b, err)
	}
}

func TestListTellsBrokenOnes(t *testing.T) {
	dir := t.TempDir()
	for name, n := range map[string]int{"a.bin": 100, "b.bin": 1 << 30, "c.txt": 1 << 30, ".add-1.tmp": 10} {
		if err := os.Rename(copyOf(t, name, n), filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	got, err := List(dir)
	if err != nil || len(got) != 2 || got[0].Name != "b" || got[1].Name != "a" || !errors.Is(got[1].Err, transcribe.ErrModelTruncated) {
		t.Errorf("%v, %v", got, err)
	}
	if err := os.Remove(got[0].Path); err != nil {
		t.Fatal(err)
	}
	if d, ok := Default(dir); ok {
		t.Errorf("a broken model is the default: %v", d)
	}
}

func TestPrefer(t *testing.T) {
	tiny := Info{Name: "tiny", ModelInfo: transcribe.ModelInfo{Size: 75 << 20}}
	small := Info{Name: "small", ModelInfo: transcribe.ModelInfo{Size: 466 << 20}}
	large := Info{Name: "large", ModelInfo: transcribe.ModelInfo{Size: 3 << 30}}
	broken := Info{Name: "broken", Err: transcribe.ErrModel}
	order := []Info{small, tiny, large, broken}
	for i, a := range order {
		for j, b := range order {
			if got := prefer(a, b); got < 0 != (i < j) || got > 0 != (i > j) {
				t.Errorf("%s to %s: %d", a.Name, b.Name, got)
			}
		}
	}
}
