package app

import (
	"bufio"
	"os"
	"strings"
)

// system names this system as /etc/os-release does (freedesktop.org's
// os-release).
func system() string {
	f, err := os.Open("/etc/os-release")
	if err != nil {
		return "Linux"
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if v, ok := strings.CutPrefix(s.Text(), "PRETTY_NAME="); ok {
			return strings.Trim(v, `"'`)
		}
	}
	return "Linux"
}

func fileManager(path string) (string, []string) { return "xdg-open", []string{path} }
