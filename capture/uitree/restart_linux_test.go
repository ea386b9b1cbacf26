package uitree

import (
	"context"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/capture/capturetest"
)

// owner is the process behind a name on the accessibility bus.
func (r *rig) owner(name string) int {
	r.t.Helper()
	var pid uint32
	err := r.probe.conn.BusObject().Call("org.freedesktop.DBus.GetConnectionUnixProcessID", 0, name).Store(&pid)
	if err != nil {
		r.t.Fatal(err)
	}
	return int(pid)
}

// TestRegistryRestarted ends the registry: programs that were there are still
// named, and so are those that come later.
func TestRegistryRestarted(t *testing.T) {
	r := newRig(t)
	old := r.start("zenity", "--question", "--title=Old", "--text=x", "--ok-label=Stay")
	b := r.find(old.Process.Pid, "push button", "Stay").bounds
	if err := syscall.Kill(r.owner(registry.bus), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if e := r.press(middle(b)).Element; e.Name != "Stay" {
		t.Errorf("while there is no registry: %+v", e)
	}
	t.Logf("told after %v", time.Since(began))
	// The bus starts it again for whoever asks for it.
	r.until("the registry is back", func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		return r.probe.conn.Object(registry.bus, registry.path).CallWithContext(ctx, accessible+"GetChildren", 0).Err == nil
	})
	next := r.start("zenity", "--entry", "--title=New", "--text=Host")
	r.find(next.Process.Pid, "text", "")
	r.xdotool("type", "--delay", "20", "web-7")
	r.xdotool("key", "Return")
	if x := r.typed(0, "Host"); x.Value != "web-7" {
		t.Errorf("typed: %+v", x)
	}
}

// TestBusGoneAndBack ends the accessibility bus and starts another: the source
// goes on by itself, and tells the gap.
func TestBusGoneAndBack(t *testing.T) {
	dir := t.TempDir()
	clock := capture.NewClock(time.Now)
	clock.Start()
	events := capturetest.NewCollector(clock, nil)
	bus := startBus(t, dir)
	tree := New(Options{Clock: clock, Session: bus.session})
	ctx, cancel := context.WithCancel(context.Background())
	var run sync.WaitGroup
	run.Go(func() {
		if err := tree.Run(ctx, events.Emit); err != nil {
			t.Errorf("run: %v", err)
		}
	})
	watching := func() bool { h, _, _ := tree.running(); return h != nil }
	eventually(t, "it watches", watching)
	bus.stop()
	eventually(t, "it noticed", func() bool { return !watching() })
	startBus(t, dir)
	eventually(t, "it watches again", watching)
	cancel()
	run.Wait()
	gaps := events.Events()
	if len(gaps) != 1 {
		t.Fatalf("events %+v", gaps)
	}
	if g, ok := gaps[0].Fact.(capture.Gap); !ok || g.Source != "uitree" || g.Length <= 0 || g.Reason == "" {
		t.Errorf("gap %+v", gaps[0])
	}
	for _, f := range events.Faults() {
		t.Error(f)
	}
}

type testBus struct {
	session string
	stop    func()
}

// startBus starts a session bus in a folder, whose address is the same each
// time, with the accessibility bus on it.
func startBus(t *testing.T, dir string) testBus {
	t.Helper()
	session := "unix:path=" + filepath.Join(dir, "bus")
	var started []*exec.Cmd
	start := func(name string, args ...string) {
		cmd := exec.Command(name, args...)
		cmd.Env = []string{"PATH=/usr/bin:/bin", "HOME=" + dir, "XDG_RUNTIME_DIR=" + dir, "DBUS_SESSION_BUS_ADDRESS=" + session}
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		started = append(started, cmd)
	}
	stop := sync.OnceFunc(func() {
		for _, cmd := range started {
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			_ = cmd.Wait() // killed
		}
	})
	t.Cleanup(stop)
	start("dbus-daemon", "--session", "--nofork", "--nopidfile", "--address="+session)
	eventually(t, "the session bus answers", func() bool {
		return exec.Command("dbus-send", "--bus="+session, "--print-reply", "--dest=org.freedesktop.DBus", "/", "org.freedesktop.DBus.ListNames").Run() == nil
	})
	start("/usr/libexec/at-spi-bus-launcher", "--launch-immediately")
	eventually(t, "the accessibility bus answers", func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		b, err := openBus(ctx, session, "")
		if err != nil {
			return false
		}
		return b.conn.Close() == nil
	})
	return testBus{session, stop}
}

func eventually(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not so within 20 s: %s", strings.TrimSpace(what))
		}
	}
}
