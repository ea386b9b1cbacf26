package pdffile

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// ErrFont is returned for a font file that is damaged or not TrueType.
var ErrFont = errors.New("not a TrueType font")

// TrueType is a font file, ready to be cut down.
type TrueType struct {
	tables   map[string][]byte
	longLoca bool
	metrics  int // number of full entries of hmtx
	glyphs   int
}

// ParseTrueType reads the tables of a font. It keeps data.
func ParseTrueType(data []byte) (*TrueType, error) {
	if len(data) < 12 {
		return nil, ErrFont
	}
	t := &TrueType{tables: map[string][]byte{}}
	for i := range int(binary.BigEndian.Uint16(data[4:])) {
		at := 12 + 16*i
		if at+16 > len(data) {
			return nil, ErrFont
		}
		off, n := uint64(binary.BigEndian.Uint32(data[at+8:])), uint64(binary.BigEndian.Uint32(data[at+12:]))
		if off+n > uint64(len(data)) {
			return nil, ErrFont
		}
		t.tables[string(data[at:at+4])] = data[off : off+n]
	}
	for name, size := range map[string]int{"head": 54, "hhea": 36, "maxp": 32, "hmtx": 4, "loca": 4, "glyf": 0} {
		if table, ok := t.tables[name]; !ok || len(table) < size {
			return nil, fmt.Errorf("table %s: %w", name, ErrFont)
		}
	}
	t.longLoca = binary.BigEndian.Uint16(t.tables["head"][50:]) != 0
	t.metrics = int(binary.BigEndian.Uint16(t.tables["hhea"][34:]))
	t.glyphs = int(binary.BigEndian.Uint16(t.tables["maxp"][4:]))
	if t.metrics == 0 || len(t.tables["hmtx"]) < 4*t.metrics {
		return nil, fmt.Errorf("table hmtx: %w", ErrFont)
	}
	return t, nil
}

// Subset returns a font file that holds the glyphs given, under the numbers 0,
// 1, 2 and so on, and those that they are made of. A glyph may be given twice.
func (t *TrueType) Subset(glyphs []uint16) ([]byte, error) {
	list := slices.Clone(glyphs)
	number := map[uint16]uint16{}
	for i, g := range list {
		if _, ok := number[g]; !ok {
			number[g] = uint16(i)
		}
	}
	var glyf, loca, hmtx []byte
	for i := 0; i < len(list); i++ {
		outline, err := t.outline(list[i])
		if err != nil {
			return nil, err
		}
		outline = slices.Clone(outline)
		err = components(outline, func(at int) {
			old := binary.BigEndian.Uint16(outline[at:])
			if _, ok := number[old]; !ok {
				number[old] = uint16(len(list))
				list = append(list, old)
			}
			binary.BigEndian.PutUint16(outline[at:], number[old])
		})
		if err != nil {
			return nil, err
		}
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
		glyf = append(glyf, outline...)
		for len(glyf)%4 != 0 {
			glyf = append(glyf, 0)
		}
		hmtx = append(hmtx, t.metric(list[i])...)
	}
	loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
	head := slices.Clone(t.tables["head"])
	binary.BigEndian.PutUint16(head[50:], 1)
	hhea := slices.Clone(t.tables["hhea"])
	binary.BigEndian.PutUint16(hhea[34:], uint16(len(list)))
	maxp := slices.Clone(t.tables["maxp"])
	binary.BigEndian.PutUint16(maxp[4:], uint16(len(list)))
	out := map[string][]byte{"head": head, "hhea": hhea, "maxp": maxp, "hmtx": hmtx, "loca": loca, "glyf": glyf}
	for _, name := range []string{"cvt ", "fpgm", "prep"} {
		if table, ok := t.tables[name]; ok {
			out[name] = table
		}
	}
	return assemble(out), nil
}

func (t *TrueType) outline(g uint16) ([]byte, error) {
	loca, glyf := t.tables["loca"], t.tables["glyf"]
	var from, to uint64
	i := int(g)
	if t.longLoca {
		if 4*i+8 > len(loca) {
			return nil, fmt.Errorf("glyph %d: %w", g, ErrFont)
		}
		from, to = uint64(binary.BigEndian.Uint32(loca[4*i:])), uint64(binary.BigEndian.Uint32(loca[4*i+4:]))
	} else {
		if 2*i+4 > len(loca) {
			return nil, fmt.Errorf("glyph %d: %w", g, ErrFont)
		}
		from, to = 2*uint64(binary.BigEndian.Uint16(loca[2*i:])), 2*uint64(binary.BigEndian.Uint16(loca[2*i+2:]))
	}
	if from > to || to > uint64(len(glyf)) {
		return nil, fmt.Errorf("glyph %d: %w", g, ErrFont)
	}
	return glyf[from:to], nil
}

// metric returns the entry of hmtx of a glyph, always with its advance.
func (t *TrueType) metric(g uint16) []byte {
	hmtx := t.tables["hmtx"]
	if int(g) < t.metrics {
		return hmtx[4*int(g) : 4*int(g)+4]
	}
	last := slices.Clone(hmtx[4*t.metrics-4 : 4*t.metrics-2])
	at := 4*t.metrics + 2*(int(g)-t.metrics)
	if at+2 > len(hmtx) {
		return append(last, 0, 0)
	}
	return append(last, hmtx[at:at+2]...)
}

// components calls use with the place of each glyph number in a composite
// outline (OpenType, table glyf, composite glyph description).
func components(outline []byte, use func(at int)) error {
	if len(outline) < 10 || int16(binary.BigEndian.Uint16(outline)) >= 0 {
		return nil
	}
	const words, scale, more, xyScale, twoByTwo = 1, 8, 32, 64, 128
	for at := 10; ; {
		if at+4 > len(outline) {
			return fmt.Errorf("composite glyph: %w", ErrFont)
		}
		flags := binary.BigEndian.Uint16(outline[at:])
		use(at + 2)
		at += 6
		if flags&words != 0 {
			at += 2
		}
		switch {
		case flags&scale != 0:
			at += 2
		case flags&xyScale != 0:
			at += 4
		case flags&twoByTwo != 0:
			at += 8
		}
		if flags&more == 0 {
			return nil
		}
	}
}

// assemble writes a font file of tables.
func assemble(tables map[string][]byte) []byte {
	var names []string
	for name := range tables {
		names = append(names, name)
	}
	slices.Sort(names)
	power, log := 1, 0
	for power*2 <= len(names) {
		power, log = power*2, log+1
	}
	out := binary.BigEndian.AppendUint32(nil, 0x00010000)
	for _, v := range []int{len(names), power * 16, log, (len(names) - power) * 16} {
		out = binary.BigEndian.AppendUint16(out, uint16(v))
	}
	at := 12 + 16*len(names)
	var body []byte
	for _, name := range names {
		table := tables[name]
		out = append(out, name...)
		out = binary.BigEndian.AppendUint32(out, checksum(table))
		out = binary.BigEndian.AppendUint32(out, uint32(at+len(body)))
		out = binary.BigEndian.AppendUint32(out, uint32(len(table)))
		body = append(body, table...)
		for len(body)%4 != 0 {
			body = append(body, 0)
		}
	}
	return append(out, body...)
}

func checksum(table []byte) uint32 {
	var sum uint32
	for i := 0; i < len(table); i += 4 {
		var word [4]byte
		copy(word[:], table[i:])
		sum += binary.BigEndian.Uint32(word[:])
	}
	return sum
}
