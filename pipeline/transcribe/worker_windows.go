package transcribe

import (
	"os"
	"os/exec"
	"syscall"
)

const belowNormalPriority = 0x00004000

// detach keeps a console's Ctrl-C from the worker: the recorder that is meant
// by it still has sound to transcribe. It also has the recording go first.
func detach(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{
		CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP | belowNormalPriority,
		HideWindow:    true,
	}
}

func lower(*os.Process) {}
