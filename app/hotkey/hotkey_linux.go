package hotkey

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/xproto"
)

// Hotkeys are the keys that steer the recorder. The methods may be called by
// several goroutines.
type Hotkeys struct {
	opts Options
	log  *slog.Logger
	done chan struct{}

	mu        sync.Mutex
	conn      *xgb.Conn // nil while closed
	root      xproto.Window
	keyboard  keyboard
	bindings  Bindings
	grabs     []grab // what the server has given us
	conflicts []*Conflict
}

// grab is a key with modifiers that the server hands to us alone.
type grab struct {
	action Action
	code   byte
	state  uint16
}

// New returns hotkeys that do nothing before Open.
func New(o Options) *Hotkeys {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Changed == nil {
		o.Changed = func([]*Conflict) {}
	}
	return &Hotkeys{opts: o, log: o.Log, done: make(chan struct{})}
}

// Open connects to the display server. Where programs cannot have global
// hotkeys, as on Wayland, its error is ErrUnsupported. It is called once.
func (h *Hotkeys) Open(context.Context) error {
	if h.opts.Display == "" && (os.Getenv("WAYLAND_DISPLAY") != "" || os.Getenv("XDG_SESSION_TYPE") == "wayland") {
		return fmt.Errorf("open hotkeys: %w", ErrUnsupported)
	}
	conn, err := xgb.NewConnDisplay(h.opts.Display)
	if err != nil {
		return fmt.Errorf("open hotkeys: %w: %w", ErrNoDisplay, err)
	}
	keys, err := readKeyboard(conn)
	if err != nil {
		conn.Close()
		return fmt.Errorf("open hotkeys: %w", err)
	}
	h.mu.Lock()
	h.conn, h.root, h.keyboard = conn, xproto.Setup(conn).DefaultScreen(conn).Root, keys
	h.mu.Unlock()
	go h.read(conn)
	return nil
}

// Done is closed when the hotkeys have ended, by Close or because the display
// server went away.
func (h *Hotkeys) Done() <-chan struct{} { return h.done }

// Close gives the keys back and waits for the goroutine.
func (h *Hotkeys) Close() {
	h.mu.Lock()
	conn := h.conn
	h.conn, h.grabs, h.conflicts = nil, nil, nil
	h.mu.Unlock()
	if conn == nil {
		return
	}
	conn.Close()
	<-h.done
}

// Bind takes the keys of b in place of those before. It takes what it can: its
// error joins a *Conflict for each action whose keys it could not have.
func (h *Hotkeys) Bind(b Bindings) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.conn == nil {
		return fmt.Errorf("bind hotkeys: %w", ErrClosed)
	}
	h.bindings = make(Bindings, len(b))
	for action, keys := range b {
		h.bindings[action] = keys
	}
	if err := h.rebind(); err != nil {
		return fmt.Errorf("bind hotkeys: %w", err)
	}
	errs := make([]error, len(h.conflicts))
	for i, c := range h.conflicts {
		errs[i] = c
	}
	return errors.Join(errs...)
}

// Conflicts are the actions whose keys could not be had, as it is now.
func (h *Hotkeys) Conflicts() []*Conflict {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.conflicts)
}

// rebind gives all keys back and takes those of the bindings. h.mu is held.
func (h *Hotkeys) rebind() error {
	const anyKey = 0
	if err := xproto.UngrabKeyChecked(h.conn, anyKey, h.root, xproto.ModMaskAny).Check(); err != nil {
		return err
	}
	h.grabs, h.conflicts = nil, nil
	for _, action := range order(h.bindings) {
		if err := h.bind(action, h.bindings[action]); err != nil {
			return err
		}
	}
	return nil
}

// order are the actions of b, ours first.
func order(b Bindings) []Action {
	all := Actions()
	var others []Action
	for a := range b {
		if !slices.Contains(all, a) {
			others = append(others, a)
		}
	}
	slices.Sort(others)
	return append(all, others...)
}

