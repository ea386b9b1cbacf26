package screen

import (
	"context"
	"fmt"
	"os"
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

// TestMemoryIsFlat stores pictures as fast as it can. RUNREEL_FLAT_PICTURES
// makes it more of them: ten minutes of steady work leave some 300.
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
	s := New(Options{DisplayName: d.Display, Clock: clock, Media: media})
	s.open(t.Context(), func(capture.Event) {})
	dev, err := openDevice(s.opt, s.log)
	if err != nil {
		t.Fatal(err)
	}
	defer dev.close()
	l := newLoop(s, dev)
	l.adopt()
	var quarters []int64
	for i := range pictures {
		c.fill(capture.Rect{X: i % 1900, Y: i * 7 % 1000, W: 300, H: 60}, uint32(i)*2654435761&0xffffff)
		if err := l.grab(time.Now()); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Before(t.Context(), capture.Point{X: 5, Y: 5}, never); err != nil {
			t.Fatal(err)
		}
		if (i+1)%(pictures/4) == 0 {
			quarters = append(quarters, resident(t))
		}
	}
	if err := s.close(func() {}); err != nil {
		t.Fatal(err)
	}
	for i, q := range quarters {
		t.Logf("after %d of %d pictures: %d MB resident", (i+1)*pictures/4, pictures, q/1e6)
	}
	if grown := quarters[len(quarters)-1] - quarters[0]; grown > 30e6 {
		t.Errorf("it grew by %d MB after the first quarter", grown/1e6)
	}
	if media.puts < pictures*9/10 {
		t.Errorf("only %d of %d pictures were stored", media.puts, pictures)
	}
}
