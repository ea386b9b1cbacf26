package terminal

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// Limits of a grid, whatever size the terminal claims.
const (
	maxGridCols = 1000
	maxGridRows = 500
	maxOSC      = 16 << 10 // bytes of an operating system command
	maxChain    = 256      // rows of one long line
)

// gridRow is one row of a terminal. A line that is too long for one row goes on
// in the next, which points back to it.
type gridRow struct {
	cells []cell
	back  *gridRow // the row that this one goes on from, or nil
	next  *gridRow // the row that goes on from this one, or nil
}

// cell is one column. The second column of a wide character is the zero cell.
type cell struct {
	r    rune
	tail string // what combines with it
}

// head is the row in which the line of r begins.
func (r *gridRow) head() *gridRow {
	for n := 0; r.back != nil && n < maxChain; n++ {
		r = r.back
	}
	return r
}

// line is the text of the line that begins in r, up to column col of row at;
// nil is all of it. Blanks at its end are cut off where at is nil.
func (r *gridRow) line(at *gridRow, col int) string {
	var b strings.Builder
	for n := 0; r != nil && n < maxChain; n++ {
		cells := r.cells
		if r == at {
			cells = cells[:min(col, len(cells))]
		}
		for _, c := range cells {
			if c.r != 0 {
				b.WriteRune(c.r)
				b.WriteString(c.tail)
			}
		}
		if r == at {
			return b.String()
		}
		r = r.next
	}
	return strings.TrimRight(b.String(), " ")
}

// grid is a terminal as wide and high as the person's. It tells what stands
// where, which a screen, that is endless, cannot.
type grid struct {
	cols, rowsN int
	rows        []*gridRow
	row, col    int
	wrap        bool // the next character begins a new row
	top, bottom int  // the rows that scroll, both included
	saved       [2]int
	alt         bool
	hidden      []*gridRow // the main screen while the alternate one is shown
	hiddenAt    [2]int
	last        rune
	lines       bool // ASCII letters stand for lines (DEC Special Graphics)
	charset     byte // which of the sets is being chosen

	state  state
	params []byte
	osc    []byte
	isOSC  bool
	part   []byte
}

func newGrid(cols, rows int) *grid {
	g := &grid{cols: min(max(cols, 1), maxGridCols), rowsN: min(max(rows, 1), maxGridRows)}
	g.rows = blankRows(g.rowsN)
	g.bottom = g.rowsN - 1
	return g
}

func blankRows(n int) []*gridRow {
	rows := make([]*gridRow, n)
	for i := range rows {
		rows[i] = &gridRow{}
	}
	return rows
}

// resize changes the size. Rows are cut off at the top, as terminals do it.
func (g *grid) resize(cols, rows int) {
	g.cols, rows = min(max(cols, 1), maxGridCols), min(max(rows, 1), maxGridRows)
	if drop := g.row - rows + 1; drop > 0 {
		g.rows, g.row = g.rows[drop:], g.row-drop
	}
	for len(g.rows) < rows {
		g.rows = append(g.rows, &gridRow{})
	}
	g.rows, g.rowsN, g.top, g.bottom = g.rows[:rows], rows, 0, rows-1
	for len(g.hidden) > 0 && len(g.hidden) < rows {
		g.hidden = append(g.hidden, &gridRow{})
	}
	g.hidden = g.hidden[:min(len(g.hidden), rows)]
	g.col = min(g.col, g.cols-1)
}

// next takes bytes up to the end of the next operating system command, which it
// returns, or all of them.
func (g *grid) next(b []byte) (n int, osc string) {
	for n < len(b) {
		c := b[n]
		n++
		if g.step(c) {
			return n, string(g.osc)
		}
	}
	return n, ""
}

// here is the row of the cursor.
func (g *grid) here() *gridRow { return g.rows[g.row] }

// before is what stands on the cursor's line before the cursor.
func (g *grid) before() string {
	col := g.col
	if g.wrap {
		col = g.cols
	}
	return g.here().head().line(g.here(), col)
}

