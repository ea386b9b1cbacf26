package input

import (
	"context"
	"sync"
	"time"

	"github.com/runreel/runreel/capture"
)

const (
	elementLimit = 250 * time.Millisecond
	frameLimit   = time.Second
)

// lookUpClick asks what was clicked. The window comes first and at once: the
// click may close it.
func (g *gestures) lookUpClick(p *press) {
	var (
		window  capture.Window
		element *capture.Element
		frame   capture.FrameRef
		own     bool
	)
	p.finish = func() {
		p.dropped = p.dropped || own
		c := p.click
		c.Window, c.Element, c.Frame = window, element, frame
		p.fact = c
	}
	at, point := p.at, p.click.Point
	g.lookUp(p.pending, func() {
		if g.opts.Windows != nil {
			window, _ = g.opts.Windows.At(point)
		}
		if own = g.own(window); own {
			return
		}
		var both sync.WaitGroup
		both.Go(func() { element = g.locate(point, at) })
		both.Go(func() { frame = g.before(point, at) })
		both.Wait()
	})
}

func (g *gestures) lookUpScroll(w *wheel) {
	var window capture.Window
	w.finish = func() {
		w.dropped = g.own(window)
		s := w.scroll
		s.Window = window
		w.fact = s
	}
	point := w.scroll.Point
	g.lookUp(w.pending, func() {
		if g.opts.Windows != nil {
			window, _ = g.opts.Windows.At(point)
		}
	})
}

func (g *gestures) lookUpChord(p *pending, keys []string, mouse capture.Point) {
	at := p.at
	g.lookUp(p, func() {
		c := capture.Chord{Keys: keys}
		if g.opts.Windows != nil {
			c.Window = g.opts.Windows.Active()
		}
		if p.dropped = g.own(c.Window); p.dropped {
			return
		}
		if b := c.Window.Bounds; !b.Empty() {
			mouse = capture.Point{X: b.X + b.W/2, Y: b.Y + b.H/2}
		}
		c.Frame = g.before(mouse, at)
		p.fact = c
	})
}

// lookUp asks on a goroutine of its own, and marks p when the answers are
// there.
func (g *gestures) lookUp(p *pending, ask func()) {
	g.lookups.Go(func() {
		g.slots <- struct{}{}
		defer func() { <-g.slots }()
		defer close(p.looked)
		ask()
	})
}

func (g *gestures) own(w capture.Window) bool { return w.PID != 0 && g.opts.Own(w.PID) }

// within bounds a question in time even where the one asked does not look at
// its context.
func within[T any](limit time.Duration, ask func(context.Context) (T, error)) (T, bool) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
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
	e, ok := within(elementLimit, func(ctx context.Context) (capture.Element, error) {
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
	f, _ := within(frameLimit, func(ctx context.Context) (capture.FrameRef, error) {
		return g.opts.Frames.Before(ctx, p, at)
	})
	return f
}
