package pdf

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-text/typesetting/bidi"
	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/segmenter"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
	ucd "golang.org/x/text/unicode/bidi"
)

// style is how a stretch of text looks.
type style struct {
	weight weight
	size   float64 // points
	color  rgb
	tint   bool // on the background of code
}

// rgb is a colour.
type rgb struct{ r, g, b float64 }

// stretch is text in one style.
type stretch struct {
	text string
	style
}

// line is a line of a paragraph, in the order in which it is drawn.
type line struct {
	runs  []run
	width float64 // points, without the blanks at its end
	blank float64 // points, of the blanks at its end
	right bool    // the paragraph runs from right to left
}

// run is what is drawn with one font in one style.
type run struct {
	style
	face   *face
	glyphs []glyph
	width  float64
}

// glyph is a shaped glyph. Its measures are in em.
type glyph struct {
	code          int
	width         float64 // what a viewer moves on by
	advance, x, y float64
}

// piece is a part of a paragraph with one face, one style and one direction.
type piece struct {
	start, end int
	style
	face   *face
	script language.Script
	level  bidi.Level
}

// paragraph is text ready to be broken into lines.
type paragraph struct {
	runes   []rune
	pieces  []piece
	widths  []float64 // by rune: the width of the cluster that begins there
	cluster []bool    // a cluster begins there
	breaks  []bool    // a line may begin there
}

// typesetter shapes text.
type typesetter struct {
	faces  *faces
	shaper shaping.HarfbuzzShaper
	seg    segmenter.Segmenter
	bidi   bidi.Paragraph
}

// plain are the features that are turned off in all text: a ligature would
// stand in the way of copying.
var plain = []shaping.FontFeature{
	{Tag: opentype.MustNewTag("liga"), Value: 0},
	{Tag: opentype.MustNewTag("dlig"), Value: 0},
	{Tag: opentype.MustNewTag("clig"), Value: 0},
	{Tag: opentype.MustNewTag("calt"), Value: 0},
}

// indent is how far from the left a line begins in a column: lines that run from
// right to left end at the right, with their last blanks before the column.
func (l line) indent(column float64) float64 {
	if !l.right {
		return 0
	}
	return column - l.width - l.blank
}

// itemise parts text by face, style, script and direction.
func (t *typesetter) itemise(text []stretch) *paragraph {
	p := &paragraph{}
	for _, s := range text {
		runes := []rune(s.text)
		t.seg.Init(runes)
		for it := t.seg.GraphemeIterator(); it.Next(); {
			t.addCluster(p, it.Grapheme().Text, s.style)
		}
	}
	if len(p.runes) == 0 {
		return p
	}
	p.splitByLevel(&t.bidi)
	p.breaks = make([]bool, len(p.runes)+1)
	t.seg.Init(p.runes)
	for it := t.seg.LineIterator(); it.Next(); {
		p.breaks[it.Line().Offset] = true
	}
	p.widths = make([]float64, len(p.runes))
	p.cluster = make([]bool, len(p.runes)+1)
	for _, pc := range p.pieces {
		for _, g := range t.shape(p.runes, pc) {
			p.widths[g.TextIndex()] += em(g.Advance, pc.face) * pc.size
			p.cluster[g.TextIndex()] = true
		}
	}
	return p
}

// addCluster adds a cluster, or its numbers when no face has it.
func (t *typesetter) addCluster(p *paragraph, cluster []rune, st style) {
	f := t.faces.choose(cluster, st.weight)
	if f == nil {
		cluster = slices.Clone(cluster)
		var b strings.Builder
		for _, r := range cluster {
			if one := t.faces.choose([]rune{r}, st.weight); one != nil && !joiner(r) {
				b.WriteRune(r)
				continue
			}
			b.WriteString(number(r))
		}
		for _, r := range b.String() {
			p.add([]rune{r}, st, t.faces.choose([]rune{r}, st.weight))
		}
		return
	}
	p.add(cluster, st, f)
}

// controls are what the pictures of control characters show: few fonts have
// them.
var controls = strings.Fields("NUL SOH STX ETX EOT ENQ ACK BEL BS HT LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US SP DEL")

// number names a character that no font has.
func number(r rune) string {
	if i := int(r) - 0x2400; i >= 0 && i < len(controls) {
		return "[" + controls[i] + "]"
	}
	return fmt.Sprintf("[U+%04X]", r)
}

func (p *paragraph) add(cluster []rune, st style, f *face) {
	script := language.LookupScript(cluster[0])
	start := len(p.runes)
	p.runes = append(p.runes, cluster...)
	if n := len(p.pieces); n > 0 {
		last := &p.pieces[n-1]
		if last.face == f && last.style == st {
			weak := script == language.Common || script == language.Inherited
			if weak || last.script == script || last.script == language.Common {
				if !weak {
					last.script = script
				}
				last.end = len(p.runes)
				return
			}
		}
	}
	p.pieces = append(p.pieces, piece{start: start, end: len(p.runes), style: st, face: f, script: script})
}

