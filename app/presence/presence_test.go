package presence

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
	"github.com/godbus/dbus/v5/prop"
)

// bus starts a message bus of the test's own and returns its address.
func bus(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	address := "unix:path=" + filepath.Join(dir, "bus")
	config := filepath.Join(dir, "bus.conf")
	text := `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><listen>` + address + `</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="false"/><allow receive_sender="*"/><allow own="*"/><allow user="*"/></policy></busconfig>`
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("dbus-daemon", "--config-file="+config, "--nofork")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	until(t, "the bus listens", func() bool {
		conn, err := dbus.Connect(address)
		if err != nil {
			return false
		}
		return conn.Close() == nil
	})
	return address
}

func dial(t *testing.T, address string) *dbus.Conn {
	t.Helper()
	conn, err := dbus.Connect(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(10 * time.Second)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// heard is a Handler that keeps what it is told.
type heard struct {
	mu   sync.Mutex
	told []string
}

func (h *heard) note(s string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.told = append(h.told, s)
}
func (h *heard) Away(r Reason)         { h.note("away: " + string(r)) }
func (h *heard) Back(r Reason)         { h.note("back: " + string(r)) }
func (h *heard) Slept(d time.Duration) { h.note("slept " + d.String()) }
func (h *heard) list() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.told)
}

// logind answers as the real one does: no machine can be suspended or locked
// for a test.
type logind struct {
	mu    sync.Mutex
	locks []*os.File // read ends of the inhibitors that were given
}

const sessionPath = dbus.ObjectPath("/org/freedesktop/login1/session/_31")

func (l *logind) GetSessionByPID(uint32) (dbus.ObjectPath, *dbus.Error) { return sessionPath, nil }

func (l *logind) Inhibit(what, _, _, mode string) (dbus.UnixFD, *dbus.Error) {
	if what != "sleep" || mode != "delay" {
		return 0, dbus.MakeFailedError(os.ErrInvalid)
	}
	r, w, err := os.Pipe()
	if err != nil {
		return 0, dbus.MakeFailedError(err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.locks = append(l.locks, r)
	return dbus.UnixFD(w.Fd()), nil
}

func (l *logind) given() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.locks)
}

