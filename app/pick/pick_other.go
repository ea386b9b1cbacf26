//go:build !linux

package pick

import (
	"context"

	"github.com/runreel/runreel/capture"
)

// Region returns ErrUnsupported.
func Region(context.Context, string) (capture.Rect, error) { return capture.Rect{}, ErrUnsupported }
