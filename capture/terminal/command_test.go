//go:build unix

package terminal_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/capture/terminal"
)

// TestBashOptions runs `runreel shell` with options of bash: each still does
// what it does without runreel, and the commands are recorded.
func TestBashOptions(t *testing.T) {
	for _, c := range []struct {
		args   []string
		probe  string // a command that shows what the options did
		output string
	}{
		{[]string{"--norc"}, `echo "$mine ${PROMPT_COMMAND[*]@A}" | grep -c __runreel; echo "<$mine>"`, "1\n<>"},
		{[]string{"--noprofile", "--norc"}, `echo "<$mine>"; declare -p RUNREEL_PROMPT_COMMAND`, "<>\nbash: declare: RUNREEL_PROMPT_COMMAND: not found"},
		{[]string{"--rcfile", "other"}, `echo "<$mine>"`, "<other>"},
		{[]string{"--init-file", "missing"}, `echo "<$mine>"`, "<>"},
		{[]string{"--login"}, `echo "<$mine>"`, "<profile>"},
		{[]string{"-l"}, `echo "<$mine>"`, "<profile>"},
		{[]string{"-il"}, `echo "<$mine>"`, "<profile>"},
		{[]string{"-i"}, `echo "<$mine>"`, "<bashrc>"},
		{[]string{"-u", "-o", "noglob"}, `echo "<$mine>" $-`, "<bashrc> fhimuBHs"},
		{[]string{"-O", "extglob", "+O", "cmdhist"}, `shopt -p extglob cmdhist`, "shopt -s extglob\nshopt -u cmdhist"},
		{[]string{"-s", "one", "two"}, `echo "<$mine>" $2`, "<bashrc> two"},
		{[]string{"--"}, `echo "<$mine>"`, "<bashrc>"},
	} {
		t.Run(strings.Join(c.args, " "), func(t *testing.T) {
			t.Parallel()
			d := prepare(t)
			for name, text := range map[string]string{
				"other": baseRC + "mine=other\n", ".bash_profile": baseRC + "mine=profile\n",
			} {
				if err := os.WriteFile(filepath.Join(d.home, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			spool := filepath.Join(d.home, "run", "commands")
			d.record(spool)
			d.start("shell", "mine=bashrc\n", spool, c.args...)
			// Where nothing set a prompt this one does, and bash's own may
			// stand before it.
			d.press("PS1='" + ps1[:3] + "'\\''" + ps1[3:] + "'\\''" + "'\r")
			d.hear(2)
			d.press("PS1='" + ps1[:3] + "''" + ps1[3:] + "'\r")
			// A prompt may be drawn twice, so that reports tell when a command
			// has ended: each has one for its start and one for its end.
			d.hear(4)
			d.press(c.probe + "\r")
			d.hear(6)
			d.press("(exit 3)\r")
			d.hear(8)
			if code := d.leave("exit 5\r"); code != 5 {
				t.Errorf("exit status %d, want 5", code)
			}
			got := d.commands()
			i := slices.IndexFunc(got, func(g capture.Command) bool { return g.Line == c.probe })
			if i < 0 || len(got) < i+3 {
				t.Fatalf("%+v\n%q", got, d.printed())
			}
			if g := got[i]; g.Output != c.output {
				t.Errorf("output %q, want %q", g.Output, c.output)
			}
			if g := got[i+1]; g.Line != "(exit 3)" || g.Exit == nil || *g.Exit != 3 {
				t.Errorf("%+v", g)
			}
			if g := got[i+2]; g.Line != "exit 5" || g.Exit == nil || *g.Exit != 5 {
				t.Errorf("%+v", g)
			}
		})
	}
}

// TestShellsThatAreRefused: nothing is started, and the reason is told.
func TestShellsThatAreRefused(t *testing.T) {
	t.Setenv("PATH", t.TempDir()) // what would be started fails otherwise
	for line, reason := range map[string]string{
		"zsh -c ls":                "-c",
		"zsh -r":                   "restricted",
		"zsh --emulate sh":         "--emulate",
		"zsh -x deploy.sh":         "script",
		"fish -c ls":               "-c",
		"fish deploy.fish":         "script",
		"fish -n":                  "-n",
		"/bin/sh":                  "only bash",
		"make deploy":              "only bash",
		"bashful":                  "only bash",
		"bash -c ls":               "-c",
		"bash -lc ls":              "-c",
		"bash deploy.sh":           "script",
		"bash -x deploy.sh":        "script",
		"bash -o errexit deploy":   "script",
		"bash -- deploy.sh":        "script",
		"bash --posix":             "--posix",
		"bash -o posix":            "posix",
		"bash -r":                  "restricted",
		"bash --restricted":        "--restricted",
		"bash --rcfile":            "needs a file",
		"/usr/bin/bash -ec 'ls -l": "-c",
	} {
		code, err := terminal.Shell(t.Context(), terminal.ShellOptions{Command: strings.Fields(line)})
		var se *terminal.ShellError
		if code == 0 || !errors.As(err, &se) || !strings.Contains(err.Error(), reason) || !strings.Contains(err.Error(), strings.Fields(line)[0]) {
			t.Errorf("%s: %d, %v, want %q", line, code, err, reason)
		}
	}
	if code, err := terminal.Shell(t.Context(), terminal.ShellOptions{Command: []string{"bash"}}); code == 0 || err == nil || errors.As(err, new(*terminal.ShellError)) {
		t.Errorf("no bash in PATH: %d, %v", code, err)
	}
}

// TestOwnVerbsAreNoSteps types what a person types to the recorder.
func TestOwnVerbsAreNoSteps(t *testing.T) {
	for _, via := range []string{"hook", "shell"} {
		t.Run(via, func(t *testing.T) {
			t.Parallel()
			d := prepare(t)
			bin := filepath.Join(d.home, "bin")
			if err := os.Mkdir(bin, 0o700); err != nil {
				t.Fatal(err)
			}
			// It stands for the program: what is looked at is the line alone.
			if err := os.WriteFile(filepath.Join(bin, "runreel"), []byte("#!/bin/sh\necho told\n"), 0o700); err != nil {
				t.Fatal(err)
			}
			spool := filepath.Join(d.home, "run", "commands")
			d.record(spool)
			d.start(via, "PATH=~/bin:$PATH\n", spool)
			d.await(ps1, 1)
			for _, line := range []string{
				"runreel mark 'one; two'", "runreel list", "FOO=1 runreel pause", "~/bin/runreel resume",
				"sleep 0; runreel status", "runreel --data-dir X toggle", "runreel export last", "runreel status | cat", "runreel stop",
			} {
				d.do(line+"\r", ps1)
			}
			d.leave("\x04")
			want := []string{"runreel list", "sleep 0; runreel status", "runreel export last", "runreel status | cat"}
			if got := d.lines(); !reflect.DeepEqual(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

// TestOwnVerbThatEndsTheRecording still runs when the recording ends.
func TestOwnVerbThatEndsTheRecording(t *testing.T) {
	d := sit(t, "shell", "runreel() { echo run; read x; }\n")
	d.do("echo a\r", ps1)
	d.do("runreel stop\r", "\rrun")
	d.hear(3)
	d.clock.Pause()
	d.stop()
	if err := <-d.done; err != nil {
		t.Fatal(err)
	}
	if got := d.lines(); !reflect.DeepEqual(got, []string{"echo a"}) {
		t.Errorf("got %q", got)
	}
}

// TestClockOfAShellIsWrong has a real bash whose wall clock is 25 years late
// and stands: what it did is told by the time since the machine's start.
func TestClockOfAShellIsWrong(t *testing.T) {
	d := sit(t, "hook", "unset EPOCHREALTIME\nEPOCHREALTIME=1000000000.000000\n")
	d.settle()
	before := d.clock.Now()
	d.do("sleep 0.4\r", ps1)
	after := d.clock.Now()
	d.do("EPOCHREALTIME=2500000000.000000\r", ps1) // it is set while a command runs
	d.do("echo c\r", ps1)
	d.leave("\x04")
	if got, want := d.lines(), []string{"sleep 0.4", "EPOCHREALTIME=2500000000.000000", "echo c"}; !reflect.DeepEqual(got, want) {
		t.Fatalf("got %q, want %q\n%q", got, want, d.printed())
	}
	const slack = 50 * time.Millisecond
	if at := d.events[0].At; at < before-slack || at > after+slack {
		t.Errorf("at %v, typed between %v and %v", at, before, after)
	}
	for i, c := range d.commands() {
		least, most := time.Duration(0), 2*time.Second
		if i == 0 {
			least = 350 * time.Millisecond
		}
		if c.Length < least || c.Length > most {
			t.Errorf("%q took %v", c.Line, c.Length)
		}
		if at := d.events[i].At; at < before-slack || at > d.clock.Now()+slack {
			t.Errorf("%q at %v", c.Line, at)
		}
	}
}

// settle waits until the recording is so old that a start which is known to some
// hundredths of a second only cannot lie before it.
func (d *desk) settle() {
	for d.clock.Now() < 50*time.Millisecond {
		time.Sleep(time.Millisecond)
	}
}

// spoolRecord writes a record as the hook does, of a moment by the wall clock
// and by the time since the machine's start.
func spoolRecord(t *testing.T, spool, kind string, n int, start, end, now time.Time, up time.Duration, text string) {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(spool, strconv.Itoa(os.Getpid())+"-1.5"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	micro := func(t time.Time) int64 {
		if t.IsZero() {
			return 0
		}
		return t.UnixMicro()
	}
	_, err = fmt.Fprintf(f, "2\x1f%s\x1f%d\x1f%d\x1f%d\x1f0\x1fh\x1fu\x1f/\x1f%d\x1f%s\x1f%s\x1e\n",
		kind, n, micro(start), micro(end), micro(now), fmt.Sprintf("%.3f", up.Seconds())[:len(fmt.Sprintf("%.3f", up.Seconds()))-1], text)
	if err != nil {
		t.Fatal(err)
	}
}

// TestClockIsSet feeds what a shell writes when the wall clock is set forward
// or backward while a command runs, and before its record is read.
func TestClockIsSet(t *testing.T) {
	var up unix.Timespec
	for _, step := range []time.Duration{time.Hour, -time.Hour, 3 * time.Second, -3 * time.Second} {
		d := prepare(t)
		spool := filepath.Join(d.home, "run", "commands")
		d.record(spool)
		d.settle()
		if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &up); err != nil {
			t.Fatal(err)
		}
		boot, now := time.Duration(up.Nano()), time.Now()
		// 1: set between start and end. The shell's clock was off by step first.
		spoolRecord(t, spool, "start", 1, now.Add(step), time.Time{}, now.Add(step), boot, "one")
		spoolRecord(t, spool, "end", 1, now.Add(step), now.Add(2*time.Second), now.Add(2*time.Second), boot+2*time.Second, "")
		// 2: set after the end, before the recorder reads it.
		spoolRecord(t, spool, "whole", 2, now.Add(step), now.Add(step+time.Second), now.Add(step+time.Second), boot+time.Second, "two")
		// 3: not set.
		spoolRecord(t, spool, "whole", 3, now, now.Add(time.Second), now.Add(time.Second), boot+time.Second, "three")
		deadline := time.Now().Add(patience)
		for d.recorded() < 3 {
			if time.Now().After(deadline) {
				t.Fatalf("step %v: %d commands", step, d.recorded())
			}
			time.Sleep(time.Millisecond)
		}
		d.stop()
		if err := <-d.done; err != nil {
			t.Fatal(err)
		}
		for i, c := range d.commands() {
			want := map[string]time.Duration{"one": 2 * time.Second, "two": time.Second, "three": time.Second}[c.Line]
			if d.events[i].At > time.Second || (c.Length-want).Abs() > 20*time.Millisecond {
				t.Errorf("step %v: %q at %v, %v long, want %v", step, c.Line, d.events[i].At, c.Length, want)
			}
		}
	}
}

// recorded counts the events so far.
func (d *desk) recorded() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.events)
}

// TestNothingOfAPauseIsRecorded types into a command that runs through a pause.
func TestNothingOfAPauseIsRecorded(t *testing.T) {
	for _, via := range []string{"hook", "shell"} {
		t.Run(via, func(t *testing.T) {
			t.Parallel()
			d := sit(t, via, "")
			d.do("echo before\r", ps1)
			d.do("sh -c 'echo run; while read x && test $x != end; do echo got $x; done; exit 4'\r", "\rrun")
			d.press("open\r")
			d.await("got open", 1)
			began := d.clock.Now()
			d.clock.Pause()
			paused := time.Now()
			d.press("private\r")
			d.await("got private", 1)
			for time.Since(paused) < 400*time.Millisecond {
				d.press("secret\r")
				d.await("got secret", 1)
			}
			d.clock.Resume()
			d.do("end\r", ps1)
			d.do("echo after\r", ps1)
			d.leave("\x04")
			got := d.commands()
			if len(got) != 3 || got[0].Line != "echo before" || got[2].Line != "echo after" {
				t.Fatalf("got %+v", got)
			}
			all := fmt.Sprintf("%+v", got)
			if strings.Contains(all, "private") || strings.Contains(all, "secret") {
				t.Errorf("something of the pause is kept: %s", all)
			}
			through := got[1]
			if through.Exit == nil || *through.Exit != 4 || through.Output != "" || (through.Omitted > 0) != (via == "shell") {
				t.Errorf("the command that ran through the pause: %+v", through)
			}
			if through.Length <= 0 || d.events[1].At > began || d.events[1].At+through.Length > d.clock.Now() {
				t.Errorf("it is at %v and %v long; the session has %v", d.events[1].At, through.Length, d.clock.Now())
			}
			if via == "shell" && (got[0].Output != "before" || got[2].Output != "after") {
				t.Errorf("the others lost their output: %+v", got)
			}
		})
	}
}

// TestStartedInAPause: what begins in a pause is dropped, also where it ends
// after it, and where the recording ends within the pause.
func TestStartedInAPause(t *testing.T) {
	for _, via := range []string{"hook", "shell"} {
		for _, resumed := range []bool{true, false} {
			t.Run(fmt.Sprint(via, " resumed ", resumed), func(t *testing.T) {
				t.Parallel()
				d := sit(t, via, "")
				d.do("echo a\r", ps1)
				d.clock.Pause()
				paused := time.Now()
				d.do("sh -c 'echo run; read x'\r", "\rrun")
				for time.Since(paused) < 300*time.Millisecond { // nobody pauses for less
					time.Sleep(time.Millisecond)
				}
				if resumed {
					d.clock.Resume()
				}
				d.do("\n", ps1)
				d.leave("\x04")
				if got := d.lines(); !reflect.DeepEqual(got, []string{"echo a"}) {
					t.Errorf("got %q", got)
				}
			})
		}
	}
}

// TestShellBeforeRecording: `runreel shell` was there first, with a command
// that still ran when the recording began.
func TestShellBeforeRecording(t *testing.T) {
	d := prepare(t)
	spool := filepath.Join(d.home, "run", "commands")
	d.clock = capture.NewClock(time.Now)
	d.source = terminal.New(terminal.Options{Clock: d.clock, Spool: spool})
	d.stop = func() {}
	d.start("shell", "", spool)
	d.await(ps1, 1)
	d.do("echo private\r", ps1)
	d.do("sh -c 'echo run; read x'\r", "\rrun")
	d.hear(3)
	if err := d.source.Report(terminal.Report{ID: "x"}); !errors.Is(err, terminal.ErrNotRecording) {
		t.Fatalf("it records already: %v", err)
	}
	d.run(spool)
	d.do("\n", ps1)
	d.do("echo a\r", ps1)
	d.leave("\x04")
	if got := d.lines(); !reflect.DeepEqual(got, []string{"echo a"}) {
		t.Errorf("got %q", got)
	}
}
