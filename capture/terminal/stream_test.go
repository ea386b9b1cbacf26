package terminal

import (
	"testing"
	"time"
)

func TestStreamerAllowsABurstAndThenARate(t *testing.T) {
	s := newStreamer(t.TempDir(), func() (int, int) { return 80, 24 })
	now := time.Now()
	if !s.allow(streamBurst, now) {
		t.Fatal("no burst")
	}
	if s.allow(1, now) || s.dropped != 1 {
		t.Errorf("more than a burst; %d dropped", s.dropped)
	}
	if !s.allow(streamRate/2, now.Add(time.Second)) || s.allow(streamRate, now.Add(time.Second)) {
		t.Error("after a second not the rate of a second")
	}
	if s.dropped != 1+streamRate {
		t.Errorf("%d dropped", s.dropped)
	}
	if s.allow(streamBurst+1, now.Add(time.Hour)) {
		t.Error("room is saved up beyond a burst")
	}
}
