package tray

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
)

// side is the icon's size in pixels; panels scale it down.
const side = 44

var (
	grey  = color.NRGBA{0x8a, 0x8f, 0x98, 0xff}
	red   = color.NRGBA{0xd9, 0x2d, 0x20, 0xff}
	amber = color.NRGBA{0xd9, 0x8a, 0x00, 0xff}
)

// icon draws a state: a ring when idle, a full disc while it records, two bars
// when it is paused, so that it can be told without its colour.
func icon(s State) []byte {
	img := image.NewNRGBA(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			dx, dy := float64(x)+0.5-side/2, float64(y)+0.5-side/2
			r := math.Hypot(dx, dy)
			switch s {
			case Recording:
				img.SetNRGBA(x, y, covered(red, 16-r))
			case Paused:
				img.SetNRGBA(x, y, covered(amber, min(4-math.Abs(math.Abs(dx)-8), 15-math.Abs(dy))))
			default:
				img.SetNRGBA(x, y, covered(grey, 3-math.Abs(r-13)))
			}
		}
	}
	var b bytes.Buffer
	_ = png.Encode(&b, img) // a buffer takes everything
	return b.Bytes()
}

// covered is a colour at a distance inside the edge of its shape, which is one
// pixel soft.
func covered(c color.NRGBA, inside float64) color.NRGBA {
	c.A = uint8(255 * min(1, max(0, inside+0.5)))
	return c
}
