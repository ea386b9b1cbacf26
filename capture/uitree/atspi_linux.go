package uitree

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/godbus/dbus/v5"
)

const (
	accessible = "org.a11y.atspi.Accessible."
	component  = "org.a11y.atspi.Component."
	getProp    = "org.freedesktop.DBus.Properties.Get"

	callLimit = 120 * time.Millisecond // for one answer of a program
	hungMin   = 300 * time.Millisecond // how long a program that gave none is left alone,
	hungMax   = 5 * time.Second        // doubling to this while it gives none
	wakeLimit = 5 * time.Second        // for the bus and the registry to start
)

var (
	errHung = errors.New("the program did not answer")
	errNone = errors.New("nothing there")
)

var registry = ref{bus: "org.a11y.atspi.Registry", path: "/org/a11y/atspi/accessible/root"}

// ref names an accessible object of a program.
type ref struct {
	bus  string
	path dbus.ObjectPath
}

func (r ref) none() bool {
	const longest = 1024 // what is longer is not worth its memory
	return r.bus == "" || r.path == "" || r.path == "/org/a11y/atspi/null" || len(r.path) > longest
}

// wireRef is a ref as it travels: (so).
type wireRef struct {
	Bus  string
	Path dbus.ObjectPath
}

func (w wireRef) ref() ref { return ref{bus: w.Bus, path: w.Path} }

// a11yBus is a connection to the accessibility bus. Its methods may be called
// from any goroutine, and take no longer than callLimit for each answer they
// need.
type a11yBus struct {
	conn *dbus.Conn

	mu     sync.Mutex
	hung   map[string]silence
	pids   map[string]int
	opened map[string]ref // what each program opened last: a list, a menu
	gtk4   map[string]bool
}

// silence is about a program that does not answer.
type silence struct {
	until time.Time // when it is asked again
	next  time.Duration
}

// openBus is dial without an interest in events.
func openBus(ctx context.Context, session, address string) (*a11yBus, error) {
	return dial(ctx, session, address, dbus.NewSequentialSignalHandler())
}

// dial wakes the accessibility bus of the session and connects to it, with
// events going to a handler. address is that of the accessibility bus; "" asks
// the session bus for it.
func dial(ctx context.Context, session, address string, events dbus.SignalHandler) (*a11yBus, error) {
	ctx, cancel := context.WithTimeout(ctx, wakeLimit)
	defer cancel()
	if address == "" {
		var err error
		if address, err = wake(ctx, session); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrNoBus, err)
		}
	}
	conn, err := dbus.Connect(address, dbus.WithSignalHandler(events))
	if err != nil {
		return nil, fmt.Errorf("%w: connect to the accessibility bus: %w", ErrNoBus, err)
	}
	b := &a11yBus{conn: conn, hung: make(map[string]silence), pids: make(map[string]int), opened: make(map[string]ref), gtk4: make(map[string]bool)}
	// A program that starts before the registry runs is never found.
	call := conn.Object(registry.bus, registry.path).CallWithContext(ctx, accessible+"GetChildren", 0)
	if call.Err != nil {
		conn.Close()
		return nil, fmt.Errorf("%w: wake the accessibility registry: %w", ErrNoBus, call.Err)
	}
	return b, nil
}

// wake makes programs offer their user interface, and returns the address of
// the bus where they do.
func wake(ctx context.Context, session string) (string, error) {
	if session == "" {
		session = os.Getenv("DBUS_SESSION_BUS_ADDRESS")
	}
	if session == "" {
		session = fmt.Sprintf("unix:path=/run/user/%d/bus", os.Getuid())
	}
	conn, err := dbus.Connect(session)
	if err != nil {
		return "", fmt.Errorf("connect to the session bus: %w", err)
	}
	defer conn.Close()
	a11y := conn.Object("org.a11y.Bus", "/org/a11y/bus")
	var address string
	if err := a11y.CallWithContext(ctx, "org.a11y.Bus.GetAddress", 0).Store(&address); err != nil {
		return "", fmt.Errorf("ask for the accessibility bus: %w", err)
	}
	err = a11y.CallWithContext(ctx, "org.freedesktop.DBus.Properties.Set", 0,
		"org.a11y.Status", "IsEnabled", dbus.MakeVariant(true)).Err
	if err != nil {
		return "", fmt.Errorf("switch accessibility on: %w", err)
	}
	return address, nil
}

// question is a call on its way.
type question struct {
	bus    *a11yBus
	to     ref
	call   *dbus.Call
	err    error
	cancel context.CancelFunc
}

