//go:build !linux

package hotkey

import "context"

// Hotkeys are the keys that steer the recorder.
type Hotkeys struct{ done chan struct{} }

// New returns hotkeys that cannot be opened on this system.
func New(Options) *Hotkeys { return &Hotkeys{done: make(chan struct{})} }

// Open returns ErrUnsupported.
func (h *Hotkeys) Open(context.Context) error { return ErrUnsupported }

// Bind returns ErrClosed.
func (h *Hotkeys) Bind(Bindings) error { return ErrClosed }

// Conflicts returns nothing.
func (h *Hotkeys) Conflicts() []*Conflict { return nil }

// Done is never closed.
func (h *Hotkeys) Done() <-chan struct{} { return h.done }

// Close does nothing.
func (h *Hotkeys) Close() {}
