// Package diskspace tells how much room is left where a folder lies. It starts
// no goroutine and imports nothing of runreel.
package diskspace
