// Package notice shows a message of the desktop: that a recording started, or
// ended and why.
//
// It speaks to org.freedesktop.Notifications on the session bus, through
// esiqveland/notify, and imports nothing of runreel. It starts no goroutine of
// its own while nothing is shown; godbus keeps one for the connection.
package notice
