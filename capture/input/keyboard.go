package input

import (
	"fmt"
	"unicode"
)

// Keysyms that have a meaning here (X11 keysymdef.h).
const (
	symTab        = 0xff09
	symReturn     = 0xff0d
	symKPEnter    = 0xff8d
	symLeftTab    = 0xfe20 // Shift and Tab on most layouts
	symNumLock    = 0xff7f
	symScrollLock = 0xff14
	symModeSwitch = 0xff7e
	symLevel3     = 0xfe03
	symMetaL      = 0xffe7
	symMetaR      = 0xffe8
	symAltL       = 0xffe9
	symAltR       = 0xffea
	symSuperL     = 0xffeb
	symSuperR     = 0xffec
	symF1         = 0xffbe
	symF12        = 0xffc9
)

// Bits of an event's state (X11 protocol, section 2).
const (
	shiftMask   = 1 << 0
	controlMask = 1 << 2
)

// keyNames are the keys that are called by a word.
var keyNames = map[uint32]string{
	0x20: "Space", 0xff08: "Backspace", symTab: "Tab", symLeftTab: "Tab", symReturn: "Enter", 0xff13: "Pause",
	0xff1b: "Escape", 0xff50: "Home", 0xff51: "Left", 0xff52: "Up", 0xff53: "Right", 0xff54: "Down",
	0xff55: "Page Up", 0xff56: "Page Down", 0xff57: "End", 0xff61: "Print Screen", 0xff63: "Insert", 0xff67: "Menu",
	0xff6b: "Break", 0xffff: "Delete",
	0xff80: "Space", 0xff89: "Tab", symKPEnter: "Enter", 0xff95: "Home", 0xff96: "Left", 0xff97: "Up", 0xff98: "Right",
	0xff99: "Down", 0xff9a: "Page Up", 0xff9b: "Page Down", 0xff9c: "End", 0xff9d: "Begin", 0xff9e: "Insert", 0xff9f: "Delete",
	0xffaa: "*", 0xffab: "+", 0xffac: ",", 0xffad: "-", 0xffae: ".", 0xffaf: "/", 0xffbd: "=",
}

// keymap is the keyboard as the server has it now. It is not changed after it
// is made.
type keymap struct {
	first  byte     // keycode of the first entry
	per    int      // keysyms for each keycode
	syms   []uint32 // keysyms in the order of GetKeyboardMapping
	alt    uint16   // state bits of each modifier
	super  uint16
	level3 uint16 // AltGr: it composes characters
}

// newKeymap makes a keymap of the replies to GetKeyboardMapping and
// GetModifierMapping. mods holds the keycodes of the eight modifiers, perMod
// each.
func newKeymap(first byte, per int, syms []uint32, perMod int, mods []byte) *keymap {
	m := &keymap{first: first, per: per, syms: syms}
	for i, code := range mods {
		if perMod <= 0 || code == 0 {
			continue
		}
		bit := uint16(1) << (i / perMod)
		if bit < 1<<3 { // Shift, Lock and Control have their own bits
			continue
		}
		for _, sym := range m.row(code) {
			switch sym {
			case symAltL, symAltR, symMetaL, symMetaR:
				m.alt |= bit
			case symSuperL, symSuperR:
				m.super |= bit
			case symLevel3, symModeSwitch:
				m.level3 |= bit
			}
		}
	}
	m.super &^= m.alt
	m.level3 &^= m.alt | m.super
	return m
}

// row returns the keysyms of a keycode: two levels of the first group, two of
// the second, then the rest.
func (m *keymap) row(code byte) []uint32 {
	i := (int(code) - int(m.first)) * m.per
	if m.per <= 0 || i < 0 || i > len(m.syms)-m.per {
		return nil
	}
	return m.syms[i : i+m.per]
}

// base returns what a key means without Shift, in the keyboard group of an
// event's state. A letter outside Latin is told as the Latin letter of another
// group on the same key, as toolkits match shortcuts.
func (m *keymap) base(code byte, state uint16) uint32 {
	row := m.row(code)
	if len(row) == 0 {
		return 0
	}
	sym := row[0]
	group := int(state>>13&3) * 2
	if group < min(len(row), 4) && row[group] != 0 {
		sym = row[group]
	}
	if named(sym) {
		return sym
	}
	for _, at := range []int{0, 2} {
		if at < len(row) && latin(row[at]) {
			return row[at]
		}
	}
	return sym
}

func named(sym uint32) bool {
	_, ok := keyNames[sym]
	return ok || latin(sym) || sym >= 0xff00 && sym <= 0xffff
}

func latin(sym uint32) bool { return sym > 0x20 && sym < 0x7f || sym > 0xa0 && sym <= 0xff }

// modifier tells whether a key only changes the meaning of others.
func modifier(sym uint32) bool {
	return sym >= 0xffe1 && sym <= 0xffee || sym >= 0xfe01 && sym <= 0xfe13 ||
		sym == symModeSwitch || sym == symNumLock || sym == symScrollLock
}

// chord returns the names of the keys that are down, modifiers first; nothing
// where the key types a character or only moves the caret.
func (m *keymap) chord(code byte, state uint16) []string {
	sym := m.base(code, state)
	if sym == 0 || modifier(sym) || state&m.level3 != 0 {
		return nil
	}
	ctrl, alt, super := state&controlMask != 0, state&m.alt != 0, state&m.super != 0
	function := sym >= symF1 && sym <= symF12
	if !ctrl && !alt && !super && !function {
		return nil
	}
	var keys []string
	for _, mod := range []struct {
		down bool
		name string
	}{{ctrl, "Ctrl"}, {alt, "Alt"}, {state&shiftMask != 0, "Shift"}, {super, "Super"}} {
		if mod.down {
			keys = append(keys, mod.name)
		}
	}
	return append(keys, keyName(sym, code))
}

// leaves tells whether a key confirms or leaves a field.
func (m *keymap) leaves(code byte) bool {
	row := m.row(code)
	return len(row) > 0 && (row[0] == symReturn || row[0] == symKPEnter || row[0] == symTab)
}

func keyName(sym uint32, code byte) string {
	if name, ok := keyNames[sym]; ok {
		return name
	}
	switch {
	case latin(sym):
		return string(unicode.ToUpper(rune(sym)))
	case sym >= symF1 && sym < symF1+35:
		return fmt.Sprintf("F%d", sym-symF1+1)
	case sym >= 0xffb0 && sym <= 0xffb9:
		return fmt.Sprint(sym - 0xffb0)
	case sym > 0x01000000 && sym <= 0x0110ffff && unicode.IsPrint(rune(sym-0x01000000)):
		return string(unicode.ToUpper(rune(sym - 0x01000000)))
	}
	return fmt.Sprintf("Key %d", code)
}
