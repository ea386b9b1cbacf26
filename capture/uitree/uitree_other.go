//go:build !linux

package uitree

import (
	"context"
	"time"

	"github.com/runreel/runreel/capture"
)

// Source is there on every system; on this one it cannot run.
type Source struct{}

func newSource(Options) *Source { return &Source{} }

// Probe implements capture.Source: it returns ErrUnsupported.
func (s *Source) Probe(context.Context) error { return ErrUnsupported }

// Run implements capture.Source: it returns ErrUnsupported.
func (s *Source) Run(context.Context, capture.Emit) error { return ErrUnsupported }

// Hover does nothing.
func (s *Source) Hover(capture.Point, time.Duration) {}

// Enter does nothing.
func (s *Source) Enter(time.Duration) {}

// Typed does nothing.
func (s *Source) Typed(time.Duration) {}

// Settled returns ErrUnsupported.
func (s *Source) Settled(context.Context, capture.Point, time.Duration) ([]string, error) {
	return nil, ErrUnsupported
}

// Locate returns ErrUnsupported.
func (s *Source) Locate(context.Context, capture.Point, time.Duration) (capture.Element, error) {
	return capture.Element{}, ErrUnsupported
}
