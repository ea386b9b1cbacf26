package ocr

import (
	"image"
	"image/color"
	"slices"
)

const (
	// tolerance is how much the brightness of one ground varies, as in a gradient.
	tolerance = 14
	// letters is how far from its last word a line is looked at for more, in
	// heights of the line: a word cut in two is longer than a letter.
	letters = 8
)

// ground is the plain surface around a place: the window's, or a button's.
// Tesseract takes a coloured button on a bright window for a picture, so that
// the surface is read alone.
type ground struct {
	brightness uint8
	extent     image.Rectangle
}

// groundAt finds the surface around at. Text covers less than half of it, so
// that the median of what is near is a pixel of the surface.
func groundAt(img image.Image, at image.Point, area image.Rectangle) ground {
	seed := near(at, 40, 14).Intersect(area)
	values := make([]uint8, 0, seed.Dx()*seed.Dy())
	for y := seed.Min.Y; y < seed.Max.Y; y++ {
		for x := seed.Min.X; x < seed.Max.X; x++ {
			values = append(values, gray(img.At(x, y)))
		}
	}
	slices.Sort(values)
	g := ground{brightness: values[len(values)/2]}
	g.extent = g.flood(img, seed, area)
	return g
}

func (g ground) dark() bool { return g.brightness < 128 }

func (g ground) has(c color.Color) bool {
	d := int(gray(c)) - int(g.brightness)
	return -tolerance <= d && d <= tolerance
}

// flood is the box of all ground that hangs together with that in seed.
func (g ground) flood(img image.Image, seed, area image.Rectangle) image.Rectangle {
	seen := make([]bool, area.Dx()*area.Dy())
	box := image.Rectangle{}
	var open []image.Point
	visit := func(p image.Point) {
		if !p.In(area) {
			return
		}
		i := (p.Y-area.Min.Y)*area.Dx() + p.X - area.Min.X
		if seen[i] || !g.has(img.At(p.X, p.Y)) {
			return
		}
		seen[i] = true
		box = box.Union(image.Rectangle{Min: p, Max: p.Add(image.Pt(1, 1))})
		open = append(open, p)
	}
	for y := seed.Min.Y; y < seed.Max.Y; y++ {
		for x := seed.Min.X; x < seed.Max.X; x++ {
			visit(image.Pt(x, y))
		}
	}
	for len(open) > 0 {
		p := open[len(open)-1]
		open = open[:len(open)-1]
		for _, d := range [...]image.Point{{1, 0}, {-1, 0}, {0, 1}, {0, -1}} {
			visit(p.Add(d))
		}
	}
	return box
}

// cuts tells whether more of a line may lie beyond a side of area: the surface
// goes on there, and something stands between the line and that side.
func (g ground) cuts(img image.Image, line, area image.Rectangle) bool {
	reach := letters * line.Dy()
	left := image.Rect(g.extent.Min.X, line.Min.Y, line.Min.X-1, line.Max.Y)
	right := image.Rect(line.Max.X+1, line.Min.Y, g.extent.Max.X, line.Max.Y)
	return area.Min.X > img.Bounds().Min.X && g.extent.Min.X == area.Min.X && line.Min.X-area.Min.X < reach && (line.Min.X <= area.Min.X+1 || g.marked(img, left)) ||
		area.Max.X < img.Bounds().Max.X && g.extent.Max.X == area.Max.X && area.Max.X-line.Max.X < reach && (line.Max.X >= area.Max.X-1 || g.marked(img, right))
}

// marked tells whether r holds anything but ground.
func (g ground) marked(img image.Image, r image.Rectangle) bool {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if !g.has(img.At(x, y)) {
				return true
			}
		}
	}
	return false
}

func gray(c color.Color) uint8 { return color.GrayModel.Convert(c).(color.Gray).Y }