// step takes one byte. It is true where an operating system command ended.
func (g *grid) step(c byte) bool {
	switch g.state {
	case inText:
		g.textByte(c)
	case inEscape:
		g.escape(c)
	case inCharset:
		g.state = inText
		if g.charset == '(' {
			g.lines = c == '0'
		}
	case inCSI:
		switch {
		case c >= 0x40 && c <= 0x7e:
			g.state = inText
			g.csi(c)
		case c == 0x1b:
			g.state = inEscape
		case c == 0x18, c == 0x1a:
			g.state = inText
		case c < 0x20:
			g.control(c)
		case len(g.params) < maxParam:
			g.params = append(g.params, c)
		}
	case inString:
		switch {
		case c == 0x1b:
			g.state = inStringESC
		case c == '\a':
			g.state = inText
			return g.isOSC
		case c == 0x18, c == 0x1a:
			g.state = inText
		case g.isOSC && len(g.osc) < maxOSC:
			g.osc = append(g.osc, c)
		}
	case inStringESC:
		g.state = inText
		if c == '\\' {
			return g.isOSC
		}
		g.escape(c)
	}
	return false
}

func (g *grid) textByte(c byte) {
	switch {
	case len(g.part) > 0 && c&0xc0 == 0x80:
		g.part = append(g.part, c)
		if utf8.FullRune(g.part) {
			r, _ := utf8.DecodeRune(g.part)
			g.part = g.part[:0]
			g.put(r)
		}
		return
	case len(g.part) > 0:
		g.part = g.part[:0]
		g.put(utf8.RuneError)
	}
	switch {
	case c == 0x1b:
		g.state = inEscape
	case c < 0x20:
		g.control(c)
	case c == 0x7f:
	case c < utf8.RuneSelf:
		g.put(rune(c))
	default:
		if g.part = append(g.part, c); utf8.FullRune(g.part) {
			g.part = g.part[:0]
			g.put(utf8.RuneError)
		}
	}
}

func (g *grid) control(c byte) {
	switch c {
	case '\n', '\v', '\f':
		g.wrap = false
		g.lineFeed()
	case '\r':
		g.col, g.wrap = 0, false
	case '\b':
		g.col, g.wrap = max(0, g.col-1), false
	case '\t':
		g.col = min(g.cols-1, (g.col/8+1)*8)
	}
}

