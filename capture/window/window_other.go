//go:build !linux

package window

import (
	"context"
	"time"

	"github.com/runreel/runreel/capture"
)

// desk is never made on systems without a driver.
type desk struct{}

func (*desk) at(capture.Point) (capture.Window, bool) { return capture.Window{}, false }
func (*desk) list() []capture.Window                  { return nil }
func (*desk) origin(uint32) (capture.Point, bool)     { return capture.Point{}, false }
func (*desk) shown(uint32) time.Duration              { return 0 }

// guard is never made on systems without a driver.
type guard struct{}

func (*guard) around(func()) ([]capture.Rect, bool) { return nil, false }

// Probe implements capture.Source: it returns ErrUnsupported.
func (s *Source) Probe(context.Context) error { return ErrUnsupported }

// Run implements capture.Source: it returns ErrUnsupported.
func (s *Source) Run(context.Context, capture.Emit) error { return ErrUnsupported }

// Choices returns ErrUnsupported.
func Choices(string, func(capture.Window) bool) ([]capture.Window, error) { return nil, ErrUnsupported }
