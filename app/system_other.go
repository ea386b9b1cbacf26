//go:build !linux

package app

import "runtime"

func system() string { return runtime.GOOS + " " + runtime.GOARCH }

func fileManager(path string) (string, []string) {
	if runtime.GOOS == "windows" {
		return "explorer", []string{path}
	}
	return "open", []string{path}
}
