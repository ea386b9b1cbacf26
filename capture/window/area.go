package window

import (
	"slices"

	"github.com/runreel/runreel/capture"
)

// mostParts bounds into how many parts a hidden area is cut: what is left out
// beyond that is not worth its time.
const mostParts = 200

// without cuts the holes out of rects.
func without(rects, holes []capture.Rect) []capture.Rect {
	parts := rects
	for _, h := range holes {
		var rest []capture.Rect
		for _, p := range parts {
			rest = append(rest, cut(p, h)...)
		}
		if len(rest) > mostParts {
			return parts
		}
		parts = rest
	}
	return parts
}

// cut is what of r lies outside h: up to four parts, above, below and beside.
func cut(r, h capture.Rect) []capture.Rect {
	top, bottom := max(r.Y, h.Y), min(r.Y+r.H, h.Y+h.H)
	left, right := max(r.X, h.X), min(r.X+r.W, h.X+h.W)
	if top >= bottom || left >= right {
		return []capture.Rect{r}
	}
	parts := []capture.Rect{
		{X: r.X, Y: r.Y, W: r.W, H: top - r.Y},
		{X: r.X, Y: bottom, W: r.W, H: r.Y + r.H - bottom},
		{X: r.X, Y: top, W: left - r.X, H: bottom - top},
		{X: right, Y: top, W: r.X + r.W - right, H: bottom - top},
	}
	return slices.DeleteFunc(parts, capture.Rect.Empty)
}
