//go:build unix

package terminal_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"

	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/capture/terminal"
)

// lines are the lines of the recorded commands.
func (d *desk) lines() []string {
	var list []string
	for _, c := range d.commands() {
		list = append(list, c.Line)
	}
	return list
}

// TestRecordingBeginsLater has a shell that was at its prompt before the
// recording began.
func TestRecordingBeginsLater(t *testing.T) {
	for _, c := range []struct {
		rc    string
		input []string
		want  []string
	}{
		{"", []string{"echo first", "echo two"}, []string{"echo first", "echo two"}},
		{both, []string{"echo before", "echo before"}, []string{"echo before", "echo before"}},
		{both, []string{" echo secret", "echo two"}, []string{"echo two"}},
		{both, []string{"", "echo before", "echo before"}, []string{"echo before", "echo before"}},
		{"HISTCONTROL=ignorespace\n", []string{" echo before", "echo two"}, []string{"echo two"}},
		{"", []string{"cd /", "echo two"}, []string{"cd /", "echo two"}},
		{"", []string{"(exit 3)"}, []string{"(exit 3)"}},
	} {
		t.Run(strings.Join(c.input, ";"), func(t *testing.T) {
			t.Parallel()
			d := prepare(t)
			spool := filepath.Join(d.home, "run", "commands")
			d.stop = func() {}
			d.start("hook", c.rc, spool)
			d.await(ps1, 1)
			d.do("echo before\r", ps1)
			if err := os.Mkdir(filepath.Dir(spool), 0o700); err != nil {
				t.Fatal(err)
			}
			d.record(spool)
			for _, in := range c.input {
				d.do(in+"\r", ps1)
			}
			d.leave("\x04")
			if got := d.lines(); !reflect.DeepEqual(got, c.want) {
				t.Fatalf("got %q, want %q", got, c.want)
			}
			first := d.commands()[0]
			if first.Exit == nil || (strings.HasPrefix(first.Line, "(exit 3") && *first.Exit != 3) || first.Dir != d.home {
				t.Errorf("first: %+v", first)
			}
			if _, err := os.Stat(spool); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("the spool is still there: %v", err)
			}
		})
	}
}

