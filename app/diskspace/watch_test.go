package diskspace

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

const mb = 1 << 20

// disk is one whose room the test says.
type disk struct {
	mu      sync.Mutex
	free    map[string]int64
	written int64
}

// leave says how much room is left on "a".
func (d *disk) leave(n int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.free["a"] = n
}

// write takes n bytes of "a".
func (d *disk) write(n int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.written += n
	d.free["a"] -= n
}

func (d *disk) room(path string) (int64, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.free[path], nil
}

func (d *disk) total() int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.written
}

// watched runs Watch on a disk in simulated time. A step lets time go by, and
// returns what was told since the last one.
func watched(t *testing.T, o Options, d *disk, script func(step func(time.Duration) []State)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		var told []State
		o.Tell = func(s State) {
			mu.Lock()
			defer mu.Unlock()
			told = append(told, s)
		}
		o.free = d.room
		if o.Paths == nil {
			o.Paths = []string{"a"}
		}
		if d.written >= 0 {
			o.Written = d.total
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- Watch(ctx, o) }()
		script(func(d time.Duration) []State {
			time.Sleep(d)
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			s := told
			told = nil
			return s
		})
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func levels(list []State) []Level {
	var l []Level
	for _, s := range list {
		if len(l) == 0 || l[len(l)-1] != s.Level {
			l = append(l, s.Level)
		}
	}
	return l
}

func want(t *testing.T, what string, got []State, levelsWanted ...Level) {
	t.Helper()
	l := levels(got)
	if len(l) != len(levelsWanted) {
		t.Errorf("%s: told %v, want %v", what, l, levelsWanted)
		return
	}
	for i := range l {
		if l[i] != levelsWanted[i] {
			t.Errorf("%s: told %v, want %v", what, l, levelsWanted)
		}
	}
}

func TestLevelsByRoom(t *testing.T) {
	d := &disk{free: map[string]int64{"a": 5000 * mb}, written: -1}
	watched(t, Options{}, d, func(step func(time.Duration) []State) {
		got := step(0)
		if len(got) != 1 || got[0] != (State{Level: OK, Free: 5000 * mb}) {
			t.Errorf("at first: %+v", got)
		}
		want(t, "nothing changes", step(time.Hour))
		d.leave(2048*mb - 1)
		want(t, "below 2 GB", step(5*time.Second), Low)
		d.leave(2048*mb + 1)
		want(t, "just above", step(time.Minute), Low)
		d.leave(2300 * mb)
		want(t, "well above", step(time.Minute), OK)
		d.leave(2048 * mb)
		want(t, "just enough", step(time.Minute))
		d.leave(199 * mb)
		want(t, "below 200 MB", step(5*time.Second), Out)
		d.leave(201 * mb)
		want(t, "just above 200 MB", step(time.Minute), Out)
		d.leave(300 * mb)
		want(t, "well above 200 MB", step(time.Minute), Low)
		d.leave(9000 * mb)
		want(t, "room again", step(time.Minute), OK)
	})
}

// A banner that comes and goes is not read.
func TestNoFlicker(t *testing.T) {
	d := &disk{free: map[string]int64{"a": 2100 * mb}, written: -1}
	watched(t, Options{}, d, func(step func(time.Duration) []State) {
		got := step(0)
		for i := range 200 {
			d.leave(2048*mb + int64(i%2*20-10)*mb)
			got = append(got, step(5*time.Second)...)
		}
		want(t, "around the limit", got, OK, Low)
	})
}

func TestLevelsByTime(t *testing.T) {
	d := &disk{free: map[string]int64{"a": 40_000 * mb}}
	watched(t, Options{}, d, func(step func(time.Duration) []State) {
		write := func(mbs, seconds int64) (got []State) {
			for range seconds {
				d.write(mbs * mb)
				got = append(got, step(time.Second)...)
			}
			return got
		}
		want(t, "at first", write(100, 15), OK) // no rate yet: the first seconds say little
		got := write(100, 10)
		want(t, "100 MB a second", got, Low)
		if s := got[len(got)-1]; s.Rate < 95*mb || s.Rate > 105*mb || s.Left < 6*time.Minute || s.Left > 7*time.Minute {
			t.Errorf("it tells %+v", s)
		}
		want(t, "a pause of two minutes", write(0, 120), Low, OK)
		want(t, "a slow rate", write(10, 600))
		want(t, "up to the end", write(200, 157), Low, Out)
	})
}

// Where the room goes quickly, the time between two looks must not be what
// decides whether the recording can still be finished.
func TestLooksMoreOftenWhenItIsTight(t *testing.T) {
	d := &disk{free: map[string]int64{"a": 30_000 * mb}}
	watched(t, Options{Every: time.Minute}, d, func(step func(time.Duration) []State) {
		var at int64
		for d.total() < 30_000*mb && at == 0 {
			d.write(20 * mb)
			for _, s := range step(100 * time.Millisecond) {
				if s.Level == Out {
					at = s.Free
				}
			}
		}
		if at < 100*mb {
			t.Errorf("at 200 MB a second Out comes at %d MB", at/mb)
		}
	})
}

// The folders of a recording can lie on several disks.
func TestTheFullestDiskCounts(t *testing.T) {
	d := &disk{free: map[string]int64{"a": 5000 * mb, "b": 100 * mb}, written: -1}
	watched(t, Options{Paths: []string{"a", "b"}}, d, func(step func(time.Duration) []State) {
		want(t, "at first", step(0), Out)
	})
}

func TestWatchNeedsSomething(t *testing.T) {
	if err := Watch(t.Context(), Options{Paths: []string{"."}}); err == nil {
		t.Error("nobody hears it")
	}
	if err := Watch(t.Context(), Options{Tell: func(State) {}}); err == nil {
		t.Error("nothing is watched")
	}
	gone := errors.New("gone")
	err := Watch(t.Context(), Options{Paths: []string{"a"}, Tell: func(State) {}, free: func(string) (int64, error) { return 0, gone }})
	if !errors.Is(err, gone) {
		t.Errorf("a folder that is gone: %v", err)
	}
}
