//go:build unix

package terminal_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"

	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/capture/terminal"
)

// patience is how long a test waits for something that must happen.
const patience = 10 * time.Second

// TestMain lets the test binary be `runreel shell`: reports go to descriptor
// 3 as lines of JSON.
func TestMain(m *testing.M) {
	if os.Getenv("RUNREEL_TEST_SHELL") == "" {
		os.Exit(m.Run())
	}
	reports := json.NewEncoder(os.NewFile(3, "reports"))
	command := append([]string{os.Getenv("RUNREEL_TEST_SHELL")}, os.Args[1:]...)
	os.Unsetenv("RUNREEL_TEST_SHELL")
	code, err := terminal.Shell(context.Background(), terminal.ShellOptions{
		Command: command, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Spool:  os.Getenv("RUNREEL_TEST_SPOOL"),
		Report: func(_ context.Context, r terminal.Report) error { return reports.Encode(r) },
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

// ps1 and ps2 are the prompts of the sessions: text that nothing else prints.
const (
	ps1 = "[ready]> "
	ps2 = "[more]> "
)

// baseRC is what each session's .bashrc begins with.
const baseRC = `PS1='[ready]> ' PS2='[more]> ' HISTFILE=~/history
[[ ${again-} ]] || unset HISTCONTROL HISTIGNORE HISTTIMEFORMAT PROMPT_COMMAND PS0; again=1
`

// fishReady is printed once for each prompt of fish, which paints one often.
const fishReady = "\x1b]777;ready\a"

// baseOf is what the rc file of each session begins with.
var baseOf = map[string]string{
	"bash": baseRC,
	"zsh": `PS1='[ready]> ' PS2='[more]> ' HISTFILE=~/history HISTSIZE=1000 SAVEHIST=1000
bindkey -e; KEYTIMEOUT=1
`,
	"fish": `function fish_prompt; builtin echo -n '[ready]> '; end
function fish_right_prompt; end
function fish_greeting; end
function fish_title; end
function test_ready --on-event fish_prompt; printf '\e]777;ready\a'; end
set -g fish_autosuggestion_enabled 0
`,
}

// desk is a person at a terminal: a process in a pseudo-terminal, what it
// printed, and the source that records it.
type desk struct {
	t      testing.TB
	shell  string        // "bash", "zsh" or "fish"
	exited chan struct{} // closed when cmd has ended
	home   string
	tty    *os.File
	cmd    *exec.Cmd

	mu     sync.Mutex
	out    []byte
	ended  bool
	change chan struct{}

	media  capture.Media // for what is shown, or nil
	clock  *capture.Clock
	source *terminal.Source
	stop   context.CancelFunc
	done   chan error
	events []capture.Event
	fed    chan struct{}
	heard  int // reports that the source got
}

// sit starts a session. via is "hook" or "shell".
func sit(t *testing.T, via, rc string, args ...string) *desk {
	t.Helper()
	return sitIn(t, "bash", via, rc, args...)
}

// sitIn is sit with a shell other than bash.
func sitIn(t *testing.T, shell, via, rc string, args ...string) *desk {
	t.Helper()
	d := prepare(t)
	d.shell = shell
	spool := filepath.Join(d.home, "run", "commands")
	d.record(spool)
	d.start(via, rc, spool, args...)
	d.await(d.prompt(), 1)
	return d
}

// prompt is what is printed once for each prompt.
func (d *desk) prompt() string {
	if d.shell == "fish" {
		return fishReady
	}
	return ps1
}

func prepare(t testing.TB) *desk {
	home, err := os.MkdirTemp("", "runreel-terminal-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// A shell that was hung up still writes its history.
		for deadline := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
			if err := os.RemoveAll(home); err == nil {
				return
			} else if time.Now().After(deadline) {
				t.Error(err)
				return
			}
		}
	})
	return &desk{t: t, shell: "bash", home: home, change: make(chan struct{}, 1), fed: make(chan struct{})}
}

// record starts a recording and waits until it takes commands.
func (d *desk) record(spool string) {
	d.clock = capture.NewClock(time.Now)
	d.source = terminal.New(terminal.Options{Clock: d.clock, Media: d.media, Spool: spool})
	d.run(spool)
}

// run starts the clock and the source.
func (d *desk) run(spool string) {
	d.clock.Start()
	ctx, cancel := context.WithCancel(d.t.Context())
	d.stop, d.done = cancel, make(chan error, 1)
	go func() {
		d.done <- d.source.Run(ctx, func(e capture.Event) {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.events = append(d.events, e)
		})
	}()
	for deadline := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		pid, err := os.ReadFile(filepath.Join(spool, ".recorder"))
		if err == nil && strings.TrimSpace(string(pid)) == strconv.Itoa(os.Getpid()) {
			return
		}
		if time.Now().After(deadline) {
			d.t.Fatal("the source does not run")
		}
	}
}