// bind takes the keys of one action, or none of them. h.mu is held.
func (h *Hotkeys) bind(action Action, keys Keys) error {
	if keys == (Keys{}) {
		return nil
	}
	wanted := h.keyboard.grabs(action, keys)
	if len(wanted) == 0 {
		h.conflicts = append(h.conflicts, &Conflict{action, keys, ErrNoKey})
		return nil
	}
	for _, g := range wanted {
		if slices.ContainsFunc(h.grabs, func(o grab) bool { return o.code == g.code && o.state == g.state }) {
			h.conflicts = append(h.conflicts, &Conflict{action, keys, ErrTwice})
			return nil
		}
	}
	cookies := make([]xproto.GrabKeyCookie, len(wanted))
	for i, g := range wanted {
		cookies[i] = xproto.GrabKeyChecked(h.conn, false, h.root, g.state, xproto.Keycode(g.code), xproto.GrabModeAsync, xproto.GrabModeAsync)
	}
	var failed error
	taken := false
	for _, c := range cookies {
		err := c.Check()
		if _, ok := err.(xproto.AccessError); ok {
			taken = true
		} else if err != nil {
			failed = err
		}
	}
	switch {
	case failed != nil:
		return failed
	case !taken:
		h.grabs = append(h.grabs, wanted...)
		return nil
	}
	h.conflicts = append(h.conflicts, &Conflict{action, keys, ErrTaken})
	for _, g := range wanted {
		xproto.UngrabKey(h.conn, xproto.Keycode(g.code), h.root, g.state)
	}
	return nil
}

// read takes the server's events until the connection ends.
func (h *Hotkeys) read(conn *xgb.Conn) {
	defer close(h.done)
	held := map[byte]bool{}
	var released xproto.KeyReleaseEvent
	for {
		ev, xerr := conn.WaitForEvent()
		switch e := ev.(type) {
		case nil:
			if xerr == nil {
				h.lost(conn)
				return
			}
			h.log.Warn("hotkeys", "err", xerr)
		case xproto.KeyPressEvent:
			// A key that repeats comes up and goes down in one millisecond.
			repeats := held[byte(e.Detail)] || released.Detail == e.Detail && released.Time == e.Time
			held[byte(e.Detail)] = true
			if action, ok := h.action(e); ok && !repeats {
				h.opts.Fire(action)
			}
		case xproto.KeyReleaseEvent:
			released = e
			delete(held, byte(e.Detail))
		case xproto.MappingNotifyEvent:
			if e.Request != xproto.MappingPointer {
				clear(held)
				h.remap()
			}
		}
	}
}

// lost notes that the server went away.
func (h *Hotkeys) lost(conn *xgb.Conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.conn == conn {
		h.log.Warn("hotkeys: the display server went away")
		h.conn, h.grabs = nil, nil
	}
}

// action is the one whose keys went down.
func (h *Hotkeys) action(e xproto.KeyPressEvent) (Action, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	const modifiers = 0xff
	for _, g := range h.grabs {
		if g.code == byte(e.Detail) && g.state&^h.keyboard.locks == e.State&modifiers&^h.keyboard.locks {
			return g.action, true
		}
	}
	return "", false
}

// remap takes the keys anew where the change of the keyboard map moved them.
func (h *Hotkeys) remap() {
	h.mu.Lock()
	changed, conflicts := h.remapLocked()
	h.mu.Unlock()
	if changed {
		h.opts.Changed(conflicts)
	}
}

func (h *Hotkeys) remapLocked() (changed bool, conflicts []*Conflict) {
	if h.conn == nil {
		return false, nil
	}
	keys, err := readKeyboard(h.conn)
	if err != nil {
		h.log.Warn("hotkeys keep the keyboard map", "err", err)
		return false, nil
	}
	before := h.keyboard
	h.keyboard = keys
	moved := before.locks != keys.locks
	for action, k := range h.bindings {
		moved = moved || !slices.Equal(before.grabs(action, k), keys.grabs(action, k))
	}
	if !moved {
		return false, nil // programs that type a text change the map for each letter of it
	}
	old := h.conflicts
	if err := h.rebind(); err != nil {
		h.log.Warn("hotkeys after a change of the keyboard map", "err", err)
		return false, nil
	}
	same := slices.EqualFunc(old, h.conflicts, func(a, b *Conflict) bool { return *a == *b })
	return !same, slices.Clone(h.conflicts)
}
