package input

import "encoding/binary"

const mostGroups = 4 // of a keyboard

// key is what a key means: the keysym without Shift in each keyboard group, and
// all the keysyms that it has.
type key struct {
	groups []uint32
	syms   []uint32
	beyond byte // groupInfo of XKB: what a group means that the key does not have
}

// in returns the keysym in a group.
func (k key) in(group int) uint32 {
	const clamp, redirect = 0x40, 0x80
	n := len(k.groups)
	switch {
	case n == 0:
		return 0
	case group < n:
	case k.beyond&0xc0 == clamp:
		group = n - 1
	case k.beyond&0xc0 == redirect:
		group = int(k.beyond >> 4 & 3)
	}
	return k.groups[group%n]
}

// coreKeys reads the reply to GetKeyboardMapping, which has per keysyms for
// each keycode: two levels of the first group, two of the second, then others
// (X11 protocol, section 5).
func coreKeys(first byte, per int, syms []uint32) map[byte]key {
	keys := make(map[byte]key)
	if per <= 0 {
		return keys
	}
	for code := int(first); code < 256 && len(syms) >= per; code++ {
		row := syms[:per]
		syms = syms[per:]
		k := key{groups: row[:1], syms: row}
		if per >= 4 && row[2] != 0 {
			k.groups = []uint32{row[0], row[2]}
		}
		keys[byte(code)] = k
	}
	return keys
}

// parseMap reads the reply to XKB's GetMap for the symbols of keys: a header,
// then for each key its types, its groups, the width of a group, and its
// keysyms group by group (XKB protocol, section 16.3.6 and appendix).
func parseMap(b []byte) (map[byte]key, error) {
	const header, first, count = 40, 17, 20
	if len(b) < header || b[0] != 1 {
		return nil, errProtocol
	}
	code, n := int(b[first]), int(b[count])
	keys := make(map[byte]key, n)
	for b = b[header:]; n > 0; n, code = n-1, code+1 {
		const size = 8
		if len(b) < size || code > 255 {
			return nil, errProtocol
		}
		info, width, syms := b[4], int(b[5]), int(binary.LittleEndian.Uint16(b[6:]))
		b = b[size:]
		if len(b) < 4*syms {
			return nil, errProtocol
		}
		k := key{beyond: info}
		for i := range syms {
			k.syms = append(k.syms, binary.LittleEndian.Uint32(b[4*i:]))
		}
		for g := range min(int(info&15), mostGroups) {
			if width > 0 && g*width < syms {
				k.groups = append(k.groups, k.syms[g*width])
			}
		}
		keys[byte(code)], b = k, b[4*syms:]
	}
	return keys, nil
}
