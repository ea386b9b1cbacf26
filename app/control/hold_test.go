//go:build unix

package control_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/runreel/runreel/app/control"
)

// holdChild holds a folder until its input ends, and says whether it could.
func holdChild(dir string) {
	h, err := control.Hold(dir)
	if err != nil {
		fmt.Println(err)
		os.Exit(0)
	}
	fmt.Println("held")
	_, _ = io.Copy(io.Discard, os.Stdin)
	if h.Close() != nil {
		os.Exit(4)
	}
	os.Exit(0)
}

// holding starts another process that holds dir, and returns what it said. end
// lets it end by itself.
func holding(t *testing.T, dir string) (cmd *exec.Cmd, said string, end func()) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd = exec.Command(self)
	cmd.Env = append(os.Environ(), "RUNREEL_TEST_HOLD="+dir)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said, err = bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	end = func() {
		in.Close()
		_ = cmd.Wait() // it may have been killed
	}
	t.Cleanup(end)
	return cmd, strings.TrimSpace(said), end
}

func TestHoldRefusesASecondProcess(t *testing.T) {
	dir := t.TempDir()
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	cmd, said, end := holding(t, dir)
	if said != "held" {
		t.Fatalf("the first process says %q", said)
	}
	for _, path := range []string{dir, link, dir + "/../" + filepath.Base(dir)} {
		_, err := control.Hold(path)
		held, ok := errors.AsType[*control.HeldError](err)
		if !ok || !errors.Is(err, control.ErrRunning) {
			t.Fatalf("Hold(%s) gives %v", path, err)
		}
		age := time.Since(held.Since)
		if held.PID != cmd.Process.Pid || held.Program != "control.test" || age < 0 || age > time.Minute || held.Path != path {
			t.Errorf("Hold(%s) gives %+v", path, held)
		}
		if want := fmt.Sprintf("process %d (control.test) has used %s since ", held.PID, path); !strings.HasPrefix(held.Error(), want) {
			t.Errorf("it says %q", held)
		}
	}
	if _, said, _ := holding(t, link); !strings.Contains(said, fmt.Sprint("process ", cmd.Process.Pid)) {
		t.Errorf("a third process says %q", said)
	}
	end()
	h, err := control.Hold(link)
	if err != nil {
		t.Fatalf("after it ended: %v", err)
	}
	for range 2 {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	}
}

// What a killed process left, or anything else that lies in the file, holds
// nothing, and is not taken for who holds it now.
func TestHoldAfterAKill(t *testing.T) {
	dir := t.TempDir()
	cmd, said, end := holding(t, dir)
	if said != "held" {
		t.Fatalf("it says %q", said)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	end()
	h, err := control.Hold(dir)
	if err != nil {
		t.Fatalf("after a kill: %v", err)
	}
	if _, err := control.Hold(dir); !strings.Contains(fmt.Sprint(err), fmt.Sprint("process ", os.Getpid())) {
		t.Errorf("beside this process: %v", err)
	}
	for _, text := range []string{"", "{", `{"pid":-1}`, fmt.Sprintf(`{"pid":%d,"program":"dead"}`, cmd.Process.Pid), strings.Repeat("x", 1<<20)} {
		if err := os.WriteFile(filepath.Join(dir, "runreel.lock"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := control.Hold(dir); err == nil || err.Error() != "another process uses "+dir {
			t.Errorf("with %.30q in the file: %v", text, err)
		}
	}
	if err := h.Close(); err != nil {
		t.Error(err)
	}
	if _, err := control.Hold(filepath.Join(dir, "nowhere")); err == nil || errors.Is(err, control.ErrRunning) {
		t.Errorf("a folder that is not there: %v", err)
	}
}
