package input

import (
	"context"
	"slices"
	"time"

	"github.com/runreel/runreel/capture"
)

const (
	doubleTime  = 400 * time.Millisecond // between the presses of a double click
	doubleSlack = 4                      // pixels between them
	mostClicks  = 3                      // of one double or triple click
	dragSlack   = 8                      // pixels that the pointer may stray in a click
	longestHold = 5 * time.Second        // a button that is down longer is told before it goes up
	longestDrag = time.Minute            // the same, where the pointer has moved
	scrollGap   = time.Second            // ends a run of wheel clicks
	longestRun  = 5 * time.Second        // of wheel clicks: it is told, and another begins
	scrollSlack = 32                     // pixels that the pointer may stray in a run
)

// stamped is a device event with its times.
type stamped struct {
	rawEvent
	at   time.Duration // session clock
	wall time.Time
	live bool // the session clock ran when it happened
}

// gestures makes events of presses and releases. One goroutine calls take and
// expire; neither waits for anybody, but for the server after the keyboard map
// changed.
type gestures struct {
	opts  Options
	keys  *keymap
	queue *queue
	// reload reads the keyboard map again.
	reload func() (*keymap, error)
	stale  bool // the keyboard map has changed

	down   map[byte]*press // by button
	burst  []*press        // left presses at one place in quick succession
	singly bool            // the burst has grown beyond a triple click
	wheel  *wheel          // the run of wheel clicks that goes on
	struck map[byte]bool   // keys that are down
	mouse  capture.Point

	slots   chan struct{} // bounds the questions asked at the same time
	ending  context.Context
	stopAsk context.CancelFunc // gives up what is asked about effects
	presses presses
}

// press is a click or a drag on its way.
type press struct {
	*pending
	click capture.Click
	wall  time.Time
	up    bool
	moved bool // the pointer left the place
	drag  *drag
}

// drag is what else is known of a press that ended elsewhere.
type drag struct {
	to     capture.Point
	target *capture.Element
	off    bool // ended where nothing is recorded
}

// wheel is a run of wheel clicks on its way.
type wheel struct {
	*pending
	scroll capture.Scroll
	began  time.Time
	last   time.Time
}

func newGestures(o Options, keys *keymap, held []byte, reload func() (*keymap, error), q *queue) *gestures {
	g := &gestures{
		opts: o, keys: keys, reload: reload, queue: q,
		down: make(map[byte]*press), struck: make(map[byte]bool),
		slots: make(chan struct{}, 16),
	}
	g.ending, g.stopAsk = context.WithCancel(context.Background())
	for _, code := range held {
		g.struck[code] = true // what it repeats was pressed before the recording
	}
	return g
}

func (g *gestures) take(e stamped) {
	if e.kind == mappingNotify {
		g.stale = true
		return
	}
	g.mouse = capture.Point{X: e.x, Y: e.y}
	switch e.kind {
	case motionNotify:
		g.motion(e)
	case buttonRelease:
		g.release(e)
	case buttonPress:
		g.button(e)
	case keyRelease:
		delete(g.struck, e.detail)
	case keyPress:
		g.key(e)
	}
}

func (g *gestures) motion(e stamped) {
	for _, p := range g.down {
		p.moved = p.moved || !near(p.click.Point, g.mouse, dragSlack)
	}
	if e.live && g.opts.Locator != nil {
		g.opts.Locator.Hover(g.mouse, e.at)
	}
}

func (g *gestures) button(e stamped) {
	switch b := e.detail; {
	case b >= 1 && b <= 3, b == 8, b == 9:
		if stuck := g.down[b]; stuck != nil { // its release was never seen
			g.drop(stuck)
		}
		if e.live {
			g.press(e)
		}
	case b >= 4 && b <= 7 && e.live:
		g.roll(e)
	}
}

func (g *gestures) press(e stamped) {
	g.endWheel()
	if e.detail != 1 || !g.joins(e) {
		g.endBurst()
	}
	number := g.presses.add(g.mouse)
	p := &press{pending: newPending(e.at), wall: e.wall, click: capture.Click{Button: int(e.detail), Count: 1, Point: g.mouse}}
	g.down[e.detail] = p
	if e.detail == 1 {
		g.burst = append(g.burst, p)
	}
	if g.singly = g.singly || len(g.burst) > mostClicks; g.singly {
		// Somebody hammers on one thing: each of these is a click of its own.
		g.settleLifted()
	}
	g.queue.push(p.pending)
	g.lookUpPress(p, number)
}

// joins tells whether a left press goes on with the burst.
func (g *gestures) joins(e stamped) bool {
	if len(g.burst) == 0 {
		return false
	}
	last := g.burst[len(g.burst)-1]
	return last.up && e.wall.Sub(last.wall) <= doubleTime && near(g.burst[0].click.Point, g.mouse, doubleSlack) &&
		g.opts.Clock.Ran(last.wall, e.wall)
}

func (g *gestures) release(e stamped) {
	p := g.down[e.detail]
	if p == nil {
		return
	}
	if !e.live || !g.opts.Clock.Ran(p.wall, e.wall) {
		g.drop(p)
		return
	}
	delete(g.down, e.detail)
	p.up, p.end = true, e.at
	switch {
	case !near(p.click.Point, g.mouse, dragSlack):
		g.dragged(p, e.at)
	case e.detail != 1:
		p.settle()
	case !slices.Contains(g.burst, p): // another button went down meanwhile
		p.settle()
	}
}

