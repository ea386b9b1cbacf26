//go:build unix && !linux

package diskspace

import "golang.org/x/sys/unix"

// blockSize is what free blocks are counted in.
func blockSize(st *unix.Statfs_t) int64 { return int64(st.Bsize) }
