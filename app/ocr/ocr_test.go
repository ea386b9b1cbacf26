package ocr_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"

	"github.com/runreel/runreel/app/media"
	"github.com/runreel/runreel/app/ocr"
	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/pipeline/name"
)

var _ name.Reader = (*ocr.Tesseract)(nil)

// theme is how a window looks.
type theme struct {
	ground, text, button, buttonText, accent, accentText color.Color
}

var themes = map[string]theme{
	"light": {grey(250), grey(40), grey(225), grey(30), color.RGBA{53, 132, 228, 255}, grey(255)},
	"dark":  {grey(30), grey(220), grey(60), grey(240), color.RGBA{120, 174, 237, 255}, grey(20)},
}

func grey(y uint8) color.Color { return color.Gray{Y: y} }

// canvas is a picture that a test draws on.
type canvas struct {
	*image.RGBA
	t testing.TB
}

func newCanvas(t testing.TB, w, h int, ground color.Color) canvas {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(img, img.Bounds(), image.NewUniform(ground), image.Point{}, draw.Src)
	return canvas{img, t}
}

func (c canvas) box(r image.Rectangle, col color.Color) {
	draw.Draw(c, r, image.NewUniform(col), image.Point{}, draw.Src)
}

// write puts text with its baseline at x, y and returns where it ends.
func (c canvas) write(text string, x, y int, size float64, ttf []byte, col color.Color) int {
	c.t.Helper()
	parsed, err := opentype.Parse(ttf)
	if err != nil {
		c.t.Fatal(err)
	}
	face, err := opentype.NewFace(parsed, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		c.t.Fatal(err)
	}
	defer face.Close()
	d := font.Drawer{Dst: c, Src: image.NewUniform(col), Face: face, Dot: fixed.P(x, y)}
	d.DrawString(text)
	return d.Dot.X.Round()
}

func (c canvas) png() io.Reader {
	c.t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, c); err != nil {
		c.t.Fatal(err)
	}
	return &b
}

// window draws a menu bar, a form and buttons.
func window(t testing.TB, th theme) canvas {
	c := newCanvas(t, 900, 600, th.ground)
	x := 20
	for _, menu := range []string{"File", "Edit", "View", "Help"} {
		x = c.write(menu, x, 25, 14, goregular.TTF, th.text) + 18
	}
	c.write("Roll out to production", 60, 200, 14, goregular.TTF, th.text)
	c.write("Keep the old version", 60, 224, 14, goregular.TTF, th.text)
	c.box(image.Rect(500, 400, 640, 434), th.button)
	c.write("Cancel", 546, 422, 14, goregular.TTF, th.buttonText)
	c.box(image.Rect(660, 400, 800, 434), th.accent)
	c.write("Deploy now", 690, 422, 14, gobold.TTF, th.accentText)
	c.box(image.Rect(300, 480, 332, 512), th.button) // an icon, far from all text
	return c
}

var whole = capture.Rect{W: 900, H: 600}

func find(t testing.TB) *ocr.Tesseract {
	t.Helper()
	reader, err := ocr.Find()
	if err != nil {
		t.Fatal(err)
	}
	return reader
}

func TestReadsWhatIsUnderThePointer(t *testing.T) {
	reader := find(t)
	points := []struct {
		name string
		at   capture.Point
		want string
	}{
		{"menu", capture.Point{X: 32, Y: 20}, "File"},
		{"check box", capture.Point{X: 130, Y: 196}, "Roll out to production"},
		{"line below", capture.Point{X: 130, Y: 220}, "Keep the old version"},
		{"left of its text", capture.Point{X: 48, Y: 196}, "Roll out to production"},
		{"button", capture.Point{X: 570, Y: 417}, "Cancel"},
		{"edge of the button", capture.Point{X: 510, Y: 428}, "Cancel"},
		{"coloured button", capture.Point{X: 720, Y: 417}, "Deploy now"},
		{"icon without text", capture.Point{X: 316, Y: 496}, ""},
		{"empty ground", capture.Point{X: 450, Y: 300}, ""},
		{"outside", capture.Point{X: 950, Y: 300}, ""},
	}
	for look, th := range themes {
		picture := window(t, th)
		for _, p := range points {
			t.Run(look+"/"+p.name, func(t *testing.T) {
				got, err := reader.Read(t.Context(), picture.png(), p.at, whole)
				if err != nil || got != p.want {
					t.Errorf("got %q, %v; want %q", got, err, p.want)
				}
			})
		}
	}
}

