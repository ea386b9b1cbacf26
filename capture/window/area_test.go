package window

import (
	"testing"

	"github.com/runreel/runreel/capture"
)

func FuzzWithout(f *testing.F) {
	f.Add([]byte{0, 0, 9, 9, 3, 3, 4, 4, 5, 0, 20, 20})
	f.Add([]byte{2, 2, 9, 9, 2, 2, 9, 9})
	f.Fuzz(func(t *testing.T, raw []byte) {
		var rects []capture.Rect
		for ; len(raw) >= 4 && len(rects) < 12; raw = raw[4:] {
			rects = append(rects, capture.Rect{X: int(raw[0] % 32), Y: int(raw[1] % 32), W: int(raw[2] % 24), H: int(raw[3] % 24)})
		}
		if len(rects) == 0 {
			return
		}
		whole, holes := rects[0], rects[1:]
		left := without([]capture.Rect{whole}, holes)
		for x := range 60 {
			for y := range 60 {
				p := capture.Point{X: x, Y: y}
				want := whole.Contains(p)
				for _, h := range holes {
					want = want && !h.Contains(p)
				}
				n := 0
				for _, r := range left {
					if r.Contains(p) {
						n++
					}
				}
				if want && n != 1 || !want && n != 0 {
					t.Fatalf("%+v without %+v: point %v lies in %d parts, wanted %v", whole, holes, p, n, want)
				}
			}
		}
	})
}
