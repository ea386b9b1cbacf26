package pdffile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"github.com/go-fonts/dejavu/dejavusans"
	"github.com/go-text/typesetting/font"
)

func TestTextAndNum(t *testing.T) {
	if got := Text("a(\\)é🚀"); got != "<FEFF00610028005C002900E9D83DDE80>" {
		t.Errorf("Text gives %s", got)
	}
	for v, want := range map[float64]string{0: "0", -0.0001: "0", 1: "1", 1.5: "1.5", -2.12349: "-2.123", 100: "100"} {
		if got := Num(v); got != want {
			t.Errorf("Num(%v) = %s", v, got)
		}
	}
}

// TestSubsetDrawsTheSame compares the outlines of a subset with those of the
// whole font: a plain glyph, one twice, and one that is made of others.
func TestSubsetDrawsTheSame(t *testing.T) {
	whole, err := font.ParseTTF(bytes.NewReader(dejavusans.TTF))
	if err != nil {
		t.Fatal(err)
	}
	ttf, err := ParseTrueType(dejavusans.TTF)
	if err != nil {
		t.Fatal(err)
	}
	gids := []uint16{0}
	for _, r := range "Aéé Ǖ م" {
		gid, ok := whole.NominalGlyph(r)
		if !ok {
			t.Fatalf("no glyph for %q", r)
		}
		gids = append(gids, uint16(gid))
	}
	data, err := ttf.Subset(gids)
	if err != nil {
		t.Fatal(err)
	}
	if len(data) > len(dejavusans.TTF)/10 {
		t.Errorf("the subset has %d bytes", len(data))
	}
	again, err := ParseTrueType(data)
	if err != nil {
		t.Fatal(err)
	}
	for i, gid := range gids {
		if got, want := points(t, again, uint16(i)), points(t, ttf, gid); got != want {
			t.Errorf("glyph %d has %d points, not %d", gid, got, want)
		}
		if !bytes.Equal(again.metric(uint16(i))[:2], ttf.metric(gid)[:2]) {
			t.Errorf("glyph %d has another width", gid)
		}
	}
}

// points counts the bytes of the plain outlines that a glyph is made of.
func points(t *testing.T, f *TrueType, gid uint16) int {
	t.Helper()
	outline, err := f.outline(gid)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	composite := len(outline) > 10 && int16(binary.BigEndian.Uint16(outline)) < 0
	if !composite {
		return (len(outline) + 3) / 4
	}
	if err := components(outline, func(at int) { n += points(t, f, binary.BigEndian.Uint16(outline[at:])) }); err != nil {
		t.Fatal(err)
	}
	return n
}

func FuzzTrueType(f *testing.F) {
	ttf, err := ParseTrueType(dejavusans.TTF)
	if err != nil {
		f.Fatal(err)
	}
	small, err := ttf.Subset([]uint16{0, 36, 200, 201})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(small)
	f.Add(small[:200])
	f.Fuzz(func(t *testing.T, data []byte) {
		ttf, err := ParseTrueType(data)
		if err != nil {
			return
		}
		if _, err := ttf.Subset([]uint16{0, 1, 3, 0xffff}); err != nil && !errors.Is(err, ErrFont) {
			t.Error(err)
		}
	})
}

func TestUnwrittenObjectIsAnError(t *testing.T) {
	var out bytes.Buffer
	w := NewWriter(&out)
	root := w.Add("<< >>")
	w.Alloc()
	if err := w.Close(root, root, [16]byte{}); err == nil || !strings.Contains(err.Error(), "object 2") {
		t.Errorf("error %v", err)
	}
}
