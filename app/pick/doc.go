// Package pick lets a person draw a region on the screen with the mouse.
//
// It speaks X11 over jezek/xgb and imports nothing of runreel but capture, for
// its Rect. Region works in its caller's goroutine; xgb keeps two for the
// connection while it runs.
package pick