// dragged ends a press that moved.
func (g *gestures) dragged(p *press, at time.Duration) {
	p.drag = &drag{to: g.mouse}
	g.burst = slices.DeleteFunc(g.burst, func(b *press) bool { return b == p })
	g.endBurst()
	g.lookUpTarget(p, at)
	p.settle()
}

// drop forgets a press.
func (g *gestures) drop(p *press) {
	p.dropped = true
	g.forget(p)
	p.settle()
}

// forget makes a press none that others may join.
func (g *gestures) forget(p *press) {
	delete(g.down, byte(p.click.Button))
	g.burst = slices.DeleteFunc(g.burst, func(b *press) bool { return b == p })
}

// settleLifted ends the presses of a burst that are up, each as a click.
func (g *gestures) settleLifted() {
	g.burst = slices.DeleteFunc(g.burst, func(p *press) bool {
		if p.up {
			p.settle()
		}
		return p.up
	})
}

// endBurst gives up waiting for another press: two or three of them are one
// click. A press that is still down ends on its own.
func (g *gestures) endBurst() {
	if g.singly {
		g.settleLifted()
	}
	burst := slices.DeleteFunc(g.burst, func(p *press) bool { return !p.up })
	g.burst, g.singly = nil, false
	if len(burst) == 0 {
		return
	}
	first := burst[0]
	first.click.Count = len(burst)
	first.end = burst[len(burst)-1].end
	for _, p := range burst[1:] {
		p.dropped = true
		p.settle()
	}
	first.settle()
}

func (g *gestures) roll(e stamped) {
	g.endBurst()
	if w := g.wheel; w != nil && (!near(w.scroll.Point, g.mouse, scrollSlack) || !g.opts.Clock.Ran(w.last, e.wall)) {
		g.endWheel()
	}
	w := g.wheel
	if w == nil {
		w = &wheel{pending: newPending(e.at), scroll: capture.Scroll{Point: g.mouse}, began: e.wall}
		g.wheel = w
		g.queue.push(w.pending)
		g.lookUpScroll(w)
	}
	w.last, w.end = e.wall, e.at
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
		g.wheel.settle()
		g.wheel = nil
	}
}

func (g *gestures) key(e stamped) {
	repeated := g.struck[e.detail] // a held key is recorded as presses alone
	g.struck[e.detail] = true
	if repeated || !e.live {
		return
	}
	g.refresh()
	if g.keys.leaves(e.detail) {
		g.opts.Enter(e.at)
	} else {
		g.opts.Typed(e.at)
	}
	names := g.keys.chord(e.detail, e.state)
	if names == nil || g.opts.Ignore(slices.Clone(names)) {
		return
	}
	g.endBurst()
	g.endWheel()
	p := newPending(e.at)
	g.lookUpChord(p, names, g.mouse)
	p.settle()
	g.queue.push(p)
}

// refresh reads the keyboard map where it has changed: the server tells that in
// order with the keys, so that none is taken for what it meant before.
func (g *gestures) refresh() {
	if !g.stale {
		return
	}
	g.stale = false
	keys, err := g.reload()
	if err != nil {
		g.opts.Log.Warn("keep the keyboard map", "err", err)
		return
	}
	g.keys = keys
}

// next returns when expire has something to do; the zero time is never.
func (g *gestures) next() time.Time {
	var first time.Time
	sooner := func(t time.Time) {
		if first.IsZero() || t.Before(first) {
			first = t
		}
	}
	if t, ok := g.burstEnd(); ok {
		sooner(t)
	}
	if g.wheel != nil {
		sooner(g.wheel.until())
	}
	for _, p := range g.down {
		sooner(p.until())
	}
	return first
}

// burstEnd is when no more press can join; there is no such time while the last
// one is down.
func (g *gestures) burstEnd() (time.Time, bool) {
	if len(g.burst) == 0 || !g.burst[len(g.burst)-1].up {
		return time.Time{}, false
	}
	return g.burst[len(g.burst)-1].wall.Add(doubleTime), true
}

func (w *wheel) until() time.Time {
	end := w.began.Add(longestRun)
	if gap := w.last.Add(scrollGap); gap.Before(end) {
		return gap
	}
	return end
}

func (p *press) until() time.Time {
	if p.moved {
		return p.wall.Add(longestDrag)
	}
	return p.wall.Add(longestHold)
}

// expire ends what has waited long enough.
func (g *gestures) expire(now time.Time) {
	if t, ok := g.burstEnd(); ok && !now.Before(t) {
		g.endBurst()
	}
	if g.wheel != nil && !now.Before(g.wheel.until()) {
		g.endWheel()
	}
	for _, p := range g.down {
		if !now.Before(p.until()) {
			g.endHold(p, now)
		}
	}
}

// endHold tells what a button did that is down for long.
func (g *gestures) endHold(p *press, now time.Time) {
	if !g.opts.Clock.Ran(p.wall, now) {
		g.drop(p)
		return
	}
	g.forget(p)
	p.end = g.opts.Clock.At(now)
	if !near(p.click.Point, g.mouse, dragSlack) {
		g.dragged(p, p.end)
		return
	}
	p.settle()
}

// finish ends everything at once: what is complete is kept without waiting for
// its effect, a button that is still down was no click.
func (g *gestures) finish() {
	g.endBurst()
	g.endWheel()
	for _, p := range g.down {
		g.drop(p)
	}
	g.stopAsk()
	g.queue.close()
}

func near(a, b capture.Point, slack int) bool {
	return max(a.X-b.X, b.X-a.X) <= slack && max(a.Y-b.Y, b.Y-a.Y) <= slack
}
