package input

import (
	"sync"
	"sync/atomic"
	"time"

	"github.com/runreel/runreel/capture"
)

const (
	doubleTime  = 400 * time.Millisecond // between the presses of a double click
	doubleSlack = 4                      // pixels between them
	scrollGap   = time.Second            // ends a run of wheel clicks
	scrollSlack = 32                     // pixels that the pointer may stray in a run
	longestHold = 5 * time.Second        // a button that is down longer is told before it goes up
)

// stamped is a device event with its times.
type stamped struct {
	rawEvent
	at   time.Duration // session clock
	wall time.Time
	live bool // the session clock was running
}

// gestures makes events of presses and releases. One goroutine calls take and
// expire; neither blocks.
type gestures struct {
	opts  Options
	keys  *atomic.Pointer[keymap]
	queue *queue

	held   *press          // the last left press, while a second one may join it
	down   map[byte]*press // by button
	wheel  *wheel          // the run of wheel clicks that goes on
	struck map[byte]bool   // keys that are down
	lifted map[byte]uint32 // server time of each key's release, to tell the repeat of a held key
	mouse  capture.Point

	slots   chan struct{}  // bounds the questions asked at the same time
	lookups sync.WaitGroup // goroutines that ask
}

// press is a click on its way.
type press struct {
	*pending
	click capture.Click
	wall  time.Time // of the last press of it
	up    bool
}

// wheel is a run of wheel clicks on its way.
type wheel struct {
	*pending
	scroll capture.Scroll
	last   time.Time
}

func newGestures(o Options, keys *atomic.Pointer[keymap], q *queue) *gestures {
	return &gestures{
		opts: o, keys: keys, queue: q,
		down: make(map[byte]*press), struck: make(map[byte]bool), lifted: make(map[byte]uint32),
		slots: make(chan struct{}, 16),
	}
}

func (g *gestures) take(e stamped) {
	g.mouse = capture.Point{X: e.x, Y: e.y}
	switch {
	case e.kind == motionNotify:
		if e.live && g.opts.Locator != nil {
			g.opts.Locator.Hover(g.mouse, e.at)
		}
	case e.kind == buttonRelease && e.detail <= 3:
		g.release(e)
	case e.kind == keyRelease:
		delete(g.struck, e.detail)
		g.lifted[e.detail] = e.time
	case e.kind == keyPress:
		g.key(e)
	case !e.live:
	case e.detail >= 1 && e.detail <= 3:
		g.press(e)
	case e.kind == buttonPress && e.detail >= 4 && e.detail <= 7:
		g.roll(e)
	}
}

func (g *gestures) press(e stamped) {
	g.endWheel()
	if h := g.held; h != nil && e.detail == 1 && h.up && e.wall.Sub(h.wall) <= doubleTime && near(h.click.Point, g.mouse, doubleSlack) {
		h.click.Count, h.wall, h.up = 2, e.wall, false
		g.down[1] = h
		return
	}
	g.endHeld()
	if stuck := g.down[e.detail]; stuck != nil { // its release was never seen
		g.settle(e.detail, stuck)
	}
	p := &press{pending: newPending(e.at), wall: e.wall, click: capture.Click{Button: int(e.detail), Count: 1, Point: g.mouse}}
	g.down[e.detail] = p
	if e.detail == 1 {
		g.held = p
	}
	g.queue.push(p.pending)
	g.lookUpClick(p)
}

func (g *gestures) release(e stamped) {
	p := g.down[e.detail]
	if p == nil {
		return
	}
	p.up = true
	if g.held == p && p.click.Count == 1 && e.wall.Sub(p.wall) < doubleTime {
		delete(g.down, e.detail)
		return // until a second press comes, or its time is over
	}
	g.settle(e.detail, p)
}

// settle ends a click: no more will come of it.
func (g *gestures) settle(button byte, p *press) {
	if g.down[button] == p {
		delete(g.down, button)
	}
	if g.held == p {
		g.held = nil
	}
	close(p.settled)
}

// endHeld gives up waiting for a second press.
func (g *gestures) endHeld() {
	h := g.held
	if h == nil {
		return
	}
	g.held = nil
	if h.up {
		g.settle(1, h)
	}
}

func (g *gestures) roll(e stamped) {
	g.endHeld()
	if w := g.wheel; w != nil && (e.wall.Sub(w.last) > scrollGap || !near(w.scroll.Point, g.mouse, scrollSlack)) {
		g.endWheel()
	}
	w := g.wheel
	if w == nil {
		w = &wheel{pending: newPending(e.at), scroll: capture.Scroll{Point: g.mouse}}
		g.wheel = w
		g.queue.push(w.pending)
		g.lookUpScroll(w)
	}
	w.last = e.wall
	w.scroll.Length = e.at - w.at
	switch e.detail {
	case 4:
		w.scroll.DY--
	case 5:
		w.scroll.DY++
	case 6:
		w.scroll.DX--
	case 7:
		w.scroll.DX++
	}
}

func (g *gestures) endWheel() {
	if g.wheel != nil {
		close(g.wheel.settled)
		g.wheel = nil
	}
}

func (g *gestures) key(e stamped) {
	repeated := g.struck[e.detail]
	if at, ok := g.lifted[e.detail]; ok && at == e.time {
		repeated = true
	}
	g.struck[e.detail] = true
	keys := g.keys.Load()
	if repeated || keys == nil || !e.live {
		return
	}
	if keys.leaves(e.detail) {
		g.opts.Enter(e.at)
	}
	names := keys.chord(e.detail, e.state)
	if names == nil {
		return
	}
	g.endHeld()
	g.endWheel()
	p := newPending(e.at)
	close(p.settled)
	g.queue.push(p)
	g.lookUpChord(p, names, g.mouse)
}

// next returns when expire has something to do; the zero time is never.
func (g *gestures) next() time.Time {
	var first time.Time
	sooner := func(t time.Time) {
		if first.IsZero() || t.Before(first) {
			first = t
		}
	}
	if g.held != nil {
		sooner(g.held.wall.Add(doubleTime))
	}
	if g.wheel != nil {
		sooner(g.wheel.last.Add(scrollGap))
	}
	for _, p := range g.down {
		sooner(p.wall.Add(longestHold))
	}
	return first
}

// expire ends what has waited long enough.
func (g *gestures) expire(now time.Time) {
	if g.held != nil && !now.Before(g.held.wall.Add(doubleTime)) {
		g.endHeld()
	}
	if g.wheel != nil && !now.Before(g.wheel.last.Add(scrollGap)) {
		g.endWheel()
	}
	for button, p := range g.down {
		if !now.Before(p.wall.Add(longestHold)) {
			g.settle(button, p)
		}
	}
}

// finish ends everything: what is complete is kept, a button that is still
// down was no click.
func (g *gestures) finish() {
	g.endHeld()
	g.endWheel()
	for button, p := range g.down {
		p.dropped = p.click.Count == 1
		g.settle(button, p)
	}
	g.lookups.Wait()
	g.queue.close()
}

func near(a, b capture.Point, slack int) bool {
	return max(a.X-b.X, b.X-a.X) <= slack && max(a.Y-b.Y, b.Y-a.Y) <= slack
}
