package uitree

import (
	"sync"
	"time"

	"github.com/runreel/runreel/capture"
)

// secrets knows the fields whose content must not be told: those that once
// showed a password, and those that had the keyboard, or changed, while
// nothing was recorded. Its methods may be called from any goroutine.
type secrets struct {
	clock *capture.Clock

	mu     sync.Mutex
	known  map[ref]bool
	filled map[ref]stay // when each field that was edited last had the keyboard
	full   bool         // more than can be kept: every field is taken for secret
}

// stay is the time that a field had the keyboard, on the session clock.
type stay struct{ from, to time.Duration }

// maxFields bounds what is known of fields. Programs make up their names.
const maxFields = 20_000

func newSecrets(c *capture.Clock) *secrets {
	return &secrets{clock: c, known: make(map[ref]bool), filled: make(map[ref]stay)}
}

func (s *secrets) add(r ref) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.known) >= maxFields {
		s.full = true
		return
	}
	s.known[r] = true
}

// fill notes that a field was edited.
func (s *secrets) fill(r ref, at stay) {
	secret := s.has(r) // what it held before may be void by now
	s.mu.Lock()
	defer s.mu.Unlock()
	if secret && len(s.known) < maxFields {
		s.known[r] = true
	}
	if len(s.filled) >= maxFields {
		s.full = true
		return
	}
	s.filled[r] = at
}

func (s *secrets) has(r ref) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.full || s.known[r] {
		return true
	}
	at, ok := s.filled[r]
	return ok && s.clock.Void(at.from, at.to)
}

// forget drops what is known of the fields of a program that ended.
func (s *secrets) forget(program string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for r := range s.known {
		if r.bus == program {
			delete(s.known, r)
		}
	}
	for r := range s.filled {
		if r.bus == program {
			delete(s.filled, r)
		}
	}
}

// renamed is what is known once no field has its name any more: where any was
// secret, all are.
func (s *secrets) renamed() *secrets {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := newSecrets(s.clock)
	n.full = s.full || len(s.known) > 0
	return n
}
