//go:build unix

package terminal

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// Shell runs the person's shell in a pseudo-terminal between Stdin and Stdout
// until it ends, and returns its exit status. Everything is passed through
// unchanged; the commands are reported beside. An end of ctx hangs the shell
// up. err tells that the shell could not be run at all, a *ShellError that it
// is of a kind that cannot be integrated.
func Shell(ctx context.Context, opts ShellOptions) (exit int, err error) {
	log := opts.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	line, err := ownShell(opts)
	if err != nil {
		return 1, err
	}
	dir, err := os.MkdirTemp(runtimeFolder(), "runreel-shell-")
	if err != nil {
		return 1, fmt.Errorf("start shell: %w", err)
	}
	defer os.RemoveAll(dir)
	nonce := rand.Text()
	start := line.launch(dir, nonce, shellEnv(opts.Env))
	path, err := exec.LookPath(start.program)
	if err != nil {
		return 1, fmt.Errorf("start shell: %w", err)
	}
	for name, text := range start.files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			return 1, fmt.Errorf("start shell: %w", err)
		}
	}
	reports, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	r := startReporter(reports, opts, log)
	defer r.close(cancel)

	cmd := exec.Command(path, start.args...)
	cmd.Env = start.env
	s := &session{cmd: cmd, opts: opts, parser: NewParser(nonce, time.Now, r.put)}
	if opts.Spool != "" {
		s.parser.stream = newStreamer(opts.Spool, func() (int, int) { return s.parser.cols, s.parser.rows })
	}
	return s.run(ctx)
}

// ownShell is the shell that was asked for, or the person's own. Where that
// cannot be recorded it is bash, and the person is told.
func ownShell(opts ShellOptions) (launcher, error) {
	if len(opts.Command) > 0 {
		return parseShell(opts.Command)
	}
	name := os.Getenv("SHELL")
	if knownShell(filepath.Base(name)) != "" {
		return parseShell([]string{name})
	}
	if name != "" && opts.Stderr != nil {
		fmt.Fprintf(opts.Stderr, "runreel: %s cannot be recorded; this is bash.\r\n", filepath.Base(name))
	}
	return bashLine{program: "bash"}, nil
}

// runtimeFolder is a private folder for short-lived files, or "" for the
// system's folder for temporary ones, where MkdirTemp makes a private one.
func runtimeFolder() string {
	dir := os.Getenv("XDG_RUNTIME_DIR")
	if info, err := os.Stat(dir); err == nil && info.IsDir() && info.Mode().Perm()&0o077 == 0 {
		return dir
	}
	return ""
}

func shellEnv(env []string) []string {
	if env == nil {
		env = os.Environ()
	}
	env = slices.DeleteFunc(slices.Clone(env), func(s string) bool { return strings.HasPrefix(s, "RUNREEL_SHELL=") })
	return append(env, "RUNREEL_SHELL="+strconv.Itoa(os.Getpid()))
}

// session is one shell in its pseudo-terminal.
type session struct {
	cmd    *exec.Cmd
	opts   ShellOptions
	mu     sync.Mutex
	parser *Parser
	pty    *os.File
	stop   context.CancelFunc // hangs up
}

func (s *session) run(ctx context.Context) (int, error) {
	f, err := pty.StartWithSize(s.cmd, s.size())
	if err != nil {
		return 1, fmt.Errorf("start shell: %w", err)
	}
	s.pty = f
	defer f.Close()
	ctx, s.stop = context.WithCancel(ctx)
	defer s.stop()
	restore := s.rawMode()
	defer restore()

	var group sync.WaitGroup
	stop := make(chan struct{})
	dead := make(chan struct{})
	wake, waker, err := os.Pipe()
	if err != nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
		return 1, fmt.Errorf("start shell: %w", err)
	}
	defer wake.Close()
	group.Go(func() { s.follow(stop) })
	group.Go(func() { s.input(wake) })
	group.Go(func() { s.await(dead) })
	group.Go(func() { s.hangUp(ctx, dead) })
	s.output()
	<-dead
	close(stop)
	waker.Close()
	group.Wait()

	status := exitStatus(s.cmd.ProcessState)
	_, _ = s.opts.Stdout.Write(s.parser.Close(status))
	return status, nil
}

// size is that of the person's terminal.
func (s *session) size() *pty.Winsize {
	for _, f := range []*os.File{s.opts.Stdin, s.opts.Stdout} {
		if size, err := pty.GetsizeFull(f); err == nil && size.Cols > 0 && size.Rows > 0 {
			return size
		}
	}
	return &pty.Winsize{Rows: 24, Cols: 80}
}

