package mic

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/capture/capturetest"
	"github.com/runreel/runreel/capture/virtual"
)

// ear is what Options.Level and Options.Trouble tell.
type ear struct {
	packets atomic.Int64

	mu   sync.Mutex
	told []told
}

type told struct {
	at  time.Time
	err error
}

func (e *ear) options(device string) Options {
	return Options{
		Device: device,
		Level:  func(float64) { e.packets.Add(1) },
		Trouble: func(err error) {
			e.mu.Lock()
			defer e.mu.Unlock()
			e.told = append(e.told, told{time.Now(), err})
		},
	}
}

func (e *ear) troubles() []told {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]told(nil), e.told...)
}

// eventually waits until ok, for at most limit.
func eventually(t *testing.T, limit time.Duration, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(limit); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s: not within %v", what, limit)
		}
	}
}

// wantHole checks that the gaps of r are one hole from lost to back, told with
// reason, and that the sound is as long as the session.
func wantHole(t *testing.T, r *capturetest.Running, lost, back time.Duration, reason string) {
	t.Helper()
	const slack = 400 * time.Millisecond
	all := gaps(r)
	if len(all) == 0 {
		t.Fatal("no gap was told")
	}
	next := all[0].At
	if (next - lost).Abs() > slack {
		t.Errorf("gap from %v, lost at %v", next, lost)
	}
	for _, e := range all {
		g := e.Fact.(capture.Gap)
		t.Logf("gap at %v of %v: %s", e.At, g.Length, g.Reason)
		if g.Source != Name || g.Reason != reason {
			t.Errorf("gap of %s: %q, want %q", g.Source, g.Reason, reason)
		}
		if (e.At - next).Abs() > time.Millisecond {
			t.Errorf("gap at %v, the one before ended at %v", e.At, next)
		}
		next = e.At + g.Length
	}
	if (next - back).Abs() > slack {
		t.Errorf("gap until %v, back at %v", next, back)
	}
	start, samples := recorded(t, r)
	wantLength(t, r, start, samples)
}

// wantBack waits for sound from the device again, which must be within two
// seconds, and returns when it came.
func wantBack(t *testing.T, r *capturetest.Running, e *ear, before int64) time.Duration {
	t.Helper()
	since := time.Now()
	eventually(t, 2*time.Second, "use of the device that is back", func() bool { return e.packets.Load() > before })
	t.Logf("used again after %v", time.Since(since))
	return r.Clock.Now()
}

// TestUnplugged takes the microphone away and brings it back, one that was
// chosen by its name and the default one.
func TestUnplugged(t *testing.T) {
	for _, device := range []string{"", "runreel.monitor"} {
		t.Run("device "+device, func(t *testing.T) {
			d := startSound(t)
			var e ear
			r := record(t, e.options(device))
			until(t, r, time.Second)
			pactl(t, d, "unload-module", "module-null-sink")
			lost := r.Clock.Now()
			eventually(t, 10*time.Second, "word of the loss", func() bool {
				all := e.troubles()
				return len(all) > 0 && errors.Is(all[len(all)-1].err, ErrNoDevice)
			})
			if late := r.Clock.Now() - lost; late < 2800*time.Millisecond || late > 5*time.Second {
				t.Errorf("told after %v", late)
			}
			before := e.packets.Load()
			loadSink(t, d)
			back := wantBack(t, r, &e, before)
			p := startPlayer(t, d)
			until(t, r, back+500*time.Millisecond)
			beep := p.beep(r.Clock, 100*time.Millisecond)
			until(t, r, beep+time.Second)
			stop(t, r)
			wantHole(t, r, lost, back, reasonGone)
			start, samples := recorded(t, r)
			if got := onsets(start, samples); len(got) == 0 || got[0] < beep-50*time.Millisecond {
				t.Errorf("sounds at %v, want one at %v", got, beep)
			}
			all := e.troubles()
			if len(all) < 2 || all[1].err != nil {
				t.Errorf("troubles %v, want the loss and its end", all)
			}
		})
	}
}

// restart starts a sound server where d's was.
func restart(t *testing.T, d *virtual.Desktop) {
	t.Helper()
	cmd := d.Command(context.Background(), "pulseaudio", "-n", "-F", filepath.Join(d.Dir, "pulse.pa"), "--daemonize=no",
		"--use-pid-file=no", "--exit-idle-time=-1", "--disallow-exit", "--realtime=no", "--high-priority=no")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	eventually(t, 20*time.Second, "a new sound server", func() bool {
		return d.Command(t.Context(), "pactl", "info").Run() == nil
	})
}

// lossTold finds a gap that is more than a slow start.
func lossTold(e capture.Event) bool {
	g, ok := e.Fact.(capture.Gap)
	return ok && g.Reason != reasonStart
}