// ask sends a call without waiting for the answer.
func (b *a11yBus) ask(ctx context.Context, to ref, method string, args ...any) question {
	q := question{bus: b, to: to, cancel: func() {}}
	if to.none() {
		q.err = errNone
		return q
	}
	if b.isHung(to.bus) {
		q.err = errHung
		return q
	}
	ctx, q.cancel = context.WithCancel(ctx)
	q.call = b.conn.Object(to.bus, to.path).GoWithContext(ctx, method, dbus.FlagNoAutoStart, make(chan *dbus.Call, 1), args...)
	return q
}

func (b *a11yBus) prop(ctx context.Context, of ref, iface, name string) question {
	return b.ask(ctx, of, getProp, iface, name)
}

// store waits for the answer. Of several questions on their way, each has
// callLimit from the answer to the one before it.
func (q question) store(to ...any) error {
	defer q.cancel()
	if q.err != nil {
		return q.err
	}
	limit := callLimit
	if q.bus.isHung(q.to.bus) {
		limit = 0
	}
	select {
	case done := <-q.call.Done:
		return q.answered(done, to)
	default:
	}
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case done := <-q.call.Done:
		return q.answered(done, to)
	case <-timer.C:
		q.bus.suspend(q.to.bus)
		return errHung
	}
}

func (q question) answered(done *dbus.Call, to []any) error {
	if errors.Is(done.Err, context.Canceled) || errors.Is(done.Err, context.DeadlineExceeded) {
		return done.Err
	}
	q.bus.answers(q.to.bus)
	if done.Err != nil {
		return done.Err
	}
	return dbus.Store(done.Body, to...)
}

// value waits for the answer to a question for a property.
func value[T any](q question) (T, error) {
	var v dbus.Variant
	var out T
	if err := q.store(&v); err != nil {
		return out, err
	}
	if err := dbus.Store([]any{v.Value()}, &out); err != nil {
		return out, fmt.Errorf("property of another type: %w", err)
	}
	return out, nil
}

func (b *a11yBus) isHung(name string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return time.Now().Before(b.hung[name].until)
}

func (b *a11yBus) suspend(name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	h := b.hung[name]
	if time.Now().Before(h.until) {
		return
	}
	h.next = min(max(2*h.next, hungMin), hungMax)
	h.until = time.Now().Add(h.next)
	b.hung[name] = h
}

func (b *a11yBus) answers(name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.hung, name)
}

// open notes that an object of a program was opened or closed.
func (b *a11yBus) open(r ref, on bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if on {
		b.opened[r.bus] = r
	} else if b.opened[r.bus] == r {
		delete(b.opened, r.bus)
	}
}

func (b *a11yBus) openIn(program string) (ref, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	r, ok := b.opened[program]
	return r, ok
}

func (b *a11yBus) forget(name string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.hung, name)
	delete(b.pids, name)
	delete(b.opened, name)
	delete(b.gtk4, name)
}

// pid returns the process behind a name on the bus; 0 where it is unknown.
func (b *a11yBus) pid(ctx context.Context, name string) int {
	b.mu.Lock()
	pid, ok := b.pids[name]
	b.mu.Unlock()
	if ok || name == "" {
		return pid
	}
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	var got uint32
	err := b.conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.GetConnectionUnixProcessID", 0, name).Store(&got)
	if err != nil {
		return 0
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.pids[name] = int(got)
	return int(got)
}

// programs returns the roots of the running programs.
func (b *a11yBus) programs(ctx context.Context) []ref {
	refs, _ := refsOf(b.ask(ctx, registry, accessible+"GetChildren"))
	return refs
}

// programsOf returns the roots of the programs of a process. Those that the
// registry does not know, as it was started after them, are asked all the same.
func (b *a11yBus) programsOf(ctx context.Context, pid int) []ref {
	var own []ref
	for _, program := range b.programs(ctx) {
		if b.pid(ctx, program.bus) == pid {
			own = append(own, program)
		}
	}
	if len(own) > 0 {
		return own
	}
	for _, name := range b.names(ctx) {
		if b.pid(ctx, name) == pid {
			own = append(own, ref{bus: name, path: registry.path})
		}
	}
	return own
}

const maxNames = 512 // programs on the bus that are looked at

// names returns the unique names on the bus.
func (b *a11yBus) names(ctx context.Context) []string {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	var all []string
	if err := b.conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.ListNames", 0).Store(&all); err != nil {
		return nil
	}
	all = slices.DeleteFunc(all, func(name string) bool {
		return !strings.HasPrefix(name, ":") || slices.Contains(b.conn.Names(), name)
	})
	return all[:min(len(all), maxNames)]
}
