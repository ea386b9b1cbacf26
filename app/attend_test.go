package app

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/godbus/dbus/v5"

	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/capture/virtual"
)

// desk is what a desktop has on its session bus: a screen saver, and a program
// that shows messages.
type desk struct {
	conn *dbus.Conn

	mu     sync.Mutex
	locked bool
	shown  []string
}

const saverPath = "/org/gnome/ScreenSaver"

// startDesk makes it the session bus of this process.
func startDesk(t *testing.T) *desk {
	t.Helper()
	address := "unix:path=" + filepath.Join(t.TempDir(), "bus")
	cmd := exec.Command("dbus-daemon", "--session", "--address="+address, "--nofork")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	d := &desk{}
	until(t, "the bus listens", func() bool {
		var err error
		d.conn, err = dbus.Connect(address)
		return err == nil
	})
	t.Cleanup(func() { _ = d.conn.Close() })
	for _, x := range []struct {
		name string
		path dbus.ObjectPath
	}{{"org.gnome.ScreenSaver", saverPath}, {"org.freedesktop.Notifications", "/org/freedesktop/Notifications"}} {
		if err := d.conn.Export(d, x.path, x.name); err != nil {
			t.Fatal(err)
		}
		if _, err := d.conn.RequestName(x.name, dbus.NameFlagDoNotQueue); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
	return d
}

func (d *desk) GetActive() (bool, *dbus.Error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.locked, nil
}

func (d *desk) Notify(_ string, _ uint32, _, summary, _ string, _ []string, _ map[string]dbus.Variant, _ int32) (uint32, *dbus.Error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.shown = append(d.shown, summary)
	return 1, nil
}

func (d *desk) CloseNotification(uint32) *dbus.Error { return nil }

func (d *desk) lock(t *testing.T, locked bool) {
	t.Helper()
	d.mu.Lock()
	d.locked = locked
	d.mu.Unlock()
	if err := d.conn.Emit(saverPath, "org.gnome.ScreenSaver.ActiveChanged", locked); err != nil {
		t.Fatal(err)
	}
}

func (d *desk) messages() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.shown)
}

