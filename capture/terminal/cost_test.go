//go:build unix

package terminal_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// BenchmarkPrompt is the time from Enter on an empty command to the next
// prompt: of bash alone, with a hook while nothing records and while something
// does, and in `runreel shell`.
func BenchmarkPrompt(b *testing.B) {
	for _, shell := range []string{"bash", "zsh", "fish"} {
		for _, via := range []string{"plain", "hook idle", "hook recording", "shell"} {
			b.Run(shell+"/"+via, func(b *testing.B) {
				d := prepare(b)
				d.shell = shell
				spool := filepath.Join(d.home, "run", "commands")
				d.stop = func() {}
				if via != "hook idle" {
					d.record(spool)
				}
				rc := ""
				if shell == "bash" {
					rc = both
				}
				kind, _, _ := strings.Cut(via, " ")
				d.start(kind, rc, spool)
				d.await(d.prompt(), 1)
				for i := 0; b.Loop(); i++ {
					b.StopTimer()
					d.reset()
					b.StartTimer()
					d.press(fmt.Sprintf(": %d\r", i))
					d.await(d.prompt(), 1)
				}
			})
		}
	}
}

// TestPassThrough prints the processor time of 20 MB through Shell, which keeps
// them as a command's output, beside script(1), and fails where Shell takes more
// than twice that, and 0.3 s for an interactive bash.
func TestPassThrough(t *testing.T) {
	big := filepath.Join(t.TempDir(), "big")
	row := "2026-01-01T00:00:00Z node-1 kubelet: \x1b[32mok\x1b[0m pulling image registry/payments:1.2.3 (é)\n"
	if err := os.WriteFile(big, []byte(strings.Repeat(row, 20<<20/len(row))), 0o600); err != nil {
		t.Fatal(err)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	run := func(input, name string, args ...string) time.Duration {
		best := time.Hour
		for range 3 {
			cmd := exec.Command(name, args...)
			cmd.Env = append(os.Environ(), "RUNREEL_TEST_SHELL=bash", "HOME="+t.TempDir())
			reports, err := os.Create(filepath.Join(t.TempDir(), "reports"))
			if err != nil {
				t.Fatal(err)
			}
			cmd.ExtraFiles = []*os.File{reports}
			null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
			if err != nil {
				t.Fatal(err)
			}
			stdin, keep, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, null, null
			if _, err := keep.WriteString(input); err != nil {
				t.Fatal(err)
			}
			if err := cmd.Run(); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			// Not the time on the wall, which is that of whatever else runs.
			best = min(best, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
			reports.Close()
			null.Close()
			stdin.Close()
			keep.Close()
		}
		return best
	}
	script := run("", "script", "-qec", "bash -c 'cat "+big+"'", "/dev/null")
	shell := run("cat "+big+"; exit\n", self)
	t.Logf("20 MB: script %v, shell %v", script, shell)
	if shell > slowdown*(2*script+300*time.Millisecond) {
		t.Errorf("20 MB: script %v, shell %v", script, shell)
	}
}