// rawMode makes the person's terminal hand over each byte as it is typed.
func (s *session) rawMode() (restore func()) {
	fd := int(s.opts.Stdin.Fd())
	old, err := term.MakeRaw(fd)
	if err != nil {
		return func() {} // not a terminal
	}
	return func() { _ = term.Restore(fd, old) }
}

// follow keeps the size of the pseudo-terminal that of the person's.
func (s *session) follow(stop <-chan struct{}) {
	resized := make(chan os.Signal, 1)
	signal.Notify(resized, syscall.SIGWINCH)
	defer signal.Stop(resized)
	s.resize() // it may have changed before Notify
	for {
		select {
		case <-resized:
			s.resize()
		case <-stop:
			return
		}
	}
}

func (s *session) resize() {
	size := s.size()
	s.mu.Lock()
	s.parser.Resize(int(size.Cols), int(size.Rows))
	s.mu.Unlock()
	_ = pty.Setsize(s.pty, size)
}

// await waits for the shell and closes dead. Soon after, a blocked read of its
// output ends: a background job may hold the terminal open.
func (s *session) await(dead chan<- struct{}) {
	_ = s.cmd.Wait() // the status is in ProcessState
	close(dead)
	_ = s.pty.SetReadDeadline(time.Now().Add(drainIdle))
}

// hangUp ends the shell when ctx ends, as a terminal does that is closed.
func (s *session) hangUp(ctx context.Context, dead <-chan struct{}) {
	select {
	case <-dead:
		return
	case <-ctx.Done():
	}
	s.signal(unix.SIGHUP)
	s.signal(unix.SIGCONT)
	select {
	case <-dead:
	case <-time.After(hangupLimit):
		s.signal(unix.SIGKILL)
	}
}

// signal sends sig to the shell, which leads a process group of its own.
func (s *session) signal(sig unix.Signal) { _ = unix.Kill(-s.cmd.Process.Pid, sig) }

// input copies what is typed until wake is closed at its other end.
func (s *session) input(wake *os.File) {
	buf := make([]byte, 32<<10)
	in := int(s.opts.Stdin.Fd())
	fds := []unix.PollFd{{Fd: int32(in), Events: unix.POLLIN}, {Fd: int32(wake.Fd()), Events: unix.POLLIN}}
	for {
		if _, err := unix.Poll(fds, -1); err != nil && !errors.Is(err, unix.EINTR) {
			return
		}
		if fds[1].Revents != 0 {
			return
		}
		if fds[0].Revents == 0 {
			continue
		}
		n, err := unix.Read(in, buf)
		if errors.Is(err, unix.EINTR) || errors.Is(err, unix.EAGAIN) {
			continue
		}
		if err != nil || n == 0 {
			s.inputEnded()
			return
		}
		s.mu.Lock()
		s.parser.Keys(buf[:n])
		s.mu.Unlock()
		if _, err := s.pty.Write(buf[:n]); err != nil {
			return
		}
	}
}

// inputEnded tells the shell: where there was a terminal it is gone, else the
// input was a file or a pipe at its end.
func (s *session) inputEnded() {
	if term.IsTerminal(int(s.opts.Stdin.Fd())) {
		s.stop()
		return
	}
	_, _ = s.pty.Write([]byte{4})
}

// output copies what is printed, without the marks, until the shell has ended
// and nothing more comes.
func (s *session) output() {
	buf := make([]byte, 64<<10)
	for {
		n, err := s.pty.Read(buf)
		if !s.show(buf[:n]) {
			return
		}
		if errors.Is(err, os.ErrDeadlineExceeded) {
			s.drain(buf)
			return
		}
		if err != nil {
			return
		}
	}
}

// drain shows what the pseudo-terminal still holds, without waiting for more.
func (s *session) drain(buf []byte) {
	raw, err := s.pty.SyscallConn()
	if err != nil || s.pty.SetReadDeadline(time.Time{}) != nil {
		return
	}
	for left := drainLimit; left > 0; {
		n := 0
		err := raw.Read(func(fd uintptr) bool {
			n, _ = unix.Read(int(fd), buf)
			return true
		})
		if err != nil || n <= 0 || !s.show(buf[:n]) {
			return
		}
		left -= n
	}
}

// show is false when the person's terminal is gone; then the shell goes too.
func (s *session) show(b []byte) bool {
	if len(b) == 0 {
		return true
	}
	s.mu.Lock()
	b = s.parser.Write(b)
	s.mu.Unlock()
	if _, err := s.opts.Stdout.Write(b); err != nil {
		s.stop()
		return false
	}
	return true
}

// exitStatus is the status as a shell gives it.
func exitStatus(p *os.ProcessState) int {
	if p == nil {
		return 1
	}
	if ws, ok := p.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		return 128 + int(ws.Signal())
	}
	return p.ExitCode()
}
