package input

import (
	"slices"
	"testing"
)

// twoGroups is a keyboard with a Latin and a Cyrillic group; Mod1 is Alt, Mod4
// Super, Mod5 AltGr.
func twoGroups() *keymap {
	syms := []uint32{
		'c', 'C', 0x6d3, 0x6f3, // 8: Cyrillic es
		symAltL, symMetaL, symAltL, symMetaL, // 9
		symSuperL, 0, symSuperL, 0, // 10
		symLevel3, 0, symLevel3, 0, // 11
		symF1 + 4, 0, symF1 + 4, 0, // 12
		0xff1b, 0, 0xff1b, 0, // 13: Escape
		'7', '/', '7', '?', // 14
		symTab, symLeftTab, symTab, symLeftTab, // 15
		0x01000111, 0x01000110, 0, 0, // 16: d with stroke
		0x1008ff13, 0, 0, 0, // 17
	}
	mods := make([]byte, 8)
	mods[3], mods[6], mods[7] = 9, 10, 11
	return newKeymap(8, 4, syms, 1, mods)
}

func TestChord(t *testing.T) {
	const alt, super, altGr, second = 1 << 3, 1 << 6, 1 << 7, 1 << 13
	m := twoGroups()
	for _, c := range []struct {
		code  byte
		state uint16
		want  []string
	}{
		{8, controlMask, []string{"Ctrl", "C"}},
		{8, controlMask | second, []string{"Ctrl", "C"}},
		{8, controlMask | shiftMask, []string{"Ctrl", "Shift", "C"}},
		{8, super, []string{"Super", "C"}},
		{8, alt | controlMask, []string{"Ctrl", "Alt", "C"}},
		{14, controlMask | shiftMask, []string{"Ctrl", "Shift", "7"}},
		{15, alt, []string{"Alt", "Tab"}},
		{15, alt | shiftMask, []string{"Alt", "Shift", "Tab"}},
		{12, 0, []string{"F5"}},
		{12, shiftMask, []string{"Shift", "F5"}},
		{13, controlMask, []string{"Ctrl", "Escape"}},
		{16, controlMask, []string{"Ctrl", "Đ"}},
		{17, controlMask, []string{"Ctrl", "Key 17"}},
		{8, 0, nil}, {8, shiftMask, nil}, {8, second, nil}, {13, 0, nil}, {15, shiftMask, nil},
		{8, altGr, nil}, {8, altGr | shiftMask, nil}, {14, altGr | controlMask, nil},
		{9, controlMask, nil}, {10, alt, nil}, {11, controlMask, nil}, {200, controlMask, nil}, {0, controlMask, nil},
	} {
		if got := m.chord(c.code, c.state); !slices.Equal(got, c.want) {
			t.Errorf("key %d, state %#x: %q, want %q", c.code, c.state, got, c.want)
		}
	}
	if !m.leaves(15) || m.leaves(8) || m.leaves(200) {
		t.Error("Tab alone leaves a field")
	}
}

func FuzzKeymap(f *testing.F) {
	f.Add(byte(8), 4, []byte{1, 2, 3, 4, 5, 6, 7, 8}, 1, byte(9), uint16(4))
	f.Add(byte(0), -1, []byte{}, 0, byte(0), uint16(0xffff))
	f.Add(byte(8), 4, []byte("00000000"), -7, byte(9), uint16(16))
	f.Fuzz(func(t *testing.T, first byte, per int, raw []byte, perMod int, code byte, state uint16) {
		var syms []uint32
		for _, b := range raw {
			syms = append(syms, uint32(b)<<8|uint32(b))
		}
		m := newKeymap(first, per, syms, perMod, raw[:min(len(raw), 8)])
		keys := m.chord(code, state)
		if len(keys) > 0 && state&(controlMask|m.alt|m.super) == 0 && keys[len(keys)-1][0] != 'F' {
			t.Errorf("plain typing is told: %q", keys)
		}
	})
}
