package pdf

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"strings"
	"unicode/utf16"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"

	"github.com/runreel/runreel/app/export/pdf/pdffile"
)

// perType3 is the number of glyphs of one Type 3 font: its codes are bytes.
const perType3 = 256

// resource names the font that holds a code of a face.
func (f *face) resource(code int) string {
	if f.ttf != nil {
		return fmt.Sprintf("F%d", f.index)
	}
	return fmt.Sprintf("F%d.%d", f.index, code/perType3)
}

// hex writes a code as it stands in a string of its font.
func (f *face) hex(code int) string {
	if f.ttf != nil {
		return fmt.Sprintf("%04X", code)
	}
	return fmt.Sprintf("%02X", code%perType3)
}

// embed writes the fonts that were used and returns the entries of the font
// resources.
func (fs *faces) embed(w *pdffile.Writer) (string, error) {
	var b strings.Builder
	for _, f := range fs.all {
		if len(f.glyphs) == 0 {
			continue
		}
		if f.ttf == nil {
			for from := 0; from < len(f.glyphs); from += perType3 {
				ref := embedType3(w, f, from, min(from+perType3, len(f.glyphs)))
				fmt.Fprintf(&b, "/%s %s ", f.resource(from), ref)
			}
			continue
		}
		ref, err := embedTrueType(w, f)
		if err != nil {
			return "", fmt.Errorf("embed font %s: %w", f.name, err)
		}
		fmt.Fprintf(&b, "/%s %s ", f.resource(0), ref)
	}
	return b.String(), nil
}

// embedTrueType writes a composite font whose codes are the glyphs of its
// subset (ISO 32000-1, 9.7).
func embedTrueType(w *pdffile.Writer, f *face) (pdffile.Ref, error) {
	gids := make([]uint16, len(f.glyphs))
	var widths strings.Builder
	for i, g := range f.glyphs {
		gids[i] = uint16(g.gid)
		fmt.Fprintf(&widths, "%s ", pdffile.Num(f.advance(g.gid)*1000))
	}
	data, err := f.ttf.Subset(gids)
	if err != nil {
		return 0, err
	}
	file := w.AddStream(fmt.Sprintf("/Length1 %d", len(data)), data)
	name := subsetName(f.index) + "+" + f.name
	extents, _ := f.FontHExtents()
	unit := 1000 / f.upem
	flags := 4 // symbolic: its codes are its own
	if f.name == "DejaVuSansMono" {
		flags |= 1
	}
	descriptor := w.Add(fmt.Sprintf("<< /Type /FontDescriptor /FontName /%s /Flags %d /FontBBox [-1000 -500 2000 1200] /ItalicAngle 0 /Ascent %s /Descent %s /CapHeight 700 /StemV 80 /FontFile2 %s >>",
		name, flags, pdffile.Num(float64(extents.Ascender)*unit), pdffile.Num(float64(extents.Descender)*unit), file))
	cid := w.Add(fmt.Sprintf("<< /Type /Font /Subtype /CIDFontType2 /BaseFont /%s /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor %s /CIDToGIDMap /Identity /DW 0 /W [0 [%s]] >>",
		name, descriptor, strings.TrimSpace(widths.String())))
	return w.Add(fmt.Sprintf("<< /Type /Font /Subtype /Type0 /BaseFont /%s /Encoding /Identity-H /DescendantFonts [%s] /ToUnicode %s >>",
		name, cid, w.AddStream("", toUnicode(f.glyphs, "%04X")))), nil
}

func subsetName(i int) string {
	name := []byte("RUNAAA")
	name[5] += byte(i % 26)
	name[4] += byte(i / 26 % 26)
	return string(name)
}

// embedType3 writes the glyphs from..to of a face of the system as drawings
// (ISO 32000-1, 9.6.5).
func embedType3(w *pdffile.Writer, f *face, from, to int) pdffile.Ref {
	var procs, names, widths, images strings.Builder
	for i, g := range f.glyphs[from:to] {
		advance := float64(f.HorizontalAdvance(g.gid))
		fmt.Fprintf(&names, "/g%d ", i)
		fmt.Fprintf(&widths, "%s ", pdffile.Num(advance))
		var proc string
		if from+i > 0 {
			proc = glyphProc(w, f, g.gid, fmt.Sprintf("I%d", i), &images)
		}
		if proc == "" {
			proc = pdffile.Num(advance) + " 0 d0"
		}
		fmt.Fprintf(&procs, "/g%d %s ", i, w.AddStream("", []byte(proc)))
	}
	scale := 1 / f.upem
	return w.Add(fmt.Sprintf("<< /Type /Font /Subtype /Type3 /FontBBox [0 0 0 0] /FontMatrix [%.7f 0 0 %.7f 0 0] /CharProcs << %s>> /Encoding << /Type /Encoding /Differences [0 %s] >> /FirstChar 0 /LastChar %d /Widths [%s] /Resources << /XObject << %s>> >> /ToUnicode %s >>",
		scale, scale, procs.String(), names.String(), to-from-1, widths.String(), images.String(), w.AddStream("", toUnicode(f.glyphs[from:to], "%02X"))))
}

