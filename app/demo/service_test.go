package demo

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestServiceTellsItsVersion(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "VERSION"), []byte("1.4.0\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- Service{Dir: dir, Port: port}.Run(ctx) }()
	for path, want := range map[string]string{"health": `{"status":"ok"}`, "version": `{"version":"1.4.0"}`} {
		if got := get(t, fmt.Sprintf("http://127.0.0.1:%d/%s", port, path)); got != want {
			t.Errorf("/%s answers %s, want %s", path, got, want)
		}
	}
	cancel()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("the service ended with %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Error("the service goes on after its context ended")
	}
}

// get asks until the service listens.
func get(t *testing.T, url string) string {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		r, err := http.Get(url)
		if err != nil {
			if time.Now().After(end) {
				t.Fatal(err)
			}
			continue
		}
		defer r.Body.Close()
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		return strings.TrimSpace(string(body))
	}
}

func TestServiceNeedsARelease(t *testing.T) {
	if err := (Service{Dir: t.TempDir()}).Run(t.Context()); err == nil {
		t.Error("a service without a VERSION runs")
	}
}

func TestLayOutMakesARunnableProject(t *testing.T) {
	home := t.TempDir()
	if err := layOut(home); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"payctl", "release-desk"} {
		info, err := os.Stat(filepath.Join(home, "payments", name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode()&0o111 == 0 {
			t.Errorf("%s cannot be run", name)
		}
	}
	current, err := os.ReadFile(filepath.Join(home, "payments", "current", "VERSION"))
	if err != nil || string(current) != "1.4.0\n" {
		t.Errorf("the current release is %q, %v", current, err)
	}
}
