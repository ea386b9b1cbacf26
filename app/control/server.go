package control

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"
)

const (
	// idleLimit is how long a connection may say nothing.
	idleLimit = 10 * time.Second
	// sendLimit is for one response.
	sendLimit = 5 * time.Second
	// maxClients is how many connections are served at once.
	maxClients = 64
)

// Options are what a Server needs.
type Options struct {
	Path string        // of the socket, as Path gives it
	Log  *slog.Logger  // nil discards
	Idle time.Duration // how long a connection may say nothing; 0 is 10 s
}

// Server listens on the control socket.
type Server struct {
	path     string
	log      *slog.Logger
	idle     time.Duration
	lock     *Held
	listener *net.UnixListener
	once     sync.Once
}

// Listen makes the socket. A socket that a dead process left is replaced;
// where a live one listens it returns a *HeldError. Close undoes it.
func Listen(ctx context.Context, opts Options) (*Server, error) {
	if err := checkPath(opts.Path); err != nil {
		return nil, err
	}
	dir := filepath.Dir(opts.Path)
	if err := privateFolder(dir); err != nil {
		return nil, err
	}
	// The lock is the truth about who runs: a dead process holds none, and two
	// that start at once cannot both remove the socket.
	lock, err := take(opts.Path+".lock", opts.Path)
	if err != nil {
		return nil, err
	}
	l, err := listen(ctx, opts.Path)
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	s := &Server{path: opts.Path, log: opts.Log, idle: opts.Idle, lock: lock, listener: l}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.idle == 0 {
		s.idle = idleLimit
	}
	return s, nil
}

// listen replaces what a dead process left at path.
func listen(ctx context.Context, path string) (*net.UnixListener, error) {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
	case err != nil:
		return nil, fmt.Errorf("check control socket: %w", err)
	case info.Mode().Type() != os.ModeSocket:
		return nil, &PathError{Path: path, Reason: "something else has its name"}
	default:
		if err := os.Remove(path); err != nil {
			return nil, fmt.Errorf("remove old control socket: %w", err)
		}
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "unix", path)
	if err != nil {
		return nil, fmt.Errorf("listen on control socket: %w", err)
	}
	// The folder is closed to others, so nobody came in before this.
	if err := os.Chmod(path, 0o600); err != nil {
		l.Close()
		return nil, fmt.Errorf("close control socket to others: %w", err)
	}
	return l.(*net.UnixListener), nil
}

// Path is where the socket is.
func (s *Server) Path() string { return s.path }

// Serve answers requests until ctx ends or Close is called, and returns nil
// then. It waits for the requests that are being handled.
func (s *Server) Serve(ctx context.Context, h Handler) error {
	ctx, cancel := context.WithCancel(ctx)
	var group sync.WaitGroup
	defer group.Wait()
	defer cancel()
	stop := context.AfterFunc(ctx, func() { s.listener.Close() })
	defer stop()
	slots := make(chan struct{}, maxClients)
	for {
		conn, err := s.listener.AcceptUnix()
		if errors.Is(err, net.ErrClosed) {
			return nil
		}
		if err != nil {
			if !s.wait(ctx, err) {
				return nil
			}
			continue
		}
		select {
		case slots <- struct{}{}:
		default:
			conn.Close() // the client sees that and may come again
			continue
		}
		group.Go(func() {
			defer func() { <-slots }()
			defer conn.Close()
			hangUp := context.AfterFunc(ctx, func() { _ = conn.SetReadDeadline(time.Now()) })
			defer hangUp()
			if err := s.talk(ctx, conn, h); err != nil {
				s.log.Warn("control connection", "err", err)
			}
		})
	}
}

// wait lets a passing shortage, such as of file descriptors, go by.
func (s *Server) wait(ctx context.Context, err error) bool {
	s.log.Warn("accept control connection", "err", err)
	select {
	case <-ctx.Done():
		return false
	case <-time.After(100 * time.Millisecond):
		return true
	}
}

// talk answers the requests of one connection.
func (s *Server) talk(ctx context.Context, conn *net.UnixConn, h Handler) error {
	if err := checkPeer(conn); err != nil {
		return err
	}
	for ctx.Err() == nil {
		if err := conn.SetReadDeadline(time.Now().Add(s.idle)); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return nil
		}
		var req Request
		err := readMessage(conn, &req)
		if errors.Is(err, io.EOF) || errors.Is(err, os.ErrDeadlineExceeded) {
			return nil
		}
		if err != nil {
			_ = s.send(conn, Response{Err: &Error{Code: "control.request", Message: "The request cannot be understood", Help: "Use the same version of runreel on both ends."}})
			return err
		}
		if err := s.send(conn, s.answer(ctx, req, h)); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) send(conn *net.UnixConn, r Response) error {
	if err := conn.SetWriteDeadline(time.Now().Add(sendLimit)); err != nil {
		return err
	}
	return writeMessage(conn, r)
}

// answer makes a response of whatever the handler returns.
func (s *Server) answer(ctx context.Context, req Request, h Handler) Response {
	if err := req.check(); err != nil {
		return Response{Err: &Error{Code: "control.request", Message: err.Error(), Help: "Use the same version of runreel on both ends."}}
	}
	resp, err := h.Control(ctx, req)
	if err == nil {
		return resp
	}
	if e, ok := errors.AsType[*Error](err); ok {
		resp.Err = e
	} else {
		resp.Err = &Error{Code: "unknown", Message: err.Error()}
	}
	return resp
}

// Close ends Serve and removes the socket.
func (s *Server) Close() error {
	var err error
	s.once.Do(func() {
		err = s.listener.Close() // removes the socket
		if errors.Is(err, net.ErrClosed) {
			err = nil
		}
		err = errors.Join(err, s.lock.Close())
	})
	if err != nil {
		return fmt.Errorf("close control socket: %w", err)
	}
	return nil
}
