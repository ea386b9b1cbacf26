package ocr

import (
	"bytes"
	"fmt"
	"image"

	"golang.org/x/image/draw"
)

// scale brings text of a screen, 10 pixels high and less, to the 30 that
// tesseract was taught with. margin is in pixels of the enlarged picture:
// tesseract loses letters that touch the edge.
const (
	scale  = 3
	margin = 20
)

// prepare enlarges a part of img in grey, with dark text on a light ground.
func prepare(img image.Image, part image.Rectangle, inverted bool) *image.Gray {
	out := image.NewGray(image.Rect(0, 0, part.Dx()*scale+2*margin, part.Dy()*scale+2*margin))
	inner := image.Rect(margin, margin, margin+part.Dx()*scale, margin+part.Dy()*scale)
	draw.CatmullRom.Scale(out, inner, img, part, draw.Src, nil)
	if inverted {
		for i := range out.Pix {
			out.Pix[i] = 255 - out.Pix[i]
		}
	}
	frame(out, inner)
	return out
}

// frame continues the outermost pixels into the margin, since an edge of
// another brightness is taken for a line.
func frame(out *image.Gray, inner image.Rectangle) {
	b := out.Bounds()
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			if !image.Pt(x, y).In(inner) {
				out.SetGray(x, y, out.GrayAt(min(max(x, inner.Min.X), inner.Max.X-1), min(max(y, inner.Min.Y), inner.Max.Y-1)))
			}
		}
	}
}

// pgm encodes g as a binary portable graymap (netpbm, PGM), which needs no
// compression.
func pgm(g *image.Gray) *bytes.Buffer {
	b := new(bytes.Buffer)
	fmt.Fprintf(b, "P5 %d %d 255\n", g.Rect.Dx(), g.Rect.Dy())
	for y := range g.Rect.Dy() {
		b.Write(g.Pix[y*g.Stride : y*g.Stride+g.Rect.Dx()])
	}
	return b
}
