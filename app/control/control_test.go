//go:build unix

package control_test

import (
	"context"
	"encoding/binary"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/runreel/runreel/app/control"
	"github.com/runreel/runreel/capture"
)

// TestMain lets the test binary be a recorder that is killed, or one that holds
// a data folder.
func TestMain(m *testing.M) {
	if dir := os.Getenv("RUNREEL_TEST_HOLD"); dir != "" {
		holdChild(dir)
	}
	path := os.Getenv("RUNREEL_TEST_LISTEN")
	if path == "" {
		os.Exit(m.Run())
	}
	s, err := control.Listen(context.Background(), control.Options{Path: path})
	if err != nil {
		os.Exit(3)
	}
	os.Stdout.WriteString("ready\n")
	_ = s.Serve(context.Background(), echo{})
}

// echo answers with what it got.
type echo struct{}

func (echo) Control(ctx context.Context, r control.Request) (control.Response, error) {
	switch r.Verb {
	case control.Stop:
		return control.Response{State: capture.Idle}, &control.Error{Code: "recorder.idle", Message: "Nothing is being recorded", Help: "Start with runreel record."}
	case control.Discard:
		return control.Response{}, errors.New("plain")
	case control.Tell:
		return control.Response{Session: r.Report.Command.Output}, nil
	case control.Pause:
		<-ctx.Done()
		return control.Response{}, ctx.Err()
	}
	return control.Response{State: capture.Recording, Session: r.Text, Elapsed: 3 * time.Second, Warnings: []string{"w"}}, nil
}

func socket(t *testing.T) string {
	t.Helper()
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	return control.Path("/nowhere")
}

// serve starts a server and returns when it ended at the test's end.
func serve(t *testing.T, opts control.Options) *control.Server {
	t.Helper()
	s, err := control.Listen(t.Context(), opts)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Serve(ctx, echo{}) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("serve: %v", err)
		}
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

