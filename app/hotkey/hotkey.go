package hotkey

import (
	"errors"
	"fmt"
	"log/slog"
)

// Errors of this package, to be found with errors.Is.
var (
	// ErrUnsupported tells that programs cannot have global hotkeys here.
	ErrUnsupported = errors.New("this desktop lets no program have global hotkeys: in its keyboard settings, bind keys to the commands " +
		"\"runreel toggle\", \"runreel pause\" and \"runreel mark\"")
	// ErrNoDisplay tells that no display server answers.
	ErrNoDisplay = errors.New("no X display answers: set DISPLAY, or log in to an X11 session")
	// ErrTaken is the reason of a Conflict: another program holds the keys.
	ErrTaken = errors.New("another program on this desktop has them")
	// ErrNoKey is the reason of a Conflict: the keyboard has no such key.
	ErrNoKey = errors.New("this keyboard has no such key")
	// ErrTwice is the reason of a Conflict: an action before it has them.
	ErrTwice = errors.New("they are bound to another action too")
	// ErrClosed is what Bind wraps before Open, after Close, and after the
	// display server went away.
	ErrClosed = errors.New("hotkeys are not open")
)

// Conflict is the error of an action whose keys could not be had.
type Conflict struct {
	Action Action
	Keys   Keys
	Reason error // ErrTaken, ErrNoKey or ErrTwice
}

// Error implements error.
func (c *Conflict) Error() string {
	return fmt.Sprintf("hotkey %s for %s: %v", c.Keys, c.Action, c.Reason)
}

// Unwrap gives the reason.
func (c *Conflict) Unwrap() error { return c.Reason }

// Options configures Hotkeys. Fire is required.
type Options struct {
	Display string       // "" is $DISPLAY
	Log     *slog.Logger // nil discards
	// Fire is called when the keys of an action go down, once until they come
	// up. It is called by one goroutine, which takes no further key before it
	// returns, so it hands on what may take long. It must not call Close.
	Fire func(Action)
	// Changed is called by the same goroutine after a change of the keyboard
	// map made other conflicts; nil is nobody.
	Changed func([]*Conflict)
}
