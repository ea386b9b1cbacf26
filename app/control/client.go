package control

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"time"
)

// Client talks to the running recorder. It is not safe for concurrent use.
type Client struct {
	conn *net.UnixConn
}

// Dial connects to the socket at path. Where nobody listens it returns
// ErrNotRunning.
func Dial(ctx context.Context, path string) (*Client, error) {
	if err := checkPath(path); err != nil {
		return nil, err
	}
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", path)
	if err != nil {
		if noListener(err) {
			return nil, ErrNotRunning
		}
		return nil, fmt.Errorf("connect to runreel: %w", err)
	}
	c := &Client{conn: conn.(*net.UnixConn)}
	if err := checkPeer(c.conn); err != nil {
		conn.Close()
		return nil, fmt.Errorf("connect to runreel: %w", err)
	}
	return c, nil
}

// Do asks and waits for the answer until ctx ends. What the recorder refused
// comes as an *Error, with the response beside it; a recorder that went away
// as ErrNotRunning.
func (c *Client) Do(ctx context.Context, r Request) (Response, error) {
	deadline, _ := ctx.Deadline()
	if err := c.conn.SetDeadline(deadline); err != nil {
		return Response{}, fmt.Errorf("ask runreel: %w", err)
	}
	stop := context.AfterFunc(ctx, func() { _ = c.conn.SetDeadline(time.Now()) })
	defer stop()
	resp, err := c.exchange(r)
	if err != nil {
		if ctx.Err() != nil {
			return Response{}, fmt.Errorf("ask runreel: %w", ctx.Err())
		}
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return Response{}, fmt.Errorf("ask runreel: %w", context.DeadlineExceeded)
		}
		if hungUp(err) {
			return Response{}, ErrNotRunning
		}
		return Response{}, fmt.Errorf("ask runreel: %w", err)
	}
	if resp.Err != nil {
		return resp, resp.Err
	}
	return resp, nil
}

func (c *Client) exchange(r Request) (resp Response, err error) {
	if err := writeMessage(c.conn, r); err != nil {
		return resp, err
	}
	err = readMessage(c.conn, &resp)
	return resp, err
}

func hungUp(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET)
}

// Close ends the connection.
func (c *Client) Close() error { return c.conn.Close() }
