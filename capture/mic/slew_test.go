package mic

import (
	"math"
	"slices"
	"testing"
)

// TestSlew wants a tone that is longer or shorter by some samples and has no
// step in it that can be heard.
func TestSlew(t *testing.T) {
	for n := -maxSlew; n <= maxSlew; n++ {
		samples := make([]int16, packetLen)
		for i := range samples {
			samples[i] = int16(8000 * math.Sin(2*math.Pi*200*float64(i)/Rate))
		}
		step := func(s []int16) int {
			most := 0
			for i := 1; i < len(s); i++ {
				most = max(most, int(s[i])-int(s[i-1]), int(s[i-1])-int(s[i]))
			}
			return most
		}
		before := step(samples)
		got := slew(slices.Clone(samples), n)
		if len(got) != packetLen+n {
			t.Errorf("%d samples made %d by %d", packetLen, len(got), n)
		}
		if after := step(got); after > before*2 {
			t.Errorf("by %d: the largest step grew from %d to %d", n, before, after)
		}
	}
	for _, short := range [][]int16{nil, {1}, {1, 2}} {
		slew(short, maxSlew)
		slew(short, -maxSlew)
	}
}
