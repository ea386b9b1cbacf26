package hotkey

import (
	"fmt"
	"slices"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// keyboard is where the keys are, and what the modifiers are. It is not changed
// after it is made.
type keyboard struct {
	first byte
	per   int      // keysyms for each keycode
	syms  []uint32 // in the order of GetKeyboardMapping
	alt   uint16   // state bits
	super uint16
	locks uint16   // bits that do not matter: the locks, and those of a keyboard group
	masks []uint16 // all combinations of locks
}

func readKeyboard(conn *xgb.Conn) (keyboard, error) {
	setup := xproto.Setup(conn)
	reply, err := xproto.GetKeyboardMapping(conn, setup.MinKeycode, byte(setup.MaxKeycode-setup.MinKeycode+1)).Reply()
	if err != nil {
		return keyboard{}, fmt.Errorf("read the keyboard map: %w", err)
	}
	mods, err := xproto.GetModifierMapping(conn).Reply()
	if err != nil {
		return keyboard{}, fmt.Errorf("read the modifier keys: %w", err)
	}
	syms := make([]uint32, len(reply.Keysyms))
	for i, s := range reply.Keysyms {
		syms[i] = uint32(s)
	}
	codes := make([]byte, len(mods.Keycodes))
	for i, c := range mods.Keycodes {
		codes[i] = byte(c)
	}
	return newKeyboard(byte(setup.MinKeycode), int(reply.KeysymsPerKeycode), syms, int(mods.KeycodesPerModifier), codes), nil
}

// newKeyboard makes a keyboard of the replies to GetKeyboardMapping and
// GetModifierMapping: mods holds the keycodes of the eight modifiers, perMod
// each.
func newKeyboard(first byte, per int, syms []uint32, perMod int, mods []byte) keyboard {
	k := keyboard{first: first, per: per, syms: syms, locks: xproto.ModMaskLock}
	var meta uint16
	for i, code := range mods {
		if perMod <= 0 || code == 0 {
			continue
		}
		bit := uint16(1) << (i / perMod)
		if bit < xproto.ModMask1 {
			continue // Shift, Lock and Control have their own bits
		}
		for _, sym := range k.row(code) {
			switch sym {
			case 0xffe9, 0xffea:
				k.alt |= bit
			case 0xffe7, 0xffe8: // Meta: Alt, or the key with the logo
				meta |= bit
			case 0xffeb, 0xffec:
				k.super |= bit
			case 0xff7f, 0xff14, 0xfe03, 0xff7e: // Num Lock, Scroll Lock, and what a server adds for a second group
				k.locks |= bit
			}
		}
	}
	if k.alt == 0 {
		k.alt = meta
	}
	if k.super == 0 {
		k.super = meta
	}
	k.super &^= k.alt
	k.locks &^= k.alt | k.super
	for state := range uint16(0x100) {
		if state&^k.locks == 0 {
			k.masks = append(k.masks, state)
		}
	}
	return k
}

func (k keyboard) row(code byte) []uint32 {
	i := (int(code) - int(k.first)) * k.per
	if k.per <= 0 || i < 0 || i > len(k.syms)-k.per {
		return nil
	}
	return k.syms[i : i+k.per]
}

// codes are the keys that mean one of syms: in the first keyboard group that
// has it, so that a key stays where it is when the groups are switched.
func (k keyboard) codes(syms []uint32) []byte {
	for _, sym := range syms {
		for column := range max(k.per, 0) {
			var found []byte
			for i := column; i+k.per-column <= len(k.syms); i += k.per {
				if code := int(k.first) + i/k.per; k.syms[i] == sym && code < 256 {
					found = append(found, byte(code))
				}
			}
			if found != nil {
				return found
			}
		}
	}
	return nil
}

// grabs are what has to be asked of the server for keys; nothing where the
// keyboard does not have them.
func (k keyboard) grabs(action Action, keys Keys) []grab {
	var state uint16
	for _, m := range []struct {
		want mods
		bit  uint16
	}{{ctrl, xproto.ModMaskControl}, {shift, xproto.ModMaskShift}, {alt, k.alt}, {super, k.super}} {
		if keys.mods&m.want == 0 {
			continue
		}
		if m.bit == 0 {
			return nil
		}
		state |= m.bit
	}
	var grabs []grab
	for _, code := range k.codes(keys.syms()) {
		for _, mask := range k.masks {
			if g := (grab{action, code, state | mask}); !slices.Contains(grabs, g) {
				grabs = append(grabs, g)
			}
		}
	}
	return grabs
}
