package uitree

import (
	"strings"
	"sync/atomic"
	"time"

	"github.com/godbus/dbus/v5"

	"github.com/runreel/runreel/capture"
)

// changeKind tells what a change is about. Those from focused on are of
// interest to the keeper of the fields.
type changeKind int

const (
	redrawn     changeKind = iota // something else than a field looks different
	missed                        // more happened than could be taken in
	expanded                      // of shows its list or menu
	collapsed                     // it does so no more
	appeared                      // of, or its new part, shows since now
	removed                       // of lost a part
	focused                       // of has the keyboard
	unfocused                     // of has it no more
	textChanged                   // the text of of changed
	windowLeft                    // a window of the program is active no more
	vanished                      // the program of of ended, or of itself did
	confirmed                     // Enter or Tab went down
	typed                         // another key did
	clicked                       // a button went down at point
)

// change is something that happened in a user interface.
type change struct {
	kind  changeKind
	of    ref
	part  ref // of appeared and removed: the part, where it is told
	at    time.Duration
	when  time.Time
	dark  bool // the clock stood: nothing of it may be kept
	point capture.Point
	edit  edit
}

// edit is a change of a text: n characters at start were inserted or removed.
type edit struct {
	insert   bool
	system   bool // the program says that no hand did it
	start, n int
	text     string // what was inserted, and no more than maxText of it
	cut      bool   // text is not all of it
}

// intake takes events off the bus. It keeps small parts of them, and no more
// than it has room for: what programs send has no bound.
type intake struct {
	clock   *capture.Clock
	changes chan change
	lost    atomic.Bool // some found no room
}

func newIntake(c *capture.Clock) *intake {
	return &intake{clock: c, changes: make(chan change, 1024)}
}

// DeliverSignal implements dbus.SignalHandler: it is called by the reader of
// the connection, and must not wait.
func (in *intake) DeliverSignal(_, _ string, sig *dbus.Signal) {
	c, ok := parseSignal(sig)
	if !ok {
		return
	}
	c.at, c.when, c.dark = in.clock.Now(), time.Now(), !in.clock.Running()
	select {
	case in.changes <- c:
	default:
		in.lost.Store(true)
	}
}

// parseSignal reads an event of the accessibility bus: detail, two numbers and
// a value (AT-SPI Event interfaces). Signals come from any program.
func parseSignal(sig *dbus.Signal) (change, bool) {
	c := change{of: ref{bus: sig.Sender, path: sig.Path}}
	name := sig.Name[strings.LastIndexByte(sig.Name, '.')+1:]
	if name == "NameOwnerChanged" {
		return ownerChanged(sig)
	}
	if len(sig.Body) < 4 || c.of.none() {
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
		kept := firstRunes(text, maxText)
		c.edit = edit{
			insert: strings.HasPrefix(detail, "insert"), system: strings.HasSuffix(detail, ":system"),
			start: int(first), n: int(second), text: kept, cut: len(kept) < len(text),
		}
	case "ChildrenChanged":
		c.kind, c.part = removed, partOf(value)
		if strings.HasPrefix(detail, "add") {
			c.kind = appeared
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

// ownerChanged tells that a program ended, or that the registry was started
// anew.
func ownerChanged(sig *dbus.Signal) (change, bool) {
	if len(sig.Body) < 3 {
		return change{}, false
	}
	name, _ := sig.Body[0].(string)
	owner, _ := sig.Body[2].(string)
	if name == registry.bus && owner != "" {
		return change{kind: appeared, of: ref{bus: name}}, true
	}
	return change{kind: vanished, of: ref{bus: name}}, name != "" && owner == ""
}
