package screen

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/runreel/runreel/capture"
)

// nowhere is a capture.Media that keeps nothing.
type nowhere struct{ puts int }

func (n *nowhere) Put(context.Context, string, string, []byte) (string, error) {
	n.puts++
	return fmt.Sprintf("frames/%d.png", n.puts), nil
}

// resident returns the memory that this process has resident.
func resident(t *testing.T) int64 {
	t.Helper()
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	pages, err := strconv.ParseInt(strings.Fields(string(b))[1], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return pages * int64(os.Getpagesize())
}

// live returns the bytes of the heap that are in use.
func live() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// TestMemoryIsFlat stores pictures as fast as it can. RUNREEL_FLAT_PICTURES
// makes it more of them: ten minutes of steady work leave some 300. What is in
// use stays the same; beside it the collector lets as much garbage gather as is
// in use, a few kB of each picture, so that what is resident rises for the first
// thousands of pictures and then goes up and down.
func TestMemoryIsFlat(t *testing.T) {
	pictures := 60
	if text := os.Getenv("RUNREEL_FLAT_PICTURES"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		pictures = n
	}
	d := startDesktop(t, 1920, 1080)
	c := newCanvas(t, d.Display, capture.Rect{W: 1920, H: 1080})
	clock, media := capture.NewClock(time.Now), new(nowhere)
	clock.Start()
	s := New(Options{DisplayName: d.Display, Clock: clock, Media: media, Apart: time.Hour})
	s.open(t.Context(), func(capture.Event) {})
	dev, err := openDevice(s.opt, s.log)
	if err != nil {
		t.Fatal(err)
	}
	defer dev.close()
	l := newLoop(s, dev)
	l.adopt()
	var quarters []int64
	var used int64
	for i := range pictures {
		c.fill(capture.Rect{X: i % 1900, Y: i * 7 % 1000, W: 300, H: 60}, uint32(i)*2654435761&0xffffff)
		if err := l.grab(time.Now()); err != nil {
			t.Fatal(err)
		}
		s.mu.Lock()
		s.rings[0].holdOn(s.rings[0].newest()) // as where the screen comes to rest
		s.mu.Unlock()
		if _, err := s.Before(t.Context(), capture.Point{X: 5, Y: 5}, never); err != nil {
			t.Fatal(err)
		}
		if (i+1)%(pictures/4) == 0 {
			quarters = append(quarters, resident(t))
			if used == 0 {
				used = live()
			}
		}
	}
	end := live()
	if err := s.close(func() {}); err != nil {
		t.Fatal(err)
	}
	for i, q := range quarters {
		t.Logf("after %d of %d pictures: %d MB resident", (i+1)*pictures/4, pictures, q/1e6)
	}
	t.Logf("in use: %d MB after the first quarter, %d MB at the end", used/1e6, end/1e6)
	if end > used+2e6 {
		t.Errorf("what is in use grew from %d to %d MB", used/1e6, end/1e6)
	}
	if grown := slices.Max(quarters) - quarters[0]; grown > used+5e6 {
		t.Errorf("what is resident grew by %d MB after the first quarter", grown/1e6)
	}
	if media.puts < pictures*9/10 {
		t.Errorf("only %d of %d pictures were stored", media.puts, pictures)
	}
}
