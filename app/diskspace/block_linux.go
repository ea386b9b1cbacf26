package diskspace

import "golang.org/x/sys/unix"

// blockSize is what free blocks are counted in. Where it is another size than
// the one that is best for transfers, as on some network file systems, Linux
// tells it in f_frsize: statfs(2), statvfs(3).
func blockSize(st *unix.Statfs_t) int64 {
	if st.Frsize > 0 {
		return int64(st.Frsize)
	}
	return int64(st.Bsize)
}
