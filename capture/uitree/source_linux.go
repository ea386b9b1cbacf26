package uitree

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/godbus/dbus/v5"

	"github.com/runreel/runreel/capture"
)

// Source reads user interfaces. Its methods may be called from any goroutine.
// Accessibility stays switched on for the session when Run returns: a program
// that was started meanwhile would not wake again.
type Source struct {
	opts Options
	log  *slog.Logger

	mu     sync.Mutex
	hover  *hover      // nil while Run does not run
	events chan change // to keeper
	keeper *fields
}

func newSource(o Options) *Source { return &Source{opts: o, log: o.Log} }

// Probe implements capture.Source: it wakes the accessibility bus, so that
// programs started from now on can be read.
func (s *Source) Probe(ctx context.Context) error {
	b, err := openBus(ctx, s.opts.Session, s.opts.Address)
	if err != nil {
		return err
	}
	return b.conn.Close()
}

const (
	againMin   = 200 * time.Millisecond // between two attempts to reach a bus that went away,
	againMax   = 2 * time.Second        // growing to this
	againLimit = 30 * time.Second       // then Run gives up
)

var errGone = errors.New("read user interfaces: the accessibility bus went away")

// Run implements capture.Source. Where the accessibility bus goes away it waits
// for it to come back, and tells the gap; its error is that it did not.
func (s *Source) Run(ctx context.Context, emit capture.Emit) error {
	in := newIntake(s.opts.Clock)
	bus, err := dial(ctx, s.opts.Session, s.opts.Address, in)
	if err != nil {
		return err
	}
	known := newSecrets(s.opts.Clock)
	for {
		err := s.watch(ctx, bus, in, known, emit)
		if ctx.Err() != nil {
			return nil
		}
		if err != nil && !errors.Is(err, errGone) {
			return err
		}
		gone := s.opts.Clock.Now()
		s.log.Warn("the accessibility bus went away")
		in = newIntake(s.opts.Clock)
		bus, err = s.again(ctx, in)
		emit(capture.Event{At: gone, Fact: capture.Gap{
			Source: s.Name(), Length: s.opts.Clock.Now() - gone, Reason: "the accessibility bus went away",
		}})
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%w, and did not come back: %w", errGone, err)
		}
		// The fields have other names now.
		known = known.renamed()
	}
}

// again reaches the bus once it is back.
func (s *Source) again(ctx context.Context, in *intake) (*a11yBus, error) {
	limit := time.NewTimer(againLimit)
	defer limit.Stop()
	for wait := againMin; ; wait = min(2*wait, againMax) {
		bus, err := dial(ctx, s.opts.Session, s.opts.Address, in)
		if err == nil {
			return bus, nil
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-limit.C:
			return nil, err
		case <-time.After(wait):
		}
	}
}

// watch reads user interfaces until ctx ends or the bus goes away.
func (s *Source) watch(ctx context.Context, bus *a11yBus, in *intake, known *secrets, emit capture.Emit) error {
	defer bus.conn.Close()
	if err := bus.subscribe(ctx); err != nil {
		if bus.conn.Context().Err() != nil {
			return errGone
		}
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	var workers sync.WaitGroup
	defer workers.Wait()
	defer cancel()
	f := finder{bus: bus, windows: s.opts.Windows, secrets: known}
	h := newHover(f, s.opts)
	keeper := newFields(s.opts, s.log, f, emit)
	changes := make(chan change, 1024)
	s.set(h, changes, keeper)
	defer s.set(nil, nil, nil)
	workers.Go(func() { h.run(ctx) })
	workers.Go(func() { keeper.run(ctx, changes) })

	for {
		select {
		case <-ctx.Done():
			return nil
		case <-bus.conn.Context().Done():
			return errGone
		case c := <-in.changes:
			if in.lost.Swap(false) {
				keeper.behind.Store(true)
				h.note(change{kind: missed, at: c.at})
			}
			if c.kind == appeared && c.of.bus == registry.bus && c.of.path == "" {
				workers.Go(func() { s.registryIsBack(ctx, bus) })
				continue
			}
			s.pass(c, bus, h, keeper, changes)
		}
	}
}

// pass hands a change to those who need it. It never waits for them.
func (s *Source) pass(c change, bus *a11yBus, h *hover, keeper *fields, changes chan<- change) {
	h.note(c)
	switch c.kind {
	case expanded, collapsed:
		bus.open(c.of, c.kind == expanded)
	case vanished:
		if c.of.path == "" {
			bus.forget(c.of.bus)
		}
	}
	if c.kind < focused {
		return
	}
	select {
	case changes <- c:
	default:
		keeper.behind.Store(true)
	}
}

// registryIsBack asks a registry that was started anew for the events.
func (s *Source) registryIsBack(ctx context.Context, bus *a11yBus) {
	ctx, cancel := context.WithTimeout(ctx, wakeLimit)
	defer cancel()
	if err := bus.register(ctx); err != nil && ctx.Err() == nil {
		s.log.Warn("the accessibility registry was started anew", "err", err)
	}
}

func (s *Source) set(h *hover, changes chan change, keeper *fields) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hover, s.events, s.keeper = h, changes, keeper
}

