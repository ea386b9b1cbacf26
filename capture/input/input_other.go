//go:build !linux

package input

import (
	"context"

	"github.com/runreel/runreel/capture"
)

// Probe implements capture.Source: it returns ErrUnsupported.
func (s *Source) Probe(context.Context) error { return ErrUnsupported }

// Run implements capture.Source: it returns ErrUnsupported.
func (s *Source) Run(context.Context, capture.Emit) error { return ErrUnsupported }
