package uitree

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"github.com/runreel/runreel/capture"
)

// hostile is a program whose objects are all alike and say what is worst.
type hostile struct {
	name     string
	children int // that each object has; each is told to be the parent of itself
	lie      int // children that it lists, whatever it counted
	slow     time.Duration
	conn     *dbus.Conn
}

func (h *hostile) self() wireRef {
	return wireRef{h.conn.Names()[0], "/org/a11y/atspi/accessible/root"}
}

// startHostile puts a program on the accessibility bus.
func startHostile(t testing.TB, address string, h *hostile) ref {
	t.Helper()
	conn, err := dbus.Dial(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	h.conn = conn
	for name, methods := range map[string]any{
		"org.a11y.atspi.Accessible": (*hostileObject)(h), "org.a11y.atspi.Component": (*hostilePlace)(h),
		"org.a11y.atspi.Text": (*hostileText)(h), "org.freedesktop.DBus.Properties": (*hostileProps)(h),
	} {
		if err := conn.ExportSubtree(methods, "/org/a11y/atspi/accessible", name); err != nil {
			t.Fatal(err)
		}
	}
	if err := conn.Auth(nil); err != nil { // nobody may ask before everything is exported
		t.Fatal(err)
	}
	if err := conn.Hello(); err != nil {
		t.Fatal(err)
	}
	return h.self().ref()
}

type (
	hostileObject hostile
	hostilePlace  hostile
	hostileText   hostile
	hostileProps  hostile
)

func (h *hostileObject) GetRoleName() (string, *dbus.Error) { return h.name, nil }
func (h *hostileObject) GetRole() (uint32, *dbus.Error)     { return 1 << 31, nil }
func (h *hostileObject) GetState() ([]uint32, *dbus.Error) {
	return []uint32{1 << stateShowing, 0, 1, 2, 3}, nil
}

func (h *hostileObject) GetChildren() ([]wireRef, *dbus.Error) {
	list := make([]wireRef, h.lie)
	for i := range list {
		list[i] = wireRef{h.conn.Names()[0], dbus.ObjectPath(fmt.Sprintf("/org/a11y/atspi/accessible/%d", i))}
	}
	return list, nil
}

func (h *hostileObject) GetChildAtIndex(int32) (wireRef, *dbus.Error) {
	return (*hostile)(h).self(), nil
}
func (h *hostileObject) GetIndexInParent() (int32, *dbus.Error) { return -5, nil }

func (h *hostilePlace) GetExtents(uint32) (struct{ X, Y, W, H int32 }, *dbus.Error) {
	return struct{ X, Y, W, H int32 }{-1 << 19, -1 << 19, 1 << 20, 1 << 20}, nil
}

func (h *hostilePlace) GetAccessibleAtPoint(x, _ int32, _ uint32) (wireRef, *dbus.Error) {
	time.Sleep(h.slow)
	return wireRef{h.conn.Names()[0], dbus.ObjectPath(fmt.Sprintf("/org/a11y/atspi/accessible/%d", time.Now().UnixNano()%7))}, nil
}

func (h *hostileText) GetText(int32, int32) (string, *dbus.Error) { return h.name, nil }

func (h *hostileProps) Get(_, name string) (dbus.Variant, *dbus.Error) {
	switch name {
	case "ChildCount":
		return dbus.MakeVariant(int32(h.children)), nil
	case "CharacterCount":
		return dbus.MakeVariant(int32(1<<31 - 1)), nil
	case "Parent":
		return dbus.MakeVariant((*hostile)(h).self()), nil
	}
	return dbus.MakeVariant(h.name), nil
}

// TestHostilePrograms asks programs that answer with cycles, with children
// without end, with ten megabytes for a name, and just in time: each look ends
// in time, keeps little, and another program is named as ever.
func TestHostilePrograms(t *testing.T) {
	r := newRig(t)
	address, err := wake(t.Context(), r.Lookup("DBUS_SESSION_BUS_ADDRESS"))
	if err != nil {
		t.Fatal(err)
	}
	ctl := "ab\x1b[31m\u202Ec\n"
	for _, c := range []struct {
		what string
		h    hostile
	}{
		{"cycle", hostile{name: ctl, children: 3, lie: 3}},
		{"100,000 children", hostile{name: "frame", children: 100_000, lie: 100_000}},
		{"100,000 children, counted as one", hostile{name: "panel", children: 1, lie: 100_000}},
		{"a socket that lists none", hostile{name: "filler", children: 1 << 30}},
		{"10 MB for each text", hostile{name: strings.Repeat("é\x07", 10<<20/3), children: 2, lie: 2}},
		{"slow", hostile{name: "panel", children: 2, lie: 2, slow: callLimit - 20*time.Millisecond}},
	} {
		root := startHostile(t, address, &c.h)
		f := finder{bus: r.probe, windows: r.windows, secrets: newSecrets(r.clock)}
		w := capture.Window{ID: 7, Bounds: capture.Rect{W: 800, H: 600}}
		ctx, cancel := context.WithTimeout(t.Context(), lookLimit)
		began := time.Now()
		top := node{ref: root, role: "frame", bounds: w.Bounds}
		path := f.descend(ctx, surface{program: root, top: top}, capture.Point{X: 5, Y: 5})
		found, _ := f.describe(ctx, surface{program: root}, path, w)
		_, _ = f.searchItem(ctx, []node{top}, capture.Point{X: 5, Y: 5}, w)
		_, _ = f.searchPopover(ctx, []node{top}, w)
		cancel()
		took := time.Since(began)
		// What is on its way when the time is over may still take its limit.
		if took > lookLimit+4*callLimit+2*time.Second {
			t.Errorf("%s: %v", c.what, took)
		}
		if len(path) > maxDepth+1 || len(found.chain) > maxDepth+3 {
			t.Errorf("%s: went %d down and %d up", c.what, len(path), len(found.chain))
		}
		for _, s := range append(found.element.Path, found.element.Name, found.element.Role, found.element.Description, found.element.Value) {
			if len(s) > maxText*4 || strings.ContainsAny(s, "\x1b\x07\u202E") {
				t.Errorf("%s: told %.40q, %d bytes", c.what, s, len(s))
			}
		}
		t.Logf("%s: %v", c.what, took)
	}
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	if m.HeapAlloc > 150<<20 { // the test's own programs hold 10 MB of texts
		t.Errorf("%d MB are kept", m.HeapAlloc>>20)
	}
	cmd := r.start("zenity", "--info", "--title=Fine", "--text=x", "--ok-label=Fine")
	if e := r.press(middle(r.find(cmd.Process.Pid, "push button", "Fine").bounds)).Element; e.Name != "Fine" {
		t.Errorf("after hostile programs: %+v", e)
	}
}

// TestFloodOfEvents lets a program send events faster than they are taken in.
func TestFloodOfEvents(t *testing.T) {
	r := newRig(t)
	address, err := wake(t.Context(), r.Lookup("DBUS_SESSION_BUS_ADDRESS"))
	if err != nil {
		t.Fatal(err)
	}
	conn, err := dbus.Connect(address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	long := strings.Repeat("x", 1<<20)
	for i := range 3000 {
		path := dbus.ObjectPath(fmt.Sprintf("/org/a11y/atspi/accessible/%d", i))
		text := "y"
		if i%100 == 0 {
			text = long
		}
		for _, detail := range []string{"insert", "delete"} {
			err = conn.Emit(path, "org.a11y.atspi.Event.Object.TextChanged", detail, int32(-1), int32(1<<31-1), dbus.MakeVariant(text), map[string]dbus.Variant{})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	cmd := r.start("zenity", "--entry", "--title=Ask", "--text=Host")
	field := r.find(cmd.Process.Pid, "text", "")
	r.until("the field has the keyboard", func() bool {
		st, err := r.probe.statesOf(t.Context(), field.ref)
		return err == nil && st.has(stateFocused) && r.windows.Active().Title == "Ask"
	})
	r.xdotool("type", "--delay", "20", "web-7")
	r.xdotool("key", "Return")
	if x := r.typed(0, "Host"); x.Value != "web-7" {
		t.Errorf("typed after a flood: %+v", x)
	}
}
