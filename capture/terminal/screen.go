package terminal

import (
	"unicode/utf8"
)

// Limits of the output that is kept of one command.
const (
	headSize = 48 << 10 // bytes from the start
	tailSize = 16 << 10 // bytes from the end
	maxRows  = 60       // rows that a program can still go back to
	maxCols  = 16 << 10 // longest row that a program can still change
	maxParam = 64       // bytes of a control sequence's parameters
)

// screen shows what a program printed as a terminal would in the end: without
// colours, with progress bars at their last state. It is a terminal of endless
// width; rows that are too far up to be changed any more go to the transcript.
// The zero screen is ready.
type screen struct {
	rows     [][]rune
	row, col int
	saved    [2]int // row, col of ESC 7
	alt      bool   // the alternate screen is shown
	full     bool   // it was
	done     transcript

	state  state
	params []byte
	part   [utf8.UTFMax]byte // an unfinished rune
	partN  int
}

// state is what the next byte belongs to.
type state int

const (
	inText      state = iota
	inEscape          // after ESC
	inCharset         // after ESC ( and its like: one more byte
	inCSI             // control sequence
	inString          // OSC, DCS, APC, PM, SOS: to BEL or ST
	inStringESC       // ESC within such a string
)

// write takes the next bytes, cut anywhere.
func (s *screen) write(b []byte) {
	if s.rows == nil {
		s.rows = [][]rune{nil}
	}
	for i := 0; i < len(b); {
		if s.state == inText && s.partN == 0 && b[i] >= 0x20 && b[i] < 0x7f {
			n := i + 1
			for n < len(b) && b[n] >= 0x20 && b[n] < 0x7f {
				n++
			}
			s.plain(b[i:n])
			i = n
			continue
		}
		s.step(b[i])
		i++
	}
}

func (s *screen) step(c byte) {
	switch s.state {
	case inText:
		s.textByte(c)
	case inEscape:
		s.escape(c)
	case inCharset:
		s.state = inText
	case inCSI:
		s.csiByte(c)
	case inString:
		switch c {
		case 0x1b:
			s.state = inStringESC
		case '\a', 0x18, 0x1a:
			s.state = inText
		}
	case inStringESC:
		s.state = inText
		if c != '\\' {
			s.escape(c)
		}
	}
}

func (s *screen) textByte(c byte) {
	if s.partN > 0 {
		if s.runeByte(c) {
			return
		}
	}
	switch {
	case c == 0x1b:
		s.state = inEscape
	case c == '\n', c == '\v', c == '\f':
		s.newline()
	case c == '\r':
		s.col = 0
	case c == '\b':
		s.col = max(0, s.col-1)
	case c == '\t':
		s.put('\t')
	case c == '\a', c == 0x0e, c == 0x0f:
	case c < 0x20:
		s.put('\u2400' + rune(c))
	case c == 0x7f:
		s.put('\u2421')
	case c < utf8.RuneSelf:
		s.put(rune(c))
	default:
		s.part[0], s.partN = c, 1
		s.partRune()
	}
}

// runeByte adds c to an unfinished rune. It is false where c does not go on
// with it; then the rune was invalid and c is still to be taken.
func (s *screen) runeByte(c byte) bool {
	if c&0xc0 != 0x80 {
		s.partN = 0
		s.put(utf8.RuneError)
		return false
	}
	s.part[s.partN] = c
	s.partN++
	s.partRune()
	return true
}

func (s *screen) partRune() {
	if !utf8.FullRune(s.part[:s.partN]) {
		return
	}
	r, size := utf8.DecodeRune(s.part[:s.partN])
	rest := s.partN - size
	s.partN = 0
	if r >= 0x80 && r < 0xa0 {
		r = utf8.RuneError
	}
	s.put(r)
	for range rest {
		s.put(utf8.RuneError)
	}
}

func (s *screen) escape(c byte) {
	s.state = inText
	switch c {
	case '[':
		s.state = inCSI
		s.params = s.params[:0]
	case ']', 'P', 'X', '^', '_':
		s.state = inString
	case '(', ')', '*', '+', '-', '.', '/', '#', '%', ' ':
		s.state = inCharset
	case '7':
		s.saved = [2]int{s.row, s.col}
	case '8':
		s.move(s.saved[0], s.saved[1])
	case 'D':
		s.down(1)
	case 'E':
		s.newline()
	case 'M':
		s.move(s.row-1, s.col)
	case 'c':
		s.clear()
	case 0x1b:
		s.state = inEscape
	}
}

func (s *screen) csiByte(c byte) {
	switch {
	case c >= 0x40 && c <= 0x7e:
		s.state = inText
		s.csi(c)
	case c == 0x1b:
		s.state = inEscape
	case c == 0x18, c == 0x1a:
		s.state = inText
	case c < 0x20:
		s.textByte(c) // a terminal obeys them even here
		if s.state == inText {
			s.state = inCSI
		}
	case len(s.params) < maxParam:
		s.params = append(s.params, c)
	}
}

// csi obeys the control sequences that move or erase. ECMA-48 section 8.3.
func (s *screen) csi(final byte) {
	if len(s.params) > 0 && s.params[0] == '?' {
		s.mode(final)
		return
	}
	n := s.param(0)
	one := min(max(1, n), maxCols)
	switch final {
	case 'A':
		s.move(s.row-one, s.col)
	case 'B', 'e':
		s.down(one)
	case 'C', 'a':
		s.move(s.row, s.col+one)
	case 'D':
		s.move(s.row, s.col-one)
	case 'E':
		s.down(one)
		s.col = 0
	case 'F':
		s.move(s.row-one, 0)
	case 'G', '`':
		s.move(s.row, one-1)
	case 'H', 'f':
		s.to(one-1, max(1, s.param(1))-1)
	case 'd':
		s.to(one-1, s.col)
	case 's':
		s.saved = [2]int{s.row, s.col}
	case 'u':
		s.move(s.saved[0], s.saved[1])
	case 'J':
		s.eraseDisplay(n)
	case 'K':
		s.eraseLine(n)
	case 'P':
		s.deleteChars(one)
	case 'X':
		s.blank(s.col, s.col+one)
	case '@':
		s.insertChars(one)
	}
}

// mode obeys the private modes that switch to the alternate screen and back.
func (s *screen) mode(final byte) {
	if final != 'h' && final != 'l' {
		return
	}
	switch string(s.params) {
	case "?1049", "?1047", "?47":
	default:
		return
	}
	s.full = true
	s.alt = final == 'h'
}

// param returns the i-th number of the control sequence, 0 where it has none.
func (s *screen) param(i int) int {
	n := 0
	for _, c := range s.params {
		switch {
		case c == ';' || c == ':':
			if i == 0 {
				return n
			}
			i--
			n = 0
		case c >= '0' && c <= '9':
			n = min(n*10+int(c-'0'), maxCols)
		}
	}
	if i > 0 {
		return 0
	}
	return n
}
