package input

import (
	"reflect"
	"testing"
	"time"

	"github.com/runreel/runreel/capture"
)

// script feeds gestures with events at chosen times, far quicker than hands
// could make them.
type script struct {
	g     *gestures
	clock *capture.Clock
	begin time.Time
	told  chan []capture.Fact
}

func newScript() *script {
	s := &script{clock: capture.NewClock(time.Now), told: make(chan []capture.Fact, 1)}
	s.clock.Start()
	s.begin = time.Now()
	q := newQueue()
	s.g = newGestures(New(Options{Clock: s.clock}).opts, newKeymap(nil, 0, nil), nil, nil, q)
	go func() {
		var facts []capture.Fact
		q.emit(s.clock, func(e capture.Event) { facts = append(facts, e.Fact) })
		s.told <- facts
	}()
	return s
}

func (s *script) event(after time.Duration, kind, detail byte, x, y int) {
	wall := s.begin.Add(after)
	s.g.expire(wall)
	s.g.take(stamped{rawEvent: rawEvent{kind: kind, detail: detail, x: x, y: y}, at: s.clock.At(wall), wall: wall, live: true})
}

func (s *script) end() []capture.Fact {
	s.g.finish()
	return <-s.told
}

func TestLongGestures(t *testing.T) {
	const sec = time.Second
	at := func(x int) capture.Point { return capture.Point{X: x, Y: 50} }
	for _, c := range []struct {
		name string
		do   func(*script)
		want []capture.Fact
	}{
		{"a long press is a click", func(s *script) {
			s.event(0, buttonPress, 1, 10, 50)
			s.event(30*sec, buttonRelease, 1, 300, 50)
		}, []capture.Fact{capture.Click{Button: 1, Count: 1, Point: at(10)}}},
		{"a long drag", func(s *script) {
			s.event(0, buttonPress, 1, 10, 50)
			s.event(sec, motionNotify, 0, 200, 50)
			s.event(30*sec, buttonRelease, 1, 300, 50)
		}, []capture.Fact{capture.Drag{Button: 1, From: at(10), To: at(300)}}},
		{"a drag without an end", func(s *script) {
			s.event(0, buttonPress, 1, 10, 50)
			s.event(sec, motionNotify, 0, 200, 50)
			s.event(61*sec, motionNotify, 0, 400, 50)
			s.event(90*sec, buttonRelease, 1, 300, 50)
		}, []capture.Fact{capture.Drag{Button: 1, From: at(10), To: at(200)}}},
		{"a release that was never seen", func(s *script) {
			s.event(0, buttonPress, 1, 10, 50)
			s.event(sec, buttonPress, 1, 20, 50)
			s.event(sec, buttonRelease, 1, 20, 50)
		}, []capture.Fact{capture.Click{Button: 1, Count: 1, Point: at(20)}}},
		{"a press that was never seen", func(s *script) { s.event(sec, buttonRelease, 1, 20, 50) }, nil},
		{"a button that is still down", func(s *script) { s.event(sec, buttonPress, 1, 20, 50) }, nil},
		{"another button meanwhile", func(s *script) {
			s.event(0, buttonPress, 1, 10, 50)
			s.event(sec, buttonPress, 3, 10, 50)
			s.event(sec, buttonRelease, 1, 10, 50)
			s.event(sec, buttonRelease, 3, 10, 50)
		}, []capture.Fact{capture.Click{Button: 1, Count: 1, Point: at(10)}, capture.Click{Button: 3, Count: 1, Point: at(10)}}},
		{"too slow for a double click", func(s *script) {
			for i := range 2 {
				s.event(time.Duration(i)*(doubleTime+time.Millisecond), buttonPress, 1, 10, 50)
				s.event(time.Duration(i)*(doubleTime+time.Millisecond), buttonRelease, 1, 10, 50)
			}
		}, []capture.Fact{capture.Click{Button: 1, Count: 1, Point: at(10)}, capture.Click{Button: 1, Count: 1, Point: at(10)}}},
		{"a long run of a touchpad", func(s *script) {
			for i := range 700 {
				s.event(time.Duration(i)*10*time.Millisecond, buttonPress, 5, 10, 50)
				s.event(time.Duration(i)*10*time.Millisecond, buttonRelease, 5, 10, 50)
			}
		}, []capture.Fact{capture.Scroll{DY: 500, Length: 4990 * time.Millisecond, Point: at(10)}, capture.Scroll{DY: 200, Length: 1990 * time.Millisecond, Point: at(10)}}},
		{"two runs", func(s *script) {
			s.event(0, buttonPress, 7, 10, 50)
			s.event(sec, buttonPress, 6, 10, 50)
		}, []capture.Fact{capture.Scroll{DX: 1, Point: at(10)}, capture.Scroll{DX: -1, Point: at(10)}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newScript()
			c.do(s)
			if got := s.end(); !reflect.DeepEqual(got, c.want) {
				t.Errorf("got  %+v\nwant %+v", got, c.want)
			}
		})
	}
}

// FuzzGestures presses and releases at random: whatever comes, nothing hangs,
// and there are no more clicks than presses.
func FuzzGestures(f *testing.F) {
	f.Add([]byte{0x10, 1, 5, 0x20, 1, 5, 0x10, 1, 5, 0x20, 1, 5})
	f.Add([]byte{0x10, 1, 5, 0x30, 200, 9, 0x20, 1, 200, 0x15, 0, 3, 0x11, 0, 0})
	f.Fuzz(func(t *testing.T, raw []byte) {
		s := newScript()
		pressed, now := 0, time.Duration(0)
		for ; len(raw) >= 3; raw = raw[3:] {
			kind := []byte{buttonPress, buttonRelease, motionNotify, keyPress}[raw[0]>>4&3]
			if kind == buttonPress {
				pressed++
			}
			now += time.Duration(raw[2]) * 20 * time.Millisecond
			s.event(now, kind, raw[0]&15, int(raw[1])/4*4, 50)
			if raw[0]&0x80 != 0 && raw[1] == 0 {
				s.clock.Pause()
				s.clock.Resume()
			}
		}
		told := 0
		for _, fact := range s.end() {
			switch fact := fact.(type) {
			case capture.Click:
				told += fact.Count
			case capture.Drag:
				told++
			}
		}
		if told > pressed {
			t.Fatalf("%d clicks of %d presses", told, pressed)
		}
	})
}
