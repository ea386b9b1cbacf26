package diskspace

import (
	"fmt"

	"golang.org/x/sys/windows"
)

// Free is the number of bytes that this user may still write where dir lies.
func Free(dir string) (int64, error) {
	p, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, fmt.Errorf("free space at %s: %w", dir, err)
	}
	var free uint64
	if err := windows.GetDiskFreeSpaceEx(p, &free, nil, nil); err != nil {
		return 0, fmt.Errorf("free space at %s: %w", dir, err)
	}
	return int64(free), nil
}
