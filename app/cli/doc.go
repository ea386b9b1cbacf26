// Package cli owns the command line: its commands, flags and what they print.
// It works on the same services as the window, which are in package app, and
// never imports Wails.
//
// It starts no goroutine but those that wait for a signal or a key.
package cli
