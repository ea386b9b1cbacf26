// Package window owns the knowledge of windows: which one is active and what
// its title is, which one lies under a point, since when it is shown, which ones
// may be chosen to be recorded, and which parts of the screen must not be seen
// in a picture. It is a source of capture.Focus, and answers the other drivers'
// questions.
//
// It imports nothing of runreel but capture.
//
// Run holds two connections to the display server, and starts for each one
// goroutine that reads its events; they have ended when it returns. The second
// connection is for Around alone: between an answer on it and the events before
// that answer nothing can slip through. Choices has a connection of its own. The
// other methods start none.
package window
