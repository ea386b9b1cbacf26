package input

import (
	"sync"
	"time"

	"github.com/runreel/runreel/capture"
)

// pending is an event that has its place in the order, but not yet all of its
// content.
type pending struct {
	at      time.Duration
	settled chan struct{} // closed when the gesture is over: no second press will come
	looked  chan struct{} // closed when all questions are answered, or their time is over

	// fact and dropped are read when both channels are closed.
	fact    capture.Fact
	dropped bool // nothing to tell: in an own window, or never finished

	// finish puts what was looked up into fact; it may be nil.
	finish func()
}

func newPending(at time.Duration) *pending {
	return &pending{at: at, settled: make(chan struct{}), looked: make(chan struct{})}
}

// queue holds what is to be emitted, in order, without a bound: the reader of
// input never waits for the writer of events.
type queue struct {
	mu     sync.Mutex
	items  []*pending
	closed bool
	wake   chan struct{}
}

func newQueue() *queue { return &queue{wake: make(chan struct{}, 1)} }

func (q *queue) push(p *pending) {
	q.mu.Lock()
	q.items = append(q.items, p)
	q.mu.Unlock()
	q.signal()
}

func (q *queue) close() {
	q.mu.Lock()
	q.closed = true
	q.mu.Unlock()
	q.signal()
}

func (q *queue) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// emit hands the items over in their order, each when it is complete. It
// returns when the queue is closed and empty.
func (q *queue) emit(emit capture.Emit) {
	for {
		q.mu.Lock()
		if len(q.items) == 0 {
			closed := q.closed
			q.mu.Unlock()
			if closed {
				return
			}
			<-q.wake
			continue
		}
		p := q.items[0]
		q.items[0] = nil
		q.items = q.items[1:]
		q.mu.Unlock()

		<-p.settled
		<-p.looked
		if p.finish != nil {
			p.finish()
		}
		if !p.dropped {
			emit(capture.Event{At: p.at, Fact: p.fact})
		}
	}
}
