package pdf

import (
	"bytes"
	"fmt"

	"github.com/go-fonts/dejavu/dejavusans"
	"github.com/go-fonts/dejavu/dejavusansmono"
	"github.com/go-fonts/liberation/liberationsansbold"
	"github.com/go-fonts/liberation/liberationsansitalic"
	"github.com/go-fonts/liberation/liberationsansregular"
	"github.com/go-text/typesetting/font"

	"github.com/runreel/runreel/app/export/pdf/pdffile"
)

// weight is the cut of a text.
type weight int

const (
	regular weight = iota
	bold
	italic
	mono
)

// face is a font of the file. A face of the program is cut down and embedded as
// TrueType; one of the system gives single outlines and pictures (Type 3), which
// works for every font format.
type face struct {
	*font.Face
	upem    float64
	ttf     *pdffile.TrueType // nil for a face of the system
	name    string
	index   int // of its resource names
	codes   map[glyphText]int
	glyphs  []glyphText // by code
	bitmaps bool        // draws pictures (emoji)
}

// glyphText is a glyph and what it says. The same glyph gets two codes when it
// stands for two texts, so that copying gives each back.
type glyphText struct {
	gid  font.GID
	text string
}

// code returns the number that stands for a glyph in the file.
func (f *face) code(gid font.GID, text string) int {
	key := glyphText{gid, text}
	if c, ok := f.codes[key]; ok {
		return c
	}
	if len(f.glyphs) == 0 {
		f.glyphs = append(f.glyphs, glyphText{}) // .notdef
	}
	c := len(f.glyphs)
	f.codes[key] = c
	f.glyphs = append(f.glyphs, key)
	return c
}

// advance is the width of a glyph in the file, in em.
func (f *face) advance(gid font.GID) float64 { return float64(f.HorizontalAdvance(gid)) / f.upem }

// has reports whether the face draws r.
func (f *face) has(r rune) bool {
	gid, ok := f.NominalGlyph(r)
	return ok && gid != 0
}

// faces are the fonts of one file.
type faces struct {
	own    [4]*face // by weight
	symbol *face    // the widest of the program's faces
	system *systemFonts
	all    []*face
}

func newFaces(system *systemFonts) (*faces, error) {
	fs := &faces{system: system}
	for w, data := range [][]byte{liberationsansregular.TTF, liberationsansbold.TTF, liberationsansitalic.TTF, dejavusansmono.TTF} {
		names := []string{"LiberationSans", "LiberationSans-Bold", "LiberationSans-Italic", "DejaVuSansMono"}
		f, err := fs.embedded(names[w], data)
		if err != nil {
			return nil, err
		}
		fs.own[w] = f
	}
	var err error
	fs.symbol, err = fs.embedded("DejaVuSans", dejavusans.TTF)
	return fs, err
}

func (fs *faces) embedded(name string, data []byte) (*face, error) {
	parsed, err := font.ParseTTF(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("parse font %s: %w", name, err)
	}
	ttf, err := pdffile.ParseTrueType(data)
	if err != nil {
		return nil, fmt.Errorf("parse font %s: %w", name, err)
	}
	f := fs.add(parsed, name)
	f.ttf = ttf
	return f, nil
}

func (fs *faces) add(parsed *font.Face, name string) *face {
	f := &face{Face: parsed, upem: float64(parsed.Upem()), name: name, index: len(fs.all), codes: map[glyphText]int{}}
	fs.all = append(fs.all, f)
	return f
}

// choose returns the face for a cluster: the program's own, then the system's.
// Pictographs are taken from the system first, for their colours. It returns nil
// when no face has every character.
func (fs *faces) choose(cluster []rune, w weight) *face {
	if pictograph(cluster) {
		if f := fs.fromSystem(cluster, true); f != nil {
			return f
		}
	}
	for _, f := range []*face{fs.own[w], fs.own[regular], fs.symbol} {
		if f != nil && covers(f, cluster) {
			return f
		}
	}
	return fs.fromSystem(cluster, false)
}

func (fs *faces) fromSystem(cluster []rune, emoji bool) *face {
	for _, f := range fs.all {
		if f.ttf == nil && f.bitmaps == emoji && covers(f, cluster) {
			return f
		}
	}
	for _, r := range cluster {
		if joiner(r) {
			continue
		}
		parsed, name := fs.system.find(r, emoji)
		if parsed == nil {
			return nil
		}
		f := fs.add(parsed, name)
		f.bitmaps = len(parsed.BitmapSizes()) > 0
		if covers(f, cluster) {
			return f
		}
		return nil
	}
	return nil
}

func covers(f *face, cluster []rune) bool {
	for _, r := range cluster {
		if !joiner(r) && !f.has(r) {
			return false
		}
	}
	return true
}

// joiner reports whether r only joins or varies its neighbours.
func joiner(r rune) bool {
	return r == 0x200c || r == 0x200d || r >= 0xfe00 && r <= 0xfe0f || r >= 0xe0100 && r <= 0xe01ef
}

// pictograph reports whether a cluster is meant to be seen in colour.
func pictograph(cluster []rune) bool {
	for _, r := range cluster {
		if r == 0xfe0f || r >= 0x1f1e6 && r <= 0x1faff {
			return true
		}
	}
	return false
}
