package demo

import (
	"context"
	"errors"
	"fmt"

	"github.com/godbus/dbus/v5"
)

// tree looks elements up by AT-SPI, to know where to click. It is independent
// of the recorder's driver on purpose: what the demo clicks must not be decided
// by the code that it puts to the test.
type tree struct{ conn *dbus.Conn }

// node is an accessible object as it travels: (so).
type node struct {
	Bus  string
	Path dbus.ObjectPath
}

// box is a place on the screen.
type box struct{ X, Y, W, H int32 }

func (b box) middle() (x, y int) { return int(b.X + b.W/2), int(b.Y + b.H/2) }

var errNotThere = errors.New("no such element")

// openTree connects to the accessibility bus of a session bus.
func openTree(ctx context.Context, session string) (*tree, error) {
	bus, err := dbus.Connect(session)
	if err != nil {
		return nil, fmt.Errorf("session bus: %w", err)
	}
	defer bus.Close()
	var address string
	err = bus.Object("org.a11y.Bus", "/org/a11y/bus").CallWithContext(ctx, "org.a11y.Bus.GetAddress", 0).Store(&address)
	if err != nil {
		return nil, fmt.Errorf("address of the accessibility bus: %w", err)
	}
	conn, err := dbus.Connect(address)
	if err != nil {
		return nil, fmt.Errorf("accessibility bus: %w", err)
	}
	return &tree{conn: conn}, nil
}

func (t *tree) close() { _ = t.conn.Close() } // nothing is on its way

// find returns the place of the first shown element with this role, and this
// name unless it is "", in the window with this title.
func (t *tree) find(ctx context.Context, window, role, name string) (box, error) {
	root := node{"org.a11y.atspi.Registry", "/org/a11y/atspi/accessible/root"}
	for _, program := range t.children(ctx, root) {
		for _, w := range t.children(ctx, program) {
			if t.name(ctx, w) != window {
				continue
			}
			if b, ok := t.below(ctx, w, role, name, 0); ok {
				return b, nil
			}
		}
	}
	return box{}, fmt.Errorf("%w: %s %q in %q", errNotThere, role, name, window)
}

func (t *tree) below(ctx context.Context, n node, role, name string, depth int) (box, bool) {
	const deepest = 30
	if depth > deepest || ctx.Err() != nil {
		return box{}, false
	}
	if t.role(ctx, n) == role && (name == "" || t.name(ctx, n) == name) {
		if b, ok := t.place(ctx, n); ok {
			return b, true
		}
	}
	for _, c := range t.children(ctx, n) {
		if b, ok := t.below(ctx, c, role, name, depth+1); ok {
			return b, true
		}
	}
	return box{}, false
}

// call asks an object. A program that has just ended answers nothing, which
// looks the same as an element that is not there yet.
func (t *tree) call(ctx context.Context, n node, method string, to any, args ...any) bool {
	return t.conn.Object(n.Bus, n.Path).CallWithContext(ctx, method, dbus.FlagNoAutoStart, args...).Store(to) == nil
}

func (t *tree) children(ctx context.Context, n node) []node {
	var out []node
	t.call(ctx, n, "org.a11y.atspi.Accessible.GetChildren", &out)
	return out
}

func (t *tree) role(ctx context.Context, n node) string {
	var role string
	t.call(ctx, n, "org.a11y.atspi.Accessible.GetRoleName", &role)
	return role
}

func (t *tree) name(ctx context.Context, n node) string {
	var v dbus.Variant
	t.call(ctx, n, "org.freedesktop.DBus.Properties.Get", &v, "org.a11y.atspi.Accessible", "Name")
	name, _ := v.Value().(string)
	return name
}

// place is where a shown element lies. Hidden ones have extents of no sense.
func (t *tree) place(ctx context.Context, n node) (box, bool) {
	const onScreen = uint32(0)
	var b box
	ok := t.call(ctx, n, "org.a11y.atspi.Component.GetExtents", &b, onScreen)
	return b, ok && b.X >= 0 && b.Y >= 0 && b.W > 0 && b.H > 0
}
