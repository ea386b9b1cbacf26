//go:build !linux

package tray

import (
	"context"
	"errors"
	"log/slog"
)

func awaitTray(context.Context, *slog.Logger) error {
	return errors.New("not supported on this system yet")
}
