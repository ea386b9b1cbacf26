package pdf

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
)

// systemFonts finds fonts of the system by character.
type systemFonts struct {
	ctx     context.Context
	none    map[rune]bool // characters that nothing was found for
	loaded  map[string]*font.Face
	lookups int
}

// A document full of unknown characters must not start a process for each.
const maxLookups = 60

// usual are fonts to try where there is no fontconfig.
var usual = []string{
	"/System/Library/Fonts/PingFang.ttc", "/System/Library/Fonts/Hiragino Sans GB.ttc", "/System/Library/Fonts/Apple Color Emoji.ttc",
	"/System/Library/Fonts/AppleSDGothicNeo.ttc", "/System/Library/Fonts/Supplemental/Arial Unicode.ttf",
	`C:\Windows\Fonts\msyh.ttc`, `C:\Windows\Fonts\YuGothR.ttc`, `C:\Windows\Fonts\malgun.ttf`, `C:\Windows\Fonts\seguisym.ttf`,
	`C:\Windows\Fonts\segoeui.ttf`, `C:\Windows\Fonts\Nirmala.ttc`, `C:\Windows\Fonts\LeelawUI.ttf`, `C:\Windows\Fonts\seguiemj.ttf`,
}

func newSystemFonts(ctx context.Context) *systemFonts {
	return &systemFonts{ctx: ctx, none: map[rune]bool{}, loaded: map[string]*font.Face{}}
}

// find returns a face that has r, not loaded before, and its name; nil when
// there is none.
func (s *systemFonts) find(r rune, emoji bool) (*font.Face, string) {
	if s.none[r] {
		return nil, ""
	}
	for _, at := range s.candidates(r, emoji) {
		f := s.load(at.file, at.index)
		if f == nil {
			continue
		}
		if gid, ok := f.NominalGlyph(r); ok && gid != 0 && drawable(f, gid) {
			return f, filepath.Base(at.file)
		}
	}
	if !emoji {
		s.none[r] = true
	}
	return nil, ""
}

// place is a font in a file.
type place struct {
	file  string
	index int
}

// candidates returns fonts that have r, the most fitting first.
func (s *systemFonts) candidates(r rune, emoji bool) []place {
	if s.lookups >= maxLookups {
		return nil
	}
	s.lookups++
	have, err := s.ask("fc-list", "-f", "%{file}\t%{index}\n", fmt.Sprintf(":charset=%x", r))
	if err != nil {
		var places []place
		for _, file := range usual {
			places = append(places, place{file, 0})
		}
		return places
	}
	if len(have) == 0 {
		return nil
	}
	family := "sans"
	if emoji {
		family = "emoji"
	}
	// The order of fc-match is one of taste: it names fonts without r too.
	order, err := s.ask("fc-match", "-s", "-f", "%{file}\t%{index}\n", fmt.Sprintf("%s:charset=%x", family, r))
	if err != nil {
		return have
	}
	order = slices.DeleteFunc(order, func(p place) bool { return !slices.Contains(have, p) })
	order = append(order, have...)
	return order[:min(len(order), 4)]
}

// ask runs a program of fontconfig.
func (s *systemFonts) ask(name string, args ...string) ([]place, error) {
	ctx, cancel := context.WithTimeout(s.ctx, 5*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, name, args...).Output()
	if err != nil {
		return nil, err
	}
	var places []place
	for line := range strings.Lines(string(out)) {
		file, index, _ := strings.Cut(strings.TrimSpace(line), "\t")
		n, _ := strconv.Atoi(index)
		places = append(places, place{file, n & 0xffff}) // the rest numbers a named instance
	}
	return places, nil
}

// load reads a font once. A font that cannot be read is as good as none.
func (s *systemFonts) load(file string, index int) (f *font.Face) {
	key := fmt.Sprint(file, "#", index)
	if f, ok := s.loaded[key]; ok {
		return f
	}
	defer func() {
		if recover() != nil {
			f = nil
		}
		s.loaded[key] = f
	}()
	data, err := os.ReadFile(file)
	if err != nil {
		return nil
	}
	loaders, err := opentype.NewLoaders(bytes.NewReader(data))
	if err != nil || index >= len(loaders) {
		return nil
	}
	parsed, err := font.NewFont(loaders[index])
	if err != nil {
		return nil
	}
	return font.NewFace(parsed)
}

// drawable reports whether a glyph can be embedded: as an outline or a PNG.
func drawable(f *font.Face, gid font.GID) bool {
	switch g := f.GlyphData(gid).(type) {
	case font.GlyphOutline:
		return true
	case font.GlyphBitmap:
		return g.Format == font.PNG
	default:
		_, ok := f.GlyphDataOutline(gid)
		return ok
	}
}