func (d *desk) start(via, rc, spool string, args ...string) {
	d.t.Helper()
	rc = baseOf[d.shell] + rc
	var reports *os.File
	switch via {
	case "plain":
		d.cmd = exec.Command(d.shell, args...)
	case "hook":
		hook, err := terminal.Hook(d.shell, spool)
		if err != nil {
			d.t.Fatal(err)
		}
		if !strings.Contains(rc, "#HOOK#") {
			rc += "\n#HOOK#"
		}
		if err := os.WriteFile(filepath.Join(d.home, "hook"), []byte(hook), 0o600); err != nil {
			d.t.Fatal(err)
		}
		rc = strings.ReplaceAll(rc, "#HOOK#", map[string]string{"bash": `eval "$(<~/hook)"`, "zsh": `eval "$(<~/hook)"`, "fish": "source ~/hook"}[d.shell])
		d.cmd = exec.Command(d.shell, args...)
	default:
		self, err := os.Executable()
		if err != nil {
			d.t.Fatal(err)
		}
		d.cmd = exec.Command(self, args...)
		r, w, err := os.Pipe()
		if err != nil {
			d.t.Fatal(err)
		}
		defer w.Close()
		reports = r
		d.cmd.ExtraFiles = []*os.File{w}
		d.cmd.Env = append(d.cmd.Env, "RUNREEL_TEST_SHELL="+d.shell, "RUNREEL_TEST_SPOOL="+spool)
	}
	file := filepath.Join(d.home, map[string]string{"bash": ".bashrc", "zsh": ".zshrc", "fish": ".config/fish/config.fish"}[d.shell])
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		d.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(rc), 0o600); err != nil {
		d.t.Fatal(err)
	}
	if d.shell == "fish" {
		// A fish that is new to its person reads all manual pages in the
		// background, for minutes.
		if err := os.MkdirAll(filepath.Join(d.home, ".local/share/fish/generated_completions"), 0o700); err != nil {
			d.t.Fatal(err)
		}
	}
	d.cmd.Dir = d.home
	d.cmd.Env = append(d.cmd.Env, "HOME="+d.home, "PATH="+os.Getenv("PATH"), "TERM=xterm-256color", "LANG=C.UTF-8", "XDG_RUNTIME_DIR="+d.home, "INPUTRC=/dev/null")
	tty, err := pty.StartWithSize(d.cmd, &pty.Winsize{Rows: 40, Cols: 200})
	if err != nil {
		d.t.Fatal(err)
	}
	d.tty = tty
	d.exited = make(chan struct{})
	go func() {
		_ = d.cmd.Wait()
		close(d.exited)
	}()
	go d.read()
	go d.feed(reports)
	d.t.Cleanup(func() {
		_ = d.cmd.Process.Kill()
		<-d.exited
		d.stop()
		tty.Close()
	})
}

