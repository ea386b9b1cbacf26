package app

import (
	"os"
	"testing"

	"github.com/runreel/runreel/capture"
)

func TestOwnRectsLeaveOutWhatLiesAbove(t *testing.T) {
	own := capture.Window{PID: os.Getpid(), Bounds: capture.Rect{X: 0, Y: 0, W: 100, H: 100}}
	other := func(r capture.Rect) capture.Window { return capture.Window{PID: 1, Bounds: r} }
	covered := func(rects []capture.Rect, p capture.Point) bool {
		for _, r := range rects {
			if r.Contains(p) {
				return true
			}
		}
		return false
	}
	list := []capture.Window{
		other(capture.Rect{X: 20, Y: 30, W: 40, H: 40}), // above ours
		own,
		other(capture.Rect{X: 0, Y: 0, W: 10, H: 10}), // below ours
	}
	rects := ownRects(list)
	for x := range 110 {
		for y := range 110 {
			p := capture.Point{X: x, Y: y}
			want := own.Bounds.Contains(p) && !list[0].Bounds.Contains(p)
			if got := covered(rects, p); got != want {
				t.Fatalf("%v: painted over %v, want %v", p, got, want)
			}
		}
	}
}
