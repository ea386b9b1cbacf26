//go:build !unix

package terminal

import "context"

// Shell is not supported on this system: it returns ErrUnsupported.
func Shell(context.Context, ShellOptions) (exit int, err error) { return 1, ErrUnsupported }
