// Package hotkey owns the keys that steer the recorder from anywhere on the
// desktop: what they are called, what they are bound to, and that the X server
// hands them to this program alone.
//
// It imports nothing of runreel, and knows no recorder: it calls a function.
//
// Open starts one goroutine, which reads the server's events and calls
// Options.Fire. It has ended when Close returns, or when Done is closed because
// the server went away.
package hotkey
