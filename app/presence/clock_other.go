//go:build !linux

package presence

import "time"

func suspended() time.Duration { return 0 }
