// Package name words steps: what was acted on gets its label, and the step its
// imperative title. Labels come, in this order, from the accessible name, the
// label beside it, the description, the value, text read off the picture, and
// at last the place; each tells where it came from.
//
// Every name comes from outside and is cleaned: no control characters, nothing
// that turns the writing direction, one line, not longer than a title bears.
//
// It is pure: it imports nothing of runreel but capture, does no I/O, asks for
// no time and starts no goroutine. Reader is implemented elsewhere.
package name
