package control

import (
	"fmt"
	"os"
	"path/filepath"
)

// maxPath is the longest path of a socket: sun_path of sockaddr_un holds 108
// bytes with its end on Linux, 104 elsewhere.
const maxPath = 107

// Folder returns the private folder for what lives while runreel runs:
// $XDG_RUNTIME_DIR/runreel, or run in the data folder where there is no
// runtime folder. It need not exist.
func Folder(dataDir string) string {
	if dir := os.Getenv("XDG_RUNTIME_DIR"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "runreel")
	}
	return filepath.Join(dataDir, "run")
}

// Path returns the path of the control socket.
func Path(dataDir string) string { return filepath.Join(Folder(dataDir), "control.sock") }

// checkPath refuses a path that the system would cut off.
func checkPath(path string) error {
	if len(path) > maxPath {
		return &PathError{Path: path, Reason: fmt.Sprintf("the path has %d bytes, a socket's may have %d", len(path), maxPath)}
	}
	return nil
}
