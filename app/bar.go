package app

import (
	"context"
	"sync"
	"time"

	"github.com/wailsapp/wails/v2/pkg/runtime"

	"github.com/runreel/runreel/capture"
)

// Sizes of the window, in its own pixels.
const (
	minWidth  = 820
	minHeight = 560
	barWidth  = 470
	barHeight = 64
	// barTrouble is added while there is something to tell.
	barTrouble = 72
	barMargin  = 16 // to the edge of the display
)

// bar makes the window a small bar while something is recorded, and gives it its
// place back afterwards.
//
// It changes the size by the limits alone: of Wails' calls they are the ones
// that GTK gets on its own thread.
type bar struct {
	mu     sync.Mutex
	small  bool
	height int
	whole  bool // the person wants the whole window in this recording
	more   bool // the page has something to tell
	// where the whole window was
	x, y, w, h int
	// where a hidden window was: window managers choose a place of their own for one that comes back
	hidden *capture.Point
}

// shape fits the window to what the recorder does. It is called by one
// goroutine.
func (w *desktopWindow) shape(st RecorderStatus) {
	b := &w.bar
	b.mu.Lock()
	defer b.mu.Unlock()
	var wanted int
	switch capture.State(st.State) {
	case capture.Countdown, capture.Recording, capture.Paused:
		if w.app.settings.get().Bar && !b.whole {
			wanted = barHeight
			if b.more || len(st.Troubles)+len(st.Holds) > 0 || st.RemovedMs > 0 {
				wanted += barTrouble
			}
		}
	case capture.Finishing:
		wanted = b.height // as it is
	default:
		b.whole, b.more = false, false
	}
	switch {
	case wanted == b.height:
	case wanted == 0:
		w.grow()
	default:
		w.shrink(wanted)
	}
}

// shrink makes the window a bar of a height. The lock is held.
func (w *desktopWindow) shrink(height int) {
	b := &w.bar
	if !b.small {
		b.w, b.h = runtime.WindowGetSize(w.ctx)
		b.x, b.y = runtime.WindowGetPosition(w.ctx)
	}
	runtime.WindowSetMinSize(w.ctx, barWidth, height)
	runtime.WindowSetMaxSize(w.ctx, barWidth, height)
	if !b.small {
		width := w.displayWidth()
		runtime.WindowSetPosition(w.ctx, max(0, width-barWidth-barMargin), barMargin)
		keepAbove(w.app.log, true)
	}
	b.small, b.height = true, height
}

// grow makes the window whole again. The lock is held.
func (w *desktopWindow) grow() {
	b := &w.bar
	keepAbove(w.app.log, false)
	runtime.WindowSetMaxSize(w.ctx, 0, 0)
	runtime.WindowSetMinSize(w.ctx, b.w, b.h)
	runtime.WindowSetPosition(w.ctx, b.x, b.y)
	b.small, b.height = false, 0
	w.app.wg.Go(func() { w.relax(b.w, b.h) })
}

// growth is how long a window manager may take to make the window whole.
const growth = 2 * time.Second

// relax lets the person make the window smaller again, once it is as large as it
// was: limits that change before are seen together, and the window stays small.
func (w *desktopWindow) relax(width, height int) {
	ctx, cancel := context.WithTimeout(w.app.ctx, growth)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if nowW, nowH := runtime.WindowGetSize(w.ctx); nowW >= width && nowH >= height {
			break
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
			continue
		}
		break
	}
	w.bar.mu.Lock()
	defer w.bar.mu.Unlock()
	if !w.bar.small && w.app.ctx.Err() == nil {
		runtime.WindowSetMinSize(w.ctx, minWidth, minHeight)
	}
}

// displayWidth is that of the display that the window is on.
func (w *desktopWindow) displayWidth() int {
	screens, err := runtime.ScreenGetAll(w.ctx)
	if err != nil {
		return 0
	}
	for _, s := range screens {
		if s.IsCurrent {
			return s.Size.Width
		}
	}
	return 0
}

// expand implements face.
func (w *desktopWindow) expand(large bool) {
	w.bar.mu.Lock()
	w.bar.whole = large
	w.bar.mu.Unlock()
	w.app.wake()
}

// room implements face.
func (w *desktopWindow) room(more bool) {
	w.bar.mu.Lock()
	w.bar.more = more
	w.bar.mu.Unlock()
	w.app.wake()
}

// compact implements face.
func (w *desktopWindow) compact() bool {
	w.bar.mu.Lock()
	defer w.bar.mu.Unlock()
	return w.bar.small
}

// show implements face.
func (w *desktopWindow) show() {
	w.expand(true)
	runtime.WindowUnminimise(w.ctx)
	w.bar.mu.Lock()
	if at := w.bar.hidden; at != nil {
		runtime.WindowSetPosition(w.ctx, at.X, at.Y)
		w.bar.hidden = nil
	}
	w.bar.mu.Unlock()
	runtime.WindowShow(w.ctx)
}

// hide implements face.
func (w *desktopWindow) hide() {
	w.bar.mu.Lock()
	defer w.bar.mu.Unlock()
	x, y := runtime.WindowGetPosition(w.ctx)
	w.bar.hidden = &capture.Point{X: x, Y: y}
	runtime.WindowHide(w.ctx)
}
