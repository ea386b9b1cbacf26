package presence

import (
	"time"

	"golang.org/x/sys/unix"
)

// suspended is how far CLOCK_BOOTTIME is ahead of CLOCK_MONOTONIC: by the time
// that the system was suspended (clock_gettime(2)).
func suspended() time.Duration {
	var boot, mono unix.Timespec
	if unix.ClockGettime(unix.CLOCK_MONOTONIC, &mono) != nil || unix.ClockGettime(unix.CLOCK_BOOTTIME, &boot) != nil {
		return 0
	}
	return time.Duration(boot.Nano() - mono.Nano())
}
