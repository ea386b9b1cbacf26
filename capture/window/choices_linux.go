package window

import (
	"fmt"
	"slices"

	"github.com/jezek/xgb/xproto"

	"github.com/runreel/runreel/capture"
)

// Choices returns the windows of an X display that a person may choose to
// record, topmost first: those that are shown and have a title, without panels,
// the desktop's own and those that hidden tells; nil hides none. "" is
// $DISPLAY. Titles come from outside and are hostile text. Where no display
// answers the error is ErrNoDisplay with the reason.
func Choices(display string, hidden func(capture.Window) bool) ([]capture.Window, error) {
	conn, err := connect(display)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	go func() { // answers wait behind events that nobody takes
		for {
			if ev, err := conn.WaitForEvent(); ev == nil && err == nil {
				return
			}
		}
	}()
	r, err := newReader(conn)
	if err != nil {
		return nil, err
	}
	ids, err := r.all()
	if err != nil {
		return nil, err
	}
	var choices []capture.Window
	for _, id := range slices.Backward(ids) {
		f, ok := r.read(id)
		if ok && r.choosable(f) && (hidden == nil || !hidden(f.window) && !slices.ContainsFunc(f.owners, hidden)) {
			choices = append(choices, f.window)
		}
	}
	return choices, nil
}

// all returns the windows that the window manager manages, lowest first, or
// without one the children of the root.
func (r *reader) all() ([]xproto.Window, error) {
	tree, err := xproto.QueryTree(r.conn, r.root).Reply()
	if err != nil {
		return nil, fmt.Errorf("list windows: %w: %w", ErrNoDisplay, err)
	}
	managed := r.longs(r.root, r.atoms.stacking, 4096)
	if len(managed) == 0 {
		return tree.Children, nil
	}
	ids := make([]xproto.Window, len(managed))
	for i, id := range managed {
		ids[i] = xproto.Window(id)
	}
	return ids, nil
}

func (r *reader) choosable(f facts) bool {
	return f.viewable && !f.inputOnly && !f.override && f.window.Title != "" &&
		!slices.Contains(f.kinds, uint32(r.atoms.dock)) && !slices.Contains(f.kinds, uint32(r.atoms.desktop))
}
