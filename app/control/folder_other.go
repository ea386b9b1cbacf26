//go:build !unix

package control

import "net"

func privateFolder(string) error { return ErrUnsupported }

func noListener(error) bool { return true }

func checkPeer(*net.UnixConn) error { return ErrUnsupported }
