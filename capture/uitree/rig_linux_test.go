package uitree

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/capture/capturetest"
	"github.com/runreel/runreel/capture/input"
	"github.com/runreel/runreel/capture/virtual"
	"github.com/runreel/runreel/capture/window"
)

// rig is a real desktop with the three drivers that watch hands and windows,
// wired as in the program.
type rig struct {
	*virtual.Desktop
	t       testing.TB
	clock   *capture.Clock
	events  *capturetest.Collector
	tree    *Source
	windows *window.Source
	probe   *a11yBus // the test's own eyes: where things are

	mu     sync.Mutex
	own    map[int]bool
	frames map[time.Duration]capture.Point // asked by Before
}

func newRig(t testing.TB) *rig {
	t.Helper()
	d, err := virtual.Start(t.Context(), virtual.Options{WindowManager: true, Accessibility: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("close desktop: %v", err)
		}
	})
	r := &rig{
		Desktop: d, t: t, clock: capture.NewClock(time.Now),
		own: make(map[int]bool), frames: make(map[time.Duration]capture.Point),
	}
	r.events = capturetest.NewCollector(r.clock, nil)
	session := d.Lookup("DBUS_SESSION_BUS_ADDRESS")
	if r.probe, err = openBus(t.Context(), session, ""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.probe.conn.Close() })
	scope := capture.Scope{Hidden: r.isHidden}
	r.windows = window.New(window.Options{Clock: r.clock, DisplayName: d.Display, Scope: scope})
	r.tree = New(Options{Clock: r.clock, Windows: r.windows, Frames: r, Scope: scope, Session: session})
	hands := input.New(input.Options{
		Clock: r.clock, DisplayName: d.Display, Locator: r.tree, Windows: r.windows, Scope: scope, Enter: r.tree.Enter, Frames: r,
	})
	ctx, cancel := context.WithCancel(context.Background())
	var sources sync.WaitGroup
	r.clock.Start()
	for _, s := range []capture.Source{r.windows, r.tree, hands} {
		if err := s.Probe(t.Context()); err != nil {
			t.Fatalf("probe %s: %v", s.Name(), err)
		}
		sources.Go(func() {
			if err := s.Run(ctx, r.events.Emit); err != nil {
				t.Errorf("run %s: %v", s.Name(), err)
			}
		})
	}
	stop := sync.OnceFunc(func() {
		cancel()
		sources.Wait()
		r.events.Close()
	})
	t.Cleanup(func() {
		stop()
		for _, f := range r.events.Faults() {
			t.Error(f)
		}
	})
	r.until("the drivers watch", func() bool {
		r.xdotool("key", "F9")
		h, _, _ := r.tree.running()
		return h != nil && slices.ContainsFunc(r.events.Events(), capturetest.OfKind(capture.KindChord))
	})
	return r
}

// Before implements Frames: it stores where a picture was asked for.
func (r *rig) Before(_ context.Context, p capture.Point, at time.Duration) (capture.FrameRef, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.frames[at] = p
	return capture.FrameRef{Media: fmt.Sprintf("frames/%d", at)}, nil
}

func (r *rig) isHidden(w capture.Window) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.own[w.PID]
}

func (r *rig) until(what string, ok func() bool) {
	r.t.Helper()
	for end := time.Now().Add(15 * time.Second); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			r.t.Fatalf("not so within 15 s: %s\nevents: %s", what, r.log())
		}
	}
}

func (r *rig) log() string {
	var b strings.Builder
	for _, e := range r.events.Events() {
		j, _ := capture.MarshalFact(e.Fact)
		fmt.Fprintf(&b, "\n%v %s %s", e.At, e.Fact.Kind(), j)
	}
	return b.String()
}

func (r *rig) xdotool(args ...string) string {
	r.t.Helper()
	out, err := r.Command(r.t.Context(), "xdotool", args...).CombinedOutput()
	if err != nil {
		r.t.Fatalf("xdotool %v: %v: %s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// start starts a program and ends it with the test.
func (r *rig) start(name string, args ...string) *exec.Cmd {
	r.t.Helper()
	cmd := r.Command(context.Background(), name, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = cmd.Wait()
	}()
	r.t.Cleanup(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		<-done
	})
	return cmd
}

// chromium starts a browser that tells what is on its pages. What it leaves
// running for a moment writes to its profile yet.
func (r *rig) chromium(page string) {
	r.t.Helper()
	profile, err := os.MkdirTemp("", "runreel-chromium-")
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { eventually(r.t, "the profile is removed", func() bool { return os.RemoveAll(profile) == nil }) })
	r.start("chromium", "--no-sandbox", "--force-renderer-accessibility", "--no-first-run", "--disable-gpu", "--user-data-dir="+profile, page)
}

// find waits until a part with that role and name shows, and returns it.
func (r *rig) find(pid int, role, name string) node {
	r.t.Helper()
	var found node
	var last capture.Rect
	r.until(fmt.Sprintf("%s %q shows", role, name), func() bool {
		n, ok := r.search(pid, role, name)
		still := ok && n.bounds == last // the window manager has placed it
		last, found = n.bounds, n
		return still
	})
	return found
}

func (r *rig) search(pid int, role, name string) (node, bool) {
	ctx := r.t.Context()
	for _, program := range r.probe.programs(ctx) {
		if pid != 0 && r.probe.pid(ctx, program.bus) != pid {
			continue
		}
		level := r.probe.children(ctx, program)
		for len(level) > 0 {
			var next []ref
			for _, n := range r.probe.nodes(ctx, level) {
				if n.role == role && clean(n.name) == name && n.states.has(stateShowing) && !n.bounds.Empty() {
					return n, true
				}
				next = append(next, r.probe.children(ctx, n.ref)...)
			}
			level = next
		}
	}
	return node{}, false
}

func middle(b capture.Rect) capture.Point { return capture.Point{X: b.X + b.W/2, Y: b.Y + b.H/2} }

// click moves the pointer there and clicks as a person does: after a moment.
func (r *rig) click(p capture.Point, more ...string) {
	r.t.Helper()
	args := []string{"mousemove", fmt.Sprint(p.X), fmt.Sprint(p.Y), "sleep", "0.15"}
	if len(more) == 0 {
		more = []string{"click", "1"}
	}
	r.xdotool(append(args, more...)...)
}

// await returns the first event from number n on that matches.
func await[F capture.Fact](r *rig, n int, match func(F) bool) (F, capture.Event) {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(r.t.Context(), 10*time.Second)
	defer cancel()
	e, err := r.events.WaitAfter(ctx, n, func(e capture.Event) bool {
		f, ok := e.Fact.(F)
		return ok && match(f)
	})
	if err != nil {
		r.t.Fatalf("%v\nevents: %s", err, r.log())
	}
	return e.Fact.(F), e
}

func anyOf[F capture.Fact](F) bool { return true }

func (r *rig) count() int { return len(r.events.Events()) }
