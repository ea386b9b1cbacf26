package terminal

// region sets the rows that scroll.
func (g *grid) region(top, bottom int) {
	if bottom < 0 || bottom >= g.rowsN {
		bottom = g.rowsN - 1
	}
	if top < bottom {
		g.top, g.bottom = top, bottom
		g.move(0, 0)
	}
}

// cut erases a row from a column on; what it went on in goes on from nowhere.
func (g *grid) cut(row *gridRow, col int) {
	row.cells = row.cells[:min(col, len(row.cells))]
	if row.next != nil {
		row.next.back, row.next = nil, nil
	}
	if col == 0 && row.back != nil {
		row.back.next, row.back = nil, nil
	}
}

func (g *grid) blank(from, to int) {
	row := g.here().cells
	for i := min(from, len(row)); i < min(to, len(row)); i++ {
		row[i] = cell{r: ' '}
	}
}

func (g *grid) eraseDisplay(n int) {
	switch n {
	case 0:
		g.cut(g.here(), g.col)
		copy(g.rows[g.row+1:], blankRows(g.rowsN-g.row-1))
	case 1:
		copy(g.rows[:g.row], blankRows(g.row))
		g.blank(0, g.col+1)
	default:
		copy(g.rows, blankRows(g.rowsN))
	}
}

func (g *grid) mode(final byte) {
	switch string(g.params) {
	case "?1049", "?1047", "?47":
	default:
		return
	}
	switch {
	case final == 'h' && !g.alt:
		g.alt, g.hidden, g.hiddenAt = true, g.rows, [2]int{g.row, g.col}
		g.rows = blankRows(g.rowsN)
	case final == 'l' && g.alt:
		g.alt, g.rows, g.hidden = false, g.hidden, nil
		g.top, g.bottom = 0, g.rowsN-1
		g.move(g.hiddenAt[0], g.hiddenAt[1])
	}
}

// number is the i-th parameter of a control sequence, 0 where it has none.
func number(params []byte, i int) int {
	s := screen{params: params}
	return s.param(i)
}
