package input

import (
	"context"
	"sync"
	"time"

	"github.com/runreel/runreel/capture"
)

const (
	elementLimit = 250 * time.Millisecond
	effectLimit  = 750 * time.Millisecond
	frameLimit   = 4 * time.Second // a busy machine stores slowly; a click without its picture is worse than a late one

	mostButtons = 3 // act on what is under the pointer; those beyond on the window
)

// lookUpPress asks what was pressed. The window comes first and at once: the
// click may close it. Then, when it is known what became of the press, it asks
// what a click did.
func (g *gestures) lookUpPress(p *press, number int) {
	var off bool
	at, point, button := p.at, p.click.Point, p.click.Button
	p.finish = func() {
		p.dropped = p.dropped || off || p.drag != nil && p.drag.off
		p.fact = p.click
		if d := p.drag; d != nil {
			c := p.click
			p.fact = capture.Drag{
				Button: c.Button, From: c.Point, To: d.to, Window: c.Window, Element: c.Element, Target: d.target, Frame: c.Frame,
			}
		}
	}
	var (
		window  capture.Window
		element *capture.Element
		frame   capture.FrameRef
	)
	p.asked.Go(func() {
		var picture sync.WaitGroup // is stored in its own time, while others ask
		g.ask(func() {
			window = g.windowAt(point)
			if off = !g.opts.Scope.TakesAt(window, point); off {
				return
			}
			picture.Go(func() { frame = g.before(point, at) })
			if button <= mostButtons {
				element = g.locate(point, at)
			}
		})
		picture.Wait()
		<-p.settled
		c := &p.click
		c.Window, c.Element, c.Frame = window, element, frame
		if off || p.dropped || p.drag != nil || element == nil || g.opts.Clock.Void(p.at, p.end) {
			return
		}
		c.After = g.effect(p, number)
	})
}

// effect asks for the states of what was clicked, once the click is over. What
// another press changed since, or somebody while the clock stands, is no effect
// of it.
func (g *gestures) effect(p *press, number int) []string {
	after, ok := within(g.ending, effectLimit, func(ctx context.Context) ([]string, error) {
		return g.opts.Locator.Settled(ctx, p.click.Point, p.at)
	})
	c := p.click
	if !ok || g.presses.since(number+c.Count-1, c.Point, c.Element.Bounds) || !g.opts.Clock.Ran(p.wall, time.Now()) {
		return nil
	}
	return after
}

// lookUpTarget asks what lies where a drag ended.
func (g *gestures) lookUpTarget(p *press, at time.Duration) {
	d := p.drag
	p.asked.Go(func() {
		g.ask(func() {
			if d.off = !g.opts.Scope.TakesAt(g.windowAt(d.to), d.to); !d.off {
				d.target = g.locate(d.to, at)
			}
		})
	})
}

func (g *gestures) lookUpScroll(w *wheel) {
	var window capture.Window
	point := w.scroll.Point
	w.finish = func() {
		w.dropped = !g.opts.Scope.TakesAt(window, point)
		s := w.scroll
		s.Window = window
		w.fact = s
	}
	w.asked.Go(func() { g.ask(func() { window = g.windowAt(point) }) })
}

func (g *gestures) lookUpChord(p *pending, keys []string, mouse capture.Point) {
	p.asked.Go(func() {
		c := capture.Chord{Keys: keys}
		g.ask(func() { c.Window = g.active(mouse) })
		if p.dropped = !g.opts.Scope.Takes(c.Window); p.dropped {
			return
		}
		if b := c.Window.Bounds; !b.Empty() {
			mouse = capture.Point{X: b.X + b.W/2, Y: b.Y + b.H/2}
		}
		c.Frame = g.before(mouse, p.at)
		p.fact = c
	})
}

// ask puts questions, as one of some at a time.
func (g *gestures) ask(questions func()) {
	g.slots <- struct{}{}
	defer func() { <-g.slots }()
	questions()
}

// windowAt is the window under a point, as the server has it now; the zero
// Window over the bare desktop.
func (g *gestures) windowAt(p capture.Point) capture.Window {
	if g.opts.Windows == nil {
		return capture.Window{}
	}
	w, _ := g.opts.Windows.At(p)
	return w
}

// active is the window that keys go to. Where nobody knows it, it is the one
// under the pointer if nothing of that is recorded: keys often go there.
func (g *gestures) active(mouse capture.Point) capture.Window {
	if g.opts.Windows == nil {
		return capture.Window{}
	}
	w := g.opts.Windows.Active()
	if w != (capture.Window{}) {
		return w
	}
	if under := g.windowAt(mouse); !g.opts.Scope.Takes(under) {
		return under
	}
	return w
}

// within bounds a question in time even where the one asked does not look at
// its context.
func within[T any](ctx context.Context, limit time.Duration, ask func(context.Context) (T, error)) (T, bool) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	type answer struct {
		value T
		err   error
	}
	got := make(chan answer, 1)
	go func() {
		v, err := ask(ctx)
		got <- answer{v, err}
	}()
	select {
	case a := <-got:
		return a.value, a.err == nil
	case <-ctx.Done():
		var none T
		return none, false
	}
}

func (g *gestures) locate(p capture.Point, at time.Duration) *capture.Element {
	if g.opts.Locator == nil {
		return nil
	}
	e, ok := within(context.Background(), elementLimit, func(ctx context.Context) (capture.Element, error) {
		return g.opts.Locator.Locate(ctx, p, at)
	})
	if !ok {
		return nil
	}
	return &e
}

func (g *gestures) before(p capture.Point, at time.Duration) capture.FrameRef {
	if g.opts.Frames == nil {
		return capture.FrameRef{}
	}
	f, _ := within(context.Background(), frameLimit, func(ctx context.Context) (capture.FrameRef, error) {
		return g.opts.Frames.Before(ctx, p, at)
	})
	return f
}

// presses remembers where the last presses were, to tell whose effect is seen.
type presses struct {
	mu     sync.Mutex
	count  int
	points [64]capture.Point // of press n at n modulo 64
}

// add returns the number of a press.
func (s *presses) add(p capture.Point) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count++
	s.points[s.count%len(s.points)] = p
	return s.count
}

// since tells whether a press after the given one was on the same thing.
func (s *presses) since(number int, p capture.Point, bounds capture.Rect) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.count-number >= len(s.points) {
		return true
	}
	for n := number + 1; n <= s.count; n++ {
		if later := s.points[n%len(s.points)]; near(later, p, doubleSlack) || bounds.Contains(later) {
			return true
		}
	}
	return false
}
