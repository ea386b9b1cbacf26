package screen

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"runtime"
	"slices"

	"github.com/runreel/runreel/capture"
)

// picture is what an encoder reads: rows of w*4 bytes.
type picture struct {
	pix    []byte
	w, h   int
	layout layout
}

// maskGrey is the colour, in red, green and blue alike, of what is painted over.
const maskGrey = 0x80

// encoder writes PNG: indexed where a picture has few colours, or many that are
// rare and near to others (see palette), else in red, green and blue. The
// standard image/png tries five filters on each row, most of its time; pictures
// of a screen repeat the row above, so one filter (Up) is nearly as small and
// several times as quick. An encoder keeps its buffers for the next picture and
// is not safe for concurrent use.
type encoder struct {
	out       bytes.Buffer
	z, quick  *zlib.Writer
	row, prev []byte // red, green, blue; prev is the row above
	line      []byte // filter type and filtered row
	palette   palette
}

// yieldRows is how many rows are encoded until other goroutines may run: the
// loop that grabs passes through several, and must not wait for each.
const yieldRows = 16

// indexedLevel is how hard indexed pictures are compressed: on a desktop with
// text, 6 saves two percent more and takes a quarter more time.
const indexedLevel = 4

const (
	filterNone    = 0
	filterUp      = 2
	colourTrue    = 2 // red, green and blue, no alpha
	colourIndexed = 3
)

// encode returns p as a PNG file (PNG specification, third edition). The bytes
// are valid until the next call.
func (e *encoder) encode(p picture) ([]byte, error) {
	e.out.Reset()
	e.out.WriteString("\x89PNG\r\n\x1a\n")
	few := e.palette.number(p)
	var head [13]byte
	binary.BigEndian.PutUint32(head[0:], uint32(p.w))
	binary.BigEndian.PutUint32(head[4:], uint32(p.h))
	if head[8], head[9] = 8, colourTrue; few {
		head[9] = colourIndexed
	}
	e.chunk("IHDR", head[:])
	if few {
		e.line = e.palette.appendTo(e.line[:0], p.layout)
		e.chunk("PLTE", e.line)
	}
	chunk := e.begin("IDAT")
	compress := e.compress
	if few {
		compress = e.compressIndexed
	}
	if err := compress(p); err != nil {
		return nil, err
	}
	e.end(chunk)
	e.chunk("IEND", nil)
	return e.out.Bytes(), nil
}

// compressIndexed writes rows as they are, but for those that repeat the one
// above: the numbers of colours have no use for differences.
func (e *encoder) compressIndexed(p picture) error {
	z, err := e.writer(&e.z, indexedLevel)
	if err != nil {
		return err
	}
	e.line = slices.Grow(e.line[:0], p.w+1)[:p.w+1]
	line, stride := e.line, p.w*4
	for y := range p.h {
		if y%yieldRows == 0 {
			runtime.Gosched()
		}
		src := p.pix[y*stride : (y+1)*stride]
		if y > 0 && bytes.Equal(src, p.pix[(y-1)*stride:y*stride]) {
			line[0] = filterUp
			clear(line[1:])
		} else {
			line[0] = filterNone
			e.palette.row(line[1:], src)
		}
		if _, err := z.Write(line); err != nil {
			return err
		}
	}
	return z.Close()
}

// writer returns the compressor in z, ready for a new stream.
func (e *encoder) writer(z **zlib.Writer, level int) (*zlib.Writer, error) {
	if *z != nil {
		(*z).Reset(&e.out)
		return *z, nil
	}
	made, err := zlib.NewWriterLevel(&e.out, level)
	*z = made
	return made, err
}

func (e *encoder) chunk(kind string, data []byte) {
	at := e.begin(kind)
	e.out.Write(data)
	e.end(at)
}

// begin starts a chunk and returns where.
func (e *encoder) begin(kind string) int {
	at := e.out.Len()
	e.out.Write([]byte{0, 0, 0, 0})
	e.out.WriteString(kind)
	return at
}

// end completes the chunk that started at.
func (e *encoder) end(at int) {
	b := e.out.Bytes()[at:]
	binary.BigEndian.PutUint32(b, uint32(len(b)-8))
	e.out.Write(binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(b[4:])))
}

func (e *encoder) compress(p picture) error {
	z, err := e.writer(&e.quick, zlib.BestSpeed)
	if err != nil {
		return err
	}
	if n := p.w * 3; len(e.row) != n {
		e.row, e.prev = make([]byte, n), make([]byte, n)
	}
	e.line = slices.Grow(e.line[:0], p.w*3+1)[:p.w*3+1]
	clear(e.prev)
	for y := range p.h {
		if y%yieldRows == 0 {
			runtime.Gosched()
		}
		e.filter(p, y)
		if _, err := z.Write(e.line); err != nil {
			return err
		}
	}
	return z.Close()
}

// filter sets line to the filtered row y.
func (e *encoder) filter(p picture, y int) {
	e.line[0] = filterUp
	stride := p.w * 4
	src := p.pix[y*stride : (y+1)*stride]
	if y > 0 && bytes.Equal(src, p.pix[(y-1)*stride:y*stride]) {
		clear(e.line[1:])
		return
	}
	if p.layout == bgrx {
		fromBGRX(e.row, src)
	} else {
		fromRGBX(e.row, src)
	}
	subtract(e.line[1:], e.row, e.prev)
	e.row, e.prev = e.prev, e.row
}

func fromBGRX(dst, src []byte) {
	for len(src) >= 4 && len(dst) >= 3 {
		dst[0], dst[1], dst[2] = src[2], src[1], src[0]
		dst, src = dst[3:], src[4:]
	}
}

func fromRGBX(dst, src []byte) {
	for len(src) >= 4 && len(dst) >= 3 {
		dst[0], dst[1], dst[2] = src[0], src[1], src[2]
		dst, src = dst[3:], src[4:]
	}
}

// subtract sets dst to a-b byte by byte, eight at a time: the top bits are kept
// apart so that no byte borrows from the next.
func subtract(dst, a, b []byte) {
	const top = 0x8080808080808080
	for len(dst) >= 8 && len(a) >= 8 && len(b) >= 8 {
		x, y := binary.LittleEndian.Uint64(a), binary.LittleEndian.Uint64(b)
		d := ((x | top) - (y &^ top)) ^ ((x ^ ^y) & top)
		binary.LittleEndian.PutUint64(dst, d)
		dst, a, b = dst[8:], a[8:], b[8:]
	}
	for i := range dst {
		dst[i] = a[i] - b[i]
	}
}

// masksIn returns the parts of rects that lie on a display with these bounds,
// from its corner.
func masksIn(bounds capture.Rect, rects []capture.Rect) []capture.Rect {
	var in []capture.Rect
	for _, r := range rects {
		x0, y0 := max(r.X, bounds.X), max(r.Y, bounds.Y)
		x1, y1 := min(r.X+r.W, bounds.X+bounds.W), min(r.Y+r.H, bounds.Y+bounds.H)
		if x0 < x1 && y0 < y1 {
			in = append(in, capture.Rect{X: x0 - bounds.X, Y: y0 - bounds.Y, W: x1 - x0, H: y1 - y0})
		}
	}
	return in
}
