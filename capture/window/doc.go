// Package window owns the knowledge of windows: which one is active and what
// its title is, which one lies under a point, and since when it is shown. It
// is a source of capture.Focus, and answers the other drivers' questions.
//
// It imports nothing of runreel but capture.
//
// Run starts one goroutine that reads the display server's events, and has
// ended it when it returns. The other methods start none.
package window