// glyphProc draws a glyph: its outline, or its picture for an emoji.
func glyphProc(w *pdffile.Writer, f *face, gid font.GID, name string, images *strings.Builder) string {
	advance := pdffile.Num(float64(f.HorizontalAdvance(gid)))
	if bitmap, ok := f.GlyphData(gid).(font.GlyphBitmap); ok && bitmap.Format == font.PNG {
		img, err := png.Decode(bytes.NewReader(bitmap.Data))
		extents, has := f.GlyphExtents(gid)
		if err != nil || !has {
			return ""
		}
		fmt.Fprintf(images, "/%s %s ", name, addAlphaImage(w, img))
		return fmt.Sprintf("%s 0 d0 q %s 0 0 %s %s %s cm /%s Do Q", advance, pdffile.Num(float64(extents.Width)),
			pdffile.Num(-float64(extents.Height)), pdffile.Num(float64(extents.XBearing)),
			pdffile.Num(float64(extents.YBearing+extents.Height)), name)
	}
	outline, ok := f.GlyphDataOutline(gid)
	if !ok {
		return ""
	}
	var b strings.Builder
	var at opentype.SegmentPoint
	num := func(v float32) string { return pdffile.Num(float64(v)) }
	low, high := opentype.SegmentPoint{X: 1e6, Y: 1e6}, opentype.SegmentPoint{X: -1e6, Y: -1e6}
	for _, s := range outline.Segments {
		for _, a := range s.ArgsSlice() {
			low.X, low.Y = min(low.X, a.X), min(low.Y, a.Y)
			high.X, high.Y = max(high.X, a.X), max(high.Y, a.Y)
		}
		a := s.Args
		switch s.Op {
		case opentype.SegmentOpMoveTo:
			fmt.Fprintf(&b, "%s %s m ", num(a[0].X), num(a[0].Y))
			at = a[0]
		case opentype.SegmentOpLineTo:
			fmt.Fprintf(&b, "%s %s l ", num(a[0].X), num(a[0].Y))
			at = a[0]
		case opentype.SegmentOpQuadTo: // as the cubic curve that is the same
			fmt.Fprintf(&b, "%s %s %s %s %s %s c ", num(at.X+(a[0].X-at.X)*2/3), num(at.Y+(a[0].Y-at.Y)*2/3),
				num(a[1].X+(a[0].X-a[1].X)*2/3), num(a[1].Y+(a[0].Y-a[1].Y)*2/3), num(a[1].X), num(a[1].Y))
			at = a[1]
		case opentype.SegmentOpCubeTo:
			fmt.Fprintf(&b, "%s %s %s %s %s %s c ", num(a[0].X), num(a[0].Y), num(a[1].X), num(a[1].Y), num(a[2].X), num(a[2].Y))
			at = a[2]
		}
	}
	if len(outline.Segments) == 0 {
		return ""
	}
	return fmt.Sprintf("%s 0 %s %s %s %s d1 %sf", advance, num(low.X), num(low.Y), num(high.X), num(high.Y), b.String())
}

// addAlphaImage writes a small picture with its transparency.
func addAlphaImage(w *pdffile.Writer, img image.Image) pdffile.Ref {
	b := img.Bounds()
	rgb := make([]byte, 0, b.Dx()*b.Dy()*3)
	alpha := make([]byte, 0, b.Dx()*b.Dy())
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			r, g, bl, a := img.At(x, y).RGBA()
			if a > 0 {
				r, g, bl = r*0xffff/a, g*0xffff/a, bl*0xffff/a
			}
			rgb = append(rgb, byte(r>>8), byte(g>>8), byte(bl>>8))
			alpha = append(alpha, byte(a>>8))
		}
	}
	size := fmt.Sprintf("/Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 8", b.Dx(), b.Dy())
	mask := w.AddStream(size+" /ColorSpace /DeviceGray", alpha)
	return w.AddStream(size+" /ColorSpace /DeviceRGB /SMask "+mask.String(), rgb)
}

// toUnicode maps codes to their text (ISO 32000-1, 9.10.3).
func toUnicode(glyphs []glyphText, format string) []byte {
	var lines []string
	for i, g := range glyphs {
		if g.text == "" {
			continue
		}
		var b strings.Builder
		for _, u := range utf16.Encode([]rune(g.text)) {
			fmt.Fprintf(&b, "%04X", u)
		}
		lines = append(lines, fmt.Sprintf("<"+format+"> <%s>", i, b.String()))
	}
	var b strings.Builder
	zero, last := fmt.Sprintf(format, 0), strings.ReplaceAll(fmt.Sprintf(format, 0), "0", "F")
	fmt.Fprintf(&b, "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<%s> <%s>\nendcodespacerange\n", zero, last)
	for len(lines) > 0 {
		n := min(len(lines), 100)
		fmt.Fprintf(&b, "%d beginbfchar\n%s\nendbfchar\n", n, strings.Join(lines[:n], "\n"))
		lines = lines[n:]
	}
	b.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n")
	return []byte(b.String())
}