func TestReadsOnlyWhatIsWorthLookingAt(t *testing.T) {
	c := window(t, themes["light"])
	// The left half of the first line is not in it.
	got, err := find(t).Read(t.Context(), c.png(), capture.Point{X: 570, Y: 417}, capture.Rect{X: 500, Y: 400, W: 140, H: 34})
	if err != nil || got != "Cancel" {
		t.Errorf("got %q, %v", got, err)
	}
	got, err = find(t).Read(t.Context(), c.png(), capture.Point{X: 316, Y: 496}, capture.Rect{X: 300, Y: 480, W: 32, H: 32})
	if err != nil || got != "" {
		t.Errorf("an icon reads %q, %v", got, err)
	}
}

func TestLongLabelIsNotCut(t *testing.T) {
	c := newCanvas(t, 1400, 200, grey(250))
	const label = "Restart the payment service in all regions after the database migration has finished"
	end := c.write(label, 300, 100, 14, goregular.TTF, grey(40))
	if end < 300+450 {
		t.Fatalf("the label is only %d pixels long", end-300)
	}
	got, err := find(t).Read(t.Context(), c.png(), capture.Point{X: 320, Y: 96}, capture.Rect{W: 1400, H: 200})
	if err != nil || got != label {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestBetweenTwoTextsNothingIsRead(t *testing.T) {
	c := newCanvas(t, 400, 200, grey(250))
	c.write("Start service", 100, 80, 14, goregular.TTF, grey(40))
	c.write("Stop service", 100, 140, 14, goregular.TTF, grey(40))
	got, err := find(t).Read(t.Context(), c.png(), capture.Point{X: 140, Y: 105}, capture.Rect{W: 400, H: 200})
	if err != nil || got != "" {
		t.Errorf("between two texts: %q, %v", got, err)
	}
}

func TestHostilePicturesAreRefused(t *testing.T) {
	huge := []byte("\x89PNG\r\n\x1a\n")
	ihdr := []byte("IHDR")
	ihdr = binary.BigEndian.AppendUint32(ihdr, 60_000)
	ihdr = binary.BigEndian.AppendUint32(ihdr, 60_000)
	ihdr = append(ihdr, 8, 6, 0, 0, 0)
	huge = binary.BigEndian.AppendUint32(huge, 13)
	huge = append(huge, ihdr...)
	huge = binary.BigEndian.AppendUint32(huge, crc32.ChecksumIEEE(ihdr))
	for _, c := range []struct {
		name string
		data []byte
		want error
	}{
		{"3600 megapixels", huge, media.ErrTooLarge},
		{"no picture", []byte("P5 3 3 255\nxxxxxxxxx"), media.ErrImage},
		{"empty", nil, media.ErrImage},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := find(t).Read(t.Context(), bytes.NewReader(c.data), capture.Point{X: 1, Y: 1}, whole)
			if got != "" || !errors.Is(err, c.want) {
				t.Errorf("got %q, %v; want %v", got, err, c.want)
			}
		})
	}
}

func TestMissingProgram(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	if _, err := ocr.Find(); !errors.Is(err, ocr.ErrMissing) {
		t.Errorf("got %v", err)
	}
}

// program writes a script that stands in for tesseract where a fault cannot be
// had from the real one.
func program(t *testing.T, script string) *ocr.Tesseract {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tesseract")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return &ocr.Tesseract{Path: path}
}

func TestFailingProgramIsToldOf(t *testing.T) {
	c := window(t, themes["light"])
	_, err := program(t, "cat >/dev/null; echo 'Error opening data file eng.traineddata' >&2; exit 1").Read(t.Context(), c.png(), capture.Point{X: 32, Y: 20}, whole)
	if err == nil || !strings.Contains(err.Error(), "eng.traineddata") {
		t.Errorf("got %v", err)
	}
}

func TestHangingProgramIsEnded(t *testing.T) {
	c := window(t, themes["light"])
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	began := time.Now()
	_, err := program(t, "exec sleep 60").Read(ctx, c.png(), capture.Point{X: 32, Y: 20}, whole)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("took %v", took)
	}
}

func BenchmarkRead(b *testing.B) {
	c := window(b, themes["light"])
	data, err := io.ReadAll(c.png())
	if err != nil {
		b.Fatal(err)
	}
	reader := find(b)
	for b.Loop() {
		if got, err := reader.Read(b.Context(), bytes.NewReader(data), capture.Point{X: 570, Y: 417}, whole); err != nil || got != "Cancel" {
			b.Fatal(got, err)
		}
	}
}
