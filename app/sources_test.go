package app

import (
	"testing"

	"github.com/runreel/runreel/capture"
)

func TestTargetOfADisplay(t *testing.T) {
	for display, want := range map[int]capture.Target{
		-1: {Kind: capture.TargetAll},
		0:  {Kind: capture.TargetDisplay},
		2:  {Kind: capture.TargetDisplay, Display: 2},
	} {
		if got := displayTarget(display); got != want || got.Validate() != nil {
			t.Errorf("display %d: %+v, want %+v", display, got, want)
		}
	}
}
