package input

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
	"github.com/jezek/xgb/xtest"

	"github.com/runreel/runreel/capture/virtual"
)

// hand presses keys by their place, whatever they mean.
type hand struct {
	t    *testing.T
	conn *xgb.Conn
	xkb  byte
}

func newHand(t *testing.T, d *virtual.Desktop) hand {
	t.Helper()
	conn, err := xgb.NewConnDisplay(d.Display)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	h := hand{t: t, conn: conn}
	opcode := func(name string) byte {
		ext, err := xproto.QueryExtension(conn, uint16(len(name)), name).Reply()
		if err != nil || !ext.Present {
			t.Fatalf("no %s: %v", name, err)
		}
		return ext.MajorOpcode
	}
	conn.ExtLock.Lock()
	conn.Extensions["XTEST"] = opcode("XTEST")
	conn.ExtLock.Unlock()
	h.xkb = opcode("XKEYBOARD")
	cookie := conn.NewCookie(true, true)
	conn.NewRequest([]byte{h.xkb, 0, 2, 0, 1, 0, 0, 0}, cookie) // UseExtension 1.0
	if _, err := cookie.Reply(); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h hand) key(code byte, kind byte) {
	h.t.Helper()
	root := xproto.Setup(h.conn).DefaultScreen(h.conn).Root
	if err := xtest.FakeInputChecked(h.conn, kind, code, 0, root, 0, 0, 0).Check(); err != nil {
		h.t.Fatal(err)
	}
}

// press presses keys together.
func (h hand) press(codes ...byte) {
	h.t.Helper()
	for _, c := range codes {
		h.key(c, keyPress)
	}
	for i := range codes {
		h.key(codes[len(codes)-1-i], keyRelease)
	}
}

// clicks clicks ten times a second, step pixels further each time, and tells
// whether it kept that pace.
func (h hand) clicks(n, x, step int) bool {
	h.t.Helper()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	steady, last := true, time.Now()
	for i := range n {
		h.move(x+step*i, 90)
		h.key(1, buttonPress)
		h.key(1, buttonRelease)
		steady = steady && time.Since(last) < doubleTime/2
		last = time.Now()
		<-tick.C
	}
	return steady
}

func (h hand) move(x, y int) {
	h.t.Helper()
	root := xproto.Setup(h.conn).DefaultScreen(h.conn).Root
	if err := xproto.WarpPointerChecked(h.conn, 0, root, 0, 0, 0, 0, int16(x), int16(y)).Check(); err != nil {
		h.t.Fatal(err)
	}
}

// group locks a keyboard group (XKB protocol, LatchLockState).
func (h hand) group(n byte) {
	h.t.Helper()
	req := make([]byte, 16)
	req[0], req[1], req[2] = h.xkb, 5, 4
	binary.LittleEndian.PutUint16(req[4:], 0x100)
	req[8], req[9] = 1, n
	cookie := h.conn.NewCookie(true, false)
	h.conn.NewRequest(req, cookie)
	if err := cookie.Check(); err != nil {
		h.t.Fatal(err)
	}
}
