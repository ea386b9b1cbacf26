package figure

import (
	"image"
	"image/color"
	"math"

	"golang.org/x/image/vector"
)

// The accent is seen on light and on dark; the white halo parts it from a
// background of its own hue.
var (
	accent = image.NewUniform(color.RGBA{R: 0xe0, G: 0x1e, B: 0x5a, A: 0xff})
	halo   = image.NewUniform(color.RGBA{R: 0xff, G: 0xff, B: 0xff, A: 0xff})
)

// Widths in pixels of the frame.
const (
	markGap    = 4.0 // between the element and its outline
	markStroke = 3.0
	markHalo   = 1.5 // on either side of the stroke
	markRadius = 6.0
	ringRadius = 16.0
	reach      = 32 // how far a mark may lie outside the picture
)

// drawBox draws a rounded outline around r.
func drawBox(dst *image.RGBA, r image.Rectangle) {
	r = r.Intersect(dst.Bounds().Inset(-reach))
	if r.Empty() {
		return
	}
	x0, y0 := float32(r.Min.X)-markGap, float32(r.Min.Y)-markGap
	x1, y1 := float32(r.Max.X)+markGap, float32(r.Max.Y)+markGap
	// An outline that would fall off the picture is pulled in to be seen.
	edge := float32(markStroke + markHalo)
	b := dst.Bounds()
	x0, y0 = max(x0, edge), max(y0, edge)
	x1, y1 = min(x1, float32(b.Max.X)-edge), min(y1, float32(b.Max.Y)-edge)
	if x1-x0 < 2*markStroke || y1-y0 < 2*markStroke {
		return
	}
	outline := func(out, in float32, c image.Image) {
		stroke(dst, shape{x0 - out, y0 - out, x1 + out, y1 + out, markRadius + out},
			shape{x0 + in, y0 + in, x1 - in, y1 - in, max(markRadius-in, 0)}, c)
	}
	outline(markStroke+markHalo, markHalo, halo)
	outline(markStroke, 0, accent)
}

// drawRing draws a ring around the middle of r.
func drawRing(dst *image.RGBA, r image.Rectangle) {
	centre := r.Min.Add(r.Max).Div(2)
	if !centre.In(dst.Bounds().Inset(-reach)) {
		return
	}
	cx, cy := float32(centre.X)+0.5, float32(centre.Y)+0.5
	ring := func(outer, inner float32, c image.Image) {
		stroke(dst, shape{cx - outer, cy - outer, cx + outer, cy + outer, outer},
			shape{cx - inner, cy - inner, cx + inner, cy + inner, inner}, c)
	}
	ring(ringRadius+markHalo, ringRadius-markStroke-markHalo, halo)
	ring(ringRadius, ringRadius-markStroke, accent)
}

// shape is a rounded rectangle.
type shape struct{ x0, y0, x1, y1, radius float32 }

// stroke fills what lies inside outer and outside inner.
func stroke(dst *image.RGBA, outer, inner shape, c image.Image) {
	bounds := image.Rect(int(outer.x0)-1, int(outer.y0)-1,
		int(math.Ceil(float64(outer.x1)))+1, int(math.Ceil(float64(outer.y1)))+1).Intersect(dst.Bounds())
	if bounds.Empty() {
		return
	}
	z := vector.NewRasterizer(bounds.Dx(), bounds.Dy())
	dx, dy := float32(bounds.Min.X), float32(bounds.Min.Y)
	outer.moved(dx, dy).add(z, false)
	inner.moved(dx, dy).add(z, true)
	z.Draw(dst, bounds, c, image.Point{})
}

func (s shape) moved(dx, dy float32) shape {
	return shape{s.x0 - dx, s.y0 - dy, s.x1 - dx, s.y1 - dy, s.radius}
}

// add adds the outline to z, clockwise or, to cut a hole, the other way round.
func (s shape) add(z *vector.Rasterizer, hole bool) {
	r := min(s.radius, (s.x1-s.x0)/2, (s.y1-s.y0)/2)
	const k = 0.5523 // of a cubic curve that comes nearest to a quarter circle
	c := r * (1 - k)
	type point struct{ x, y float32 }
	// Twelve points, clockwise from the top left: four sides, and between
	// them curves with two control points each.
	p := []point{
		{s.x0 + r, s.y0}, {s.x1 - r, s.y0}, {s.x1 - c, s.y0}, {s.x1, s.y0 + c},
		{s.x1, s.y0 + r}, {s.x1, s.y1 - r}, {s.x1, s.y1 - c}, {s.x1 - c, s.y1},
		{s.x1 - r, s.y1}, {s.x0 + r, s.y1}, {s.x0 + c, s.y1}, {s.x0, s.y1 - c},
		{s.x0, s.y1 - r}, {s.x0, s.y0 + r}, {s.x0, s.y0 + c}, {s.x0 + c, s.y0},
	}
	n := len(p)
	z.MoveTo(p[0].x, p[0].y)
	if !hole {
		for i := 0; i < n; i += 4 {
			z.LineTo(p[i+1].x, p[i+1].y)
			z.CubeTo(p[i+2].x, p[i+2].y, p[i+3].x, p[i+3].y, p[(i+4)%n].x, p[(i+4)%n].y)
		}
		z.ClosePath()
		return
	}
	for i := n - 4; i >= 0; i -= 4 {
		z.CubeTo(p[i+3].x, p[i+3].y, p[i+2].x, p[i+2].y, p[i+1].x, p[i+1].y)
		z.LineTo(p[i].x, p[i].y)
	}
	z.ClosePath()
}