// columns is how many columns a character takes.
func columns(r rune) int {
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

func (g *grid) put(r rune) {
	n := 1
	if g.lines && r == 'x' {
		r = '│'
	}
	if r >= utf8.RuneSelf {
		n = columns(r)
	}
	if n == 0 {
		g.combine(r)
		return
	}
	if g.wrap || g.col+n > g.cols && g.cols >= n {
		above := g.here()
		g.col, g.wrap = 0, false
		g.lineFeed()
		if here := g.here(); here != above {
			above.next, here.back = here, above
		}
	}
	g.reach(g.col + n)
	row := g.here().cells
	row[g.col] = cell{r: r}
	for i := 1; i < n && g.col+i < len(row); i++ {
		row[g.col+i] = cell{}
	}
	g.last = r
	if g.col += n; g.col >= g.cols {
		g.col, g.wrap = g.cols-1, true
	}
}

func (g *grid) combine(r rune) {
	i := g.col - 1
	if g.wrap {
		i = g.col
	}
	row := g.here().cells
	if i > 0 && i < len(row) && row[i].r == 0 {
		i--
	}
	if i >= 0 && i < len(row) && len(row[i].tail) < 32 {
		row[i].tail += string(r)
	}
}

// reach fills the row with blanks up to a column.
func (g *grid) reach(n int) {
	row := g.here()
	for len(row.cells) < min(n, g.cols) {
		row.cells = append(row.cells, cell{r: ' '})
	}
}

func (g *grid) lineFeed() {
	if g.row == g.bottom {
		g.scroll(g.top, 1)
		return
	}
	g.row = min(g.row+1, g.rowsN-1)
}

// scroll moves the rows from row from to the bottom up by n, down where n is
// negative.
func (g *grid) scroll(from, n int) {
	size := g.bottom - from + 1
	if size <= 0 {
		return
	}
	region := g.rows[from : g.bottom+1]
	switch {
	case n > 0:
		n = min(n, size)
		copy(region, region[n:])
		copy(region[size-n:], blankRows(n))
	case n < 0:
		n = min(-n, size)
		copy(region[n:], region)
		copy(region, blankRows(n))
	}
}

func (g *grid) escape(c byte) {
	g.state = inText
	switch c {
	case '[':
		g.state, g.params = inCSI, g.params[:0]
	case ']':
		g.state, g.isOSC, g.osc = inString, true, g.osc[:0]
	case 'P', 'X', '^', '_':
		g.state, g.isOSC = inString, false
	case '(', ')', '*', '+', '-', '.', '/', '#', '%', ' ':
		g.state, g.charset = inCharset, c
	case '7':
		g.saved = [2]int{g.row, g.col}
	case '8':
		g.move(g.saved[0], g.saved[1])
	case 'D':
		g.lineFeed()
	case 'E':
		g.col = 0
		g.lineFeed()
	case 'M':
		if g.row == g.top {
			g.scroll(g.top, -1)
		} else {
			g.move(g.row-1, g.col)
		}
	case 'c':
		*g = *newGrid(g.cols, g.rowsN)
	case 0x1b:
		g.state = inEscape
	}
}

func (g *grid) move(row, col int) {
	g.row, g.col, g.wrap = min(max(0, row), g.rowsN-1), min(max(0, col), g.cols-1), false
}

func (g *grid) csi(final byte) {
	if len(g.params) > 0 && g.params[0] == '?' {
		g.mode(final)
		return
	}
	if len(g.params) > 0 && g.params[0] >= '<' {
		return
	}
	n := number(g.params, 0)
	one := max(1, n)
	switch final {
	case 'A':
		g.move(g.row-one, g.col)
	case 'B', 'e':
		g.move(g.row+one, g.col)
	case 'C', 'a':
		g.move(g.row, g.col+one)
	case 'D':
		g.move(g.row, g.col-one)
	case 'E':
		g.move(g.row+one, 0)
	case 'F':
		g.move(g.row-one, 0)
	case 'G', '`':
		g.move(g.row, one-1)
	case 'H', 'f':
		g.move(one-1, max(1, number(g.params, 1))-1)
	case 'd':
		g.move(one-1, g.col)
	case 's':
		g.saved = [2]int{g.row, g.col}
	case 'u':
		g.move(g.saved[0], g.saved[1])
	case 'r':
		g.region(one-1, number(g.params, 1)-1)
	case 'b':
		for range min(one, g.cols) {
			g.put(max(g.last, ' '))
		}
	default:
		g.change(final, n, one)
	}
}

// change obeys the sequences that erase, insert and delete.
func (g *grid) change(final byte, n, one int) {
	row := g.here()
	switch final {
	case 'J':
		g.eraseDisplay(n)
	case 'K':
		switch n {
		case 0:
			g.cut(row, g.col)
		case 1:
			g.blank(0, g.col+1)
		case 2:
			g.cut(row, 0)
		}
	case 'L':
		if g.row >= g.top && g.row <= g.bottom {
			g.scroll(g.row, -one)
		}
	case 'M':
		if g.row >= g.top && g.row <= g.bottom {
			g.scroll(g.row, one)
		}
	case 'S':
		g.scroll(g.top, one)
	case 'T':
		g.scroll(g.top, -one)
	case 'X':
		g.blank(g.col, g.col+one)
	case 'P':
		if g.col < len(row.cells) {
			row.cells = append(row.cells[:g.col], row.cells[min(g.col+one, len(row.cells)):]...)
		}
	case '@':
		if g.col < len(row.cells) {
			one = min(one, g.cols-g.col)
			row.cells = append(row.cells, make([]cell, one)...)
			copy(row.cells[g.col+one:], row.cells[g.col:])
			row.cells = row.cells[:min(len(row.cells), g.cols)]
			g.blank(g.col, g.col+one)
		}
	}
}