func startLogind(t *testing.T, address string) (*dbus.Conn, *logind, *prop.Properties) {
	t.Helper()
	conn, l := dial(t, address), &logind{}
	if err := conn.Export(l, loginPath, manager); err != nil {
		t.Fatal(err)
	}
	props, err := prop.Export(conn, sessionPath, prop.Map{session: {"LockedHint": {Value: false, Writable: true, Emit: prop.EmitTrue}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.RequestName(login, dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	return conn, l, props
}

// watch runs Watch until the test ends.
func watch(t *testing.T, o Options) *heard {
	t.Helper()
	h := &heard{}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		Watch(ctx, o, h)
	}()
	t.Cleanup(func() {
		cancel()
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			t.Error("Watch did not return")
		}
	})
	return h
}

func TestSleepIsDelayedUntilItWasTold(t *testing.T) {
	address := bus(t)
	conn, l, _ := startLogind(t, address)
	var mu sync.Mutex
	var total time.Duration
	h := watch(t, Options{System: address, Session: bus(t), Suspended: func() time.Duration {
		mu.Lock()
		defer mu.Unlock()
		return total
	}})
	until(t, "sleep is delayed", func() bool { return l.given() == 1 })
	if err := conn.Emit(loginPath, manager+".PrepareForSleep", true); err != nil {
		t.Fatal(err)
	}
	until(t, "the sleep is told", func() bool { return slices.Equal(h.list(), []string{"away: asleep"}) })
	mu.Lock()
	total = time.Hour
	mu.Unlock()
	if err := conn.Emit(loginPath, manager+".PrepareForSleep", false); err != nil {
		t.Fatal(err)
	}
	until(t, "the next sleep is delayed again", func() bool { return l.given() == 2 })
	if got := h.list(); !slices.Equal(got, []string{"away: asleep", "slept 1h0m0s", "back: asleep"}) &&
		!slices.Equal(got, []string{"away: asleep", "slept 1h0m0s"}) {
		t.Errorf("told %q", got)
	}
	until(t, "the end of the sleep", func() bool { return strings.HasSuffix(strings.Join(h.list(), ","), "back: asleep") })
}

func TestALockedScreenIsTold(t *testing.T) {
	system, desktop := bus(t), bus(t)
	_, l, props := startLogind(t, system)
	saver := startSaver(t, desktop, "org.gnome.ScreenSaver", false)
	h := watch(t, Options{System: system, Session: desktop})
	until(t, "it listens", func() bool { return l.given() == 1 })

	until(t, "the lock of logind", func() bool {
		props.SetMust(session, "LockedHint", true)
		return len(h.list()) > 0
	})
	saver.set(t, true)
	// It is asked again only once its signal was seen.
	asked := saver.asked()
	until(t, "the saver's lock is noticed", func() bool { return saver.asked() > asked })
	props.SetMust(session, "LockedHint", false)
	saver.set(t, false)
	until(t, "the end of the lock", func() bool { return len(h.list()) == 2 })
	if got := h.list(); !slices.Equal(got, []string{"away: screen locked", "back: screen locked"}) {
		t.Errorf("told %q", got)
	}
}

func TestALockThatHoldsAlreadyIsTold(t *testing.T) {
	desktop := bus(t)
	startSaver(t, desktop, "org.freedesktop.ScreenSaver", true)
	h := watch(t, Options{System: "unix:path=/nonexistent", Session: desktop})
	until(t, "the lock", func() bool { return slices.Equal(h.list(), []string{"away: screen locked"}) })
}

func TestASaverThatDiedLocksNothing(t *testing.T) {
	desktop := bus(t)
	saver := startSaver(t, desktop, "org.mate.ScreenSaver", true)
	h := watch(t, Options{System: "unix:path=/nonexistent", Session: desktop})
	until(t, "the lock", func() bool { return len(h.list()) == 1 })
	_ = saver.conn.Close()
	until(t, "the end of the lock", func() bool {
		return slices.Equal(h.list(), []string{"away: screen locked", "back: screen locked"})
	})
}

func TestSleepIsNoticedWithoutLogind(t *testing.T) {
	var mu sync.Mutex
	total := time.Minute // slept before
	h := watch(t, Options{System: "unix:path=/nonexistent", Session: "unix:path=/nonexistent", Suspended: func() time.Duration {
		mu.Lock()
		defer mu.Unlock()
		total += 90 * time.Second
		return total
	}})
	until(t, "the sleep", func() bool { return len(h.list()) > 0 })
	if got := h.list()[0]; got != "slept 1m30s" {
		t.Errorf("told %q", got)
	}
}

func TestHostileSignalsAreNoSignals(t *testing.T) {
	h := &heard{}
	w := &watcher{options: Options{Suspended: suspended}, handler: h, locked: map[string]bool{}, inhibit: -1, own: sessionPath}
	for _, s := range []*dbus.Signal{
		{Name: ""}, {Name: "x"}, {Name: manager + ".PrepareForSleep"},
		{Name: manager + ".PrepareForSleep", Body: []any{"true"}},
		{Name: properties + ".PropertiesChanged", Path: sessionPath, Body: []any{session, "x"}},
		{Name: properties + ".PropertiesChanged", Path: sessionPath, Body: []any{session, map[string]dbus.Variant{"LockedHint": dbus.MakeVariant(1)}}},
		{Name: "org.gnome.ScreenSaver.ActiveChanged", Path: "/org/gnome/ScreenSaver"},
		{Name: "org.gnome.ScreenSaver.ActiveChanged", Path: "/elsewhere", Body: []any{true}},
	} {
		w.signal(t.Context(), s)
	}
	if got := h.list(); len(got) > 0 {
		t.Errorf("told %q", got)
	}
}

// saver is a screen saver on a test's bus.
type saver struct {
	conn *dbus.Conn
	name string

	mu     sync.Mutex
	active bool
	calls  int
}

func (s *saver) GetActive() (bool, *dbus.Error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	return s.active, nil
}

func (s *saver) asked() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls
}

func (s *saver) set(t *testing.T, active bool) {
	t.Helper()
	s.mu.Lock()
	s.active = active
	s.mu.Unlock()
	if err := s.conn.Emit(savers[s.name], s.name+".ActiveChanged", active); err != nil {
		t.Fatal(err)
	}
}

func startSaver(t *testing.T, address, name string, active bool) *saver {
	t.Helper()
	s := &saver{conn: dial(t, address), name: name, active: active}
	if err := s.conn.Export(s, savers[name], name); err != nil {
		t.Fatal(err)
	}
	if _, err := s.conn.RequestName(name, dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	return s
}
