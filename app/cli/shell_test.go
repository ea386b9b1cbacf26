package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"

	"github.com/runreel/runreel/app"
	"github.com/runreel/runreel/capture/virtual"
)

// TestMain lets the test binary be the program itself.
func TestMain(m *testing.M) {
	if os.Getenv("RUNREEL_TEST_MAIN") == "" {
		os.Exit(m.Run())
	}
	os.Exit(Main(os.Args[1:], func(app.Options) error { return errors.New("there is no window in this test") }))
}

// self is this test binary as the program.
func self(t *testing.T) string {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return exe
}

// TestShellPassesTheStatusOn runs `runreel shell` in a pseudo-terminal.
func TestShellPassesTheStatusOn(t *testing.T) {
	dir := folder(t)
	for _, c := range []struct {
		args  string
		input string
		code  int
		says  string
	}{
		{"shell", "exit 7\n", 7, ""},
		{"shell -- bash --norc", "exit 7\n", 7, ""},
		{"shell bash --norc", "exit 6\n", 6, ""},
		{"shell -- bash --norc", "kill -TERM $BASHPID; kill -KILL $$\n", 128 + 9, ""},
		{"shell -- zsh -f", "exit 5\n", 5, ""},
		{"shell -- fish -N", "exit 4\n", 4, ""},
		{"shell -- make deploy", "", exitFailed, "only bash, zsh and fish are"},
		{"shell -- bash -c ls", "", exitFailed, "reads no commands from the terminal"},
		{"shell -- /nowhere/bash", "", exitFailed, "no such file"},
	} {
		t.Run(c.args, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), self(t), append([]string{"--data-dir", dir}, strings.Fields(c.args)...)...)
			cmd.Env = append(os.Environ(), "RUNREEL_TEST_MAIN=1", "HOME="+t.TempDir(), "SHELL=/bin/bash")
			tty, err := pty.Start(cmd)
			if err != nil {
				t.Fatal(err)
			}
			defer tty.Close()
			if _, err := tty.WriteString(c.input); err != nil {
				t.Fatal(err)
			}
			said, _ := io.ReadAll(tty) // ends with an error when the other side closes
			_ = cmd.Wait()
			if code := cmd.ProcessState.ExitCode(); code != c.code || !strings.Contains(string(said), c.says) {
				t.Errorf("exit status %d, want %d; said %q", code, c.code, said)
			}
			if c.says != "" && !strings.Contains(string(said), "runreel: ") {
				t.Errorf("not a sentence of runreel: %q", said)
			}
		})
	}
}

// TestOtherShellIsTold: whoever uses a shell that cannot be recorded learns that
// this is bash.
func TestOtherShellIsTold(t *testing.T) {
	cmd := exec.CommandContext(t.Context(), self(t), "--data-dir", folder(t), "shell")
	cmd.Env = append(os.Environ(), "RUNREEL_TEST_MAIN=1", "HOME="+t.TempDir(), "SHELL=/usr/bin/tcsh")
	tty, err := pty.Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	defer tty.Close()
	if _, err := tty.WriteString("exit\n"); err != nil {
		t.Fatal(err)
	}
	said, _ := io.ReadAll(tty)
	_ = cmd.Wait()
	if !strings.Contains(string(said), "tcsh cannot be recorded; this is bash.") {
		t.Errorf("%q", said)
	}
}

// TestShellInXterm records in a real xterm, and ends the recording from there.
func TestShellInXterm(t *testing.T) {
	desktop, err := virtual.Start(t.Context(), virtual.Options{WindowManager: true})
	if err != nil {
		t.Fatal(err)
	}
	defer desktop.Close()
	dir, status := filepath.Join(desktop.Dir, "data"), filepath.Join(desktop.Dir, "status")
	desktop.Env = append(desktop.Env, "RUNREEL_TEST_MAIN=1", "SHELL=/bin/bash")

	recorder := desktop.Command(context.Background(), self(t), "--data-dir", dir, "--json", "record", "--mic", "none")
	recorder.Env = append(recorder.Env, "DISPLAY=", "DBUS_SESSION_BUS_ADDRESS=unix:path="+desktop.Dir+"/none") // commands alone
	var drafted, warned strings.Builder
	recorder.Stdout, recorder.Stderr = &drafted, &warned
	kept := start(t, recorder)
	ask := func() (s struct {
		State    string
		Commands int
	}) {
		out, err := desktop.Command(t.Context(), self(t), "--data-dir", dir, "--json", "status").Output()
		if err == nil {
			err = json.Unmarshal(out, &s)
		}
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	await(t, "the recording runs", func() bool { return ask().State == "recording" })

	xterm := desktop.Command(context.Background(), "xterm", "-e", "sh", "-c", `"$@"; echo $? >"$0"`, status,
		self(t), "--data-dir", dir, "shell", "--", "bash", "--norc")
	ended := start(t, xterm)
	keys := func(text string) {
		t.Helper()
		if out, err := desktop.Run(t.Context(), "xdotool", "type", "--delay", "8", text+"\n"); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	if out, err := desktop.Run(t.Context(), "xdotool", "search", "--sync", "--onlyvisible", "--class", "xterm", "windowactivate", "--sync"); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	keys("echo typed in xterm; (exit 3)")
	await(t, "the command is recorded", func() bool { return ask().Commands == 1 })
	keys(self(t) + " --data-dir " + dir + " stop")
	select {
	case <-kept:
	case <-time.After(20 * time.Second):
		t.Fatal("the recording does not end")
	}
	keys("exit 7")
	select {
	case <-ended:
	case <-time.After(20 * time.Second):
		t.Fatal("the xterm does not end")
	}
	if b, err := os.ReadFile(status); err != nil || string(b) != "7\n" {
		t.Errorf("exit status %q, %v", b, err)
	}
	out, err := desktop.Command(t.Context(), self(t), "--data-dir", dir, "--json", "show", "last").Output()
	if err != nil {
		t.Fatalf("%v; %s; %s", err, drafted.String(), warned.String())
	}
	if lines := commandLines(t, out); fmt.Sprint(lines) != "[echo typed in xterm; (exit 3) 3]" {
		t.Errorf("steps %v", lines)
	}
}

// commandLines are the command lines of a document with their exit statuses.
func commandLines(t *testing.T, document []byte) (lines []string) {
	t.Helper()
	var doc struct {
		Sections []struct {
			Steps []struct {
				Command *struct {
					Line string
					Exit *int
				}
			}
		}
	}
	if err := json.Unmarshal(document, &doc); err != nil {
		t.Fatal(err)
	}
	for _, sec := range doc.Sections {
		for _, step := range sec.Steps {
			if c := step.Command; c != nil && c.Exit != nil {
				lines = append(lines, fmt.Sprint(c.Line, " ", *c.Exit))
			} else if c != nil {
				lines = append(lines, c.Line)
			}
		}
	}
	return lines
}

// start starts a program that ends with the test, and closes ended when it has.
func start(t *testing.T, cmd *exec.Cmd) (ended chan struct{}) {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended = make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait()
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
	})
	return ended
}

func await(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within 20 s: %s", what)
		}
	}
}
