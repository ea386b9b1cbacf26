package mic

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/gen2brain/malgo"
)

const childKey = "RUNREEL_MIC_TEST_CHILD"

// TestMain is also the program that looks for microphones where there are none:
// what libraries write goes past Go, to standard error.
func TestMain(m *testing.M) {
	switch os.Getenv(childKey) {
	case "":
		os.Exit(m.Run())
	case "devices":
		if _, err := Devices(); !errors.Is(err, ErrNoDevice) {
			fmt.Println("Devices:", err)
		}
		if err := New(Options{}).Probe(context.Background()); !errors.Is(err, ErrNoDevice) {
			fmt.Println("Probe:", err)
		}
	case "alsa", "loud alsa":
		if os.Getenv(childKey) == "alsa" {
			quietLibraries()
		}
		c, err := malgo.InitContext([]malgo.Backend{malgo.BackendAlsa}, malgo.ContextConfig{}, nil)
		if err == nil {
			_, _ = c.Devices(malgo.Capture)
			_, err = malgo.InitDevice(c.Context, malgo.DefaultDeviceConfig(malgo.Capture), malgo.DeviceCallbacks{})
		}
		fmt.Println(err)
	}
}

// TestNothingOnTheTerminal runs without any sound system.
func TestNothingOnTheTerminal(t *testing.T) {
	run := func(what string) (stdout, stderr string) {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), childKey+"="+what, "PULSE_SERVER=unix:/nonexistent", "HOME="+t.TempDir())
		var out, errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &errs
		if err := cmd.Run(); err != nil {
			t.Fatalf("%s: %v\n%s", what, err, errs.String())
		}
		return out.String(), errs.String()
	}
	if out, errs := run("devices"); out != "" || errs != "" {
		t.Errorf("without a sound system: %q, and on the terminal %q", out, errs)
	}
	if _, errs := run("loud alsa"); !strings.Contains(errs, "ALSA lib") {
		t.Logf("ALSA's library has nothing to write here: %q", errs)
	}
	if _, errs := run("alsa"); strings.Contains(errs, "ALSA lib") {
		t.Errorf("ALSA's library writes %q", errs)
	}
}
