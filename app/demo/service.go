package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Service is the program that the demo deploys: it answers /health and
// /version, and takes its version from the release that it was started with.
type Service struct {
	Dir  string // of the release; holds the file VERSION
	Port int
}

// Run serves until ctx ends. It listens on the loopback interface only.
func (s Service) Run(ctx context.Context) error {
	version, err := os.ReadFile(filepath.Join(s.Dir, "VERSION"))
	if err != nil {
		return fmt.Errorf("demo service: %w", err)
	}
	answer := func(key, value string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(map[string]string{key: value}) // a client that left needs no answer
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /health", answer("status", "ok"))
	mux.HandleFunc("GET /version", answer("version", strings.TrimSpace(string(version))))
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", s.Port))
	if err != nil {
		return fmt.Errorf("demo service: %w", err)
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() }) // Serve tells the end
	defer stop()
	if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("demo service: %w", err)
	}
	return nil
}

// freePort finds a port for the service.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
