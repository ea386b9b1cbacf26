//go:build powerloss

package crash

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

const (
	imageSize = 256 << 20
	// ext4's own way to stop as if the power had gone: EXT4_IOC_SHUTDOWN with
	// EXT4_GOING_FLAGS_NOLOGFLUSH. Nothing reaches the device after it.
	ext4Shutdown = 0x8004587d
	noLogFlush   = 2
)

// TestPowerLoss does what TestCrash does, on a file system of its own, and cuts
// it off instead of only killing the child: what was not synced is gone, and the
// file system comes back by its journal.
func TestPowerLoss(t *testing.T) {
	h := newHarness(t)
	dir := t.TempDir()
	image, mounted := filepath.Join(dir, "image"), filepath.Join(dir, "mounted")
	if err := os.WriteFile(image, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(image, imageSize); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(mounted, 0o700); err != nil {
		t.Fatal(err)
	}
	run := func(name string, args ...string) {
		if out, err := exec.Command(name, args...).CombinedOutput(); err != nil {
			t.Fatalf("%s %v: %v\n%s", name, args, err, out)
		}
	}
	run("mkfs.ext4", "-q", "-F", image)
	run("mount", "-o", "loop", image, mounted)
	t.Cleanup(func() { run("umount", mounted) })
	h.base = mounted
	h.cut = func() {
		f, err := os.Open(mounted)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := unix.IoctlSetPointerInt(int(f.Fd()), ext4Shutdown, noLogFlush); err != nil {
			t.Fatalf("cut the power: %v", err)
		}
	}
	h.restore = func() {
		run("umount", mounted)
		run("mount", "-o", "loop", image, mounted)
	}
	h.unpacked = syscall.Sync
	h.run(t)
}
