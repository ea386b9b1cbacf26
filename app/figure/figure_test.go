package figure

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
	"math"
	"os"
	"testing"

	"github.com/runreel/runreel/pipeline/sop"
)

var secret = color.RGBA{R: 1, G: 200, B: 3, A: 255}

// frame is a light frame with a patch of the secret colour.
func frame(w, h int, patch image.Rectangle) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(img, img.Bounds(), image.NewUniform(color.RGBA{240, 240, 240, 255}), image.Point{}, draw.Src)
	draw.Draw(img, patch, image.NewUniform(secret), image.Point{}, draw.Src)
	return img
}

func count(img *image.RGBA, c color.RGBA) int {
	n := 0
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			if img.RGBAAt(x, y) == c {
				n++
			}
		}
	}
	return n
}

func TestRedactionLeavesNoPixel(t *testing.T) {
	patch := image.Rect(33, 17, 61, 29)
	for name, r := range map[string]sop.Rect{
		"exact":             {X: 33, Y: 17, W: 28, H: 12},
		"drawn from behind": {X: 61, Y: 29, W: -28, H: -12},
		"huge":              {X: math.MinInt, Y: math.MinInt, W: math.MaxInt, H: math.MaxInt},
	} {
		t.Run(name, func(t *testing.T) {
			f := sop.Figure{Redactions: []sop.Rect{r}}
			if name == "huge" {
				f.Redactions[0] = sop.Rect{X: -5, Y: -5, W: math.MaxInt, H: math.MaxInt}
			}
			out, err := Render(frame(100, 80, patch), f)
			if err != nil {
				t.Fatal(err)
			}
			if n := count(out, secret); n != 0 {
				t.Errorf("%d redacted pixels are seen", n)
			}
			if got := out.RGBAAt(32, 16); got != redacted.C.(color.RGBA) {
				t.Errorf("the box is not snapped outwards: pixel 32,16 is %v", got)
			}
		})
	}
}

