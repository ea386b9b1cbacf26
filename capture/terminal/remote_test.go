//go:build unix

package terminal_test

import (
	"cmp"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/runreel/runreel/capture"
)

// farPrompt ends the prompts of far shells.
const farPrompt = "[far]$ "

// The prompts of far shells: one that tells nothing, and one that speaks OSC 133
// and OSC 7, as the integrations of terminals make it.
const (
	plainFar  = `PS1='\u@far-host:\w [\#][far]$ '` + "\n"
	speakFar  = `PS0='\e]133;C\a'; PS1='\[\e]133;D;$?\a\e]7;file://far-host$PWD\a\e]1337;RemoteHost=ann@far-host\a\e]133;A\a\]\w [\#][far]$ \[\e]133;B\a\]'` + "\n"
	vscodeFar = `trap 'printf "\e]633;E;%s;nonce\a" "${BASH_COMMAND//;/\\x3b}"' DEBUG; PS0='\e]633;C\a'; PS1='\[\e]633;D;$?\a\e]633;P;Cwd=$PWD\a\e]633;P;Host=far-host\a\e]633;P;User=ann\a\e]633;A\a\] [\#][far]$ \[\e]633;B\a\]'` + "\n"
)

// sshd starts a server on the loopback interface that runs bash with an rc file
// of its own, and returns the command that logs in.
func sshd(t *testing.T, home, rc string) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "runreel-sshd-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	for _, name := range []string{"host", "me"} {
		if out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", filepath.Join(dir, name)).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	l.Close()
	far := filepath.Join(dir, "far")
	if err := os.Mkdir(far, 0o700); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("rc", "HISTFILE=\n"+rc)
	write("config", fmt.Sprintf(`Port %s
ListenAddress 127.0.0.1
HostKey %s/host
AuthorizedKeysFile %s/me.pub
PidFile none
StrictModes no
UsePAM no
PermitRootLogin yes
PasswordAuthentication no
PrintMotd no
PrintLastLog no
ForceCommand cd %s/far; HOME=%s/far INPUTRC=/dev/null LANG=C.UTF-8 exec bash --noprofile --rcfile %s/rc
`, port, dir, dir, dir, dir, dir))
	if os.Geteuid() == 0 {
		if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
			t.Fatal(err)
		}
	}
	server, err := exec.LookPath("sshd")
	if err != nil {
		server = "/usr/sbin/sshd"
	}
	cmd := exec.Command(server, "-D", "-e", "-f", filepath.Join(dir, "config"))
	// A file: a pipe would be waited for until the last session has ended.
	said, err := os.Create(filepath.Join(dir, "said"))
	if err != nil {
		t.Fatal(err)
	}
	defer said.Close()
	cmd.Stderr = said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	for deadline := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		c, err := net.Dial("tcp", "127.0.0.1:"+port)
		if err == nil {
			c.Close()
			break
		}
		if time.Now().After(deadline) {
			b, _ := os.ReadFile(said.Name())
			t.Fatalf("sshd does not listen: %s", b)
		}
	}
	u, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	write("client", fmt.Sprintf("Host far-alias\nHostName 127.0.0.1\nPort %s\nUser %s\nIdentityFile %s/me\nIdentitiesOnly yes\nStrictHostKeyChecking no\nUserKnownHostsFile %s/known\nLogLevel ERROR\n",
		port, u.Username, dir, dir))
	return "ssh -F " + dir + "/client far-alias"
}

// farWant is what is expected of one command behind ssh.
type farWant struct {
	line, host, user, dir, output string
	exit                          int // -1: not told
	inferred                      bool
}

func checkFar(t *testing.T, d *desk, want []farWant) {
	t.Helper()
	got := d.inOrder()
	if len(got) != len(want) {
		t.Fatalf("%d commands, want %d: %s\n%q", len(got), len(want), shown(got), d.printed())
	}
	for i, w := range want {
		g := got[i]
		exit := -1
		if g.Exit != nil {
			exit = *g.Exit
		}
		if g.Line != w.line || g.Host != w.host || g.User != w.user || exit != w.exit || g.Inferred != w.inferred {
			t.Errorf("%d: %s\nwant %+v", i, shown(got[i:i+1]), w)
		}
		if w.output != "*" && g.Output != w.output {
			t.Errorf("%q: output %q, want %q", g.Line, g.Output, w.output)
		}
		if w.dir != "*" && !strings.HasSuffix(g.Dir, w.dir) {
			t.Errorf("%q: folder %q, want %q", g.Line, g.Dir, w.dir)
		}
	}
}

// inOrder are the commands in the order of their start: the one in which others
// run ends last.
func (d *desk) inOrder() []capture.Command {
	slices.SortStableFunc(d.events, func(a, b capture.Event) int { return cmp.Compare(a.At, b.At) })
	return d.commands()
}

func shown(list []capture.Command) string {
	var b strings.Builder
	for _, c := range list {
		exit := "?"
		if c.Exit != nil {
			exit = fmt.Sprint(*c.Exit)
		}
		fmt.Fprintf(&b, "\n  %q %s@%s in %q: %s, inferred %v, %q", c.Line, c.User, c.Host, c.Dir, exit, c.Inferred, c.Output)
	}
	return b.String()
}

