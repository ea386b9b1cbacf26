package input

import (
	"encoding/binary"
	"testing"
	"time"
)

// event encodes a core device event as the server does.
func event(e rawEvent) []byte {
	b := make([]byte, 32)
	b[0], b[1] = e.kind, e.detail
	binary.LittleEndian.PutUint32(b[4:], e.time)
	binary.LittleEndian.PutUint16(b[20:], uint16(int16(e.x)))
	binary.LittleEndian.PutUint16(b[22:], uint16(int16(e.y)))
	binary.LittleEndian.PutUint16(b[28:], e.state)
	return b
}

func TestParseEvents(t *testing.T) {
	want := []rawEvent{
		{kind: buttonPress, detail: 1, time: 0xfffffff0, x: -5, y: 700, state: 0x2010},
		{kind: keyPress, detail: 38, time: 7, x: 3000, y: 2, state: controlMask},
	}
	generic := make([]byte, 40)
	generic[0] = genericEvent
	binary.LittleEndian.PutUint32(generic[4:], 2)
	data := append(event(want[0]), generic...)
	data = append(append(data, event(want[1])...), 1, 2, 3)
	got := parseEvents(nil, data)
	if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
		t.Errorf("got %+v", got)
	}
}

func TestParseHeader(t *testing.T) {
	reply := make([]byte, recordHeader)
	reply[0], reply[1] = 1, startOfData
	if c, n, err := parseHeader(reply); c != startOfData || n != 0 || err != nil {
		t.Errorf("start of data: %d %d %v", c, n, err)
	}
	reply[1] = fromServer
	binary.LittleEndian.PutUint32(reply[4:], 16)
	if c, n, err := parseHeader(reply); c != fromServer || n != 64 || err != nil {
		t.Errorf("data: %d %d %v", c, n, err)
	}
	binary.LittleEndian.PutUint32(reply[4:], 1<<30)
	if _, _, err := parseHeader(reply); err == nil {
		t.Error("four gigabytes of data are believed")
	}
	reply[0], reply[4] = mappingNotify, 1 // its bytes 4 to 7 are no length
	if c, n, err := parseHeader(reply); c != newMapping || n != 0 || err != nil {
		t.Errorf("new keyboard map: %d %d %v", c, n, err)
	}
	reply[4] = 2
	if c, n, err := parseHeader(reply); c != noRecord || n != 0 || err != nil {
		t.Errorf("new order of buttons: %d %d %v", c, n, err)
	}
	reply[0] = 0
	if _, _, err := parseHeader(reply); err == nil {
		t.Error("an X error is no error")
	}
	if _, _, err := parseHeader(reply[:31]); err == nil {
		t.Error("a short header is no error")
	}
}

func FuzzParseEvents(f *testing.F) {
	f.Add(event(rawEvent{kind: keyPress, detail: 9, time: 1, x: 1, y: 2, state: 3}))
	f.Add(append(make([]byte, 33), event(rawEvent{kind: motionNotify})...))
	generic := make([]byte, 64)
	generic[0], generic[7] = genericEvent, 0xff
	f.Add(generic)
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, n, err := parseHeader(data); err == nil && (n < 0 || n > maxRecord) {
			t.Errorf("length %d", n)
		}
		got := parseEvents(nil, data)
		if len(got) > len(data)/32 {
			t.Errorf("%d events of %d bytes", len(got), len(data))
		}
		for _, e := range got {
			if e.kind < keyPress || e.kind > motionNotify {
				t.Errorf("event of kind %d", e.kind)
			}
			if again := parseEvents(nil, event(e)); len(again) != 1 || again[0] != e {
				t.Errorf("%+v does not survive: %+v", e, again)
			}
		}
	})
}

func TestStamps(t *testing.T) {
	var s stamper
	base := time.Now()
	at := func(server uint32, delay time.Duration) time.Duration {
		now := base.Add(time.Duration(server-1000)*time.Millisecond + delay)
		return s.stamp(server, now).Sub(base)
	}
	if got := at(1000, 20*time.Millisecond); got != 20*time.Millisecond {
		t.Errorf("first event: %v", got)
	}
	if got := at(1100, time.Millisecond); got != 101*time.Millisecond {
		t.Errorf("prompt record: %v", got)
	}
	if got := at(1200, 300*time.Millisecond); got != 201*time.Millisecond {
		t.Errorf("late record: %v", got)
	}
	if got := at(1300, time.Hour); got != 300*time.Millisecond+time.Hour {
		t.Errorf("after a jump of the clocks: %v", got)
	}
}
