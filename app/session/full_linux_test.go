package session_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/runreel/runreel/app/diskspace"
	"github.com/runreel/runreel/capture"
)

const (
	smallEnv = "RUNREEL_TEST_SMALL" // where the test that runs again mounts its disk
	noMount  = 77                   // exit status: it may not
)

// onSmallDisk runs a test again in a process with mounts of its own, where test
// gets a folder on a disk of so many megabytes. It needs no rights where a
// person may make a namespace of users. It is false where nothing of the kind
// is allowed.
func onSmallDisk(t *testing.T, megabytes int, test func(dir string)) bool {
	t.Helper()
	if dir := os.Getenv(smallEnv); dir != "" {
		if err := mountSmall(dir, megabytes); err != nil {
			fmt.Println(err)
			os.Exit(noMount)
		}
		test(dir)
		return true
	}
	var err error
	for _, flags := range []uintptr{syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS, syscall.CLONE_NEWNS} {
		var out []byte
		if out, err = runAgain(t, flags); err == nil {
			t.Logf("%s", out)
			return true
		}
		var exit *exec.ExitError
		if errors.As(err, &exit) && exit.ExitCode() != noMount {
			t.Fatalf("on the small disk: %v\n%s", err, out)
		}
	}
	t.Logf("no small disk can be mounted here: %v", err)
	return false
}

func runAgain(t *testing.T, flags uintptr) ([]byte, error) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "-test.run=^"+t.Name()+"$", "-test.v")
	cmd.Env = append(os.Environ(), smallEnv+"="+t.TempDir())
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: flags}
	if flags&syscall.CLONE_NEWUSER != 0 {
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	return cmd.CombinedOutput()
}

func mountSmall(dir string, megabytes int) error {
	// What is mounted here must not be seen outside.
	if err := syscall.Mount("none", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("keep mounts private: %w", err)
	}
	if err := syscall.Mount("none", dir, "tmpfs", 0, fmt.Sprintf("size=%dm,mode=700", megabytes)); err != nil {
		return fmt.Errorf("mount a small disk: %w", err)
	}
	return nil
}

func TestFullDisk(t *testing.T) {
	mounted := onSmallDisk(t, 6, func(dir string) {
		s, err := openData(dir)
		if err != nil {
			t.Fatal(err)
		}
		fillUp(t, s)
		s.close(t)
		s = open(t, dir)
		if list, err := s.Recover(t.Context()); err != nil || len(list) != 0 {
			t.Errorf("after the full disk: Recover gives %v, %v", list, err)
		}
	})
	if !mounted {
		runLimited(t, t.TempDir())
	}
}

// greedy is a source that records pictures, and words when there is no room for
// pictures any more.
type greedy struct {
	media capture.Media
	clock *capture.Clock
}

func (greedy) Name() string                { return "greedy" }
func (greedy) Probe(context.Context) error { return nil }

func (g greedy) Run(ctx context.Context, emit capture.Emit) error {
	for n := 0; ctx.Err() == nil; n++ {
		e := capture.Event{At: g.clock.Now(), Fact: capture.Mark{Text: strings.Repeat("word ", 1000)}}
		name, err := g.media.Put(ctx, "frames", "png", []byte(strings.Repeat(fmt.Sprint(n, " "), 2000)))
		if err == nil {
			e.Fact = frameOf(name)
		}
		emit(e)
	}
	return nil
}

// record runs the real recorder on the store. changed hears each change of its
// state.
func record(t *testing.T, s stored) (r *capture.Recorder, changed chan struct{}) {
	t.Helper()
	changed = make(chan struct{}, 1)
	r = capture.NewRecorder(capture.RecorderOptions{Changed: func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	}})
	err := r.Start(t.Context(), capture.Plan{
		Session: capture.Session{ID: "a", Started: time.Now()},
		Open:    s.Begin,
		Sources: func(clock *capture.Clock, media capture.Media) []capture.Source {
			return []capture.Source{greedy{media, clock}}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return r, changed
}

// A recorder whose disk becomes full must end by itself, tell why, and leave a
// finished session with all that was stored.
func TestRecorderOnAFullDisk(t *testing.T) {
	mounted := onSmallDisk(t, 8, func(dir string) {
		s := open(t, dir)
		r, changed := record(t, s)
		limit := time.After(time.Minute)
		for r.Status().State != capture.Failed {
			select {
			case <-changed:
			case <-limit:
				t.Fatalf("the recorder goes on: %+v", r.Status())
			}
		}
		if err := r.Status().Err; !isFull(err) {
			t.Errorf("it failed with %v", err)
		}
		checkEnded(t, s)
		free, err := diskspace.Free(dir)
		t.Logf("%d bytes are free at the end, %v", free, err)
	})
	if !mounted {
		runLimited(t, t.TempDir())
	}
}

// The watcher must stop the recording while there is room to finish it.
func TestWatchStopsTheRecording(t *testing.T) {
	mounted := onSmallDisk(t, 24, func(dir string) {
		s := open(t, dir)
		r, _ := record(t, s)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		var heard []diskspace.Level
		err := diskspace.Watch(ctx, diskspace.Options{
			Paths: []string{s.media.Dir()}, Every: 5 * time.Millisecond, Written: s.Written,
			Limits: diskspace.Limits{Low: 12 << 20, Out: 6 << 20},
			Tell: func(st diskspace.State) {
				if len(heard) == 0 || heard[len(heard)-1] != st.Level {
					heard = append(heard, st.Level)
				}
				if st.Level == diskspace.Out {
					if _, err := r.Stop(ctx); err != nil {
						t.Errorf("stop: %v", err)
					}
					cancel()
				}
			},
		})
		if err != nil || fmt.Sprint(heard) != "[ok low out]" {
			t.Errorf("heard %v, %v", heard, err)
		}
		checkEnded(t, s)
		if n := s.Written(); n < 12<<20 || n > 30<<20 {
			t.Errorf("%d bytes are said to be written", n)
		}
	})
	if !mounted {
		runLimited(t, t.TempDir())
	}
}

// checkEnded demands a finished session without a hole.
func checkEnded(t *testing.T, s stored) {
	t.Helper()
	if r := checkWhole(t, s, "a", 20); r.Session.State != capture.SessionFinished {
		t.Errorf("the session is %s", r.Session.State)
	}
	if list, err := s.Recover(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("Recover gives %v, %v", list, err)
	}
}
