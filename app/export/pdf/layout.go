package pdf

// row is the smallest thing that a page break does not cut: a line of text, a
// line of a table, a picture.
type row struct {
	height  float64 // points
	before  float64 // space above, left out at the top of a page
	keep    bool    // the next row stays on the same page
	newPage bool    // begins a page
	target  *target
	draw    func(p *page, y float64) // y is the top of the row

	page *page // where it was placed
	y    float64
}

// frame is the part of a page that rows fill.
type frame struct{ top, bottom float64 }

// paginate places rows. Rows that keep together move to the next page together
// when a page can hold them; longer groups break where they must.
func paginate(rows []*row, f frame, newPage func() *page) []*page {
	var pages []*page
	var y float64
	turn := func() {
		pages = append(pages, newPage())
		y = f.top
	}
	turn()
	for i := 0; i < len(rows); {
		n := i + 1
		for n < len(rows) && rows[n-1].keep && !rows[n].newPage {
			n++
		}
		group := rows[i:n]
		if y < f.top && (group[0].newPage || !fits(group, y, f) && fits(group, f.top, f)) {
			turn()
		}
		for _, r := range group {
			if y < f.top && y-r.before-r.height < f.bottom {
				turn()
			}
			if y < f.top {
				y -= r.before
			}
			r.page, r.y = pages[len(pages)-1], y
			if r.target != nil {
				r.target.page, r.target.y = r.page, y
			}
			y -= r.height
		}
		i = n
	}
	return pages
}

// fits reports whether a group fits on a page from y down.
func fits(group []*row, y float64, f frame) bool {
	for _, r := range group {
		if y < f.top {
			y -= r.before
		}
		y -= r.height
	}
	return y >= f.bottom
}

// keepLines keeps the first two and the last two rows together, so that no page
// begins or ends with a single line of a paragraph.
func keepLines(rows []*row) {
	if len(rows) < 2 {
		return
	}
	rows[0].keep = true
	rows[len(rows)-2].keep = true
	if len(rows) == 3 {
		rows[1].keep = true
	}
}

// keepAll keeps all rows together.
func keepAll(rows []*row) {
	for i := range len(rows) - 1 {
		rows[i].keep = true
	}
}

func height(rows []*row) float64 {
	var sum float64
	for _, r := range rows {
		sum += r.before + r.height
	}
	return sum
}
