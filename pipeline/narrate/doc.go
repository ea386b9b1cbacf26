// Package narrate puts what was said on the steps that it is about, and tells
// what it is for: an instruction, a warning, a prerequisite, a way back.
//
// It is pure: it imports nothing of runreel but capture, does no I/O, asks for
// no time and starts no goroutine.
package narrate
