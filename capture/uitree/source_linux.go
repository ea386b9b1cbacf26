package uitree

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
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
	events chan change // to the keeper of the fields
	done   <-chan struct{}
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

// Run implements capture.Source.
func (s *Source) Run(ctx context.Context, emit capture.Emit) error {
	bus, err := openBus(ctx, s.opts.Session, s.opts.Address)
	if err != nil {
		return err
	}
	defer bus.conn.Close()
	signals := make(chan *dbus.Signal, 64)
	bus.conn.Signal(signals)
	if err := bus.subscribe(ctx); err != nil {
		return err
	}

	ctx, cancel := context.WithCancel(ctx)
	var workers sync.WaitGroup
	defer workers.Wait()
	defer cancel()
	f := finder{bus: bus, windows: s.opts.Windows}
	h := newHover(f, s.opts.Clock)
	changes := make(chan change, 256)
	s.set(h, changes, ctx.Done())
	defer s.set(nil, nil, nil)
	workers.Go(func() { h.run(ctx) })
	workers.Go(func() { newFields(s.opts, f, emit).run(ctx, changes) })

	for {
		select {
		case <-ctx.Done():
			return nil
		case sig, ok := <-signals:
			if !ok {
				return errors.New("read user interfaces: the accessibility bus went away")
			}
			c, ok := parseSignal(sig)
			if !ok {
				continue
			}
			c.at = s.opts.Clock.Now()
			h.note(c)
			if c.kind == expanded || c.kind == collapsed {
				bus.open(c.of, c.kind == expanded)
			}
			if c.kind == vanished {
				bus.forget(c.of.bus)
			}
			if c.kind <= collapsed || c.kind == textChanged && !s.opts.Clock.Running() {
				continue
			}
			select {
			case changes <- c:
			case <-ctx.Done():
			}
		}
	}
}

func (s *Source) set(h *hover, changes chan change, done <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hover, s.events, s.done = h, changes, done
}

func (s *Source) running() (*hover, chan change, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hover, s.events, s.done
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

func (s *Source) tell(c change) {
	_, events, done := s.running()
	if events == nil {
		return
	}
	select {
	case events <- c:
	case <-done:
	default: // the keeper is far behind; the change of focus will tell it too
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
	return found.element, nil
}

// changeKind tells what a change is about.
type changeKind int

const (
	redrawn     changeKind = iota // something else than a field looks different
	expanded                      // of shows its list or menu
	collapsed                     // it does so no more
	appeared                      // of, or its new parts, show since now
	focused                       // of has the keyboard
	unfocused                     // of has it no more
	textChanged                   // the text of of changed
	windowLeft                    // a window of the program is active no more
	vanished                      // the program of of ended, or of itself did
	confirmed                     // Enter or Tab went down
	clicked                       // a button went down at point
)

// change is something that happened in a user interface.
type change struct {
	kind  changeKind
	of    ref
	part  ref // of appeared: the new part, where it is told
	at    time.Duration
	point capture.Point
	edit  edit
}

// edit is a change of a text: n characters at start were inserted or removed.
type edit struct {
	insert   bool
	start, n int
	text     string // what was inserted
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
	r := b.conn.Object(registry.bus, "/org/a11y/atspi/registry")
	for _, name := range watched {
		if err := r.CallWithContext(ctx, "org.a11y.atspi.Registry.RegisterEvent", 0, name).Err; err != nil {
			return fmt.Errorf("watch user interfaces: register %s: %w", name, err)
		}
	}
	return nil
}

// parseSignal reads an event of the accessibility bus: detail, two numbers and
// a value (AT-SPI Event interfaces). Signals come from any program.
func parseSignal(sig *dbus.Signal) (change, bool) {
	c := change{of: ref{bus: sig.Sender, path: sig.Path}}
	name := sig.Name[strings.LastIndexByte(sig.Name, '.')+1:]
	if name == "NameOwnerChanged" {
		return ownerChanged(sig)
	}
	if len(sig.Body) < 4 {
		return c, false
	}
	detail, _ := sig.Body[0].(string)
	first, _ := sig.Body[1].(int32)
	second, _ := sig.Body[2].(int32)
	value, _ := sig.Body[3].(dbus.Variant)
	switch name {
	case "StateChanged":
		c.kind = stateChange(detail, first != 0)
	case "TextChanged":
		c.kind = textChanged
		text, _ := value.Value().(string)
		c.edit = edit{insert: strings.HasPrefix(detail, "insert"), start: int(first), n: int(second), text: text}
	case "ChildrenChanged":
		if strings.HasPrefix(detail, "add") {
			c.kind = appeared
			c.part = partOf(value)
		}
	case "Activate", "Create":
		c.kind = appeared
	case "Deactivate", "Destroy":
		c.kind = windowLeft
	case "PropertyChange":
	default:
		return c, false
	}
	return c, true
}

func stateChange(state string, on bool) changeKind {
	switch {
	case state == "focused" && on:
		return focused
	case state == "focused":
		return unfocused
	case state == "expanded" && on:
		return expanded
	case state == "expanded":
		return collapsed
	case state == "showing" && on:
		return appeared
	case state == "defunct" && on:
		return vanished
	}
	return redrawn
}

func partOf(v dbus.Variant) ref {
	var w wireRef
	if err := dbus.Store([]any{v.Value()}, &w); err != nil {
		return ref{}
	}
	return w.ref()
}

func ownerChanged(sig *dbus.Signal) (change, bool) {
	if len(sig.Body) < 3 {
		return change{}, false
	}
	name, _ := sig.Body[0].(string)
	owner, _ := sig.Body[2].(string)
	return change{kind: vanished, of: ref{bus: name}}, name != "" && owner == ""
}
