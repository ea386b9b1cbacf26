package terminal

import (
	"time"

	"golang.org/x/sys/unix"
)

// machineEpoch is when the machine started, by the wall clock as it is set now:
// it moves when that is set, and never else.
func machineEpoch() time.Time {
	var up unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_BOOTTIME, &up); err != nil {
		return time.Time{}
	}
	return time.Now().Round(0).Add(-time.Duration(up.Nano()))
}