// TestRecordingEndsAndBegins checks that the shell goes back to its own
// handling of the history, and can be recorded again.
func TestRecordingEndsAndBegins(t *testing.T) {
	d := sit(t, "hook", both)
	spool := filepath.Join(d.home, "run", "commands")
	d.do("echo a\r", ps1)
	d.stop()
	if err := <-d.done; err != nil {
		t.Fatal(err)
	}
	d.do("echo unheard\r", ps1)
	d.do("echo unheard\r", ps1)
	d.do("echo unheard\r", ps1)
	d.record(spool)
	d.do("echo b\r", ps1)
	d.do("history > h\r", ps1)
	d.leave("\x04")
	if got, want := d.lines(), []string{"echo a", "echo b", "history > h"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	b, err := os.ReadFile(filepath.Join(d.home, "h"))
	want := "    1  echo a\n    2  echo unheard\n    3  echo b\n    4  history > h\n"
	if err != nil || string(b) != want {
		t.Errorf("history %q, want %q, %v", b, want, err)
	}
}

// TestStillRunning ends the recording while a command runs.
func TestStillRunning(t *testing.T) {
	for _, via := range []string{"hook", "shell"} {
		t.Run(via, func(t *testing.T) {
			t.Parallel()
			d := sit(t, via, "")
			d.do("echo a\r", ps1)
			d.do("sh -c 'echo run; exec sleep 60'\r", "\rrun")
			if via == "shell" {
				d.hear(3)
			}
			d.clock.Pause() // as the recorder does on Stop
			d.stop()
			if err := <-d.done; err != nil {
				t.Fatal(err)
			}
			got := d.commands()
			if len(got) != 2 || got[1].Line != "sh -c 'echo run; exec sleep 60'" || got[1].Exit != nil || got[1].Length <= 0 {
				t.Errorf("got %+v", got)
			}
			if err := d.source.Report(terminal.Report{ID: "late"}); !errors.Is(err, terminal.ErrNotRecording) {
				t.Errorf("late report: %v", err)
			}
		})
	}
}

// TestPause drops what starts during a pause and keeps what runs through it.
func TestPause(t *testing.T) {
	for _, via := range []string{"hook", "shell"} {
		t.Run(via, func(t *testing.T) {
			t.Parallel()
			d := sit(t, via, "")
			d.do("echo a\r", ps1)
			d.do("sh -c 'echo run; read x'\r", "\rrun")
			before := d.clock.Now()
			d.clock.Pause()
			started := time.Now()
			d.do("\n", ps1)
			d.do("echo private\r", ps1)
			for time.Since(started) < 300*time.Millisecond {
				d.do("\r", ps1)
			}
			d.clock.Resume()
			d.do("echo c\r", ps1)
			d.leave("\x04")
			if got, want := d.lines(), []string{"echo a", "sh -c 'echo run; read x'", "echo c"}; !reflect.DeepEqual(got, want) {
				t.Fatalf("got %q, want %q", got, want)
			}
			if at := d.events[1].At; at > before {
				t.Errorf("the command through the pause is at %v, after %v", at, before)
			}
			if at := d.events[2].At; at < before || at > d.clock.Now() {
				t.Errorf("the command after the pause is at %v of %v", at, d.clock.Now())
			}
		})
	}
}

// TestBeforeRecording drops a command that started before.
func TestBeforeRecording(t *testing.T) {
	d := prepare(t)
	d.stop = func() {}
	spool := filepath.Join(d.home, "run", "commands")
	d.start("hook", "", spool)
	d.await(ps1, 1)
	d.do("sh -c 'echo run; read x'\r", "\rrun")
	if err := os.Mkdir(filepath.Dir(spool), 0o700); err != nil {
		t.Fatal(err)
	}
	d.record(spool)
	d.do("\n", ps1)
	d.do("echo a\r", ps1)
	d.leave("\x04")
	if got, want := d.lines(), []string{"echo a"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestExit ends the shell with a status.
func TestExit(t *testing.T) {
	for via, exits := range map[string]*int{"hook": nil, "shell": new(3)} {
		t.Run(via, func(t *testing.T) {
			d := sit(t, via, "")
			if code := d.leave("exit 3\r"); code != 3 {
				t.Errorf("status %d", code)
			}
			got := d.commands()
			if len(got) != 1 || got[0].Line != "exit 3" || !reflect.DeepEqual(got[0].Exit, exits) {
				t.Errorf("got %+v", got)
			}
		})
	}
}

// TestDeadRecorder leaves a spool behind: shells must not fill it.
func TestDeadRecorder(t *testing.T) {
	dead := exec.Command("true")
	if err := dead.Run(); err != nil {
		t.Fatal(err)
	}
	d := prepare(t)
	d.stop = func() {}
	spool := filepath.Join(d.home, "run", "commands")
	if err := os.MkdirAll(spool, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(spool, ".recorder"), fmt.Appendln(nil, dead.Process.Pid), 0o600); err != nil {
		t.Fatal(err)
	}
	d.start("hook", "", spool)
	d.await(ps1, 1)
	d.do("echo a\r", ps1)
	entries, err := os.ReadDir(spool)
	if err != nil || len(entries) != 1 {
		t.Fatalf("spool holds %v, %v", entries, err)
	}
	d.record(spool) // replaces it
	d.do("echo b\r", ps1)
	d.leave("\x04")
	if got, want := d.lines(), []string{"echo b"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestLongOutput keeps head and tail and counts the rest.
func TestLongOutput(t *testing.T) {
	d := sit(t, "shell", "")
	d.do("seq 800000\r", "\n800000\r\n")
	d.await(ps1, 2)
	d.leave("\x04")
	var all strings.Builder
	for i := 1; i <= 800000; i++ {
		fmt.Fprintln(&all, i)
	}
	c := d.commands()[0]
	mark := fmt.Sprintf("[%d bytes left out]\n", c.Omitted)
	head, tail, found := strings.Cut(c.Output, mark)
	text := strings.TrimSuffix(all.String(), "\n")
	if !found || !strings.HasPrefix(text, head) || !strings.HasSuffix(text, tail) {
		t.Fatalf("not head and tail: %d bytes, %d left out", len(c.Output), c.Omitted)
	}
	if got := len(head) + int(c.Omitted) + len(tail); got != len(text) {
		t.Errorf("head %d + omitted %d + tail %d = %d, want %d", len(head), c.Omitted, len(tail), got, len(text))
	}
	if len(c.Output) > 66<<10 || len(head) < 40<<10 || len(tail) < 8<<10 {
		t.Errorf("head %d, tail %d", len(head), len(tail))
	}
}

// TestWindowSize passes the size of the person's terminal on.
func TestWindowSize(t *testing.T) {
	d := sit(t, "shell", "")
	d.do("stty size\r", "\r40 200\r\n")
	d.await(ps1, 2)
	d.do("sh -c 'trap \"stty size; exit\" WINCH; echo run; while :; do sleep 0.01; done'\r", "\rrun")
	if err := pty.Setsize(d.tty, &pty.Winsize{Rows: 33, Cols: 99}); err != nil {
		t.Fatal(err)
	}
	d.await("\n33 99\r\n", 1)
	d.await(ps1, 3)
	d.leave("\x04")
}

// TestUnchanged compares what a person sees with what bash alone prints.
func TestUnchanged(t *testing.T) {
	input := []string{"echo a; false", "PS1='[$?][rea'dy]'> '", "(exit 4)", "printf '\\e[31mx\\e]0;t\\a\\e]133;A\\a\\n'", "tput smcup; tput rmcup", "echo $PROMPT_COMMAND | wc -l", "history", "for i in 1 2; do echo $i; done"}
	run := func(via string) string {
		d := prepare(t)
		d.stop = func() {}
		d.start(via, "", filepath.Join(d.home, "none"))
		if via == "shell" {
			d.clock = capture.NewClock(time.Now)
			d.source = terminal.New(terminal.Options{Clock: d.clock})
		}
		d.await(ps1, 1)
		for _, in := range input {
			before := strings.Count(d.printed(), ps1) // counted first: the next prompt can come at once
			d.press(in + "\r")
			d.await(ps1, before+1)
		}
		return d.printed()
	}
	plain := run("plain")
	for _, via := range []string{"hook", "shell"} {
		if got := run(via); got != plain {
			t.Errorf("%s: %q\nplain: %q", via, got, plain)
		}
	}
}

func TestOtherShells(t *testing.T) {
	for _, shell := range []string{"tcsh", "/bin/sh", ""} {
		_, err := terminal.Hook(shell, "/spool")
		if _, ok := errors.AsType[*terminal.ShellError](err); !ok {
			t.Errorf("hook %q: %v", shell, err)
		}
	}
	_, err := terminal.Shell(t.Context(), terminal.ShellOptions{Command: []string{"/bin/ksh"}})
	if _, ok := errors.AsType[*terminal.ShellError](err); !ok {
		t.Errorf("shell: %v", err)
	}
}
