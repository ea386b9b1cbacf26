//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"github.com/runreel/runreel/capture/virtual"
)

// tree reads what the programs of a desktop tell assistive technology.
type tree struct {
	conn *dbus.Conn
}

// element is one node of the tree, with its place on the screen.
type element struct {
	role, name string
	at         box
}

type box struct{ X, Y, W, H int32 }

// reference is a node's address (AT-SPI, type "(so)").
type reference struct {
	Bus  string
	Path dbus.ObjectPath
}

const (
	treeNodes = 4000 // of one look, against a tree that goes round
	treeCall  = 2 * time.Second
)

func openTree(t *testing.T, d *virtual.Desktop) *tree {
	t.Helper()
	session, err := dbus.Connect(d.Lookup("DBUS_SESSION_BUS_ADDRESS"))
	if err != nil {
		t.Fatal(err)
	}
	defer session.Close()
	var address string
	if err := session.Object("org.a11y.Bus", "/org/a11y/bus").Call("org.a11y.Bus.GetAddress", 0).Store(&address); err != nil {
		t.Fatal(err)
	}
	conn, err := dbus.Connect(address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() }) // nothing is lost with it
	return &tree{conn: conn}
}

// look walks the tree and returns what visit accepts first.
func (a *tree) look(ctx context.Context, visit func(element) bool) (element, bool) {
	queue := []reference{{Bus: "org.a11y.atspi.Registry", Path: "/org/a11y/atspi/accessible/root"}}
	for seen := 0; len(queue) > 0 && seen < treeNodes && ctx.Err() == nil; seen++ {
		r := queue[0]
		queue = queue[1:]
		e := a.read(ctx, r)
		if visit(e) {
			return e, true
		}
		queue = append(queue, a.children(ctx, r, e.role)...)
	}
	return element{}, false
}

// children are the nodes below r. A GTK 3 socket, behind which the page of a web
// view lies, leaves its child out of the list and tells it by its index only.
func (a *tree) children(ctx context.Context, r reference, role string) []reference {
	var all []reference
	_ = a.call(ctx, r, "org.a11y.atspi.Accessible.GetChildren").Store(&all) // a node that is gone has none
	if len(all) > 0 || role != "filler" {
		return all
	}
	var child reference
	if a.call(ctx, r, "org.a11y.atspi.Accessible.GetChildAtIndex", int32(0)).Store(&child) != nil || !strings.Contains(string(child.Path), "webkit") {
		return nil
	}
	return []reference{child}
}

func (a *tree) read(ctx context.Context, r reference) (e element) {
	// A node that is gone, or has no place, stays empty and is never chosen.
	_ = a.call(ctx, r, "org.a11y.atspi.Accessible.GetRoleName").Store(&e.role)
	var name dbus.Variant
	if a.call(ctx, r, "org.freedesktop.DBus.Properties.Get", "org.a11y.atspi.Accessible", "Name").Store(&name) == nil {
		e.name, _ = name.Value().(string)
	}
	if e.name == "" {
		return e // WebKitGTK complains of a question after the place of what has none
	}
	const onScreen = uint32(0)
	_ = a.call(ctx, r, "org.a11y.atspi.Component.GetExtents", onScreen).Store(&e.at)
	return e
}

func (a *tree) call(ctx context.Context, r reference, method string, args ...any) *dbus.Call {
	ctx, cancel := context.WithTimeout(ctx, treeCall)
	defer cancel()
	return a.conn.Object(r.Bus, r.Path).CallWithContext(ctx, method, 0, args...)
}

// dump tells what is on the screen, for a test that did not find its element.
func (a *tree) dump(ctx context.Context) string {
	var b strings.Builder
	a.look(ctx, func(e element) bool {
		fmt.Fprintf(&b, "%s %q %v\n", e.role, e.name, e.at)
		return false
	})
	return b.String()
}

// isOneOf tells whether a role is among roles. WebKitGTK gives its roles no
// names, and they go by the element's name alone.
func isOneOf(role string, roles []string) bool {
	for _, r := range roles {
		if r == role {
			return true
		}
	}
	return len(roles) == 0 || role == ""
}
