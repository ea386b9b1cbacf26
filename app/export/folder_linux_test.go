package export

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestFullDisk fills a real file system of 256 KiB, which this test mounts in a
// child process with mounts of its own.
func TestFullDisk(t *testing.T) {
	const inside = "RUNREEL_TEST_FULL_DISK"
	if os.Getenv(inside) != "" {
		fillDisk(t)
		return
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestFullDisk$", "-test.v")
	cmd.Env = append(os.Environ(), inside+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
	if os.Geteuid() != 0 {
		cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestFullDisk") {
		t.Fatalf("%v\n%s", err, out)
	}
}

func fillDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=256k"); err != nil {
		t.Fatalf("mount a small file system: %v", err)
	}
	defer func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Errorf("unmount: %v", err)
		}
	}()
	big := strings.Repeat("x", 1<<20)
	if _, err := Folder(t.Context(), filepath.Join(dir, "doc"), fillWith("big", big)); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("folder: %v", err)
	}
	_, err := File(t.Context(), filepath.Join(dir, "doc.pdf"), func(w io.Writer) error {
		_, err := io.WriteString(w, big)
		return err
	})
	if !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("file: %v", err)
	}
	if list := entries(t, dir); len(list) != 0 {
		t.Errorf("left behind: %q", list)
	}
}
