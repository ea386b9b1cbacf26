//go:build !linux

package app

import "log/slog"

// keepAbove does nothing here: the bar is an ordinary window.
func keepAbove(*slog.Logger, bool) {}