func (s *Source) running() (*hover, chan change, *fields) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hover, s.events, s.keeper
}

// Hover notes where the pointer is, so that what lies there is known when a
// button goes down. It returns at once.
func (s *Source) Hover(p capture.Point, _ time.Duration) {
	if h, _, _ := s.running(); h != nil {
		h.move(p)
	}
}

// Enter tells that Enter or Tab went down: a field may have been confirmed. It
// returns at once.
func (s *Source) Enter(at time.Duration) { s.tell(change{kind: confirmed, at: at}) }

// Typed tells that a key went down that may change a text. Where it is told at
// all, a field that changes without any is one that its program filled, and is
// not told. It returns at once.
func (s *Source) Typed(at time.Duration) { s.tell(change{kind: typed, at: at}) }

func (s *Source) tell(c change) {
	_, events, keeper := s.running()
	if events == nil {
		return
	}
	c.when, c.dark = time.Now(), !s.opts.Clock.Running()
	select {
	case events <- c:
	default: // the keeper is far behind
		keeper.behind.Store(true)
	}
}

// Locate returns the element at p as it was when the button went down there,
// at at. It prefers what was looked up before: what the click does may change
// or close the window before it can be asked. Where no element is known for
// certain the error is ErrNotFound.
func (s *Source) Locate(ctx context.Context, p capture.Point, at time.Duration) (capture.Element, error) {
	h, _, _ := s.running()
	if h == nil {
		return capture.Element{}, fmt.Errorf("locate element: %w", ErrNotFound)
	}
	s.tell(change{kind: clicked, at: at, point: p})
	found, err := h.locate(ctx, p, at)
	if err != nil {
		return capture.Element{}, fmt.Errorf("locate element: %w", err)
	}
	h.keep(p, at, found)
	if h.finder.secrets.has(found.target) { // since it was looked at
		found.element.Value = ""
	}
	return found.element, nil
}

// watched are the events that programs are asked to send.
var watched = []string{
	"object:state-changed:focused", "object:state-changed:showing", "object:state-changed:checked",
	"object:state-changed:expanded", "object:state-changed:selected", "object:state-changed:defunct",
	"object:text-changed", "object:children-changed", "object:property-change:accessible-name",
	"window:activate", "window:deactivate", "window:create", "window:destroy",
}

// subscribe asks for the events. Match rules come first, so that none is
// missed.
func (b *a11yBus) subscribe(ctx context.Context) error {
	const object, window = "org.a11y.atspi.Event.Object", "org.a11y.atspi.Event.Window"
	for _, m := range []struct{ iface, member string }{
		{object, "StateChanged"}, {object, "TextChanged"}, {object, "ChildrenChanged"}, {object, "PropertyChange"},
		{window, "Activate"}, {window, "Deactivate"}, {window, "Create"}, {window, "Destroy"},
		{"org.freedesktop.DBus", "NameOwnerChanged"},
	} {
		if err := b.conn.AddMatchSignalContext(ctx, dbus.WithMatchInterface(m.iface), dbus.WithMatchMember(m.member)); err != nil {
			return fmt.Errorf("watch user interfaces: %w", err)
		}
	}
	return b.register(ctx)
}

// register makes the registry tell programs which events are wanted.
func (b *a11yBus) register(ctx context.Context) error {
	r := b.conn.Object(registry.bus, "/org/a11y/atspi/registry")
	for _, name := range watched {
		if err := r.CallWithContext(ctx, "org.a11y.atspi.Registry.RegisterEvent", 0, name).Err; err != nil {
			return fmt.Errorf("watch user interfaces: register %s: %w", name, err)
		}
	}
	return nil
}
