//go:build unix

package virtual

import (
	"os/exec"
	"syscall"
)

// ownGroup lets what a part starts be ended with it.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

func signalGroup(cmd *exec.Cmd, s syscall.Signal) {
	_ = syscall.Kill(-cmd.Process.Pid, s) // a group that is gone needs no signal
}