func dial(t *testing.T, path string) *control.Client {
	t.Helper()
	c, err := control.Dial(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func TestExchange(t *testing.T) {
	path := socket(t)
	serve(t, control.Options{Path: path})
	c := dial(t, path)
	got, err := c.Do(t.Context(), control.Request{Verb: control.Mark, Text: "a\x00 \u2028 é"})
	if err != nil {
		t.Fatal(err)
	}
	want := control.Response{State: capture.Recording, Session: "a\x00 \u2028 é", Elapsed: 3 * time.Second, Warnings: []string{"w"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	output := strings.Repeat("x", 64<<10)
	report := &control.Report{ID: "1", Done: true, Command: capture.Command{Line: "ls", Output: output}, Start: time.Now()}
	if got, err = c.Do(t.Context(), control.Request{Verb: control.Tell, Report: report}); err != nil || got.Session != output {
		t.Errorf("report: %d bytes, %v", len(got.Session), err)
	}
}

func TestErrors(t *testing.T) {
	path := socket(t)
	serve(t, control.Options{Path: path})
	c := dial(t, path)
	resp, err := c.Do(t.Context(), control.Request{Verb: control.Stop})
	e, ok := errors.AsType[*control.Error](err)
	if !ok || e.Code != "recorder.idle" || e.Help == "" || resp.State != capture.Idle {
		t.Errorf("stop: %+v, %v", resp, err)
	}
	window := &control.RecordOptions{Target: &capture.Target{Kind: capture.TargetWindow}} // without one
	for _, r := range []control.Request{{Verb: control.Record, Record: window}, {Verb: control.Toggle, Record: window}, {Verb: control.Discard}, {Verb: "x"}, {}, {Verb: control.Tell}, {Verb: control.OffRecord, Back: -1}} {
		_, err := c.Do(t.Context(), r)
		if _, ok := errors.AsType[*control.Error](err); !ok {
			t.Errorf("%+v: %v", r, err)
		}
	}
	big := control.Request{Verb: control.Mark, Text: strings.Repeat("x", control.MaxMessage)}
	if _, err := c.Do(t.Context(), big); err == nil || errors.Is(err, control.ErrNotRunning) {
		t.Errorf("too long: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := c.Do(ctx, control.Request{Verb: control.Pause}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("patience: %v", err)
	}
}

func TestManyClients(t *testing.T) {
	path := socket(t)
	serve(t, control.Options{Path: path})
	var group sync.WaitGroup
	for range 20 {
		group.Go(func() {
			for range 20 {
				c, err := control.Dial(t.Context(), path)
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := c.Do(t.Context(), control.Request{Verb: control.Status}); err != nil {
					t.Error(err)
				}
				c.Close()
			}
		})
	}
	group.Wait()
}

func TestNobodyListens(t *testing.T) {
	path := socket(t)
	if _, err := control.Dial(t.Context(), path); !errors.Is(err, control.ErrNotRunning) {
		t.Errorf("no socket: %v", err)
	}
	s := serve(t, control.Options{Path: path})
	c := dial(t, path)
	if _, err := c.Do(t.Context(), control.Request{Verb: control.Status}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket is still there: %v", err)
	}
	if _, err := control.Dial(t.Context(), path); !errors.Is(err, control.ErrNotRunning) {
		t.Errorf("closed: %v", err)
	}
}

func TestOnlyOne(t *testing.T) {
	path := socket(t)
	serve(t, control.Options{Path: path})
	if _, err := control.Listen(t.Context(), control.Options{Path: path}); !errors.Is(err, control.ErrRunning) {
		t.Errorf("second listener: %v", err)
	}
	if _, err := dial(t, path).Do(t.Context(), control.Request{Verb: control.Status}); err != nil {
		t.Errorf("the first one suffered: %v", err)
	}
}

// TestKilled kills a listener, whose socket stays, and takes over.
func TestKilled(t *testing.T) {
	path := socket(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), "RUNREEL_TEST_LISTEN="+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 6)); err != nil {
		t.Fatal(err)
	}
	c := dial(t, path)
	_, err = control.Listen(t.Context(), control.Options{Path: path})
	if held, ok := errors.AsType[*control.HeldError](err); !ok || held.PID != cmd.Process.Pid {
		t.Errorf("beside a live one: %v", err)
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	if _, err := c.Do(t.Context(), control.Request{Verb: control.Status}); !errors.Is(err, control.ErrNotRunning) {
		t.Errorf("killed while connected: %v", err)
	}
	if _, err := os.Lstat(path); err != nil {
		t.Fatalf("the socket should be left: %v", err)
	}
	if _, err := control.Dial(t.Context(), path); !errors.Is(err, control.ErrNotRunning) {
		t.Errorf("stale socket: %v", err)
	}
	serve(t, control.Options{Path: path})
	if _, err := dial(t, path).Do(t.Context(), control.Request{Verb: control.Status}); err != nil {
		t.Errorf("taken over: %v", err)
	}
}

func TestPrivate(t *testing.T) {
	old := syscall.Umask(0)
	defer syscall.Umask(old)
	path := socket(t)
	if err := os.Mkdir(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	serve(t, control.Options{Path: path})
	for name, want := range map[string]os.FileMode{filepath.Dir(path): 0o700, path: 0o600, path + ".lock": 0o600} {
		info, err := os.Lstat(name)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != want {
			t.Errorf("%s: mode %v, want %v", name, info.Mode().Perm(), want)
		}
	}
}

func TestBadPlaces(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("kept"), 0o600); err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	long := filepath.Join(dir, strings.Repeat("x", 120), "control.sock")
	for _, path := range []string{file, filepath.Join(link, "control.sock"), long} {
		_, err := control.Listen(t.Context(), control.Options{Path: path})
		if _, ok := errors.AsType[*control.PathError](err); !ok {
			t.Errorf("listen at %s: %v", path, err)
		}
	}
	if _, err := control.Dial(t.Context(), long); err == nil || errors.Is(err, control.ErrNotRunning) {
		t.Errorf("dial a long path: %v", err)
	}
	if b, err := os.ReadFile(file); err != nil || string(b) != "kept" {
		t.Errorf("the file: %q, %v", b, err)
	}
}

// TestOtherUser needs root: it gives the folder to somebody else, and knocks
// as somebody else.
func TestOtherUser(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Log("not root: the uid of a peer cannot be changed here")
		return
	}
	path := socket(t)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(filepath.Dir(path), 65534, 65534); err != nil {
		t.Fatal(err)
	}
	_, err := control.Listen(t.Context(), control.Options{Path: path})
	if _, ok := errors.AsType[*control.PathError](err); !ok {
		t.Errorf("folder of another user: %v", err)
	}
	if err := os.Chown(filepath.Dir(path), 0, 0); err != nil {
		t.Fatal(err)
	}
	serve(t, control.Options{Path: path})
	open(t, path)
	cmd := exec.Command("perl", "-MSocket", "-e", `$SIG{PIPE}="IGNORE"; socket(S,PF_UNIX,SOCK_STREAM,0) or die; connect(S,sockaddr_un($ARGV[0])) or die "$!"; syswrite(S,"\0\0\0\x11{\"verb\":\"status\"}"); my $n=sysread(S,my $b,100); print "got ",$n+0`, path)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	out, err := cmd.CombinedOutput()
	if err != nil || string(out) != "got 0" {
		t.Errorf("another user: %q, %v", out, err)
	}
}

// open lets everybody reach the socket, so that only the check of the peer
// keeps them out.
func open(t *testing.T, path string) {
	t.Helper()
	if err := os.Chmod(path, 0o666); err != nil {
		t.Fatal(err)
	}
	for dir := filepath.Dir(path); len(dir) > len(os.TempDir()); dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSilentAndBrokenClients(t *testing.T) {
	path := socket(t)
	serve(t, control.Options{Path: path, Idle: 50 * time.Millisecond})
	for name, b := range map[string][]byte{
		"silent":   nil,
		"half":     {0, 0},
		"short":    append(binary.BigEndian.AppendUint32(nil, 10), '{'),
		"huge":     {0xff, 0xff, 0xff, 0xff},
		"not JSON": append(binary.BigEndian.AppendUint32(nil, 4), "{{{{"...),
	} {
		conn, err := net.Dial("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Write(b); err != nil {
			t.Fatal(err)
		}
		_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
		buf := make([]byte, 1000)
		for {
			if _, err = conn.Read(buf); err != nil {
				break
			}
		}
		if errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("%s: the server does not hang up", name)
		}
		conn.Close()
	}
	if _, err := dial(t, path).Do(t.Context(), control.Request{Verb: control.Status}); err != nil {
		t.Error(err)
	}
}

func TestPaths(t *testing.T) {
	t.Setenv("XDG_RUNTIME_DIR", "")
	if got := control.Path("/data"); got != "/data/run/control.sock" {
		t.Error(got)
	}
	t.Setenv("XDG_RUNTIME_DIR", "/run/user/1")
	if got := control.Path("/data"); got != "/run/user/1/runreel/control.sock" {
		t.Error(got)
	}
}
