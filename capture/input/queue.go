package input

import (
	"sync"
	"time"

	"github.com/runreel/runreel/capture"
)

// pending is an event that has its place in the order, but not yet all of its
// content.
type pending struct {
	at  time.Duration
	end time.Duration // when the gesture was over, valid when settled

	// settled is closed when the gesture is over: no second press will come.
	settled chan struct{}
	// asked counts the questions. All of them are put before settled is closed.
	asked sync.WaitGroup

	// fact and dropped are read when both are over.
	fact    capture.Fact
	dropped bool // nothing to tell: where nothing is recorded, or never finished

	// finish puts what was looked up into fact; it may be nil.
	finish func()
}

func newPending(at time.Duration) *pending {
	return &pending{at: at, end: at, settled: make(chan struct{})}
}

func (p *pending) settle() { close(p.settled) }

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

// emit hands the items over in their order, each when it is complete, without
// what was taken off the record by then. It returns when the queue is closed
// and empty.
func (q *queue) emit(clock *capture.Clock, emit capture.Emit) {
	for {
		p, ok := q.pop()
		if !ok {
			return
		}
		<-p.settled
		p.asked.Wait()
		if p.finish != nil {
			p.finish()
		}
		if !p.dropped && !clock.Void(p.at, p.end) {
			emit(capture.Event{At: p.at, Fact: p.fact})
		}
	}
}

// pop waits for the next item. There is none when the queue is closed and
// empty.
func (q *queue) pop() (*pending, bool) {
	for {
		q.mu.Lock()
		if len(q.items) > 0 {
			p := q.items[0]
			q.items[0] = nil
			q.items = q.items[1:]
			q.mu.Unlock()
			return p, true
		}
		closed := q.closed
		q.mu.Unlock()
		if closed {
			return nil, false
		}
		<-q.wake
	}
}
