package window

import (
	"context"
	"fmt"
	"time"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"

	"github.com/runreel/runreel/capture"
)

// settleTick is how often a title that had to settle is looked at, and a
// resumed clock noticed.
const settleTick = 75 * time.Millisecond

// Probe implements capture.Source: it tells whether a display answers.
func (s *Source) Probe(context.Context) error {
	conn, err := connect(s.opts.DisplayName)
	if err != nil {
		return err
	}
	conn.Close()
	return nil
}

func connect(display string) (*xgb.Conn, error) {
	conn, err := xgb.NewConnDisplay(display)
	if err != nil {
		return nil, fmt.Errorf("open display %q: %w: %w", display, ErrNoDisplay, err)
	}
	return conn, nil
}

// Run implements capture.Source.
func (s *Source) Run(ctx context.Context, emit capture.Emit) error {
	conn, err := connect(s.opts.DisplayName)
	if err != nil {
		return err
	}
	events := newBacklog()
	read := make(chan struct{})
	go func() {
		defer close(read)
		defer events.close()
		for {
			ev, xerr := conn.WaitForEvent()
			if ev == nil && xerr == nil {
				return
			}
			if ev != nil {
				events.add(ev, s.opts.Clock.Now())
			}
		}
	}()
	defer func() {
		conn.Close()
		select {
		case <-read:
		case <-time.After(time.Second): // a server that hangs answers no more
		}
	}()

	g, err := openGuard(s.opts)
	if err != nil {
		return err
	}
	defer g.close()
	s.setGuard(g)
	defer s.setGuard(nil)
	d, err := openDesk(conn)
	if err != nil {
		return err
	}
	s.setDesk(d)
	defer s.setDesk(nil)
	s.look(d)

	tick := time.NewTicker(settleTick)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-events.more:
			look := false
			for _, ev := range events.take() {
				look = d.note(ev.Event, ev.at) || look
			}
			if look {
				s.look(d)
			}
			if events.over() {
				return fmt.Errorf("watch windows: %w", ErrServerGone)
			}
		case <-tick.C:
		}
		if e, ok := s.due(); ok {
			emit(e)
		}
	}
}

func (s *Source) setDesk(d *desk) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.desk = d
	if d == nil {
		s.focus = focus{}
	}
}

// look reads which window is active.
func (s *Source) look(d *desk) {
	at := s.opts.Clock.Now()
	w := d.active()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.focus.see(w, at, time.Now())
}

// due keeps what happens during a pause for its end: the first event after it
// tells the window that is active then.
func (s *Source) due() (capture.Event, bool) {
	if !s.opts.Clock.Running() {
		return capture.Event{}, false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.focus.due(time.Now(), s.opts.Scope)
}

// atoms are the names of the properties that windows are read by (EWMH 1.5,
// ICCCM 2.0).
type atoms struct {
	active, stacking, name, pid, state, extents, shadow, leader, kind, opacity, opaque xproto.Atom
	dock, desktop, compositor, barrier                                                 xproto.Atom
}

func internAtoms(conn *xgb.Conn) (atoms, error) {
	var a atoms
	for name, to := range map[string]*xproto.Atom{
		"_NET_ACTIVE_WINDOW": &a.active, "_NET_CLIENT_LIST_STACKING": &a.stacking, "_NET_WM_NAME": &a.name,
		"_NET_WM_PID": &a.pid, "WM_STATE": &a.state, "_NET_FRAME_EXTENTS": &a.extents,
		"_GTK_FRAME_EXTENTS": &a.shadow, "WM_CLIENT_LEADER": &a.leader,
		"_NET_WM_WINDOW_TYPE": &a.kind, "_NET_WM_WINDOW_OPACITY": &a.opacity, "_NET_WM_OPAQUE_REGION": &a.opaque,
		"_NET_WM_WINDOW_TYPE_DOCK": &a.dock, "_NET_WM_WINDOW_TYPE_DESKTOP": &a.desktop,
		"_NET_WM_CM_S0": &a.compositor, "_RUNREEL_BARRIER": &a.barrier,
	} {
		reply, err := xproto.InternAtom(conn, false, uint16(len(name)), name).Reply()
		if err != nil {
			return a, fmt.Errorf("intern atom %s: %w", name, err)
		}
		*to = reply.Atom
	}
	return a, nil
}
