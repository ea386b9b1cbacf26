package figure

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"

	"github.com/runreel/runreel/pipeline/sop"
)

// MaxPixels is the largest frame that is decoded or drawn: 50 megapixels.
const MaxPixels = 50_000_000

// grid is the raster that redactions are snapped outwards to, in pixels, so
// that the size of a box tells little of the size of what is under it.
const grid = 4

// redacted is the colour of a redaction.
var redacted = image.NewUniform(color.RGBA{R: 0x22, G: 0x26, B: 0x2b, A: 0xff})

var (
	// ErrTooLarge is returned for a frame of more than MaxPixels.
	ErrTooLarge = errors.New("picture is larger than 50 megapixels")
	// ErrEmpty is returned for a frame without pixels, and for a crop that
	// lies outside the frame. Such a crop never falls back to the whole
	// frame: that would show what somebody cut away.
	ErrEmpty = errors.New("nothing of the picture is left to show")
)

// Render draws f over img, which is the frame that f.Frame names. The result is
// opaque, has the size of the crop, begins at (0, 0), shares no memory with
// img and belongs to the caller.
func Render(img image.Image, f sop.Figure) (*image.RGBA, error) {
	frame := img.Bounds()
	if frame.Empty() {
		return nil, ErrEmpty
	}
	if int64(frame.Dx())*int64(frame.Dy()) > MaxPixels {
		return nil, ErrTooLarge
	}
	size := image.Rect(0, 0, frame.Dx(), frame.Dy())
	crop, err := cropOf(f, size)
	if err != nil {
		return nil, err
	}
	out := image.NewRGBA(image.Rect(0, 0, crop.Dx(), crop.Dy()))
	draw.Draw(out, out.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(out, out.Bounds(), img, frame.Min.Add(crop.Min), draw.Over)
	for _, r := range f.Redactions {
		box := snap(rectangle(r)).Sub(crop.Min)
		draw.Draw(out, box.Intersect(out.Bounds()), redacted, image.Point{}, draw.Src)
	}
	for _, m := range f.Marks {
		r := rectangle(m.Rect).Sub(crop.Min)
		if m.Shape == "dot" {
			drawRing(out, r)
			continue
		}
		drawBox(out, r)
	}
	return out, nil
}

// cropOf returns the part of the frame that f shows.
func cropOf(f sop.Figure, frame image.Rectangle) (image.Rectangle, error) {
	if f.Crop == nil {
		return frame, nil
	}
	crop := rectangle(*f.Crop).Intersect(frame)
	if crop.Empty() {
		return crop, fmt.Errorf("crop %d,%d %dx%d of a frame of %dx%d: %w",
			f.Crop.X, f.Crop.Y, f.Crop.W, f.Crop.H, frame.Dx(), frame.Dy(), ErrEmpty)
	}
	return crop, nil
}

// far bounds every coordinate, so that sums of them cannot overflow.
const far = 1 << 24

// rectangle converts r. A negative size is taken as drawn from the other
// corner: a redaction drawn from right to left still covers what it should.
func rectangle(r sop.Rect) image.Rectangle {
	x, y, w, h := bound(r.X), bound(r.Y), bound(r.W), bound(r.H)
	return image.Rect(x, y, x+w, y+h)
}

func bound(v int) int { return min(max(v, -far), far) }

// snap grows r to the grid.
func snap(r image.Rectangle) image.Rectangle {
	if r.Empty() {
		return r
	}
	return image.Rect(floor(r.Min.X), floor(r.Min.Y), -floor(-r.Max.X), -floor(-r.Max.Y))
}

// floor returns the largest multiple of grid that is not above v.
func floor(v int) int {
	m := v % grid
	if m < 0 {
		m += grid
	}
	return v - m
}