func TestCropMovesRedactionsAndMarks(t *testing.T) {
	patch := image.Rect(120, 90, 160, 110)
	out, err := Render(frame(400, 300, patch), sop.Figure{
		Crop:       &sop.Rect{X: 100, Y: 60, W: 200, H: 150},
		Redactions: []sop.Rect{{X: 120, Y: 90, W: 40, H: 20}},
		Marks:      []sop.FigureMark{{Shape: "box", Rect: sop.Rect{X: 200, Y: 100, W: 60, H: 30}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if out.Bounds() != image.Rect(0, 0, 200, 150) {
		t.Fatalf("bounds are %v", out.Bounds())
	}
	if count(out, secret) != 0 {
		t.Error("the redaction did not move with the crop")
	}
	red := accent.C.(color.RGBA)
	if got := out.RGBAAt(130, 40-6); got != red { // above the element, in the stroke
		t.Errorf("the top of the outline is %v", got)
	}
	if got := out.RGBAAt(130, 55); got == red {
		t.Error("the outline fills the element")
	}
}

func TestMarksAreDrawnOverRedactions(t *testing.T) {
	out, err := Render(frame(100, 100, image.Rectangle{}), sop.Figure{
		Redactions: []sop.Rect{{W: 100, H: 100}},
		Marks:      []sop.FigureMark{{Shape: "dot", Rect: sop.Rect{X: 40, Y: 40, W: 20, H: 20}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if count(out, accent.C.(color.RGBA)) == 0 || count(out, halo.C.(color.RGBA)) == 0 {
		t.Error("the ring or its halo is missing")
	}
	if got := out.RGBAAt(50, 50); got != redacted.C.(color.RGBA) {
		t.Errorf("the middle of the ring is %v", got)
	}
}

func TestHostileRectangles(t *testing.T) {
	extremes := []int{math.MinInt, -1 << 40, -7, 0, 1, 50, 1 << 40, math.MaxInt}
	for _, x := range extremes {
		for _, w := range extremes {
			r := sop.Rect{X: x, Y: w, W: w, H: x}
			out, err := Render(frame(64, 48, image.Rectangle{}), sop.Figure{
				Crop: &r, Redactions: []sop.Rect{r},
				Marks: []sop.FigureMark{{Shape: "box", Rect: r}, {Shape: "dot", Rect: r}, {Shape: "?", Rect: r}},
			})
			if err != nil && !errors.Is(err, ErrEmpty) {
				t.Fatalf("%+v: %v", r, err)
			}
			if err == nil && (out.Bounds().Empty() || !out.Bounds().In(image.Rect(0, 0, 64, 48))) {
				t.Fatalf("%+v gives %v", r, out.Bounds())
			}
		}
	}
}

func TestCropOutsideShowsNothing(t *testing.T) {
	_, err := Render(frame(64, 48, image.Rectangle{}), sop.Figure{Crop: &sop.Rect{X: 64, Y: 0, W: 10, H: 10}})
	if !errors.Is(err, ErrEmpty) {
		t.Fatalf("error is %v", err)
	}
}

func renderer(data []byte) Renderer {
	return Renderer{Frames: func(context.Context, string) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(data)), nil
	}}
}

func encoded(t testing.TB, img image.Image) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := png.Encode(&buf, img); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestRendererYieldsOpaquePNG(t *testing.T) {
	img := image.NewNRGBA(image.Rect(0, 0, 30, 20)) // fully transparent
	data, w, h, err := renderer(encoded(t, img)).Open(t.Context(), sop.Figure{})
	if err != nil || w != 30 || h != 20 {
		t.Fatalf("%dx%d, %v", w, h, err)
	}
	config, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil || config.ColorModel != color.RGBAModel {
		t.Fatalf("colour model %v, %v", config.ColorModel, err)
	}
}

func TestRendererErrors(t *testing.T) {
	missing := Renderer{Frames: func(context.Context, string) (io.ReadCloser, error) { return nil, os.ErrNotExist }}
	if _, _, _, err := missing.Open(t.Context(), sop.Figure{Frame: "f"}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing frame: %v", err)
	}
	if _, _, _, err := renderer([]byte("no picture")).Open(t.Context(), sop.Figure{}); !errors.Is(err, image.ErrFormat) {
		t.Errorf("no picture: %v", err)
	}
	if _, _, _, err := renderer(bomb(20000, 20000)).Open(t.Context(), sop.Figure{}); !errors.Is(err, ErrTooLarge) {
		t.Errorf("bomb: %v", err)
	}
	whole := encoded(t, frame(64, 64, image.Rectangle{}))
	if _, _, _, err := renderer(whole[:len(whole)/2]).Open(t.Context(), sop.Figure{}); err == nil {
		t.Error("half a picture gives no error")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, _, err := renderer(whole).Open(ctx, sop.Figure{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// bomb is the header of a PNG that claims a size.
func bomb(w, h uint32) []byte {
	var head [17]byte
	copy(head[:], "IHDR")
	binary.BigEndian.PutUint32(head[4:], w)
	binary.BigEndian.PutUint32(head[8:], h)
	head[12], head[13] = 8, 6
	out := append([]byte("\x89PNG\r\n\x1a\n"), 0, 0, 0, 13)
	out = append(out, head[:]...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(head[:]))
}

func FuzzDecode(f *testing.F) {
	f.Add(encoded(f, frame(8, 8, image.Rectangle{})))
	f.Add(bomb(60000, 60000))
	f.Add(bomb(4000, 4000))
	f.Add([]byte("\xff\xd8\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		img, err := Decode(bytes.NewReader(data))
		if err == nil && img.Bounds().Empty() {
			t.Error("an empty picture without an error")
		}
	})
}

func BenchmarkRender1080p(b *testing.B) {
	r := renderer(encoded(b, frame(1920, 1080, image.Rect(100, 100, 700, 500))))
	f := sop.Figure{Marks: []sop.FigureMark{{Shape: "box", Rect: sop.Rect{X: 300, Y: 300, W: 200, H: 40}}}}
	for b.Loop() {
		if _, _, _, err := r.Open(b.Context(), f); err != nil {
			b.Fatal(err)
		}
	}
}