func TestSSHExact(t *testing.T) {
	host, me := whoami(t)
	for name, rc := range map[string]string{"OSC 133": speakFar, "OSC 633": vscodeFar} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := sit(t, "shell", "")
			login := sshd(t, d.home, rc)
			d.do(login+"\r", "[1]"+farPrompt)
			d.do("echo far\r", "[2]"+farPrompt)
			d.do("(exit 3)\r", "[3]"+farPrompt)
			d.do("cho one\x01e\r", "[4]"+farPrompt) // edited
			d.do("exit 4\r", ps1)
			d.do("echo near\r", ps1)
			d.leave("\x04")
			checkFar(t, d, []farWant{
				{login, host, me, "*", "*", 4, false},
				{"echo far", "far-host", "ann", "/far", "far", 0, false},
				{"(exit 3)", "far-host", "ann", "/far", "", 3, false},
				{"echo one", "far-host", "ann", "/far", "one", 0, false},
				{"exit 4", "far-host", "ann", "/far", "*", -1, true},
				{"echo near", host, me, "*", "near", 0, false},
			})
		})
	}
}

func TestSSHInferred(t *testing.T) {
	host, me := whoami(t)
	d := sit(t, "shell", "")
	login := sshd(t, d.home, plainFar)
	d.do(login+"\r", "[1]"+farPrompt)
	d.do("echo far; false\r", "[2]"+farPrompt)
	d.do("cho one\x01e\r", "[3]"+farPrompt)
	d.do("echo "+strings.Repeat("long ", 60)+"\r", "[4]"+farPrompt) // wraps
	d.do(" echo secret\r", "[5]"+farPrompt)
	d.press("read -sp 'pass? ' x; echo got\r")
	d.await("\rpass? ", 1)
	d.do("hunter2\r", "[6]"+farPrompt)
	d.press("python3 -q\r")
	d.await(">>> ", 1)
	d.do("print(1)\r", ">>> ")
	d.do("\x04", "[7]"+farPrompt)
	d.do("exit\r", ps1)
	d.do("echo near\r", ps1)
	d.leave("\x04")
	long := strings.TrimSpace(strings.Repeat("long ", 60))
	checkFar(t, d, []farWant{
		{login, host, me, "*", "*", 0, false},
		{"echo far; false", "far-host", me, "", "far", -1, true},
		{"echo one", "far-host", me, "", "one", -1, true},
		{"echo " + long, "far-host", me, "", "*", -1, true},
		{"read -sp 'pass? ' x; echo got", "far-host", me, "", "pass? got", -1, true},
		{"python3 -q", "far-host", me, "", "*", -1, true},
		{"exit", "far-host", me, "", "*", -1, true},
		{"echo near", host, me, "*", "near", 0, false},
	})
	if strings.Contains(shown(d.commands()), "hunter2") {
		t.Error("a password is kept")
	}
}

// TestNestedShells has a shell that tells nothing within the recorded one.
func TestNestedShells(t *testing.T) {
	host, me := whoami(t)
	d := sit(t, "shell", "")
	d.do("PS1='inner''"+farPrompt+"' bash --norc\r", "inner"+farPrompt)
	d.do("echo in\r", "inner"+farPrompt)
	d.do("exit 2\r", ps1)
	d.do("echo out\r", ps1)
	d.leave("\x04")
	checkFar(t, d, []farWant{
		{"PS1='inner''" + farPrompt + "' bash --norc", host, me, "*", "*", 2, false},
		{"echo in", host, me, "", "in", -1, true},
		{"exit 2", host, me, "", "*", -1, true},
		{"echo out", host, me, "*", "out", 0, false},
	})
}

func TestTmux(t *testing.T) {
	host, me := whoami(t)
	d := sit(t, "shell", "")
	inner := filepath.Join(d.home, "inner")
	if err := os.WriteFile(inner, []byte("#!/bin/sh\nPS1='in"+farPrompt+"' exec bash --norc\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	login := "tmux -L runreel-" + filepath.Base(d.home) + " -f /dev/null new-session " + inner
	t.Cleanup(func() {
		_ = exec.Command("tmux", "-L", "runreel-"+filepath.Base(d.home), "kill-server").Run()
	})
	d.press(login + "\r")
	d.await("in"+farPrompt, 1)
	seen := func(text string) {
		t.Helper()
		d.await(text, 1)
	}
	d.press("echo a-$((40+2))\r")
	seen("a-42")
	d.press("echo b-$((40+3))\r")
	seen("b-43")
	if out, err := exec.Command("tmux", "-L", "runreel-"+filepath.Base(d.home), "kill-server").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	d.await(ps1, 2)
	d.do("echo near\r", ps1)
	d.leave("\x04")
	got := d.inOrder()
	var lines []string
	for _, c := range got[1 : len(got)-1] {
		if !c.Inferred || c.Exit != nil || c.Host != host || c.User != me || c.Output != "" {
			t.Errorf("%s", shown([]capture.Command{c}))
		}
		lines = append(lines, c.Line)
	}
	if g := got[0]; g.Line != login || !g.Screen {
		t.Errorf("%s", shown(got[:1]))
	}
	want := "echo a-$((40+2))|echo b-$((40+3))"
	if strings.Join(lines, "|") != want {
		t.Errorf("got %q, want %q\n%q", lines, want, d.printed())
	}
}
