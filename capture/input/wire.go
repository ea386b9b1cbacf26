package input

import (
	"encoding/binary"
	"errors"
)

// The core events that are recorded (X11 protocol, appendix B).
const (
	keyPress      = 2
	keyRelease    = 3
	buttonPress   = 4
	buttonRelease = 5
	motionNotify  = 6

	mappingNotify = 34
	genericEvent  = 35
)

// The kinds of records in the replies to EnableContext (RECORD protocol 1.13,
// section 5).
const (
	fromServer  = 0
	startOfData = 4
	endOfData   = 5

	// Not of the protocol: events that all connections get.
	newMapping = 254 // the keyboard map changed
	noRecord   = 255
)

// recordHeader is the fixed size of a reply to EnableContext.
const recordHeader = 32

// maxRecord caps the data of one reply, which the server fills to some
// thousand bytes.
const maxRecord = 1 << 20

var errProtocol = errors.New("the X server sent what is no record")

// rawEvent is a core device event.
type rawEvent struct {
	kind   byte
	detail byte   // keycode or button
	time   uint32 // server time, milliseconds
	x, y   int    // on the root window
	state  uint16 // modifiers, buttons and keyboard group before the event
}

// parseHeader reads the header of a reply to EnableContext: the kind of record
// and the length of the data that follow. It is newMapping or noRecord for the
// events that the server sends to every connection; an X error is errProtocol.
func parseHeader(b []byte) (category byte, n int, err error) {
	if len(b) < recordHeader || b[0] == 0 {
		return 0, 0, errProtocol
	}
	const pointer = 2 // what a MappingNotify is about
	if b[0]&0x7f == mappingNotify && b[4] != pointer {
		return newMapping, 0, nil
	}
	if b[0] != 1 && b[0] != genericEvent {
		return noRecord, 0, nil
	}
	words := binary.LittleEndian.Uint32(b[4:])
	if words > maxRecord/4 {
		return 0, 0, errProtocol
	}
	if b[0] == genericEvent {
		return noRecord, int(words) * 4, nil
	}
	return b[1], int(words) * 4, nil
}

// parseEvents appends the device events in the data of a record to dst. The
// server has swapped them to our byte order, which is little-endian.
func parseEvents(dst []rawEvent, data []byte) []rawEvent {
	for len(data) >= 32 {
		e, size := data[:32], 32
		switch kind := e[0] & 0x7f; {
		case kind >= keyPress && kind <= motionNotify:
			dst = append(dst, rawEvent{
				kind:   kind,
				detail: e[1],
				time:   binary.LittleEndian.Uint32(e[4:]),
				x:      int(int16(binary.LittleEndian.Uint16(e[20:]))),
				y:      int(int16(binary.LittleEndian.Uint16(e[22:]))),
				state:  binary.LittleEndian.Uint16(e[28:]),
			})
		case kind == genericEvent:
			more := binary.LittleEndian.Uint32(e[4:])
			if more > maxRecord/4 {
				return dst
			}
			size += int(more) * 4
		}
		if size > len(data) {
			return dst
		}
		data = data[size:]
	}
	return dst
}