func TestALockedScreenIsNotRecorded(t *testing.T) {
	noDesktop(t)
	d := startDesk(t)
	a := openApp(t, Options{DataDir: t.TempDir(), Listen: true})
	if err := a.StartRecording(t.Context(), StartOptions{}); err != nil {
		t.Fatal(err)
	}
	// The signal is for those who listen by now.
	until(t, "the recording is held", func() bool {
		d.lock(t, true)
		st := a.RecorderStatus()
		return st.State == string(capture.Paused) && slices.Equal(st.Holds, []string{"screen locked"})
	})
	if err := a.recorder.Resume(); err == nil {
		t.Error("a locked screen can be recorded")
	}
	until(t, "the recording goes on", func() bool {
		d.lock(t, false)
		return a.RecorderStatus().State == string(capture.Recording)
	})
	s, err := a.StopRecording(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	events, err := a.db.Events().List(t.Context(), s.ID)
	if err != nil {
		t.Fatal(err)
	}
	held := slices.ContainsFunc(events, func(e capture.Event) bool {
		p, ok := e.Fact.(capture.Pause)
		return ok && p.Reason == "screen locked" && p.Length > 0
	})
	if !held {
		t.Errorf("no pause with its reason: %+v", events)
	}
	until(t, "the desktop tells the start and the end", func() bool {
		return slices.Equal(d.messages(), []string{"Recording", "Recording ended"})
	})
}

func TestNotificationsCanBeSwitchedOff(t *testing.T) {
	noDesktop(t)
	d := startDesk(t)
	a := openApp(t, Options{DataDir: t.TempDir(), Listen: true})
	s := a.Settings()
	s.Notifications = false
	if err := a.SetSettings(s); err != nil {
		t.Fatal(err)
	}
	if err := a.StartRecording(t.Context(), StartOptions{}); err != nil {
		t.Fatal(err)
	}
	until(t, "the start was seen", func() bool {
		a.attendants.mu.Lock()
		defer a.attendants.mu.Unlock()
		return a.attendants.state == capture.Recording
	})
	if _, err := a.StopRecording(t.Context()); err != nil {
		t.Fatal(err)
	}
	until(t, "the end was seen", func() bool {
		a.attendants.mu.Lock()
		defer a.attendants.mu.Unlock()
		return a.attendants.state == capture.Idle
	})
	s.Notifications = true
	if err := a.SetSettings(s); err != nil {
		t.Fatal(err)
	}
	if err := a.StartRecording(t.Context(), StartOptions{}); err != nil {
		t.Fatal(err)
	}
	until(t, "a message", func() bool { return len(d.messages()) > 0 })
	if got := d.messages(); got[0] != "Recording" || len(got) > 1 {
		t.Errorf("shown %q", got)
	}
}

func TestHotkeysUseTheRecorder(t *testing.T) {
	desktop, err := virtual.Start(t.Context(), virtual.Options{Width: 640, Height: 480, WindowManager: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = desktop.Close() })
	for _, name := range []string{"DISPLAY", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"} {
		t.Setenv(name, desktop.Lookup(name))
	}
	h := &heard{}
	a := openApp(t, Options{DataDir: t.TempDir(), Listen: true, Events: h})
	s := a.Settings()
	s.CountdownSeconds, s.Microphone = 0, "none"
	s.Hotkeys["mark"] = "Ctrl+F9"
	if err := a.SetSettings(s); err != nil {
		t.Fatal(err)
	}
	press := func(keys string) {
		t.Helper()
		if out, err := desktop.Command(t.Context(), "xdotool", "key", keys).CombinedOutput(); err != nil {
			t.Fatalf("xdotool: %v: %s", err, out)
		}
	}
	state := func(want capture.State) func() bool {
		return func() bool { return a.RecorderStatus().State == string(want) }
	}
	until(t, "hotkeys are there", func() bool { a.mu.Lock(); defer a.mu.Unlock(); return a.keys != nil })
	until(t, "hotkeys are bound", func() bool { return len(a.HotkeyProblems()) == 0 })
	a.bindHotkeys()

	press("ctrl+F9")
	until(t, "a mark without a recording is told", func() bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		return len(h.alerts) == 1 && h.alerts[0].Code == "not-recording"
	})
	press("ctrl+alt+r")
	until(t, "it records", state(capture.Recording))
	session := a.RecorderStatus().Session
	press("ctrl+F9")
	press("ctrl+alt+p")
	until(t, "it is paused", state(capture.Paused))
	press("ctrl+alt+p")
	until(t, "it goes on", state(capture.Recording))
	press("ctrl+shift+t") // of another program
	until(t, "a chord and a mark are stored", func() bool {
		events, err := a.db.Events().List(t.Context(), session)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range events {
			switch f := e.Fact.(type) {
			case capture.Chord:
				got = append(got, strings.Join(f.Keys, "+"))
			case capture.Mark:
				got = append(got, "mark")
			}
		}
		return slices.Equal(got, []string{"mark", "Ctrl+Shift+T"})
	})
	press("ctrl+alt+o")
	until(t, "it is off the record", func() bool {
		events, err := a.db.Events().List(t.Context(), session)
		if err != nil {
			t.Fatal(err)
		}
		marks := slices.ContainsFunc(events, func(e capture.Event) bool { return e.Fact.Kind() == capture.KindMark })
		return !marks && a.RecorderStatus().State == string(capture.Paused)
	})
	press("ctrl+alt+r")
	until(t, "it ended", state(capture.Idle))
	events, err := a.db.Events().List(t.Context(), session)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if c, ok := e.Fact.(capture.Chord); ok {
			t.Errorf("a chord of the last seconds is kept: %v", c.Keys)
		}
	}
}
