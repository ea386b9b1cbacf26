package window

import (
	"sync"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// happening is an event with its time, stamped before it waits for its turn.
type happening struct {
	xgb.Event
	at time.Duration
}

// backlog holds the events that wait. It takes any number: the connection
// gives no answers while its events are not taken. Of events that say again
// what one in it says already, a window's next place or its next title, it
// keeps the first: a window is read as it is then.
type backlog struct {
	more chan struct{} // has an element where there is something to take

	mu      sync.Mutex
	waiting []happening
	said    map[subject]bool
	closed  bool
}

// subject is what an event says something about; the atom is 0 for a place.
type subject struct {
	window   xproto.Window
	property xproto.Atom
}

func newBacklog() *backlog {
	return &backlog{more: make(chan struct{}, 1), said: make(map[subject]bool)}
}

func (b *backlog) add(ev xgb.Event, at time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var s subject
	switch e := ev.(type) {
	case xproto.ConfigureNotifyEvent:
		s = subject{window: e.Window}
	case xproto.PropertyNotifyEvent:
		s = subject{e.Window, e.Atom}
	default: // what came before it must not be mixed with what comes after
		clear(b.said)
	}
	if s.window != 0 && b.said[s] {
		return
	}
	if s.window != 0 {
		b.said[s] = true
	}
	b.waiting = append(b.waiting, happening{ev, at})
	b.poke()
}

func (b *backlog) poke() {
	select {
	case b.more <- struct{}{}:
	default:
	}
}

func (b *backlog) take() []happening {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := b.waiting
	b.waiting = nil
	clear(b.said)
	return all
}

func (b *backlog) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	b.poke()
}

// over tells whether nothing will come any more.
func (b *backlog) over() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.closed && len(b.waiting) == 0
}
