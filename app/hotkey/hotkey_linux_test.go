package hotkey

import (
	"encoding/binary"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"

	"github.com/runreel/runreel/capture/virtual"
)

// Places of keys (evdev), by what a US keyboard shows there.
const (
	codeCtrl, codeShift, codeAlt, codeSuper        = 37, 50, 64, 133
	codeR, codeO, codeP, codeM, codeF9             = 27, 32, 33, 58, 75
	codeCapsLock, codeNumLock, codeScrollLock byte = 66, 77, 78
	codeDvorakR                               byte = 32 // where R is on a Dvorak keyboard
	keyDown, keyUp                            byte = xproto.KeyPress, xproto.KeyRelease
	wait                                           = 10 * time.Second
)

// desk is a desktop with hotkeys on it, and hands.
type desk struct {
	*virtual.Desktop
	t     *testing.T
	conn  *xgb.Conn
	xkb   byte
	root  xproto.Window
	keys  *Hotkeys
	fired chan Action
	told  chan []*Conflict
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	v, err := virtual.Start(t.Context(), virtual.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = v.Close() })
	d := &desk{Desktop: v, t: t, fired: make(chan Action, 1000), told: make(chan []*Conflict, 100)}
	d.conn = d.client()
	d.root = xproto.Setup(d.conn).DefaultScreen(d.conn).Root
	d.conn.ExtLock.Lock()
	d.conn.Extensions["XTEST"] = d.opcode("XTEST")
	d.conn.ExtLock.Unlock()
	d.xkb = d.opcode("XKEYBOARD")
	d.request(true, []byte{d.xkb, 0, 2, 0, 1, 0, 0, 0}) // UseExtension 1.0
	d.keys = New(Options{
		Display: v.Display, Fire: func(a Action) { d.fired <- a }, Changed: func(c []*Conflict) { d.told <- c },
	})
	if err := d.keys.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.keys.Close)
	return d
}

// client is another program.
func (d *desk) client() *xgb.Conn {
	d.t.Helper()
	conn, err := xgb.NewConnDisplay(d.Display)
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(conn.Close)
	return conn
}

func (d *desk) opcode(name string) byte {
	d.t.Helper()
	ext, err := xproto.QueryExtension(d.conn, uint16(len(name)), name).Reply()
	if err != nil || !ext.Present {
		d.t.Fatalf("no %s: %v", name, err)
	}
	return ext.MajorOpcode
}

func (d *desk) request(reply bool, b []byte) {
	d.t.Helper()
	cookie := d.conn.NewCookie(true, reply)
	d.conn.NewRequest(b, cookie)
	var err error
	if reply {
		_, err = cookie.Reply()
	} else {
		err = cookie.Check()
	}
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) key(code, kind byte) {
	d.t.Helper()
	if err := xtest.FakeInputChecked(d.conn, kind, code, 0, d.root, 0, 0, 0).Check(); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) press(codes ...byte) {
	d.t.Helper()
	for _, c := range codes {
		d.key(c, keyDown)
	}
	for _, c := range slices.Backward(codes) {
		d.key(c, keyUp)
	}
}

// group locks a keyboard group (XKB protocol, LatchLockState).
func (d *desk) group(n byte) {
	d.t.Helper()
	req := make([]byte, 16)
	req[0], req[1], req[2] = d.xkb, 5, 4
	binary.LittleEndian.PutUint16(req[4:], 0x100)
	req[8], req[9] = 1, n
	d.request(false, req)
}

func (d *desk) bind(b Bindings) {
	d.t.Helper()
	if err := d.keys.Bind(b); err != nil {
		d.t.Fatal(err)
	}
}

// fires presses keys and wants one action of them.
func (d *desk) fires(want Action, codes ...byte) {
	d.t.Helper()
	d.press(codes...)
	select {
	case got := <-d.fired:
		if got != want {
			d.t.Errorf("%v fires %s, want %s", codes, got, want)
		}
	case <-time.After(wait):
		d.t.Fatalf("%v does not fire %s", codes, want)
	}
}

// quiet wants that nothing was fired before a key that surely fires.
func (d *desk) quiet(sure Action, codes ...byte) {
	d.t.Helper()
	d.fires(sure, codes...)
	select {
	case got := <-d.fired:
		d.t.Errorf("%s is fired too", got)
	default:
	}
}

// hold is another program that takes keys.
func (d *desk) hold(code byte, state uint16) (*xgb.Conn, error) {
	c := d.client()
	return c, xproto.GrabKeyChecked(c, false, d.root, state, xproto.Keycode(code), xproto.GrabModeAsync, xproto.GrabModeAsync).Check()
}

const ctrlAlt = xproto.ModMaskControl | xproto.ModMask1

