//go:build !linux

package terminal

import "time"

// machineEpoch is not known here: hooks tell no uptime either.
func machineEpoch() time.Time { return time.Time{} }
