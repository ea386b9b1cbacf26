package input

import (
	"encoding/binary"
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
		0xfe52, 0xb0, 0x1b3, 0x1a3, // 18: dead circumflex; l with stroke
		symInsert, 0, 0, 0, // 19
		symMultiKey, 0, 0, 0, // 20
		symF1 + 23, 0, 0, 0, // 21
	}
	mods := make([]byte, 8)
	mods[3], mods[6], mods[7] = 9, 10, 11
	return newKeymap(coreKeys(8, 4, syms), 1, mods)
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
		{18, controlMask, []string{"Ctrl", "^"}},
		{18, controlMask | second, []string{"Ctrl", "Ł"}},
		{19, shiftMask, []string{"Shift", "Insert"}},
		{21, 0, []string{"F24"}},
		{18, 0, nil}, {19, 0, nil}, {20, controlMask, nil},
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

// TestOtherScriptsAlone has a keyboard without any Latin letter: shortcuts go by
// the place of the key.
func TestOtherScriptsAlone(t *testing.T) {
	keys := map[byte]key{
		10: {groups: []uint32{'1'}}, 54: {groups: []uint32{0x6d3}}, 24: {groups: []uint32{0x010005e9}}, 37: {groups: []uint32{0xffe3}},
		200: {groups: []uint32{0x6d3}},
	}
	m := newKeymap(keys, 1, make([]byte, 8))
	for code, want := range map[byte][]string{10: {"Ctrl", "1"}, 54: {"Ctrl", "C"}, 24: {"Ctrl", "Q"}, 37: nil, 200: {"Ctrl", "Key 200"}} {
		if got := m.chord(code, controlMask); !slices.Equal(got, want) {
			t.Errorf("key %d: %q, want %q", code, got, want)
		}
	}
}

func TestGroups(t *testing.T) {
	two := []uint32{'a', 'b'}
	for _, c := range []struct {
		k     key
		group int
		want  uint32
	}{
		{key{}, 1, 0},
		{key{groups: two}, 1, 'b'},
		{key{groups: two}, 2, 'a'},
		{key{groups: two, beyond: 0x40}, 3, 'b'},
		{key{groups: two, beyond: 0x80 | 1<<4}, 2, 'b'},
		{key{groups: two[:1], beyond: 0x80 | 3<<4}, 2, 'a'},
	} {
		if got := c.k.in(c.group); got != c.want {
			t.Errorf("%+v in group %d: %c, want %c", c.k, c.group, got, c.want)
		}
	}
}

// mapReply is a reply to GetMap for keys of the same width from a keycode on.
func mapReply(first byte, width int, keys ...[]uint32) []byte {
	b := make([]byte, 40)
	b[0], b[17], b[20] = 1, first, byte(len(keys))
	for _, syms := range keys {
		groups := 0
		if width > 0 {
			groups = len(syms) / width
		}
		b = append(b, 0, 0, 0, 0, byte(groups), byte(width), byte(len(syms)), byte(len(syms)>>8))
		for _, s := range syms {
			b = binary.LittleEndian.AppendUint32(b, s)
		}
	}
	return b
}

func TestParseMap(t *testing.T) {
	reply := mapReply(9, 2, []uint32{'c', 'C', 0x6d3, 0x6f3}, nil, []uint32{symF1, 0})
	keys, err := parseMap(reply)
	if err != nil || len(keys) != 3 {
		t.Fatalf("%v, %v", keys, err)
	}
	if k := keys[9]; !slices.Equal(k.groups, []uint32{'c', 0x6d3}) || len(k.syms) != 4 {
		t.Errorf("first key: %+v", k)
	}
	if k := keys[11]; !slices.Equal(k.groups, []uint32{symF1}) {
		t.Errorf("third key: %+v", k)
	}
	for n := range len(reply) {
		if _, err := parseMap(reply[:n]); err == nil {
			t.Errorf("%d bytes of %d are a map", n, len(reply))
		}
	}
}

func FuzzParseMap(f *testing.F) {
	f.Add(mapReply(8, 2, []uint32{1, 2}, []uint32{3, 4, 5, 6}))
	f.Add(mapReply(250, 0, []uint32{1}, nil))
	flat := mapReply(8, 2, []uint32{1, 2}, []uint32{3, 4})
	flat[45] = 0 // two groups of no width
	f.Add(flat)
	f.Fuzz(func(t *testing.T, b []byte) {
		keys, err := parseMap(b)
		if err != nil {
			return
		}
		for code, k := range keys {
			if len(k.groups) > mostGroups || len(k.groups) > len(k.syms) || 4*len(k.syms) > len(b) {
				t.Fatalf("key %d: %+v", code, k)
			}
			for group := range 4 {
				k.in(group)
			}
		}
	})
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
		m := newKeymap(coreKeys(first, per, syms), perMod, raw[:min(len(raw), 8)])
		keys := m.chord(code, state)
		if len(keys) == 0 || state&(controlMask|m.alt|m.super) != 0 {
			return
		}
		if last := keys[len(keys)-1]; last[0] != 'F' && last != "Insert" && last != "Delete" {
			t.Errorf("plain typing is told: %q", keys)
		}
	})
}
