//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/runreel/runreel/app/control"
	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/capture/virtual"
)

const (
	killRounds = 20
	mayLose    = time.Second // of a session whose recorder is killed
)

// TestKillLosesAtMostASecond kills the recorder at random moments of a working
// desktop. The next start must show the session, whole but for the last second
// before the kill, and draft it.
func TestKillLosesAtMostASecond(t *testing.T) {
	k := startKillBench(t)
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	var worst time.Duration
	for i := range killRounds {
		// The rounds share out the lengths, so that most are longer than what may be lost.
		length := 300*time.Millisecond + time.Duration((float64(i)+random.Float64())/killRounds*2200)*time.Millisecond
		worst = max(worst, k.round(t, i, length))
	}
	t.Logf("%d kills, the most that was lost: %s", killRounds, worst)
}

type killBench struct {
	bin     string
	desktop *virtual.Desktop
	socket  string
}

func startKillBench(t *testing.T) *killBench {
	t.Helper()
	bin, err := filepath.Abs(os.Getenv("RUNREEL_BIN"))
	if err != nil || os.Getenv("RUNREEL_BIN") == "" {
		t.Fatal("RUNREEL_BIN names no program")
	}
	d, err := virtual.Start(t.Context(), virtual.Options{
		Width: 1280, Height: 800, WindowManager: true, Accessibility: true, Sound: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	k := &killBench{bin: bin, desktop: d, socket: filepath.Join(d.Lookup("XDG_RUNTIME_DIR"), "runreel", "control.sock")}
	k.work(t)
	return k
}

// work keeps the desktop busy: a shell with the hook in a terminal, into which
// commands are typed and clicked.
func (k *killBench) work(t *testing.T) {
	t.Helper()
	hook, err := k.desktop.Run(t.Context(), k.bin, "hook", "bash")
	if err != nil {
		t.Fatal(err)
	}
	rc := filepath.Join(k.desktop.Dir, "rc")
	if err := os.WriteFile(rc, []byte("HISTFILE=$HOME/history\n"+hook), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	xterm := k.desktop.Command(ctx, "xterm", "-geometry", "100x30+20+20", "-e", "bash", "--rcfile", rc, "-i")
	if err := xterm.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	t.Cleanup(func() {
		cancel()
		_ = xterm.Wait() // it was killed
		<-done
	})
	if _, err := k.desktop.Run(t.Context(), "xdotool", "search", "--sync", "--onlyvisible", "--class", "xterm"); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(done)
		for i := 0; ctx.Err() == nil; i++ {
			_, err := k.desktop.Run(ctx, "xdotool", "mousemove", fmt.Sprint(100+i%300), fmt.Sprint(100+i%200), "click", "1",
				"type", "--delay", "15", fmt.Sprintf("seq %d\n", i))
			if err != nil && ctx.Err() == nil {
				t.Errorf("work on the desktop: %v", err)
				return
			}
		}
	}()
}

// round records, kills, and looks at what the next start makes of it. It
// returns how much of the session was lost.
func (k *killBench) round(t *testing.T, i int, length time.Duration) time.Duration {
	t.Helper()
	data := filepath.Join(t.TempDir(), "data")
	var printed bytes.Buffer
	recorder := k.desktop.Command(t.Context(), k.bin, "--data-dir", data, "--json", "record", "--title", "killed")
	recorder.Stdout, recorder.Stderr = &printed, &printed
	if err := recorder.Start(); err != nil {
		t.Fatal(err)
	}
	last, err := k.follow(t.Context(), length)
	if kerr := recorder.Process.Signal(syscall.SIGKILL); kerr != nil {
		err = errors.Join(err, kerr)
	}
	_ = recorder.Wait() // it was killed
	if err != nil {
		t.Fatalf("round %d: %v\n%s", i, err, printed.String())
	}
	s := k.recovered(t, data)
	recovered := time.Duration(s.LengthMs) * time.Millisecond
	if s.ID != last.Session || s.State != "recovered" || s.Events == 0 {
		t.Errorf("round %d: after the kill of session %s the library shows %+v", i, last.Session, s)
	}
	if len(last.Warnings) > 0 || last.Frames == 0 {
		t.Errorf("round %d: not everything was recorded: %d frames, %q", i, last.Frames, last.Warnings)
	}
	if sound, err := filepath.Glob(filepath.Join(data, "sessions", s.ID, "audio", "*.wav")); err != nil || last.Elapsed > 2*mayLose && len(sound) == 0 {
		t.Errorf("round %d: no sound was kept: %v", i, err)
	}
	lost := last.Elapsed - recovered
	if lost > mayLose {
		t.Errorf("round %d: of %s that were acknowledged %s were kept", i, last.Elapsed, recovered)
	}
	k.draft(t, data, s.ID)
	t.Logf("round %d: killed at %s, kept %s and %d events (%d frames, %d commands, %d clicks before the kill)",
		i, last.Elapsed.Round(time.Millisecond), recovered, s.Events, last.Frames, last.Commands, last.Clicks)
	return max(0, lost)
}

// follow asks for the status until the recording is as long as length, and
// returns the last answer.
func (k *killBench) follow(ctx context.Context, length time.Duration) (last control.Response, err error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		r, err := k.status(ctx)
		switch {
		case errors.Is(err, control.ErrNotRunning) && last.Session == "": // not yet
		case err != nil:
			return last, fmt.Errorf("status: %w", err)
		case r.State == capture.Recording:
			last = r
			if r.Elapsed >= length {
				return last, nil
			}
		}
		select {
		case <-ctx.Done():
			return last, fmt.Errorf("it does not record: %+v: %w", r, ctx.Err())
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func (k *killBench) status(ctx context.Context) (control.Response, error) {
	c, err := control.Dial(ctx, k.socket)
	if err != nil {
		return control.Response{}, err
	}
	defer c.Close()
	return c.Do(ctx, control.Request{Verb: control.Status})
}

type listedSession struct {
	ID       string
	State    string
	LengthMs int64
	Events   int
}

// recovered starts the program on what the killed one left, and returns the
// only session.
func (k *killBench) recovered(t *testing.T, data string) listedSession {
	t.Helper()
	var list struct{ Sessions []listedSession }
	k.ask(t, &list, "--data-dir", data, "--json", "list")
	if len(list.Sessions) != 1 {
		t.Fatalf("the library has %d sessions, want 1", len(list.Sessions))
	}
	return list.Sessions[0]
}

func (k *killBench) draft(t *testing.T, data, session string) {
	t.Helper()
	var made struct{ Document string }
	k.ask(t, &made, "--data-dir", data, "--json", "draft", session)
	var doc struct{ ID, Session string }
	k.ask(t, &doc, "--data-dir", data, "--json", "show", made.Document)
	if made.Document == "" || doc.ID != made.Document || doc.Session != session {
		t.Errorf("draft %q of session %s is shown as %+v", made.Document, session, doc)
	}
}

// ask runs the program and decodes what it prints.
func (k *killBench) ask(t *testing.T, into any, args ...string) {
	t.Helper()
	out, err := k.desktop.Command(t.Context(), k.bin, args...).Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			t.Fatalf("runreel %s: %v: %s", strings.Join(args, " "), err, exit.Stderr)
		}
		t.Fatal(err)
	}
	if err := json.Unmarshal(out, into); err != nil {
		t.Fatalf("runreel %s printed %q: %v", strings.Join(args, " "), out, err)
	}
}
