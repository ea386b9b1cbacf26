package pdf

import (
	"fmt"
	"strings"

	"github.com/runreel/runreel/app/export"
	"github.com/runreel/runreel/app/export/pdf/pdffile"
	"github.com/runreel/runreel/pipeline/sop"
)

// shortCode is the number of lines up to which a block of code is kept on one
// page.
const shortCode = 14

// code adds a block of code.
func (c *composer) code(elem *pdffile.Element, source string, color rgb) {
	from := len(c.rows)
	code := elem.Child("P").Child("Code")
	inner := c.width - 2*codePad - 10
	c.pad(codePad, tint).before = 4
	for _, text := range strings.Split(source, "\n") {
		shown := expandTabs(text)
		lines := c.ts.lines([]stretch{{shown, style{weight: mono, size: codeSize, color: color}}}, inner, true)
		c.codeLine(code, text, lines, len(lines) > 1 || shown != text)
	}
	c.pad(codePad, tint)
	rows := c.rows[from:]
	rows[0].keep = true
	rows[len(rows)-2].keep = true
	if len(rows) <= shortCode {
		keepAll(rows)
	}
	c.rows = append(c.rows, &row{before: 3, draw: func(*page, float64) {}})
}

// pad adds an empty row with a background.
func (c *composer) pad(height float64, ground rgb) *row {
	r := &row{height: height, keep: true, draw: func(p *page, y float64) { p.box(c.left, y, c.width, height, ground) }}
	c.rows = append(c.rows, r)
	return r
}

// codeLine adds one line of the source, which may take several rows. With
// replace its text is given back whole, as long as its rows share a page.
func (c *composer) codeLine(code *pdffile.Element, source string, lines []line, replace bool) {
	from := len(c.rows)
	var rows []*row
	for i, l := range lines {
		last := i == len(lines)-1
		r := &row{height: codeLead, keep: !last && len(lines) < 40}
		r.draw = func(p *page, y float64) {
			p.box(c.left, y, c.width, codeLead, tint)
			base := y - baseline(codeLead)
			if !last {
				p.arrow(c.left+c.width-codePad-6, base, muted)
			}
			whole := replace && rows[0].page == rows[len(rows)-1].page
			if !whole {
				p.tagged(code, l, c.left+codePad, base)
				return
			}
			if i == 0 {
				p.begin(code)
				p.beginText(source)
			}
			p.text(l, c.left+codePad, base)
			if last {
				p.end()
				p.end()
			}
		}
		c.rows = append(c.rows, r)
	}
	rows = append(rows, c.rows[from:]...)
}

// expandTabs puts tabs at every eighth column, as a terminal does.
func expandTabs(s string) string {
	if !strings.Contains(s, "\t") {
		return s
	}
	var b strings.Builder
	column := 0
	for _, r := range s {
		if r == '\t' {
			n := 8 - column%8
			b.WriteString(strings.Repeat(" ", n))
			column += n
			continue
		}
		b.WriteRune(r)
		column++
	}
	return b.String()
}

// callout adds a remark: a bar at the left, a tinted ground, and its name.
func (c *composer) callout(elem *pdffile.Element, co sop.Callout) {
	blocks := export.Blocks(co.Text)
	if len(blocks) == 0 {
		return
	}
	look := calloutOf(co.Kind)
	from := len(c.rows)
	div := elem.Child("Div")
	sub := &composer{ts: c.ts, tree: c.tree, left: c.left + 12, width: c.width - 22}
	sub.lines(div.Child("P"), text(look.name, bodySize, bold, look.line), bodyLead, 0)
	sub.blocks(div, blocks, 0)
	pad := &row{height: 5, draw: func(*page, float64) {}}
	rows := append([]*row{pad}, sub.rows...)
	rows = append(rows, &row{height: 5, draw: func(*page, float64) {}})
	for i, r := range rows {
		// The space above a row belongs to the ground too.
		tall := r.height + r.before
		before := r.before
		draw := r.draw
		if i == 0 {
			before = 0
		}
		rows[i] = &row{height: tall, keep: r.keep, draw: func(p *page, y float64) {
			p.box(c.left, y, c.width, tall, look.ground)
			p.box(c.left, y, 2.5, tall, look.line)
			draw(p, y-before)
		}}
	}
	c.rows = append(c.rows, rows...)
	if len(rows) <= shortCode {
		keepAll(c.rows[from:])
	}
	c.rows[from].before = 5
	c.rows = append(c.rows, &row{before: 4, draw: func(*page, float64) {}})
}