func TestFire(t *testing.T) {
	d := newDesk(t)
	d.bind(Defaults())
	d.fires(Toggle, codeCtrl, codeAlt, codeR)
	d.fires(Pause, codeAlt, codeCtrl, codeP)
	d.fires(Mark, codeCtrl, codeAlt, codeM)
	d.fires(OffTheRecord, codeCtrl, codeAlt, codeO)
	// What is no hotkey.
	d.press(codeR)
	d.press(codeCtrl, codeR)
	d.press(codeAlt, codeR)
	d.press(codeCtrl, codeAlt, codeShift, codeR)
	d.press(codeCtrl, codeAlt, codeSuper, codeR)
	d.quiet(Mark, codeCtrl, codeAlt, codeM)
}

func TestByXdotool(t *testing.T) {
	d := newDesk(t)
	d.bind(Defaults())
	if out, err := d.Command(t.Context(), "xdotool", "key", "ctrl+alt+r", "r", "ctrl+alt+p").CombinedOutput(); err != nil {
		t.Fatalf("xdotool: %v: %s", err, out)
	}
	for _, want := range []Action{Toggle, Pause} {
		select {
		case got := <-d.fired:
			if got != want {
				t.Errorf("fired %s, want %s", got, want)
			}
		case <-time.After(wait):
			t.Fatalf("%s is not fired", want)
		}
	}
}

// TestLocks presses hotkeys with each combination of the locks.
func TestLocks(t *testing.T) {
	d := newDesk(t)
	d.bind(Bindings{Toggle: Defaults()[Toggle], Mark: {0, "F9"}})
	locks := []byte{codeCapsLock, codeNumLock, codeScrollLock}
	for on := range 8 {
		for i, code := range locks {
			if on>>i&1 != 0 {
				d.press(code)
			}
		}
		d.fires(Toggle, codeCtrl, codeAlt, codeR)
		d.fires(Mark, codeF9)
		for i, code := range locks {
			if on>>i&1 != 0 {
				d.press(code)
			}
		}
	}
}

// TestGroups switches between keyboard groups: the keys stay where they are.
func TestGroups(t *testing.T) {
	for _, layout := range []string{"us,ru,de,fr", "ru,us"} {
		t.Run(layout, func(t *testing.T) {
			d := newDesk(t)
			d.layout(layout)
			d.bind(Defaults())
			for group := range byte(4) {
				d.group(group)
				d.fires(Toggle, codeCtrl, codeAlt, codeR)
				d.press(codeCapsLock)
				d.fires(OffTheRecord, codeCtrl, codeAlt, codeO)
				d.press(codeCapsLock)
			}
		})
	}
}

func (d *desk) layout(args ...string) {
	d.t.Helper()
	if out, err := d.Command(d.t.Context(), "setxkbmap", args...).CombinedOutput(); err != nil {
		d.t.Fatalf("setxkbmap: %v: %s", err, out)
	}
}

func TestHeldKeyFiresOnce(t *testing.T) {
	d := newDesk(t)
	d.bind(Defaults())
	if out, err := d.Command(t.Context(), "xset", "r", "rate", "100", "50").CombinedOutput(); err != nil {
		t.Fatalf("xset: %v: %s", err, out)
	}
	for _, code := range []byte{codeCtrl, codeAlt, codeR} {
		d.key(code, keyDown)
	}
	<-time.After(600 * time.Millisecond) // some twenty-five repeats
	for _, code := range []byte{codeR, codeAlt, codeCtrl} {
		d.key(code, keyUp)
	}
	if got := <-d.fired; got != Toggle {
		t.Errorf("fired %s", got)
	}
	<-time.After(5 * time.Millisecond) // within one, down again would be a repeat
	d.quiet(Toggle, codeCtrl, codeAlt, codeR)
}

func TestConflict(t *testing.T) {
	d := newDesk(t)
	other, err := d.hold(codeP, ctrlAlt|xproto.ModMask2) // with Num Lock alone
	if err != nil {
		t.Fatal(err)
	}
	err = d.keys.Bind(Defaults())
	var c *Conflict
	if !errors.As(err, &c) || !errors.Is(err, ErrTaken) || c.Action != Pause || c.Keys != Defaults()[Pause] {
		t.Fatalf("error: %v", err)
	}
	if want := "hotkey Ctrl+Alt+P for pause: another program on this desktop has them"; err.Error() != want {
		t.Errorf("error: %v", err)
	}
	if got := d.keys.Conflicts(); len(got) != 1 || got[0].Action != Pause {
		t.Errorf("conflicts: %v", got)
	}
	d.press(codeCtrl, codeAlt, codeP) // half a hotkey would be none
	d.quiet(Toggle, codeCtrl, codeAlt, codeR)
	other.Close()
	d.eventually(func() bool { return d.keys.Bind(Defaults()) == nil })
	d.fires(Pause, codeCtrl, codeAlt, codeP)
	if got := d.keys.Conflicts(); len(got) != 0 {
		t.Errorf("conflicts: %v", got)
	}
}

