package terminal

import "strings"

// plain puts printable ASCII.
func (s *screen) plain(b []byte) {
	if s.alt {
		return
	}
	for len(b) > 0 {
		if s.col >= maxCols {
			s.spill()
		}
		n := min(len(b), maxCols-s.col)
		row := s.reach()
		keep := min(n, len(row)-s.col)
		for i := range keep {
			row[s.col+i] = rune(b[i])
		}
		for _, c := range b[keep:n] {
			row = append(row, rune(c))
		}
		s.rows[s.row] = row
		s.col += n
		b = b[n:]
	}
}

// put puts one rune at the cursor.
func (s *screen) put(r rune) {
	if s.alt {
		return
	}
	if s.col >= maxCols {
		s.spill()
	}
	row := s.reach()
	if s.col < len(row) {
		row[s.col] = r
	} else {
		s.rows[s.row] = append(row, r)
	}
	s.col++
}

// reach fills the row with blanks up to the cursor.
func (s *screen) reach() []rune {
	row := s.rows[s.row]
	for len(row) < s.col {
		row = append(row, ' ')
	}
	s.rows[s.row] = row
	return row
}

// spill gives up on changing rows as long as this one: what is held goes to
// the transcript, and the row goes on without a break.
func (s *screen) spill() {
	for i, row := range s.rows {
		s.done.write(string(row))
		if i < len(s.rows)-1 {
			s.done.write("\n")
		}
	}
	s.rows = [][]rune{s.rows[0][:0]}
	s.row, s.col = 0, 0
}

func (s *screen) newline() {
	if s.alt {
		return
	}
	s.col = 0
	s.down(1)
}

// down moves the cursor down, beyond the last row too.
func (s *screen) down(n int) {
	if s.alt {
		return
	}
	for range n {
		s.row++
		if s.row < len(s.rows) {
			continue
		}
		if len(s.rows) < maxRows {
			s.rows = append(s.rows, nil)
			continue
		}
		first := s.rows[0]
		s.done.write(string(first))
		s.done.write("\n")
		copy(s.rows, s.rows[1:])
		s.row = len(s.rows) - 1
		s.rows[s.row] = first[:0]
		s.saved[0] = max(0, s.saved[0]-1)
	}
}

// move sets the cursor within the rows that there are.
func (s *screen) move(row, col int) {
	if s.alt {
		return
	}
	s.row = min(max(0, row), len(s.rows)-1)
	s.col = min(max(0, col), maxCols)
}

// to moves the cursor to a place on the terminal's screen. Where the output
// began on it is not known: its first row counts as the top.
func (s *screen) to(row, col int) {
	if s.alt {
		return
	}
	row = min(row, maxRows-1)
	for len(s.rows) <= row {
		s.rows = append(s.rows, nil)
	}
	s.move(row, col)
}

func (s *screen) eraseDisplay(n int) {
	switch {
	case s.alt:
	case n == 0:
		s.eraseLine(0)
		s.rows = s.rows[:s.row+1]
	case n == 1:
		for i := range s.row {
			s.rows[i] = s.rows[i][:0]
		}
		s.eraseLine(1)
	default:
		s.clear()
	}
}

// clear empties the screen and keeps the cursor.
func (s *screen) clear() {
	if s.alt {
		return
	}
	s.rows = s.rows[:s.row+1]
	for i := range s.rows {
		s.rows[i] = s.rows[i][:0]
	}
}

func (s *screen) eraseLine(n int) {
	if s.alt {
		return
	}
	row := s.rows[s.row]
	switch n {
	case 0:
		s.rows[s.row] = row[:min(s.col, len(row))]
	case 1:
		s.blank(0, s.col+1)
	case 2:
		s.rows[s.row] = row[:0]
	}
}

// blank overwrites the columns from and before to with blanks.
func (s *screen) blank(from, to int) {
	if s.alt {
		return
	}
	row := s.rows[s.row]
	for i := min(from, len(row)); i < min(to, len(row)); i++ {
		row[i] = ' '
	}
}

func (s *screen) deleteChars(n int) {
	row := s.rows[s.row]
	if s.alt || s.col >= len(row) {
		return
	}
	s.rows[s.row] = append(row[:s.col], row[min(s.col+n, len(row)):]...)
}

func (s *screen) insertChars(n int) {
	row := s.rows[s.row]
	if s.alt || s.col >= len(row) {
		return
	}
	n = min(n, maxCols-min(maxCols, len(row)))
	row = append(row, make([]rune, n)...)
	copy(row[s.col+n:], row[s.col:])
	for i := range n {
		row[s.col+i] = ' '
	}
	s.rows[s.row] = row
}

// text returns what is shown, and how many bytes were left out of it. The last
// line break is not part of it.
func (s *screen) text() (string, int64) {
	if s.partN > 0 {
		s.partN = 0
		s.put('\uFFFD')
	}
	for i, row := range s.rows {
		if i > 0 {
			s.done.write("\n")
		}
		s.done.write(string(row))
	}
	out, omitted := s.done.take()
	s.rows = nil
	return strings.TrimSuffix(out, "\n"), omitted
}
