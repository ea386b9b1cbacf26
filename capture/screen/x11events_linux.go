package screen

import (
	"fmt"
	"io"

	"github.com/jezek/xgb"
	"github.com/jezek/xgb/damage"
	"github.com/jezek/xgb/randr"
	"github.com/jezek/xgb/xproto"
)

// xgb looks the events and errors of extensions up in two maps that all
// connections of a process share without a lock, and the Init of an extension
// writes to them: calling it while another connection reads is a data race that
// can end the process, and an error that is not in the map leaves its request
// waiting for ever. So the numbers that the protocol reserves for extensions
// are filled in once, while packages are initialised and no connection exists,
// and Init is never called here. The numbers differ between servers; each
// connection compares them with what its own server told.
var _ = registerExtensions()

const (
	firstExtEvent = 64 // X protocol, "Event Format": 64 to 127 are for extensions
	lastExtEvent  = 127
	firstExtError = 128 // X protocol, "Error Format": 128 to 255 are for extensions
	lastExtError  = 255
)

func registerExtensions() bool {
	// Its notes would go to the standard error of a program that reports by
	// itself what failed.
	xgb.Logger.SetOutput(io.Discard)
	for i := firstExtEvent; i <= lastExtEvent; i++ {
		xgb.NewEventFuncs[i] = func(b []byte) xgb.Event { return rawEvent(b) }
	}
	for i := firstExtError; i <= lastExtError; i++ {
		xgb.NewErrorFuncs[i] = func(b []byte) xgb.Error { return rawError(b) }
	}
	return true
}

// rawEvent is an event of an extension: 32 bytes.
type rawEvent []byte

func (e rawEvent) Bytes() []byte  { return e }
func (e rawEvent) String() string { return fmt.Sprintf("extension event %d", e.code()) }
func (e rawEvent) code() byte     { return e[0] &^ 0x80 }

// rawError is an error of an extension: 32 bytes.
type rawError []byte

func (e rawError) SequenceId() uint16 { return xgb.Get16(e[2:]) }
func (e rawError) BadId() uint32      { return xgb.Get32(e[4:]) }
func (e rawError) Error() string {
	return fmt.Sprintf("extension error %d in request %d.%d", e[1], e[10], xgb.Get16(e[8:]))
}

// drawn tells whether ev says that something was drawn. Another package of the
// process may have registered the extension's own types.
func (x *x11) drawn(ev xgb.Event) bool {
	switch ev := ev.(type) {
	case rawEvent:
		return x.hasDamage && ev.code() == x.damageEvent
	case damage.NotifyEvent:
		return x.hasDamage
	}
	return false
}

// moved tells whether ev says that displays may have changed.
func (x *x11) moved(ev xgb.Event) bool {
	switch ev := ev.(type) {
	case rawEvent:
		// RandR has two events: ScreenChangeNotify and Notify.
		return x.hasRandR && (ev.code() == x.randrEvent || ev.code() == x.randrEvent+1)
	case randr.ScreenChangeNotifyEvent, randr.NotifyEvent:
		return true
	case xproto.ConfigureNotifyEvent:
		return ev.Window == x.root
	}
	return false
}
