// Package virtual owns the virtual desktop that the demo and the tests record:
// an X server without a screen, and on it a window manager, a session bus, an
// accessibility bus and a sound server, each a real one, private to a folder.
//
// It imports nothing of runreel. Start runs one process per part and one
// goroutine that waits for each; Close ends and awaits them all.
package virtual
