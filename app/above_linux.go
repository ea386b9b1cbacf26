package app

import (
	"fmt"
	"log/slog"
	"os"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// keepAbove asks the window manager to keep this program's windows above the
// others, or no longer (Extended Window Manager Hints 1.5, _NET_WM_STATE). It
// does it on a connection of its own, because GTK's may be used by GTK's thread
// only.
func keepAbove(log *slog.Logger, above bool) {
	if err := setAbove(above); err != nil {
		log.Info("keep the window above the others", "err", err)
	}
}

func setAbove(above bool) error {
	conn, err := xgb.NewConn()
	if err != nil {
		return fmt.Errorf("connect to the display server: %w", err)
	}
	defer conn.Close()
	root := xproto.Setup(conn).DefaultScreen(conn).Root
	atoms := map[string]xproto.Atom{}
	for _, name := range []string{"_NET_CLIENT_LIST", "_NET_WM_PID", "_NET_WM_STATE", "_NET_WM_STATE_ABOVE"} {
		r, err := xproto.InternAtom(conn, false, uint16(len(name)), name).Reply()
		if err != nil {
			return fmt.Errorf("atom %s: %w", name, err)
		}
		atoms[name] = r.Atom
	}
	clients, err := cardinals(conn, root, atoms["_NET_CLIENT_LIST"], 4096)
	if err != nil {
		return err
	}
	for _, id := range clients {
		pid, err := cardinals(conn, xproto.Window(id), atoms["_NET_WM_PID"], 1)
		if err != nil || len(pid) == 0 || int(pid[0]) != os.Getpid() {
			continue // it may be gone by now
		}
		action := uint32(0) // remove
		if above {
			action = 1 // add
		}
		message := xproto.ClientMessageEvent{
			Format: 32, Window: xproto.Window(id), Type: atoms["_NET_WM_STATE"],
			Data: xproto.ClientMessageDataUnionData32New([]uint32{action, uint32(atoms["_NET_WM_STATE_ABOVE"]), 0, 1, 0}),
		}
		const mask = xproto.EventMaskSubstructureNotify | xproto.EventMaskSubstructureRedirect
		if err := xproto.SendEventChecked(conn, false, root, mask, string(message.Bytes())).Check(); err != nil {
			return fmt.Errorf("ask the window manager: %w", err)
		}
	}
	return nil
}

// cardinals reads a property of 32-bit values.
func cardinals(conn *xgb.Conn, w xproto.Window, atom xproto.Atom, most uint32) ([]uint32, error) {
	r, err := xproto.GetProperty(conn, false, w, atom, xproto.GetPropertyTypeAny, 0, most).Reply()
	if err != nil {
		return nil, fmt.Errorf("read a property: %w", err)
	}
	if r.Format != 32 {
		return nil, nil
	}
	out := make([]uint32, 0, r.ValueLen)
	for i := 0; i+4 <= len(r.Value); i += 4 {
		out = append(out, xgb.Get32(r.Value[i:]))
	}
	return out, nil
}
