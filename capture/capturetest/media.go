package capturetest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/runreel/runreel/capture"
)

// Media is a capture.Media in memory. It remembers the order in which names
// were stored first. The zero Media is ready for use.
type Media struct {
	mu    sync.Mutex
	data  map[string][]byte
	names []string
	puts  int
	fault error
}

var _ capture.Media = (*Media)(nil)

// Put implements capture.Media.
func (m *Media) Put(ctx context.Context, dir, ext string, data []byte) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", fmt.Errorf("store %s: %w", dir, err)
	}
	if dir != "frames" && dir != "audio" && dir != "cast" {
		return "", fmt.Errorf("store in %q: want frames, audio or cast", dir)
	}
	if ext == "" || strings.HasPrefix(ext, ".") {
		return "", fmt.Errorf("store in %s: extension %q", dir, ext)
	}
	sum := sha256.Sum256(data)
	name := dir + "/" + hex.EncodeToString(sum[:]) + "." + ext

	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fault != nil {
		return "", fmt.Errorf("store %s: %w", name, m.fault)
	}
	m.puts++
	if _, ok := m.data[name]; ok {
		return name, nil
	}
	if m.data == nil {
		m.data = make(map[string][]byte)
	}
	m.data[name] = slices.Clone(data)
	m.names = append(m.names, name)
	return name, nil
}

// Get returns what is stored under name. The caller must not change it.
func (m *Media) Get(name string) ([]byte, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b, ok := m.data[name]
	return b, ok
}

// Names returns what is stored, in the order in which it came.
func (m *Media) Names() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.names)
}

// Puts returns how often Put stored or recognised bytes.
func (m *Media) Puts() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.puts
}

// Fail makes every later Put fail with err; nil ends that.
func (m *Media) Fail(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.fault = err
}
