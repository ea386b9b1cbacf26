package input

import (
	"encoding/binary"
	"fmt"

	"github.com/jezek/xgb/xproto"
)

// keymap reads the keyboard as it is now. A server without XKB has a map of two
// groups at most.
func (r *recorder) keymap() (*keymap, error) {
	mods, err := xproto.GetModifierMapping(r.control).Reply()
	if err != nil {
		return nil, fmt.Errorf("read the modifier keys: %w", err)
	}
	codes := make([]byte, len(mods.Keycodes))
	for i, c := range mods.Keycodes {
		codes[i] = byte(c)
	}
	keys, err := r.keys()
	if err != nil {
		return nil, fmt.Errorf("read the keyboard map: %w", err)
	}
	return newKeymap(keys, int(mods.KeycodesPerModifier), codes), nil
}

func (r *recorder) keys() (map[byte]key, error) {
	if r.xkb != 0 {
		return r.xkbKeys()
	}
	setup := xproto.Setup(r.control)
	count := byte(setup.MaxKeycode - setup.MinKeycode + 1)
	reply, err := xproto.GetKeyboardMapping(r.control, setup.MinKeycode, count).Reply()
	if err != nil {
		return nil, err
	}
	syms := make([]uint32, len(reply.Keysyms))
	for i, k := range reply.Keysyms {
		syms[i] = uint32(k)
	}
	return coreKeys(byte(setup.MinKeycode), int(reply.KeysymsPerKeycode), syms), nil
}

// initXKB finds the XKEYBOARD extension and makes it known that we use it; zero
// where the server has none.
func (r *recorder) initXKB() {
	const name = "XKEYBOARD"
	ext, err := xproto.QueryExtension(r.control, uint16(len(name)), name).Reply()
	if err != nil || !ext.Present {
		return
	}
	const useExtension = 0
	reply, err := r.request([]byte{ext.MajorOpcode, useExtension, 2, 0, 1, 0, 0, 0}) // version 1.0
	if err == nil && len(reply) >= 32 && reply[1] == 1 {
		r.xkb = ext.MajorOpcode
	}
}

// xkbKeys asks for the symbols of all keys (XKB protocol, GetMap).
func (r *recorder) xkbKeys() (map[byte]key, error) {
	const (
		getMap        = 8
		coreKeyboard  = 0x100
		symbolsOfKeys = 1 << 1
	)
	req := make([]byte, 28)
	req[0], req[1] = r.xkb, getMap
	binary.LittleEndian.PutUint16(req[2:], uint16(len(req)/4))
	binary.LittleEndian.PutUint16(req[4:], coreKeyboard)
	binary.LittleEndian.PutUint16(req[6:], symbolsOfKeys)
	reply, err := r.request(req)
	if err != nil {
		return nil, err
	}
	return parseMap(reply)
}

// request sends a request that xgb has no words for, and returns its reply.
func (r *recorder) request(b []byte) ([]byte, error) {
	cookie := r.control.NewCookie(true, true)
	r.control.NewRequest(b, cookie)
	return cookie.Reply()
}

// held returns the keys that are down.
func (r *recorder) held() ([]byte, error) {
	reply, err := xproto.QueryKeymap(r.control).Reply()
	if err != nil {
		return nil, fmt.Errorf("read the keys that are down: %w", err)
	}
	var codes []byte
	for i, bits := range reply.Keys {
		for bit := range 8 {
			if bits>>bit&1 != 0 {
				codes = append(codes, byte(i*8+bit))
			}
		}
	}
	return codes, nil
}

// discardEvents takes the events that every connection gets. It returns when
// the connection ends.
func (r *recorder) discardEvents() {
	for {
		if ev, xerr := r.control.WaitForEvent(); ev == nil && xerr == nil {
			return
		}
	}
}