func (d *desk) eventually(done func() bool) {
	d.t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for end := time.After(wait); !done(); {
		select {
		case <-tick.C:
		case <-end:
			d.t.Fatal("this never came true")
		}
	}
}

func TestOtherConflicts(t *testing.T) {
	d := newDesk(t)
	b := Defaults()
	b[Mark] = b[Toggle]
	b[Pause] = Keys{ctrl, "Ж"}
	err := d.keys.Bind(b)
	if !errors.Is(err, ErrTwice) || !errors.Is(err, ErrNoKey) {
		t.Errorf("error: %v", err)
	}
	d.fires(Toggle, codeCtrl, codeAlt, codeR)
}

// TestRebind changes the keys: those before are free for other programs.
func TestRebind(t *testing.T) {
	d := newDesk(t)
	d.bind(Defaults())
	if _, err := d.hold(codeR, ctrlAlt); err == nil {
		t.Fatal("another program could have our keys too")
	}
	d.bind(Bindings{Toggle: {super, "R"}, Mark: {0, "F9"}, Pause: {}})
	d.press(codeCtrl, codeAlt, codeR)
	d.press(codeCtrl, codeAlt, codeP)
	d.fires(Toggle, codeSuper, codeR)
	d.quiet(Mark, codeF9)
	if _, err := d.hold(codeR, ctrlAlt); err != nil {
		t.Errorf("the keys before are still held: %v", err)
	}
	d.keys.Close()
	if _, err := d.hold(codeF9, 0); err != nil {
		t.Errorf("after Close the keys are still held: %v", err)
	}
	if err := d.keys.Bind(Defaults()); !errors.Is(err, ErrClosed) {
		t.Errorf("bind after Close: %v", err)
	}
}

// TestKeyboardMapChanges moves R to another key, and back; the key that it moves
// to belongs to somebody else the second time.
func TestKeyboardMapChanges(t *testing.T) {
	d := newDesk(t)
	d.bind(Bindings{Toggle: Defaults()[Toggle]})
	d.layout("us", "-variant", "dvorak")
	d.eventually(func() bool {
		d.press(codeCtrl, codeAlt, codeDvorakR)
		select {
		case got := <-d.fired:
			return got == Toggle
		case <-time.After(100 * time.Millisecond):
			return false
		}
	})
	if _, err := d.hold(codeR, ctrlAlt); err != nil {
		t.Fatalf("the old place is still held: %v", err)
	}
	d.layout("us")
	select {
	case got := <-d.told:
		if len(got) != 1 || got[0].Action != Toggle || got[0].Reason != ErrTaken {
			t.Errorf("told of %v", got)
		}
	case <-time.After(wait):
		t.Error("nobody is told of the conflict")
	}
}

func TestServerGone(t *testing.T) {
	d := newDesk(t)
	d.bind(Defaults())
	if err := d.Desktop.Close(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-d.keys.Done():
	case <-time.After(wait):
		t.Fatal("the hotkeys did not notice")
	}
	if err := d.keys.Bind(Defaults()); !errors.Is(err, ErrClosed) {
		t.Errorf("bind: %v", err)
	}
}

func TestCannotOpen(t *testing.T) {
	if err := New(Options{Display: ":65000"}).Open(t.Context()); !errors.Is(err, ErrNoDisplay) {
		t.Errorf("no server: %v", err)
	}
	t.Setenv("WAYLAND_DISPLAY", "wayland-0")
	if err := New(Options{}).Open(t.Context()); !errors.Is(err, ErrUnsupported) {
		t.Errorf("on Wayland: %v", err)
	}
	if err := New(Options{}).Bind(Defaults()); !errors.Is(err, ErrClosed) {
		t.Errorf("before Open: %v", err)
	}
}

func FuzzKeyboard(f *testing.F) {
	f.Add(byte(8), 4, []byte("rRrRpPpP"), 1, []byte{0, 0, 0, 9, 0, 0, 10, 0})
	f.Add(byte(250), -1, []byte{}, 0, []byte{})
	f.Add(byte(8), 3, []byte("rrr\xffrrr"), 2, []byte("\x08\x08\x08\x08"))
	f.Fuzz(func(t *testing.T, first byte, per int, raw []byte, perMod int, mods []byte) {
		var syms []uint32
		for _, b := range raw {
			syms = append(syms, uint32(b))
		}
		k := newKeyboard(first, per, syms, perMod, mods)
		for action, keys := range Defaults() {
			for _, g := range k.grabs(action, keys) {
				if g.code < first || g.state&k.alt == 0 || g.state&xproto.ModMaskControl == 0 {
					t.Errorf("%s: %+v", keys, g)
				}
			}
		}
	})
}
