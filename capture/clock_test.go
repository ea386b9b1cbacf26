package capture

import (
	"testing"
	"time"
)

// TestClockRan stops and starts a clock, and asks about each pair of moments.
func TestClockRan(t *testing.T) {
	now := time.Now()
	begin := now
	c := NewClock(func() time.Time { return now })
	at := func(seconds int) time.Time { return begin.Add(time.Duration(seconds) * time.Second) }
	if c.Ran(at(0), at(0)) {
		t.Error("ran before its start")
	}
	now = at(10)
	c.Start()
	for _, stop := range []int{20, 40} { // stands from 20 to 30 and from 40 to 50
		now = at(stop)
		c.Pause()
		now = at(stop + 10)
		c.Resume()
	}
	now = at(60)
	c.Pause()
	stood := func(s int) bool { return s < 10 || s > 20 && s < 30 || s > 40 && s < 50 || s > 60 }
	for from := 1; from < 80; from += 2 {
		for to := from; to < 80; to += 2 {
			want := true
			for s := from; s <= to; s += 2 {
				want = want && !stood(s)
			}
			if got := c.Ran(at(from), at(to)); got != want {
				t.Errorf("from %d to %d: %v", from, to, got)
			}
		}
	}
}
