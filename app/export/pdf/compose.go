package pdf

import (
	"fmt"
	"strings"

	"github.com/runreel/runreel/app/export"
	"github.com/runreel/runreel/app/export/pdf/pdffile"
	"github.com/runreel/runreel/pipeline/sop"
)

// composer turns a document into rows.
type composer struct {
	ts       *typesetter
	tree     *pdffile.Tree
	rows     []*row
	targets  []*target
	pictures *pictures
	left     float64
	width    float64
	usable   float64 // height of a page
	warnings []string
}

// document composes everything. elem is the element of what is being composed.
func (c *composer) document(doc *sop.Document) {
	sections := export.Outline(doc)
	c.titleBlock(doc)
	contents := c.tree.Root.Child("TOC")
	at := len(c.rows)
	for i, s := range sections {
		first := len(c.rows)
		c.section(s)
		if i == 0 && len(c.rows) > first {
			c.rows[first].newPage = true
		}
	}
	c.revisions(doc.Revisions)
	if len(sections) == 0 {
		c.rows[at].newPage = true
	}
	body := append([]*row(nil), c.rows[at:]...)
	c.rows = c.rows[:at]
	c.contents(contents)
	c.rows = append(c.rows, body...)
}

func (c *composer) titleBlock(doc *sop.Document) {
	control := export.Control(doc)
	c.lines(c.tree.Root.Child("P"), text(strings.ToUpper(control[0].Value), 8.5, bold, accent), 12, 0)
	c.space(4)
	title := c.lines(c.tree.Root.Child("H1"), text(export.Title(doc), 22, bold, ink), 27, 0)
	keepAll(title)
	c.space(10)
	c.table([]string{"", ""}, c.controlCells(control[1:]), []float64{0.22, 0.78}, false)
	c.space(8)
}

func (c *composer) controlCells(fields []export.Field) [][]string {
	var cells [][]string
	for _, f := range fields {
		cells = append(cells, []string{f.Name, f.Value})
	}
	return cells
}

// space adds white that is left out at the top of a page.
func (c *composer) space(points float64) {
	c.rows = append(c.rows, &row{before: points, keep: true, draw: func(*page, float64) {}})
}

// lines adds text as rows, indented, and returns them.
func (c *composer) lines(elem *pdffile.Element, s []stretch, lead, indent float64) []*row {
	return c.hanging(elem, s, lead, indent, c.width-indent)
}

func (c *composer) hanging(elem *pdffile.Element, s []stretch, lead, indent, width float64) []*row {
	from := len(c.rows)
	for _, l := range c.ts.lines(s, width, false) {
		c.rows = append(c.rows, &row{height: lead, draw: func(p *page, y float64) {
			p.tagged(elem, l, c.left+indent+l.indent(width), y-baseline(lead))
		}})
	}
	keepLines(c.rows[from:])
	return c.rows[from:]
}

// baseline is how far the baseline of a line lies below its top.
func baseline(lead float64) float64 { return lead * 0.73 }

// heading adds a heading with a bookmark. It stays with what follows.
func (c *composer) heading(elem *pdffile.Element, s []stretch, title string, level int, lead, before float64) {
	rows := c.lines(elem, s, lead, 0)
	for _, r := range rows {
		r.keep = true
	}
	t := &target{title: title, level: level}
	c.targets = append(c.targets, t)
	rows[0].before, rows[0].target = before, t
	c.rows = append(c.rows, &row{before: lead * 0.2, keep: true, draw: func(*page, float64) {}})
}

func (c *composer) section(s export.Section) {
	sect := c.tree.Root.Child("Sect")
	c.heading(sect.Child("H2"), text(s.Title, 16, bold, ink), s.Title, 0, 21, 22)
	c.blocks(sect, s.Body, 0)
	c.parameters(sect, s.Parameters)
	if len(s.Body) == 0 && len(s.Steps) == 0 && len(s.Parameters) == 0 {
		c.lines(sect.Child("P"), text(export.Empty, bodySize, italic, muted), bodyLead, 0)
	}
	for _, step := range s.Steps {
		c.step(sect, step)
	}
}

func (c *composer) parameters(sect *pdffile.Element, parameters []export.Parameter) {
	if len(parameters) == 0 {
		return
	}
	c.label(sect, text(export.ParameterIntro, bodySize, regular, ink))
	var cells [][]string
	for _, p := range parameters {
		cells = append(cells, []string{p.Placeholder, p.Example, p.Description})
	}
	c.table(export.ParameterHead[:], cells, []float64{0.28, 0.3, 0.42}, true)
}

func (c *composer) step(sect *pdffile.Element, s export.Step) {
	from := len(c.rows)
	title := export.Plain(s.Title)
	level := fmt.Sprintf("H%d", 2+s.Level)
	if s.Number == 0 {
		c.heading(sect.Child(level), styled(s.Title, 13, bold, ink), title, s.Level, 17.5, 18)
	} else {
		head := text(fmt.Sprintf("Step %d", s.Number), 11.5, bold, accent)
		head = append(head, text("  ", 11.5, bold, ink)...)
		head = append(head, styled(s.Title, 11.5, bold, ink)...)
		c.heading(sect.Child(level), head, fmt.Sprintf("Step %d – %s", s.Number, title), s.Level, 16, 15)
	}
	for _, co := range s.Callouts {
		c.callout(sect, co)
	}
	c.blocks(sect, s.Body, 0)
	if typed := s.Typed(); typed != "" {
		c.label(sect, text("Enter:", bodySize, regular, ink))
		c.code(sect, typed, ink)
	}
	if s.Command != nil {
		c.command(sect, s)
	}
	for i, f := range s.Figures {
		c.figure(sect, s, f)
		if i == 0 && height(c.rows[from:]) <= c.usable {
			keepAll(c.rows[from:])
		}
	}
}

