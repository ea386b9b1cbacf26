package uitree

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/godbus/dbus/v5"

	"github.com/runreel/runreel/capture"
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
	return r.bus == "" || r.path == "" || r.path == "/org/a11y/atspi/null"
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
}

// silence is about a program that does not answer.
type silence struct {
	until time.Time // when it is asked again
	next  time.Duration
}

// openBus wakes the accessibility bus of the session and connects to it.
// address is that of the accessibility bus; "" asks the session bus for it.
func openBus(ctx context.Context, session, address string) (*a11yBus, error) {
	ctx, cancel := context.WithTimeout(ctx, wakeLimit)
	defer cancel()
	if address == "" {
		var err error
		if address, err = wake(ctx, session); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrNoBus, err)
		}
	}
	conn, err := dbus.Connect(address, dbus.WithSignalHandler(dbus.NewSequentialSignalHandler()))
	if err != nil {
		return nil, fmt.Errorf("%w: connect to the accessibility bus: %w", ErrNoBus, err)
	}
	b := &a11yBus{conn: conn, hung: make(map[string]silence), pids: make(map[string]int), opened: make(map[string]ref)}
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
func (b *a11yBus) programs(ctx context.Context) []ref { return b.children(ctx, registry) }

// maxChildren caps what is read of one parent: a sheet can have a million.
const maxChildren = 2000

func (b *a11yBus) children(ctx context.Context, of ref) []ref {
	return refsOf(b.ask(ctx, of, accessible+"GetChildren"))
}

func refsOf(q question) []ref {
	var got []wireRef
	if err := q.store(&got); err != nil {
		return nil
	}
	if len(got) > maxChildren {
		got = got[:maxChildren]
	}
	refs := make([]ref, 0, len(got))
	for _, w := range got {
		if r := w.ref(); !r.none() {
			refs = append(refs, r)
		}
	}
	return refs
}

// childAt asks for the child at a point of the screen. Programs answer one
// level at a time, or the leaf.
func (b *a11yBus) childAt(ctx context.Context, of ref, p capture.Point) ref {
	var got wireRef
	const screen = uint32(0)
	if err := b.ask(ctx, of, component+"GetAccessibleAtPoint", int32(p.X), int32(p.Y), screen).store(&got); err != nil {
		return ref{}
	}
	if r := got.ref(); !r.none() && r != of {
		return r
	}
	return ref{}
}

// node is an accessible object as far as looking it up needs.
type node struct {
	ref
	role, name, description string
	states                  states
	bounds                  capture.Rect // as the program says: see hit.shift
	parent                  ref
}

// atOnce is how many objects are asked about at once: programs answer between
// the frames that they draw.
const atOnce = 40

// briefs reads role, states and extents of several objects; those that do not
// answer have no role.
func (b *a11yBus) briefs(ctx context.Context, refs []ref) []node {
	list := make([]node, 0, len(refs))
	for chunk := range slices.Chunk(refs, atOnce) {
		if ctx.Err() != nil {
			break
		}
		list = append(list, b.chunk(ctx, chunk, false)...)
	}
	return list
}

// nodes is briefs with everything that a node holds.
func (b *a11yBus) nodes(ctx context.Context, refs []ref) []node {
	list := make([]node, 0, len(refs))
	for chunk := range slices.Chunk(refs, atOnce) {
		if ctx.Err() != nil {
			break
		}
		list = append(list, b.chunk(ctx, chunk, true)...)
	}
	return list
}

func (b *a11yBus) chunk(ctx context.Context, refs []ref, whole bool) []node {
	each := 3
	if whole {
		each = 6
	}
	qs := make([]question, 0, each*len(refs))
	for _, r := range refs {
		qs = append(qs,
			b.ask(ctx, r, accessible+"GetRoleName"),
			b.ask(ctx, r, accessible+"GetState"),
			b.ask(ctx, r, component+"GetExtents", uint32(0)))
		if whole {
			qs = append(qs,
				b.prop(ctx, r, "org.a11y.atspi.Accessible", "Name"),
				b.prop(ctx, r, "org.a11y.atspi.Accessible", "Description"),
				b.prop(ctx, r, "org.a11y.atspi.Accessible", "Parent"))
		}
	}
	list := make([]node, len(refs))
	for i, r := range refs {
		n, q := &list[i], qs[i*each:(i+1)*each]
		n.ref = r
		if q[0].store(&n.role) != nil {
			n.role = ""
		}
		var words []uint32
		if q[1].store(&words) == nil {
			n.states = statesOf(words)
		}
		n.bounds = extents(q[2])
		if !whole {
			continue
		}
		n.name, _ = value[string](q[3])
		n.description, _ = value[string](q[4])
		if w, err := value[wireRef](q[5]); err == nil {
			n.parent = w.ref()
		}
	}
	return list
}

// childrenOf reads the children of several objects at once.
func (b *a11yBus) childrenOf(ctx context.Context, parents []node) []ref {
	var all []ref
	for chunk := range slices.Chunk(parents, atOnce) {
		if ctx.Err() != nil {
			break
		}
		var qs []question
		for _, p := range chunk {
			qs = append(qs, b.ask(ctx, p.ref, accessible+"GetChildren"))
		}
		for _, q := range qs {
			all = append(all, refsOf(q)...)
		}
	}
	return all
}

func (b *a11yBus) node(ctx context.Context, r ref) (node, error) {
	n := b.chunk(ctx, []ref{r}, true)[0]
	if n.role == "" {
		return n, errNone
	}
	return n, nil
}

func extents(q question) capture.Rect {
	var e struct{ X, Y, W, H int32 }
	if q.store(&e) != nil {
		return capture.Rect{}
	}
	const beyond = 1 << 20 // hidden elements have nonsense extents
	if e.W <= 0 || e.H <= 0 || max(e.X, -e.X, e.Y, -e.Y, e.W, e.H) > beyond || e.X < -beyond || e.Y < -beyond {
		return capture.Rect{}
	}
	return capture.Rect{X: int(e.X), Y: int(e.Y), W: int(e.W), H: int(e.H)}
}

// maxText is the longest text that is read: what is longer is a document, not
// a field.
const maxText = 8192

// text reads the whole text of an object.
func (b *a11yBus) text(ctx context.Context, r ref) (string, error) {
	n, err := value[int32](b.prop(ctx, r, "org.a11y.atspi.Text", "CharacterCount"))
	if err != nil {
		return "", err
	}
	if n < 0 || n > maxText {
		return "", errTooLong
	}
	var s string
	if err := b.ask(ctx, r, "org.a11y.atspi.Text.GetText", int32(0), int32(-1)).store(&s); err != nil {
		return "", err
	}
	return s, nil
}

var errTooLong = errors.New("longer than a field")

// labelledBy returns the names of the elements that label an object.
func (b *a11yBus) labelledBy(ctx context.Context, r ref) string {
	var set []struct {
		Kind    uint32
		Targets []wireRef
	}
	if err := b.ask(ctx, r, accessible+"GetRelationSet").store(&set); err != nil {
		return ""
	}
	const labelledBy = 2
	for _, rel := range set {
		if rel.Kind != labelledBy {
			continue
		}
		for _, t := range rel.Targets {
			if name, err := value[string](b.prop(ctx, t.ref(), "org.a11y.atspi.Accessible", "Name")); err == nil && name != "" {
				return name
			}
		}
	}
	return ""
}
