package notice

import (
	"context"
	"errors"
	"fmt"
	"html"
	"sync"
	"time"

	"github.com/esiqveland/notify"
	"github.com/godbus/dbus/v5"
)

// ErrUnavailable says that no program of the desktop shows messages.
var ErrUnavailable = errors.New("the desktop shows no notifications")

// limit bounds a call: a desktop may start its notification program for it.
const limit = 3 * time.Second

// Board shows one message at a time; a new one takes the place of the last. It
// is safe for concurrent use. The zero Board uses the session bus of the
// environment.
type Board struct {
	Address string // of the session bus; "" is the one of the environment

	mu   sync.Mutex
	conn *dbus.Conn
	last uint32 // id of what is shown
}

// Show shows a message for some time, after which the desktop takes it away;
// 0 leaves the time to the desktop. Both texts are plain.
func (b *Board) Show(ctx context.Context, title, text string, d time.Duration) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	conn, err := b.connect()
	if err != nil {
		return err
	}
	n := notify.Notification{
		AppName: "Runreel", AppIcon: "runreel", ReplacesID: b.last,
		// The body may hold markup (Desktop Notifications Specification 1.2,
		// "Markup"), so that plain text is escaped.
		Summary: title, Body: html.EscapeString(text),
		ExpireTimeout: notify.ExpireTimeoutSetByNotificationServer,
	}
	if d > 0 {
		n.ExpireTimeout = d
	}
	// What a recorder says of itself need not stay in a history.
	n.AddHint(notify.Hint{ID: "transient", Variant: dbus.MakeVariant(true)})
	var id uint32
	err = within(ctx, func() (err error) {
		id, err = notify.SendNotification(conn, n)
		return err
	})
	if err != nil {
		b.forget()
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	b.last = id
	return nil
}

// Hide takes away what is shown.
func (b *Board) Hide(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.conn == nil || b.last == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	call := b.conn.Object("org.freedesktop.Notifications", "/org/freedesktop/Notifications").
		CallWithContext(ctx, "org.freedesktop.Notifications.CloseNotification", 0, b.last)
	b.last = 0
	if call.Err != nil {
		return fmt.Errorf("hide notification: %w", call.Err)
	}
	return nil
}

// Close ends the connection. What is shown stays until its time is over.
func (b *Board) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.forget()
}

func (b *Board) connect() (*dbus.Conn, error) {
	if b.conn != nil {
		return b.conn, nil
	}
	var err error
	if b.Address == "" {
		b.conn, err = dbus.ConnectSessionBus()
	} else {
		b.conn, err = dbus.Connect(b.Address)
	}
	if err != nil {
		b.conn = nil
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	return b.conn, nil
}

// forget drops the connection, so that the next message tries a new one.
func (b *Board) forget() {
	if b.conn != nil {
		_ = b.conn.Close() // it is not used again
	}
	b.conn, b.last = nil, 0
}

// within bounds a call that takes no context.
func within(ctx context.Context, call func() error) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- call() }()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}
