package screen

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"testing"
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
			checkPicture(t, &enc, p, shadeMost)
			for _, colours := range []int{1, 2, 256, 257} { // about as many as an indexed picture can have
				for i := range w * h {
					c := rng.Uint32N(uint32(colours))
					copy(p.pix[i*4:], []byte{byte(c), byte(c * 3), byte(c >> 8), byte(rng.Uint32())})
				}
				most := 0
				if colours > paletteMost {
					most = shadeMost
				}
				checkPicture(t, &enc, p, most)
			}
		}
	}
}

// checkPicture encodes and decodes p. No pixel may differ by more than most.
func checkPicture(t *testing.T, enc *encoder, p picture, most int) {
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
			got := color.RGBAModel.Convert(img.At(x, y)).(color.RGBA)
			if max(diff(got.R, want.R), diff(got.G, want.G), diff(got.B, want.B)) > most {
				t.Fatalf("%dx%d layout %d: pixel %d,%d is %v, want %v", p.w, p.h, p.layout, x, y, got, want)
			}
		}
	}
}

// TestShades encodes a picture with more colours than an indexed one can have.
// The frequent ones stay exact, and the others change by what nobody sees.
func TestShades(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	p := picture{pix: make([]byte, 400*100*4), w: 400, h: 100}
	for i := range 400 * 100 {
		c := [3]byte{byte(i / 4000 * 25), 10, 200} // ten frequent ones
		if i%61 == 0 {
			v := byte(rng.Uint32N(200))
			c = [3]byte{v, v + byte(rng.Uint32N(8)), v} // shades of grey: some 500
		}
		copy(p.pix[i*4:], c[:])
	}
	var enc encoder
	data, err := enc.encode(p)
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := img.(*image.Paletted); !ok {
		t.Errorf("stored as %T", img)
	}
	worst := 0
	for i := range 400 * 100 {
		got, want := color.RGBAModel.Convert(img.At(i%400, i/400)).(color.RGBA), p.pix[i*4:]
		d := max(diff(got.B, want[0]), diff(got.G, want[1]), diff(got.R, want[2]))
		if i%61 != 0 && d != 0 {
			t.Fatalf("pixel %d of a frequent colour is %v, want %v", i, got, want[:3])
		}
		worst = max(worst, d)
	}
	t.Logf("%d bytes, largest change %d", len(data), worst)
	if worst > shadeMost {
		t.Errorf("a colour changed by %d", worst)
	}
}

func diff(a, b byte) int { return max(int(a)-int(b), int(b)-int(a)) }

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