// feed is the control socket between `runreel shell` and the source.
func (d *desk) feed(reports *os.File) {
	defer close(d.fed)
	if reports == nil {
		return
	}
	defer reports.Close()
	lines := bufio.NewReader(reports)
	for {
		b, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var r terminal.Report
		if err := json.Unmarshal(b, &r); err != nil {
			d.t.Errorf("report %s: %v", b, err)
			return
		}
		_ = d.source.Report(r)
		d.mu.Lock()
		d.heard++
		d.mu.Unlock()
		d.changed()
	}
}

// changed wakes await.
func (d *desk) changed() {
	select {
	case d.change <- struct{}{}:
	default:
	}
}

// hear waits until the source got count reports.
func (d *desk) hear(count int) {
	d.t.Helper()
	timeout := time.After(patience)
	for {
		d.mu.Lock()
		heard := d.heard
		d.mu.Unlock()
		if heard >= count {
			return
		}
		select {
		case <-d.change:
		case <-timeout:
			d.t.Fatalf("%d reports, want %d", heard, count)
		}
	}
}

func (d *desk) read() {
	buf := make([]byte, 64<<10)
	for {
		n, err := d.tty.Read(buf)
		d.mu.Lock()
		d.out = append(d.out, buf[:n]...)
		d.ended = err != nil
		d.mu.Unlock()
		d.changed()
		if err != nil {
			return
		}
	}
}

// printed is what came on the terminal so far.
func (d *desk) printed() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return string(d.out)
}

// reset forgets what was printed.
func (d *desk) reset() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.out = nil
}

// await waits until text was printed count times.
func (d *desk) await(text string, count int) {
	d.t.Helper()
	timeout := time.After(patience)
	for strings.Count(d.printed(), text) < count {
		select {
		case <-d.change:
		case <-timeout:
			d.t.Fatalf("no %q number %d in: %q", text, count, d.printed())
		}
		d.mu.Lock()
		ended := d.ended
		d.mu.Unlock()
		if ended && strings.Count(d.printed(), text) < count {
			d.t.Fatalf("ended without %q number %d: %q", text, count, d.printed())
		}
	}
}

// do types keys and waits until text comes once more.
func (d *desk) do(keys, text string) {
	d.t.Helper()
	count := strings.Count(d.printed(), text)
	d.press(keys)
	d.await(text, count+1)
}

// interrupt types keys that end with Ctrl-C and waits until text comes once
// more. The system throws away what is printed in that moment, the next prompt
// too where it is quick; Enter brings another.
func (d *desk) interrupt(keys, text string) {
	d.t.Helper()
	count := strings.Count(d.printed(), text)
	d.press(keys)
	nudge := time.NewTicker(300 * time.Millisecond)
	defer nudge.Stop()
	timeout := time.After(patience)
	for strings.Count(d.printed(), text) <= count {
		select {
		case <-d.change:
		case <-nudge.C:
			d.press("\r")
		case <-timeout:
			d.t.Fatalf("no prompt after Ctrl-C: %q", d.printed())
		}
	}
}

func (d *desk) press(keys string) {
	d.t.Helper()
	if _, err := d.tty.WriteString(keys); err != nil {
		d.t.Fatal(err)
	}
}

// leave ends the shell and the recording, and returns the shell's status.
func (d *desk) leave(keys string) int {
	d.t.Helper()
	d.press(keys)
	select {
	case <-d.exited:
	case <-time.After(patience):
		d.t.Fatalf("the shell does not end: %q", d.printed())
	}
	d.finish()
	return d.cmd.ProcessState.ExitCode()
}

// finish ends the recording.
func (d *desk) finish() {
	d.t.Helper()
	select {
	case <-d.fed:
	case <-time.After(patience):
		d.t.Fatal("the reports do not end")
	}
	d.stop()
	if err := <-d.done; err != nil {
		d.t.Fatal(err)
	}
}

// commands are those that were recorded.
func (d *desk) commands() []capture.Command {
	var list []capture.Command
	for _, e := range d.events {
		if c, ok := e.Fact.(capture.Command); ok {
			list = append(list, c)
		}
	}
	return list
}

func whoami(t testing.TB) (host, name string) {
	t.Helper()
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	u, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	return host, u.Username
}