// figure adds a picture with its caption, or says that it is missing.
func (c *composer) figure(elem *pdffile.Element, s export.Step, f sop.Figure) {
	from := len(c.rows)
	pic, err := c.pictures.get(f.ID)
	if err != nil {
		placeholder, warning := export.Missing(s.Name(), err)
		c.warnings = append(c.warnings, warning)
		rows := c.lines(elem.Child("P"), text(placeholder, bodySize, italic, calloutOf(sop.Caution).line), bodyLead, 0)
		rows[0].before = 6
		return
	}
	fig := elem.Child("Figure")
	if fig.Alt = export.Line(f.Alt); fig.Alt == "" {
		fig.Alt = "Screenshot of " + s.Name()
	}
	w, h := pictureSize(pic.width, pic.height, c.width)
	c.rows = append(c.rows, &row{height: h, before: 7, draw: func(p *page, y float64) {
		x := c.left
		p.box(x-0.5, y+0.5, w+1, h+1, hair)
		p.begin(fig)
		n := pdffile.Num
		fmt.Fprintf(&p.front, "q %s 0 0 %s %s %s cm /%s Do Q\n", n(w), n(h), n(x), n(y-h), pic.name)
		p.end()
		fig.Attrs = fmt.Sprintf("/A << /O /Layout /Placement /Block /BBox [%s %s %s %s] >>", n(x), n(y-h), n(x+w), n(y))
	}})
	if caption := export.Line(f.Caption); caption != "" {
		rows := c.lines(elem.Child("Caption"), text(caption, 8.5, italic, muted), 12, 0)
		rows[0].before = 3
		keepAll(c.rows[from:])
	}
	c.rows = append(c.rows, &row{before: 4, draw: func(*page, float64) {}})
}

// pictureSize scales pixels to points: a pixel of the screen is at most 0.6
// points, the picture at most as wide as the text and 100 mm tall.
func pictureSize(width, height int, textWidth float64) (w, h float64) {
	w, h = float64(width), float64(height)
	scale := min(0.6, textWidth/w, maxFigure/h)
	return w * scale, h * scale
}

// table adds a table. A line of a cell is a row of its own, so that even a cell
// longer than a page breaks.
func (c *composer) table(head []string, cells [][]string, shares []float64, header bool) {
	table := c.tree.Root.Child("Table")
	if header {
		c.tableRow(table.Child("TR"), head, shares, func(int) (string, weight, rgb) { return "TH", bold, muted })
		c.rows[len(c.rows)-1].keep = true
	}
	for _, row := range cells {
		c.tableRow(table.Child("TR"), row, shares, func(column int) (string, weight, rgb) {
			if !header && column == 0 {
				return "TH", bold, muted
			}
			return "TD", regular, ink
		})
	}
}

func (c *composer) tableRow(tr *pdffile.Element, cells []string, shares []float64, look func(int) (string, weight, rgb)) {
	const lead, size = 13.0, 9.5
	from := len(c.rows)
	x := c.left
	for i, cell := range cells {
		kind, w, color := look(i)
		elem := tr.Child(kind)
		if kind == "TH" {
			elem.Attrs = "/A << /O /Table /Scope /" + map[bool]string{true: "Row", false: "Column"}[len(cells) == 2] + " >>"
		}
		width := shares[i] * c.width
		for n, l := range c.ts.lines(text(cell, size, w, color), width-8, false) {
			if from+n == len(c.rows) {
				c.rows = append(c.rows, &row{height: lead, draw: func(*page, float64) {}})
			}
			r := c.rows[from+n]
			before, left := r.draw, x+l.indent(width-8)
			r.draw = func(p *page, y float64) {
				before(p, y)
				p.tagged(elem, l, left, y-baseline(lead))
			}
		}
		x += width
	}
	rows := c.rows[from:]
	keepLines(rows)
	rows[0].before = 3
	last := rows[len(rows)-1]
	last.height += 3
	draw := last.draw
	last.draw = func(p *page, y float64) {
		draw(p, y)
		p.rule(c.left, y-last.height, c.width, 0.5, hair)
	}
}
