package input

import (
	"fmt"
	"unicode"

	"golang.org/x/text/encoding/charmap"
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
	symInsert     = 0xff63
	symDelete     = 0xffff
	symMultiKey   = 0xff20 // Compose
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

// deadNames are the marks that dead keys put on the next letter, from keysym
// 0xfe50 on.
const deadNames = "`´^~¯˘˙¨°˝ˇ¸˛"

// positions are the characters of a US keyboard, from keycode on (evdev).
var positions = []struct {
	from  byte
	chars string
}{{10, "1234567890-="}, {24, "qwertyuiop[]"}, {38, "asdfghjkl;'`"}, {51, "\\zxcvbnm,./"}}

// keymap is the keyboard as the server has it at a time. It is not changed
// after it is made.
type keymap struct {
	keys   map[byte]key
	latin  bool   // some key types a Latin letter
	alt    uint16 // state bits of each modifier
	super  uint16
	level3 uint16 // AltGr: it composes characters
}

// newKeymap makes a keymap of keys and the reply to GetModifierMapping: mods
// holds the keycodes of the eight modifiers, perMod each.
func newKeymap(keys map[byte]key, perMod int, mods []byte) *keymap {
	m := &keymap{keys: keys}
	var meta uint16 // Alt on one keyboard, the key with the logo on another
	for i, code := range mods {
		if perMod <= 0 || code == 0 {
			continue
		}
		bit := uint16(1) << (i / perMod)
		if bit < 1<<3 { // Shift, Lock and Control have their own bits
			continue
		}
		for _, sym := range keys[code].syms {
			switch sym {
			case symAltL, symAltR:
				m.alt |= bit
			case symMetaL, symMetaR:
				meta |= bit
			case symSuperL, symSuperR:
				m.super |= bit
			case symLevel3, symModeSwitch:
				m.level3 |= bit
			}
		}
	}
	if m.alt == 0 {
		m.alt = meta
	}
	m.super = (m.super | meta) &^ m.alt
	m.level3 &^= m.alt | m.super
	for _, k := range keys {
		for _, sym := range k.groups {
			m.latin = m.latin || sym >= 'a' && sym <= 'z'
		}
	}
	return m
}

// base returns what a key means without Shift, in the keyboard group of an
// event's state. A letter outside Latin is told as the Latin letter of another
// group on the same key, as toolkits match shortcuts, and on a keyboard without
// any as that of a US one.
func (m *keymap) base(code byte, state uint16) uint32 {
	k := m.keys[code]
	sym := k.in(int(state >> 13 & 3))
	if sym == 0 || named(sym) {
		return sym
	}
	for _, other := range k.groups {
		if latin(other) {
			return other
		}
	}
	if m.latin || sym >= 0xfe00 && sym <= 0xffff || sym>>16 == 0x1008 {
		return sym
	}
	for _, row := range positions {
		if i := int(code) - int(row.from); i >= 0 && i < len(row.chars) {
			return uint32(row.chars[i])
		}
	}
	return sym
}

func named(sym uint32) bool {
	_, ok := keyNames[sym]
	return ok || latin(sym) || sym >= 0xff00 && sym <= 0xffff || dead(sym) != 0
}

// latin tells of the characters of Latin-1 to Latin-4.
func latin(sym uint32) bool {
	return sym > 0x20 && sym < 0x7f || sym > 0xa0 && sym <= 0xff || sym > 0x1a0 && sym <= 0x3ff && eastern(sym) != 0
}

// eastern is the character of a keysym of Latin-2 to Latin-4, whose second byte
// is that of the ISO 8859 character set; zero where there is none.
func eastern(sym uint32) rune {
	sets := []*charmap.Charmap{charmap.ISO8859_2, charmap.ISO8859_3, charmap.ISO8859_4}
	if sym < 0x1a0 || sym > 0x3ff || sym&0xff < 0xa0 {
		return 0
	}
	r := sets[sym>>8-1].DecodeByte(byte(sym))
	if r == unicode.ReplacementChar {
		return 0
	}
	return r
}

// dead is the mark of a dead key; zero of other keys.
func dead(sym uint32) rune {
	marks := []rune(deadNames)
	if i := int(sym) - 0xfe50; i >= 0 && i < len(marks) {
		return marks[i]
	}
	return 0
}

// modifier tells whether a key only changes the meaning of others.
func modifier(sym uint32) bool {
	return sym >= 0xffe1 && sym <= 0xffee || sym >= 0xfe01 && sym <= 0xfe13 ||
		sym == symMultiKey || sym == symModeSwitch || sym == symNumLock || sym == symScrollLock
}

// chord returns the names of the keys that are down, modifiers first; nothing
// where the key types a character or only moves the caret.
func (m *keymap) chord(code byte, state uint16) []string {
	sym := m.base(code, state)
	if sym == 0 || modifier(sym) || state&m.level3 != 0 {
		return nil
	}
	ctrl, alt, super := state&controlMask != 0, state&m.alt != 0, state&m.super != 0
	function := sym >= symF1 && sym < symF1+35 || state&shiftMask != 0 && (sym == symInsert || sym == symDelete)
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
	sym := m.keys[code].in(0)
	return sym == symReturn || sym == symKPEnter || sym == symTab
}

func keyName(sym uint32, code byte) string {
	if name, ok := keyNames[sym]; ok {
		return name
	}
	switch {
	case sym <= 0xff && latin(sym):
		return string(unicode.ToUpper(rune(sym)))
	case latin(sym):
		return string(unicode.ToUpper(eastern(sym)))
	case dead(sym) != 0:
		return string(dead(sym))
	case sym >= symF1 && sym < symF1+35:
		return fmt.Sprintf("F%d", sym-symF1+1)
	case sym >= 0xffb0 && sym <= 0xffb9:
		return fmt.Sprint(sym - 0xffb0)
	case sym > 0x01000000 && sym <= 0x0110ffff && unicode.IsPrint(rune(sym-0x01000000)):
		return string(unicode.ToUpper(rune(sym - 0x01000000)))
	}
	return fmt.Sprintf("Key %d", code)
}
