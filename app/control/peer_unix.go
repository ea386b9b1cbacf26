//go:build unix

package control

import (
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
)

// checkPeer refuses a peer that is not the same user.
func checkPeer(c *net.UnixConn) error {
	raw, err := c.SyscallConn()
	if err != nil {
		return fmt.Errorf("check peer: %w", err)
	}
	var uid uint32
	var uidErr error
	err = raw.Control(func(fd uintptr) { uid, uidErr = peerUser(int(fd)) })
	if err := errors.Join(err, uidErr); err != nil {
		return fmt.Errorf("check peer: %w", err)
	}
	if int(uid) != os.Geteuid() {
		return fmt.Errorf("peer is user %d", uid)
	}
	return nil
}

// alive tells whether there is a process of that number.
func alive(pid int) bool {
	err := syscall.Kill(pid, 0)
	return err == nil || errors.Is(err, syscall.EPERM)
}
