package notice

import (
	"errors"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

// desktop shows messages on a bus of the test's own, as the notification
// programs of desktops do.
type desktop struct {
	mu     sync.Mutex
	shown  map[uint32][2]string
	last   uint32
	expire int32 // of the last message, milliseconds
}

func (d *desktop) Notify(_ string, replaces uint32, _, summary, body string, _ []string, _ map[string]dbus.Variant, expire int32) (uint32, *dbus.Error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	id := replaces
	if id == 0 {
		d.last++
		id = d.last
	}
	d.shown[id], d.expire = [2]string{summary, body}, expire
	return id, nil
}

func (d *desktop) CloseNotification(id uint32) *dbus.Error {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.shown, id)
	return nil
}

func (d *desktop) list() map[uint32][2]string {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := map[uint32][2]string{}
	for id, m := range d.shown {
		out[id] = m
	}
	return out
}

func (d *desktop) expires() int32 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.expire
}

func startBus(t *testing.T) (string, *dbus.Conn) {
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
	deadline := time.Now().Add(10 * time.Second)
	for {
		conn, err := dbus.Connect(address)
		if err == nil {
			t.Cleanup(func() { _ = conn.Close() })
			return address, conn
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func TestOneMessageAtATime(t *testing.T) {
	address, conn := startBus(t)
	d := &desktop{shown: map[uint32][2]string{}}
	if err := conn.Export(d, "/org/freedesktop/Notifications", "org.freedesktop.Notifications"); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.RequestName("org.freedesktop.Notifications", dbus.NameFlagDoNotQueue); err != nil {
		t.Fatal(err)
	}
	b := &Board{Address: address}
	defer b.Close()
	if err := b.Show(t.Context(), "Recording", "<b>deploy</b> & co", 2*time.Second); err != nil {
		t.Fatal(err)
	}
	if got := d.list(); len(got) != 1 || got[1] != [2]string{"Recording", "&lt;b&gt;deploy&lt;/b&gt; &amp; co"} || d.expires() != 2000 {
		t.Errorf("shown %v for %d ms", got, d.expires())
	}
	if err := b.Show(t.Context(), "Stopped", "", 0); err != nil {
		t.Fatal(err)
	}
	if got := d.list(); len(got) != 1 || got[1][0] != "Stopped" || d.expires() != -1 {
		t.Errorf("shown %v for %d ms", got, d.expires())
	}
	if err := b.Hide(t.Context()); err != nil || len(d.list()) != 0 {
		t.Errorf("after Hide %v, %v", d.list(), err)
	}
}

func TestADesktopWithoutNotifications(t *testing.T) {
	address, _ := startBus(t)
	for _, a := range []string{address, "unix:path=" + filepath.Join(t.TempDir(), "none")} {
		b := &Board{Address: a}
		if err := b.Show(t.Context(), "Recording", "", 0); !errors.Is(err, ErrUnavailable) {
			t.Errorf("%s: %v", a, err)
		}
		if err := b.Hide(t.Context()); err != nil {
			t.Error(err)
		}
		b.Close()
	}
}
