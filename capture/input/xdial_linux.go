package input

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// dial opens a bare connection to an X server and completes its set-up (X11
// protocol, section 8). The connection that records is read without xgb,
// which delivers one reply to a request, while EnableContext has many.
func dial(display string) (net.Conn, error) {
	if display == "" {
		display = os.Getenv("DISPLAY")
	}
	network, address, host, number, err := parseDisplay(display)
	if err != nil {
		return nil, err
	}
	conn, err := net.Dial(network, address)
	if err != nil {
		return nil, fmt.Errorf("open display %q: %w: %w", display, ErrNoDisplay, err)
	}
	if err := shakeHands(conn, cookie(host, number)); err != nil {
		conn.Close()
		return nil, fmt.Errorf("open display %q: %w", display, err)
	}
	return conn, nil
}

// parseDisplay reads a display name, [protocol/][host]:number[.screen] or the
// path of a socket.
func parseDisplay(display string) (network, address, host, number string, err error) {
	i := strings.LastIndexByte(display, ':')
	if i < 0 {
		return "", "", "", "", fmt.Errorf("display name %q: %w", display, ErrNoDisplay)
	}
	host, number = display[:i], display[i+1:]
	number, _, _ = strings.Cut(number, ".")
	n, err := strconv.Atoi(number)
	if err != nil || n < 0 || n > 65535-6000 {
		return "", "", "", "", fmt.Errorf("display name %q: %w", display, ErrNoDisplay)
	}
	if strings.HasPrefix(host, "/") {
		return "unix", host + ":" + number, "", number, nil
	}
	if _, after, ok := strings.Cut(host, "/"); ok {
		host = after
	}
	if host == "" || host == "unix" {
		return "unix", "/tmp/.X11-unix/X" + number, "", number, nil
	}
	return "tcp", net.JoinHostPort(host, strconv.Itoa(6000+n)), host, number, nil
}

const cookieProtocol = "MIT-MAGIC-COOKIE-1"

// cookie finds the secret of a display in the user's authority file; nothing
// where there is none, which local servers may accept.
func cookie(host, number string) []byte {
	name := os.Getenv("XAUTHORITY")
	if name == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return nil
		}
		name = filepath.Join(home, ".Xauthority")
	}
	f, err := os.Open(name)
	if err != nil {
		return nil
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, 1<<20))
	if err != nil {
		return nil
	}
	if host == "" || host == "localhost" {
		host, _ = os.Hostname()
	}
	return findCookie(data, host, number)
}

// findCookie reads an authority file: entries of family, address, display
// number, protocol and secret, each a big-endian length with its bytes (Xau,
// file format).
func findCookie(data []byte, host, number string) []byte {
	const familyLocal, familyWild = 256, 65535
	for len(data) >= 2 {
		family := binary.BigEndian.Uint16(data)
		data = data[2:]
		var field [4]string
		for i := range field {
			if len(data) < 2 {
				return nil
			}
			n := int(binary.BigEndian.Uint16(data))
			if len(data) < 2+n {
				return nil
			}
			field[i], data = string(data[2:2+n]), data[2+n:]
		}
		here := family == familyWild || family == familyLocal && field[0] == host
		if here && (field[1] == "" || field[1] == number) && field[2] == cookieProtocol {
			return []byte(field[3])
		}
	}
	return nil
}

func shakeHands(conn io.ReadWriter, secret []byte) error {
	name := cookieProtocol
	if len(secret) == 0 {
		name = ""
	}
	req := []byte{'l', 0, 11, 0, 0, 0}
	req = binary.LittleEndian.AppendUint16(req, uint16(len(name)))
	req = binary.LittleEndian.AppendUint16(req, uint16(len(secret)))
	req = append(req, 0, 0)
	req = append(padded(append(req, name...)), secret...)
	if _, err := conn.Write(padded(req)); err != nil {
		return fmt.Errorf("greet the X server: %w", err)
	}
	var head [8]byte
	if _, err := io.ReadFull(conn, head[:]); err != nil {
		return fmt.Errorf("greet the X server: %w", err)
	}
	body := make([]byte, 4*int(binary.LittleEndian.Uint16(head[6:])))
	if _, err := io.ReadFull(conn, body); err != nil {
		return fmt.Errorf("greet the X server: %w", err)
	}
	switch head[0] {
	case 1:
		return nil
	case 0:
		reason := body[:min(int(head[1]), len(body))]
		return fmt.Errorf("the X server refused: %w: %q", ErrNoDisplay, reason)
	}
	return errors.New("the X server asks for an unknown authentication")
}

func padded(b []byte) []byte {
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}
