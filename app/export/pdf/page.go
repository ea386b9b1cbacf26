package pdf

import (
	"bytes"
	"fmt"
	"math"
	"strings"

	"github.com/runreel/runreel/app/export/pdf/pdffile"
)

// page is a page while it is drawn. Backgrounds lie in a stream of their own
// below the text, so that text needs no interruption.
type page struct {
	ref    pdffile.Ref
	number int // from 1
	back   bytes.Buffer
	front  bytes.Buffer
	marks  []*pdffile.Element // by number of marked content
	links  []link
}

// link leads to a target when clicked.
type link struct {
	x0, y0, x1, y1 float64
	to             *target
	elem           *pdffile.Element
}

// target is a place that links and bookmarks lead to.
type target struct {
	title string
	level int // of the bookmark, from 0
	page  *page
	y     float64
}

func (c rgb) fill() string {
	return fmt.Sprintf("%s %s %s rg", pdffile.Num(c.r), pdffile.Num(c.g), pdffile.Num(c.b))
}

func (c rgb) stroke() string {
	return fmt.Sprintf("%s %s %s RG", pdffile.Num(c.r), pdffile.Num(c.g), pdffile.Num(c.b))
}

// box fills a rectangle behind the text. y is its top.
func (p *page) box(x, y, w, h float64, c rgb) {
	fmt.Fprintf(&p.back, "%s %s %s %s %s re f\n", c.fill(), pdffile.Num(x), pdffile.Num(y-h), pdffile.Num(w), pdffile.Num(h))
}

// rule draws a thin horizontal line.
func (p *page) rule(x, y, w, thick float64, c rgb) { p.box(x, y+thick/2, w, thick, c) }

// dots draws a dotted line, as between a title and its page number.
func (p *page) dots(x0, x1, y float64, c rgb) {
	if x1-x0 < 8 {
		return
	}
	fmt.Fprintf(&p.back, "q %s 0.8 w 1 J [0 4] 0 d %s %s m %s %s l S Q\n", c.stroke(),
		pdffile.Num(math.Ceil(x0/4)*4), pdffile.Num(y), pdffile.Num(x1), pdffile.Num(y))
}

// arrow draws the sign of a broken line: a hook back to the left.
func (p *page) arrow(x, y float64, c rgb) {
	n := pdffile.Num
	fmt.Fprintf(&p.back, "q %s 0.7 w 1 J 1 j %s %s m %s %s l %s %s l S %s %s m %s %s l %s %s l S Q\n", c.stroke(),
		n(x+6), n(y+4.5), n(x+6), n(y+1.5), n(x), n(y+1.5),
		n(x+2), n(y+3.5), n(x), n(y+1.5), n(x+2), n(y-0.5))
}

// begin opens content that belongs to elem.
func (p *page) begin(elem *pdffile.Element) {
	fmt.Fprintf(&p.front, "/%s << /MCID %d >> BDC\n", elem.Type, len(p.marks))
	elem.Mark(p.ref, len(p.marks))
	p.marks = append(p.marks, elem)
}

func (p *page) end() { p.front.WriteString("EMC\n") }

// beginText opens a span whose text is replaced when it is copied or read out.
func (p *page) beginText(actual string) {
	fmt.Fprintf(&p.front, "/Span << /ActualText %s >> BDC\n", pdffile.Text(actual))
}

// tagged draws a line that belongs to elem. y is its baseline.
func (p *page) tagged(elem *pdffile.Element, l line, x, y float64) {
	if len(l.runs) == 0 {
		return
	}
	p.begin(elem)
	p.text(l, x, y)
	p.end()
}

// artifact draws a line that is no part of the document, such as a footer.
func (p *page) artifact(l line, x, y float64) {
	p.front.WriteString("/Artifact << /Type /Pagination >> BDC\n")
	p.text(l, x, y)
	p.end()
}

// text draws a line.
func (p *page) text(l line, x, y float64) {
	for i, r := range l.runs {
		if r.tint && r.width > 0 {
			lead, tail := 1.5, 1.5
			if i > 0 && l.runs[i-1].tint {
				lead = 0
			}
			if i+1 < len(l.runs) && l.runs[i+1].tint {
				tail = 0
			}
			p.box(x-lead, y+r.size*0.86, r.width+lead+tail, r.size*1.16, tint)
		}
		p.run(r, x, y)
		x += r.width
	}
}

// run writes the glyphs of a run. Where the shaper moved a glyph, the pen is
// moved by TJ, and lifted by Ts.
func (p *page) run(r run, x, y float64) {
	n := pdffile.Num
	fmt.Fprintf(&p.front, "BT %s 1 0 0 1 %s %s Tm", r.color.fill(), n(x), n(y))
	resource, rise := "", 0.0
	var array strings.Builder
	flush := func() {
		if array.Len() > 0 {
			fmt.Fprintf(&p.front, " [%s] TJ", array.String())
			array.Reset()
		}
	}
	var pen, at float64 // where the glyph should be, and where the viewer is
	for _, g := range r.glyphs {
		if name := r.face.resource(g.code); name != resource {
			flush()
			fmt.Fprintf(&p.front, " /%s %s Tf", name, n(r.size))
			resource = name
		}
		if g.y != rise {
			flush()
			rise = g.y
			fmt.Fprintf(&p.front, " %s Ts", n(rise*r.size))
		}
		if move := at - (pen + g.x); math.Abs(move) > 0.0005 {
			array.WriteString(n(move * 1000))
			at -= move
		}
		fmt.Fprintf(&array, "<%s>", r.face.hex(g.code))
		at += g.width
		pen += g.advance
	}
	flush()
	if rise != 0 {
		p.front.WriteString(" 0 Ts")
	}
	p.front.WriteString(" ET\n")
}

// content is the whole stream of the page.
func (p *page) content() []byte {
	var b bytes.Buffer
	if p.back.Len() > 0 {
		b.WriteString("/Artifact BMC\n")
		b.Write(p.back.Bytes())
		b.WriteString("EMC\n")
	}
	b.Write(p.front.Bytes())
	return b.Bytes()
}
