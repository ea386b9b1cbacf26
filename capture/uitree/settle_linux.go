package uitree

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/runreel/runreel/capture"
)

const (
	settleStep  = 40 * time.Millisecond  // between two readings
	settleMin   = 120 * time.Millisecond // for an effect that no state tells
	settleLimit = 600 * time.Millisecond // for one that a state tells
	keepTold    = 64
)

// effects are the states that a click changes.
const effects = states(1<<4 | 1<<5 | 1<<10 | 1<<20 | 1<<stateSelected | 1<<32)

// told is an element that was located for a click.
type told struct {
	point capture.Point
	at    time.Duration
	hit   hit
}

func (h *hover) keep(p capture.Point, at time.Duration, found hit) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.told = append(h.told, told{p, at, found})
	if len(h.told) > keepTold {
		h.told = slices.Delete(h.told, 0, 1)
	}
}

func (h *hover) kept(p capture.Point, at time.Duration) (hit, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, t := range slices.Backward(h.told) {
		if t.point == p && t.at == at {
			return t.hit, true
		}
	}
	return hit{}, false
}

// Settled returns the states, after the click had its effect, of the element
// that Locate returned for the same point and time. It is called when the
// button is up, returns as soon as the states stand still after a change, and
// takes 0.7 s at most. The error is ErrNotFound where the element is gone, was
// never located, or does not answer; then its states are not known.
func (s *Source) Settled(ctx context.Context, p capture.Point, at time.Duration) ([]string, error) {
	h, _, _ := s.running()
	if h == nil {
		return nil, fmt.Errorf("read states after a click: %w", ErrNotFound)
	}
	found, ok := h.kept(p, at)
	if !ok {
		return nil, fmt.Errorf("read states after a click: %w", ErrNotFound)
	}
	after, err := h.settled(ctx, found)
	if err != nil {
		return nil, fmt.Errorf("read states after a click: %w: %w", ErrNotFound, err)
	}
	h.restate(found, after)
	return after.names(), nil
}

// restate makes the last look tell the states of now, where it saw that element:
// another click without a motion finds it as the first one left it.
func (h *hover) restate(found hit, after states) {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := len(h.looks)
	if n == 0 || h.looks[n-1].err != nil || h.looks[n-1].hit.target != found.target {
		return
	}
	// Its start stays: what appeared since then may lie over the element now.
	l := h.looks[n-1]
	l.hit.states, l.hit.element.States, l.finished = after, after.names(), h.clock.Now()
	h.looks = append(slices.Delete(h.looks, 0, max(0, n+1-keepLooks)), l)
}

func (h *hover) settled(ctx context.Context, found hit) (states, error) {
	began := time.Now()
	tick := time.NewTicker(settleStep)
	defer tick.Stop()
	limit := settleMin
	if hasEffect(found) {
		limit = settleLimit
	}
	var last states
	for first := true; ; first = false {
		now, err := h.finder.bus.statesOf(ctx, found.target)
		if err != nil {
			return 0, err
		}
		if now == 0 || now.has(stateDefunct) || !h.clock.Ran(began, time.Now()) {
			return 0, errNone
		}
		still := !first && now == last
		changed := now&effects != found.states&effects
		if passed := time.Since(began); still && (changed || passed >= limit) || passed >= settleLimit {
			return now, nil
		}
		last = now
		select {
		case <-tick.C:
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}

// hasEffect tells whether a click on an element changes a state of it.
func hasEffect(found hit) bool {
	switch found.element.Role {
	case "check box", "radio button", "toggle button", "switch", "check menu item", "radio menu item", "toggle", "page tab",
		"list item", "table cell", "table row", "tree item", "combo box", "menu":
		return true
	}
	return found.states&effects != 0
}
