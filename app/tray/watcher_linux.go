package tray

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/godbus/dbus/v5"
)

// watcherName is the bus name of the program that holds the tray's icons.
const watcherName = "org.kde.StatusNotifierWatcher"

// awaitTray returns when there is a tray: a panel may start after runreel.
func awaitTray(ctx context.Context, log *slog.Logger) error {
	conn, err := dbus.ConnectSessionBus()
	if err != nil {
		return fmt.Errorf("session bus: %w", err)
	}
	defer conn.Close()
	signals := make(chan *dbus.Signal, 8)
	conn.Signal(signals)
	if err := conn.AddMatchSignalContext(ctx, dbus.WithMatchSender("org.freedesktop.DBus"), dbus.WithMatchInterface("org.freedesktop.DBus"),
		dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, watcherName)); err != nil {
		return fmt.Errorf("session bus: %w", err)
	}
	for {
		var there bool
		if err := conn.BusObject().CallWithContext(ctx, "org.freedesktop.DBus.NameHasOwner", 0, watcherName).Store(&there); err != nil {
			return fmt.Errorf("session bus: %w", err)
		}
		if there {
			return nil
		}
		log.Debug("no tray yet")
		select {
		case <-ctx.Done():
			return ctx.Err()
		case _, ok := <-signals:
			if !ok {
				return fmt.Errorf("session bus: %w", dbus.ErrClosed)
			}
		}
	}
}
