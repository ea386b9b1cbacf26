package demo

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/runreel/runreel/capture/virtual"
)

//go:embed files
var files embed.FS

// waitLimit bounds the wait for anything that the script did, and lookEvery is
// how often is looked.
const (
	waitLimit = 30 * time.Second
	lookEvery = 100 * time.Millisecond
)

// stage is the desktop with what runs on it for the demo.
type stage struct {
	*virtual.Desktop
	log  io.Writer
	out  string
	bin  string
	home string // of the person in the terminal
	base []string

	recorder *process
	terminal *process
	window   string // number of the terminal's window
	commands int    // that the recorder should have seen by now
	tree     *tree
}

// process is a program that the stage started.
type process struct {
	cmd    *exec.Cmd
	out    bytes.Buffer // read after done
	errOut bytes.Buffer
	done   chan struct{}
	err    error // of Wait; read after done
}

func newStage(d *virtual.Desktop, o Options) (*stage, error) {
	s := &stage{
		Desktop: d, log: o.Log, out: o.Out, bin: o.Self, home: filepath.Join(d.Dir, "home"),
		base: []string{"--data-dir", filepath.Join(d.Dir, "data")},
	}
	if o.Model != "" {
		s.base = append(s.base, "--model", o.Model)
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	d.Env = append(d.Env, "RUNREEL="+o.Self, fmt.Sprintf("PORT=%d", port), "SHELL=/bin/bash", "NO_AT_BRIDGE=0")
	if err := layOut(s.home); err != nil {
		return nil, err
	}
	return s, nil
}

// layOut makes the home folder with the project in it.
func layOut(home string) error {
	project := filepath.Join(home, "payments")
	for _, v := range []string{"1.4.0", "1.5.0"} {
		dir := filepath.Join(project, "releases", v)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return fmt.Errorf("lay out the project: %w", err)
		}
		if err := os.WriteFile(filepath.Join(dir, "VERSION"), []byte(v+"\n"), 0o644); err != nil {
			return fmt.Errorf("lay out the project: %w", err)
		}
	}
	if err := os.Symlink("releases/1.4.0", filepath.Join(project, "current")); err != nil {
		return fmt.Errorf("lay out the project: %w", err)
	}
	for _, name := range []string{"payctl", "release-desk"} {
		text, err := files.ReadFile("files/" + name)
		if err != nil {
			return fmt.Errorf("lay out the project: %w", err)
		}
		if err := os.WriteFile(filepath.Join(project, name), text, 0o755); err != nil {
			return fmt.Errorf("lay out the project: %w", err)
		}
	}
	rc := "PS1='\\W\\$ '\nHISTFILE=\n"
	if err := os.WriteFile(filepath.Join(home, ".bashrc"), []byte(rc), 0o644); err != nil {
		return fmt.Errorf("lay out the project: %w", err)
	}
	return nil
}

// start starts a program in its own process group.
func (s *stage) start(name string, args ...string) (*process, error) {
	p := &process{cmd: s.Command(context.Background(), name, args...), done: make(chan struct{})}
	p.cmd.Env = append(p.cmd.Env, "HOME="+s.home)
	p.cmd.Dir = s.home
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.errOut
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.done)
	}()
	return p, nil
}

// end asks the process to end, and kills it where it does not.
func (p *process) end(patience time.Duration) {
	if p == nil {
		return
	}
	_ = p.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
	select {
	case <-p.done:
		return
	case <-time.After(patience):
	}
	_ = p.cmd.Process.Kill() // as above
	<-p.done
}

// self runs this program and returns what it prints.
func (s *stage) self(ctx context.Context, args ...string) ([]byte, error) {
	cmd := s.Command(ctx, s.bin, append(append([]string{}, s.base...), args...)...)
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("runreel %s: %w: %s", strings.Join(args, " "), err, strings.TrimSpace(errOut.String()))
	}
	return out.Bytes(), nil
}

// status is what the recorder says of itself.
type status struct {
	State    string
	Commands int
	Clicks   int
	Warnings []string
}

func (s *stage) status(ctx context.Context) (status, error) {
	var st status
	out, err := s.self(ctx, "--json", "status")
	if err != nil {
		return st, err
	}
	if err := json.Unmarshal(out, &st); err != nil {
		return st, fmt.Errorf("read the status: %w", err)
	}
	return st, nil
}

var errRecorderEnded = errors.New("the recorder ended too early")

// until looks again and again until ready, a failure or waitLimit.
func (s *stage) until(ctx context.Context, what string, ready func(context.Context) (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, waitLimit)
	defer cancel()
	var last error
	for {
		ok, err := ready(ctx)
		if ok {
			return nil
		}
		if err != nil {
			last = err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for %s: %w", what, errors.Join(ctx.Err(), last))
		case <-s.recorder.done:
			return fmt.Errorf("wait for %s: %w", what, errRecorderEnded)
		case <-time.After(lookEvery):
		}
	}
}

func (s *stage) startRecorder(ctx context.Context) (err error) {
	args := append(append([]string{}, s.base...), "--json", "record", "--title", documentTitle, "--for", "15m")
	if s.recorder, err = s.start(s.bin, args...); err != nil {
		return err
	}
	err = s.until(ctx, "the recorder", func(ctx context.Context) (bool, error) {
		st, err := s.status(ctx)
		for _, w := range st.Warnings {
			fmt.Fprintln(s.log, "warning:", w)
		}
		return st.State == "recording", err
	})
	return s.because(err)
}

// because adds what the recorder printed, where the recorder is the cause.
func (s *stage) because(err error) error {
	if !errors.Is(err, errRecorderEnded) {
		return err
	}
	return fmt.Errorf("%w: %s", err, strings.TrimSpace(s.recorder.errOut.String()))
}

// recorderEnds waits for the draft.
func (s *stage) recorderEnds(ctx context.Context) error {
	const draftLimit = 10 * time.Minute
	select {
	case <-s.recorder.done:
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(draftLimit):
		return fmt.Errorf("make the draft: %w", context.DeadlineExceeded)
	}
	if s.recorder.err != nil {
		return fmt.Errorf("record: %w: %s", s.recorder.err, strings.TrimSpace(s.recorder.errOut.String()))
	}
	return nil
}

func (s *stage) startTerminal(ctx context.Context) (err error) {
	args := append([]string{"-geometry", "90x24+20+40", "-fa", "DejaVu Sans Mono", "-fs", "11", "-e", s.bin}, s.base...)
	if s.terminal, err = s.start("xterm", append(args, "shell")...); err != nil {
		return err
	}
	return s.until(ctx, "the terminal", func(ctx context.Context) (bool, error) {
		out, err := s.Run(ctx, "xdotool", "search", "--onlyvisible", "--class", "xterm")
		s.window, _, _ = strings.Cut(strings.TrimSpace(out), "\n")
		return err == nil && s.window != "", nil
	})
}

// end ends what the script started, also where it broke off.
func (s *stage) end() {
	if s.tree != nil {
		s.tree.close()
	}
	s.terminal.end(2 * time.Second)
	s.recorder.end(10 * time.Second)
	if _, err := os.Stat(filepath.Join(s.home, "payments", "service.pid")); err == nil {
		_, _ = s.Run(context.Background(), filepath.Join(s.home, "payments", "payctl"), "stop") // the service may have ended by itself
	}
}
