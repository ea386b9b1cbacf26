//go:build unix

package diskspace

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// Free is the number of bytes that this user may still write where dir lies. A
// symbolic link stands for what it leads to.
func Free(dir string) (int64, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, fmt.Errorf("free space at %s: %w", dir, err)
	}
	return int64(st.Bavail) * blockSize(&st), nil
}
