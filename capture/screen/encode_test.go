package screen

import (
	"bytes"
	"image/color"
	"image/png"
	"math/rand/v2"
	"testing"

	"github.com/runreel/runreel/capture"
)

func TestEncodeRoundTrip(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var enc encoder // one for all: its buffers must not show through
	for _, size := range [][2]int{{1, 1}, {3, 2}, {7, 5}, {640, 33}, {8, 64}, {1, 100}} {
		for _, l := range []layout{bgrx, rgbx} {
			w, h := size[0], size[1]
			p := picture{pix: make([]byte, w*h*4), w: w, h: h, layout: l}
			for i := range p.pix {
				p.pix[i] = byte(rng.Uint32())
			}
			if h > 3 { // equal rows take the short way
				copy(p.pix[w*4:3*w*4], bytes.Repeat(p.pix[:w*4], 2))
			}
			mask := capture.Rect{X: w / 2, Y: h / 2, W: 1, H: 1}
			if w%2 == 1 {
				p.masks = []capture.Rect{mask}
			}
			checkPicture(t, &enc, p)
		}
	}
}

func checkPicture(t *testing.T, enc *encoder, p picture) {
	t.Helper()
	data, err := enc.encode(p)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("%dx%d: %v", p.w, p.h, err)
	}
	for y := range p.h {
		for x := range p.w {
			b := p.pix[(y*p.w+x)*4:]
			want := color.RGBA{R: b[2], G: b[1], B: b[0], A: 255}
			if p.layout == rgbx {
				want.R, want.B = want.B, want.R
			}
			for _, m := range p.masks {
				if m.Contains(capture.Point{X: x, Y: y}) {
					want = color.RGBA{R: maskGrey, G: maskGrey, B: maskGrey, A: 255}
				}
			}
			if got := img.At(x, y); got != want {
				t.Fatalf("%dx%d layout %d: pixel %d,%d is %v, want %v", p.w, p.h, p.layout, x, y, got, want)
			}
		}
	}
}

func FuzzSubtract(f *testing.F) {
	f.Add([]byte{0, 255, 128, 127, 1, 2, 3, 4, 5}, []byte{255, 0, 127, 128, 9, 9, 9, 9, 9})
	f.Fuzz(func(t *testing.T, a, b []byte) {
		n := min(len(a), len(b))
		dst := make([]byte, n)
		subtract(dst, a[:n], b[:n])
		for i := range dst {
			if dst[i] != a[i]-b[i] {
				t.Fatalf("byte %d: %d-%d gave %d", i, a[i], b[i], dst[i])
			}
		}
	})
}