// label adds a line that stays with the block below it.
func (c *composer) label(elem *pdffile.Element, s []stretch) {
	rows := c.lines(elem.Child("P"), s, bodyLead, 0)
	rows[0].before = 3
	rows[len(rows)-1].keep = true
}

func (c *composer) command(sect *pdffile.Element, s export.Step) {
	cmd := s.Command
	if len(s.Place) > 0 {
		c.label(sect, styled(s.Place, bodySize, regular, muted))
	}
	c.code(sect, export.Code(cmd.Line), ink)
	if cmd.Exit != nil && *cmd.Exit != 0 {
		rows := c.lines(sect.Child("P"), append(text("Exit status: ", bodySize, regular, ink),
			text(fmt.Sprint(*cmd.Exit), bodySize, bold, calloutOf(sop.Caution).line)...), bodyLead, 0)
		rows[0].before = 3
	}
	if output := export.Code(cmd.Output); output != "" {
		c.label(sect, text("Output", 8.5, bold, muted))
		c.code(sect, output, muted)
	}
	if cmd.Omitted > 0 {
		c.lines(sect.Child("P"), text(fmt.Sprintf("%d bytes of output were not kept.", cmd.Omitted), 8.5, italic, muted), 12, 0)
	}
}

func (c *composer) blocks(elem *pdffile.Element, blocks []export.Block, indent float64) {
	for _, b := range blocks {
		if b.Items == nil {
			rows := c.lines(elem.Child("P"), styled(b.Text, bodySize, regular, ink), bodyLead, indent)
			rows[0].before = 3
			continue
		}
		list := elem.Child("L")
		for _, item := range b.Items {
			c.item(list.Child("LI"), item, indent)
		}
	}
}

func (c *composer) item(li *pdffile.Element, item []sop.Span, indent float64) {
	bullet := c.ts.lines(text("•", bodySize, regular, accent), c.width, false)[0]
	label := li.Child("Lbl")
	rows := c.lines(li.Child("LBody"), styled(item, bodySize, regular, ink), bodyLead, indent+14)
	rows[0].before = 2
	draw := rows[0].draw
	rows[0].draw = func(p *page, y float64) {
		p.tagged(label, bullet, c.left+indent+3, y-baseline(bodyLead))
		draw(p, y)
	}
}

func (c *composer) revisions(revisions []sop.Revision) {
	sect := c.tree.Root.Child("Sect")
	const title = "Revision history"
	c.heading(sect.Child("H2"), text(title, 16, bold, ink), title, 0, 21, 22)
	if len(revisions) == 0 {
		c.lines(sect.Child("P"), text(export.Empty, bodySize, italic, muted), bodyLead, 0)
		return
	}
	var cells [][]string
	for _, r := range revisions {
		cells = append(cells, []string{export.Line(r.Version), export.Day(r.Date), export.Line(r.Author), export.Line(r.Change)})
	}
	c.table([]string{"Version", "Date", "Author", "Change"}, cells, []float64{0.12, 0.15, 0.23, 0.5}, true)
}

// contents adds the table of contents. Page numbers are known when it is drawn.
func (c *composer) contents(toc *pdffile.Element) {
	rows := c.lines(c.tree.Root.Child("H2"), text("Contents", 13, bold, ink), 18, 0)
	rows[0].before, rows[0].keep = 10, true
	for _, t := range c.targets {
		size, w, lead, before := 9.5, regular, 14.0, 0.0
		if t.level == 0 {
			w, before = bold, 4
		}
		indent := 14 * float64(t.level)
		l := c.oneLine(t.title, size, w, ink, c.width-indent-34)
		entry := toc.Child("TOCI").Child("Link")
		c.rows = append(c.rows, &row{height: lead, before: before, draw: func(p *page, y float64) {
			base := y - baseline(lead)
			number := c.ts.lines(text(fmt.Sprint(" ", t.page.number), size, w, ink), c.width, false)[0]
			p.begin(entry)
			p.text(l, c.left+indent, base)
			p.text(number, c.left+c.width-number.width, base)
			p.end()
			p.dots(c.left+indent+l.width+5, c.left+c.width-number.width-4, base+0.5, hair)
			p.links = append(p.links, link{c.left, y - lead, c.left + c.width, y, t, entry})
		}})
	}
}

// oneLine sets a text on one line, cut with an ellipsis where it is too long.
func (c *composer) oneLine(s string, size float64, w weight, color rgb, width float64) line {
	lines := c.ts.lines(text(s, size, w, color), width, false)
	if len(lines) == 1 {
		return lines[0]
	}
	runes := []rune(s)
	low, high := 0, min(len(runes), 400)
	var best line
	for low < high {
		mid := (low + high + 1) / 2
		cut := c.ts.lines(text(strings.TrimRight(string(runes[:mid]), " ")+"…", size, w, color), width, false)
		if len(cut) > 1 {
			high = mid - 1
			continue
		}
		low, best = mid, cut[0]
	}
	return best
}