// splitByLevel parts the pieces where the direction changes.
func (p *paragraph) splitByLevel(b *bidi.Paragraph) {
	runs := b.Segment(p.runes, direction(p.runes))
	var out []piece
	i := 0
	for n := range runs.NumRuns() {
		r := runs.Run(n)
		for i < len(p.pieces) && p.pieces[i].start < r.End {
			pc := p.pieces[i]
			pc.level = r.Level
			pc.start = max(pc.start, r.Start)
			if pc.end > r.End {
				pc.end = r.End
				out = append(out, pc)
				break
			}
			out = append(out, pc)
			i++
		}
	}
	p.pieces = out
}

// direction is that of the first letter that has one (rules P2 and P3).
func direction(runes []rune) bidi.Direction {
	for _, r := range runes {
		switch props, _ := ucd.LookupRune(r); props.Class() {
		case ucd.L:
			return bidi.LeftToRight
		case ucd.R, ucd.AL:
			return bidi.RightToLeft
		}
	}
	return bidi.LeftToRight
}

func (t *typesetter) shape(runes []rune, pc piece) []shaping.Glyph {
	dir := di.DirectionLTR
	if pc.level%2 == 1 {
		dir = di.DirectionRTL
	}
	out := t.shaper.ShapeNoExtents(shaping.Input{
		Text: runes, RunStart: pc.start, RunEnd: pc.end, Direction: dir, Face: pc.face.Face, FontFeatures: plain,
		Size: fixed.I(int(pc.face.upem)), Script: pc.script, Language: language.NewLanguage("en"),
	})
	return out.Glyphs
}

func em(v fixed.Int26_6, f *face) float64 { return float64(v) / 64 / f.upem }

// lines breaks a paragraph to a width in points. With code, a line is
// filled to its end and broken at a blank only near there, as code is.
func (t *typesetter) lines(text []stretch, width float64, code bool) []line {
	p := t.itemise(text)
	if len(p.runes) == 0 {
		return []line{{}}
	}
	var out []line
	for start := 0; start < len(p.runes); {
		end := p.fit(start, width, code)
		out = append(out, t.set(p, start, end))
		start = end
	}
	return out
}

// fit returns where the line that begins at start ends.
func (p *paragraph) fit(start int, width float64, code bool) int {
	var used float64
	last, lastAt, whole := -1, 0.0, start
	for i := start; i < len(p.runes); i++ {
		if i > start && p.breaks[i] && (!code || blank(p.runes[i-1])) {
			last, lastAt = i, used
		}
		if p.cluster[i] && i > start {
			whole = i
		}
		w := p.widths[i]
		if used+w > width && i > start && !(blank(p.runes[i]) && !code) {
			if last > start && (!code || lastAt > 0.6*width) {
				return last
			}
			if whole > start {
				return whole
			}
		}
		used += w
	}
	return len(p.runes)
}

func blank(r rune) bool { return r == ' ' || r == '\t' }

// set shapes the runes of a line and puts them in the order of drawing.
func (t *typesetter) set(p *paragraph, start, end int) line {
	var l line
	var pieces []piece
	lowest := bidi.Level(127)
	for _, pc := range p.pieces {
		pc.start, pc.end = max(pc.start, start), min(pc.end, end)
		if pc.start < pc.end {
			pieces = append(pieces, pc)
		}
		lowest = min(lowest, pc.level)
	}
	l.right = lowest%2 == 1
	for _, pc := range reorder(pieces) {
		r := run{style: pc.style, face: pc.face}
		shaped := t.shape(p.runes, pc)
		texts := clusterTexts(p.runes, pc, shaped)
		for i, g := range shaped {
			gl := glyph{code: pc.face.code(g.GlyphID, texts[i]), width: pc.face.advance(g.GlyphID),
				advance: em(g.Advance, pc.face), x: em(g.XOffset, pc.face), y: em(g.YOffset, pc.face)}
			r.glyphs = append(r.glyphs, gl)
			r.width += gl.advance * pc.size
		}
		l.runs = append(l.runs, r)
		l.width += r.width
	}
	for i := end - 1; i >= start && blank(p.runes[i]); i-- {
		l.width -= p.widths[i]
		l.blank += p.widths[i]
	}
	return l
}

// clusterTexts returns what each glyph says: the first glyph of a cluster its
// text, the others nothing, unless there is one for each character.
func clusterTexts(runes []rune, pc piece, glyphs []shaping.Glyph) []string {
	texts := make([]string, len(glyphs))
	for i := 0; i < len(glyphs); {
		first := glyphs[i].TextIndex()
		n := i
		for n < len(glyphs) && glyphs[n].TextIndex() == first {
			n++
		}
		next := pc.end
		for _, g := range glyphs {
			if at := g.TextIndex(); at > first && at < next {
				next = at
			}
		}
		part := runes[first:next]
		if len(part) == n-i && pc.level%2 == 0 {
			for k := range part {
				texts[i+k] = string(part[k])
			}
		} else {
			texts[i] = string(part)
		}
		i = n
	}
	return texts
}

// reorder puts pieces in visual order (Unicode bidirectional algorithm, rule
// L2).
func reorder(pieces []piece) []piece {
	out := slices.Clone(pieces)
	var high bidi.Level
	for _, pc := range out {
		high = max(high, pc.level)
	}
	for level := high; level > 0; level-- {
		for i := 0; i < len(out); {
			if out[i].level < level {
				i++
				continue
			}
			n := i
			for n < len(out) && out[n].level >= level {
				n++
			}
			slices.Reverse(out[i:n])
			i = n
		}
	}
	return out
}
