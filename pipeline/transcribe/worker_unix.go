//go:build unix

package transcribe

import (
	"os"
	"os/exec"
	"syscall"
)

// detach keeps a terminal's Ctrl-C from the worker: the recorder that is meant
// by it still has sound to transcribe.
func detach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// niceness leaves a worker what a busy machine does not need: it runs while the
// recording does.
const niceness = 15

// lower has the recording go first. Where the system refuses, the worker runs
// like any other process.
func lower(p *os.Process) { _ = syscall.Setpriority(syscall.PRIO_PGRP, p.Pid, niceness) }
