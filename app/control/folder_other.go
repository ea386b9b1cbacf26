//go:build !unix

package control

import "net"

func privateFolder(string) error { return ErrUnsupported }

func noListener(error) bool { return true }

func checkPeer(*net.UnixConn) error { return ErrUnsupported }

// alive is not asked for where a locked file cannot be read.
func alive(int) bool { return true }
