package screen

import (
	"bytes"
	"encoding/binary"
	"runtime"
	"slices"
)

const (
	// paletteMost is how many colours an indexed PNG can have.
	paletteMost = 256
	// coloursMost is how many colours a picture may have to be indexed: the
	// edges of smooth letters alone make some hundred shades of a few colours.
	coloursMost = 2048
	// shadeMost is how much red, green and blue of a rare colour may change:
	// nobody sees a difference of 6 in 255.
	shadeMost = 6
	// rareShare is one over the share of a picture that may change so.
	rareShare = 25
)

// mergers are the ways to make do with fewer colours, from the one that changes
// least: so many of the most frequent colours stay what they are, and red, green
// and blue of the others change by so much.
var mergers = [...]struct{ exact, shade int }{{160, 1}, {160, 3}, {160, shadeMost}, {96, 4}, {96, shadeMost}, {48, shadeMost}}

// palette numbers the colours of a picture. Most pictures of terminals and
// forms have few: numbered, they take a third of the time to compress and less
// than half of the room. A slot holds a colour with its number, plus one so that
// none is zero.
type palette struct {
	slots   [4 * coloursMost]uint64
	used    [coloursMost]uint16 // slots in the order of their numbers
	weight  [coloursMost]int    // pixels of each colour
	chosen  [coloursMost]byte   // which of the colours stands for each
	colours []uint32            // that were chosen
	order   []int               // numbers, the most frequent first
	n       int
}

// number counts the colours of p and chooses those of the file. It returns
// false where the picture has too many.
func (t *palette) number(p picture) bool {
	for _, s := range t.used[:t.n] {
		t.slots[s] = 0
	}
	t.n = 0
	clear(t.weight[:])
	stride := p.w * 4
	for y := 0; y < p.h; {
		if y%yieldRows == 0 {
			runtime.Gosched()
		}
		row := p.pix[y*stride : (y+1)*stride]
		same := 1
		for y+same < p.h && bytes.Equal(row, p.pix[(y+same)*stride:(y+same+1)*stride]) {
			same++
		}
		if !t.count(row, same) {
			return false
		}
		y += same
	}
	return t.choose()
}

// count adds the pixels of a row that comes so many times.
func (t *palette) count(row []byte, times int) bool {
	for len(row) >= 4 {
		c := binary.LittleEndian.Uint32(row) & 0xffffff
		run := 1
		for 4*run+4 <= len(row) && binary.LittleEndian.Uint32(row[4*run:])&0xffffff == c {
			run++
		}
		i := t.find(c)
		if i < 0 {
			return false
		}
		t.weight[i] += run * times
		row = row[4*run:]
	}
	return true
}

// find returns the number of a colour, a new one where it has none, and -1
// where there are too many.
func (t *palette) find(c uint32) int {
	at := (c * 0x9e3779b1) >> 19
	for t.slots[at] != 0 {
		if uint32(t.slots[at]>>16) == c {
			return int(uint16(t.slots[at])) - 1
		}
		at = (at + 1) % uint32(len(t.slots))
	}
	if t.n == coloursMost {
		return -1
	}
	t.slots[at] = uint64(c)<<16 | uint64(t.n+1)
	t.used[t.n] = uint16(at)
	t.n++
	return t.n - 1
}

// choose fills colours and chosen, with as little change as it can.
func (t *palette) choose() bool {
	t.order = t.order[:0]
	for i := range t.n {
		t.order = append(t.order, i)
	}
	if t.n <= paletteMost {
		return t.merge(paletteMost, 0)
	}
	slices.SortFunc(t.order, func(a, b int) int { return t.weight[b] - t.weight[a] })
	for _, m := range mergers {
		if t.merge(m.exact, m.shade) {
			return true
		}
	}
	return false
}

// merge lets colours but the first ones be stood for by others that differ by
// shade at most.
func (t *palette) merge(exact, shade int) bool {
	t.colours = t.colours[:0]
	changed, all := 0, 0
	for rank, i := range t.order {
		c := uint32(t.slots[t.used[i]] >> 16)
		best := -1
		if rank >= exact {
			best = t.nearest(c, shade)
		}
		all += t.weight[i]
		if best >= 0 && t.colours[best] != c {
			changed += t.weight[i]
		}
		if best < 0 {
			if len(t.colours) == paletteMost {
				return false
			}
			t.colours = append(t.colours, c)
			best = len(t.colours) - 1
		}
		t.chosen[i] = byte(best)
	}
	return changed <= all/rareShare
}

// nearest returns the chosen colour that differs least from c, and -1 where
// each differs by more than most.
func (t *palette) nearest(c uint32, most int) int {
	best := -1
	for i, o := range t.colours {
		d := max(apart(c, o, 0), apart(c, o, 8), apart(c, o, 16))
		if d <= most {
			best, most = i, d-1
		}
	}
	return best
}

func apart(a, b uint32, shift uint) int {
	d := int(a>>shift&0xff) - int(b>>shift&0xff)
	return max(d, -d)
}

// row numbers the pixels of a row that number has seen.
func (t *palette) row(dst, src []byte) {
	last := ^uint32(0)
	var index byte
	for i := 0; len(src) >= 4 && i < len(dst); i, src = i+1, src[4:] {
		if c := binary.LittleEndian.Uint32(src) & 0xffffff; c != last {
			last, index = c, t.chosen[t.find(c)]
		}
		dst[i] = index
	}
}

// appendTo appends red, green and blue of each chosen colour in order.
func (t *palette) appendTo(b []byte, l layout) []byte {
	for _, c := range t.colours {
		low, mid, high := byte(c), byte(c>>8), byte(c>>16)
		if l == bgrx {
			low, high = high, low
		}
		b = append(b, low, mid, high)
	}
	return b
}
