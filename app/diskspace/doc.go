// Package diskspace tells how much room is left where a folder lies, and watches
// it while something is recorded. It imports nothing of runreel and starts no
// goroutine: Watch runs in its caller's.
package diskspace
