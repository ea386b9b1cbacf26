package input

import (
	"bytes"
	"encoding/binary"
	"testing"
)

func authority(family uint16, fields ...string) []byte {
	b := binary.BigEndian.AppendUint16(nil, family)
	for _, f := range fields {
		b = append(binary.BigEndian.AppendUint16(b, uint16(len(f))), f...)
	}
	return b
}

func TestFindCookie(t *testing.T) {
	data := authority(256, "other", "0", cookieProtocol, "aaaaaaaaaaaaaaaa")
	data = append(data, authority(256, "here", "1", cookieProtocol, "bbbbbbbbbbbbbbbb")...)
	data = append(data, authority(65535, "", "", cookieProtocol, "cccccccccccccccc")...)
	for _, c := range []struct{ host, number, want string }{
		{"other", "0", "aaaaaaaaaaaaaaaa"}, {"here", "1", "bbbbbbbbbbbbbbbb"}, {"here", "2", "cccccccccccccccc"},
	} {
		if got := findCookie(data, c.host, c.number); string(got) != c.want {
			t.Errorf("%s:%s: %q", c.host, c.number, got)
		}
	}
	if got := findCookie(data[:40], "here", "1"); got != nil {
		t.Errorf("cut short: %q", got)
	}
}

func FuzzFindCookie(f *testing.F) {
	f.Add(authority(256, "here", "1", cookieProtocol, "bbbbbbbbbbbbbbbb"), "here", "1")
	f.Add([]byte{1, 0, 0xff, 0xff, 'x'}, "", "")
	f.Fuzz(func(t *testing.T, data []byte, host, number string) {
		if got := findCookie(data, host, number); !bytes.Contains(data, got) {
			t.Errorf("cookie %q is not of the file", got)
		}
	})
}

func TestParseDisplay(t *testing.T) {
	for name, want := range map[string]string{
		":0": "unix /tmp/.X11-unix/X0", ":97.1": "unix /tmp/.X11-unix/X97", "unix:3": "unix /tmp/.X11-unix/X3",
		"box:10.0": "tcp box:6010", "tcp/box:1": "tcp box:6001", "/tmp/launch/x:0": "unix /tmp/launch/x:0",
	} {
		network, address, _, _, err := parseDisplay(name)
		if got := network + " " + address; got != want || err != nil {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
	for _, name := range []string{"", "0", ":", ":x", ":-1", ":99999"} {
		if _, _, _, _, err := parseDisplay(name); err == nil {
			t.Errorf("%q is a display", name)
		}
	}
}
