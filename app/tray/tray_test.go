package tray

import (
	"bytes"
	"context"
	"image/png"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

// panel is a tray on a bus of the test's own: it takes icons as the panels of
// desktops do.
type panel struct {
	conn *dbus.Conn

	mu    sync.Mutex
	items []dbus.Sender
}

func (p *panel) RegisterStatusNotifierItem(sender dbus.Sender, _ string) *dbus.Error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.items = append(p.items, sender)
	return nil
}

func (p *panel) item() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.items) == 0 {
		return ""
	}
	return string(p.items[len(p.items)-1])
}

// entry is an entry of the menu as the panel would draw it.
type entry struct {
	id    int32
	label string
}

// menu reads what the menu shows.
func (p *panel) menu(t *testing.T) []entry {
	t.Helper()
	var revision uint32
	var layout struct {
		ID         int32
		Properties map[string]dbus.Variant
		Children   []dbus.Variant
	}
	call := p.conn.Object(p.item(), "/StatusNotifierItem/menu").Call("com.canonical.dbusmenu.GetLayout", 0, int32(0), int32(-1), []string{})
	if err := call.Store(&revision, &layout); err != nil {
		t.Fatal(err)
	}
	var list []entry
	for _, c := range layout.Children {
		fields := c.Value().([]any)
		properties := fields[1].(map[string]dbus.Variant)
		if visible, ok := properties["visible"].Value().(bool); ok && !visible {
			continue
		}
		label, _ := properties["label"].Value().(string)
		list = append(list, entry{fields[0].(int32), label})
	}
	return list
}

func (p *panel) labels(t *testing.T) []string {
	var out []string
	for _, e := range p.menu(t) {
		out = append(out, e.label)
	}
	return out
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

// startBus starts a session bus for this process.
func startBus(t *testing.T) *dbus.Conn {
	t.Helper()
	dir := t.TempDir()
	address := "unix:path=" + filepath.Join(dir, "bus")
	cmd := exec.Command("dbus-daemon", "--session", "--address="+address, "--nofork")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	var conn *dbus.Conn
	until(t, "the bus listens", func() bool {
		var err error
		conn, err = dbus.Connect(address)
		return err == nil
	})
	t.Cleanup(func() { _ = conn.Close() })
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
	return conn
}

func TestTheTrayShowsTheStateAndCanBeUsed(t *testing.T) {
	conn := startBus(t)
	fired := make(chan Action, 8)
	tray := New()
	tray.Set(Idle)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- tray.Run(ctx, Options{Fire: func(a Action, _ time.Time) { fired <- a }})
	}()

	// The panel starts after runreel, as at a login.
	p := &panel{conn: conn}
	if err := conn.Export(p, "/StatusNotifierWatcher", watcherName); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.RequestName(watcherName, dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	until(t, "an icon", func() bool { return p.item() != "" })
	until(t, "the menu of an idle recorder", func() bool {
		got := p.labels(t)
		return len(got) == 2 && got[0] == "Start recording" && got[1] == "Show the window"
	})
	tray.Set(Recording)
	until(t, "the menu of a running one", func() bool { return len(p.labels(t)) == 5 })
	v, err := conn.Object(p.item(), "/StatusNotifierItem").GetProperty("org.kde.StatusNotifierItem.ToolTip")
	if err != nil {
		t.Fatal(err)
	}
	if tip := v.Value().([]any)[2]; tip != "Runreel is recording" {
		t.Errorf("tooltip %q", tip)
	}

	// A panel sends "clicked" once a person chose an entry. The library drops a
	// choice that nobody waits for yet, so it is made until it is heard.
	var id int32
	for _, e := range p.menu(t) {
		if e.label == "Mark this moment" {
			id = e.id
		}
	}
	until(t, "the choice is heard", func() bool {
		call := conn.Object(p.item(), "/StatusNotifierItem/menu").Call("com.canonical.dbusmenu.Event", 0, id, "clicked", dbus.MakeVariant(0), uint32(0))
		if call.Err != nil {
			t.Fatal(call.Err)
		}
		select {
		case a := <-fired:
			return a == Mark
		case <-time.After(50 * time.Millisecond):
			return false
		}
	})
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestWithoutABusThereIsNoTray(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+filepath.Join(t.TempDir(), "none"))
	if err := New().Run(t.Context(), Options{Fire: func(Action, time.Time) {}}); err == nil {
		t.Error("no error")
	}
}

func TestIconsDifferInShape(t *testing.T) {
	alpha := func(s State) string {
		img, err := png.Decode(bytes.NewReader(icon(s)))
		if err != nil {
			t.Fatal(err)
		}
		var b []byte
		for y := range side {
			for x := range side {
				_, _, _, a := img.At(x, y).RGBA()
				b = append(b, byte(a>>8))
			}
		}
		return string(b)
	}
	if alpha(Idle) == alpha(Recording) || alpha(Recording) == alpha(Paused) || alpha(Idle) == alpha(Paused) {
		t.Error("two states have the same shape")
	}
}