func TestServerRestarted(t *testing.T) {
	d := startSound(t)
	var e ear
	r := record(t, e.options(""))
	until(t, r, time.Second)
	if err := syscall.Kill(serverPID(t, d), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	lost := r.Clock.Now()
	r.WaitFor(t, 0, nil, lossTold)
	before := e.packets.Load()
	restart(t, d)
	back := wantBack(t, r, &e, before)
	until(t, r, back+time.Second)
	stop(t, r)
	wantHole(t, r, lost, back, reasonServer)
}

// TestDefaultChanged makes another device the default one while it records: its
// sound comes, and nothing is missing but the moment of the change.
func TestDefaultChanged(t *testing.T) {
	d := startSound(t)
	var e ear
	r := record(t, e.options(""))
	until(t, r, time.Second)
	pactl(t, d, "load-module", "module-null-sink", "sink_name=other", "rate=48000", "norewinds=1")
	pactl(t, d, "set-default-source", "other.monitor")
	pactl(t, d, "set-default-sink", "other")
	changed := r.Clock.Now()
	p := startPlayer(t, d)
	until(t, r, changed+2*time.Second)
	beep := p.beep(r.Clock, 200*time.Millisecond)
	until(t, r, beep+time.Second)
	stop(t, r)
	start, samples := recorded(t, r)
	wantLength(t, r, start, samples)
	if got := onsets(start, samples); len(got) == 0 || (got[0]-beep).Abs() > 400*time.Millisecond {
		t.Errorf("sounds at %v, want one at %v", got, beep)
	}
	for _, g := range gaps(r) {
		if l := g.Fact.(capture.Gap).Length; l > 2*time.Second {
			t.Errorf("gap %+v", g)
		}
	}
}

// TestStoppedProgram stops this very process for four seconds, as a debugger, a
// full machine or its sleep does.
func TestStoppedProgram(t *testing.T) {
	d := startSound(t)
	var e ear
	r := record(t, e.options(""))
	p := startPlayer(t, d)
	until(t, r, time.Second)
	first := p.beep(r.Clock, 100*time.Millisecond)
	until(t, r, first+time.Second)
	before := r.Clock.Now()
	script := fmt.Sprintf("kill -STOP %d; sleep 4; kill -CONT %d", os.Getpid(), os.Getpid())
	if err := exec.Command("sh", "-c", script).Run(); err != nil {
		t.Fatal(err)
	}
	after := r.Clock.Now()
	if after-before < 3500*time.Millisecond {
		t.Fatalf("stopped for %v only", after-before)
	}
	until(t, r, after+time.Second)
	second := p.beep(r.Clock, 100*time.Millisecond)
	until(t, r, second+time.Second)
	stop(t, r)
	start, samples := recorded(t, r)
	wantLength(t, r, start, samples)
	all := gaps(r)
	if len(all) != 1 || all[0].Fact.(capture.Gap).Reason != reasonStopped {
		t.Fatalf("gaps %+v, want one", all)
	}
	t.Logf("stopped from %v to %v, gap at %v of %v", before, after, all[0].At, all[0].Fact.(capture.Gap).Length)
	end := all[0].At + all[0].Fact.(capture.Gap).Length
	if all[0].At < before-200*time.Millisecond || (end-after).Abs() > 400*time.Millisecond {
		t.Errorf("gap from %v to %v", all[0].At, end)
	}
	got := onsets(start, samples)
	if len(got) != 2 || (got[0]-first).Abs() > 400*time.Millisecond || (got[1]-second).Abs() > 400*time.Millisecond {
		t.Errorf("sounds at %v, want %v and %v", got, first, second)
	}
}

// TestMuted has a microphone that delivers nothing but zeros, and then a tone.
func TestMuted(t *testing.T) {
	d := startSound(t)
	var e ear
	r := record(t, e.options(""))
	began := time.Now()
	eventually(t, 10*time.Second, "word of the silence", func() bool { return len(e.troubles()) > 0 })
	first := e.troubles()[0]
	if !errors.Is(first.err, ErrSilent) || first.at.Sub(began) < 2800*time.Millisecond {
		t.Errorf("%v after %v, want ErrSilent after 3 s", first.err, first.at.Sub(began))
	}
	p := startPlayer(t, d)
	p.beep(r.Clock, 300*time.Millisecond)
	eventually(t, 5*time.Second, "the end of the silence", func() bool { return len(e.troubles()) > 1 })
	eventually(t, 10*time.Second, "new silence", func() bool { return len(e.troubles()) > 2 })
	stop(t, r)
	all := e.troubles()
	if len(all) != 3 || all[1].err != nil || !errors.Is(all[2].err, ErrSilent) {
		t.Errorf("%v", all)
	}
	if g := gaps(r); len(g) > 0 {
		t.Errorf("gaps %+v: silence is sound", g)
	}
}
