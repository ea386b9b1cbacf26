// Package presence tells when nobody may be recorded: the screen is locked, or
// the machine goes to sleep.
//
// It listens on D-Bus: to logind (org.freedesktop.login1) on the system bus, and
// to the screen savers of the common desktops on the session bus. Lockers that
// are on neither, such as a plain i3lock, are not seen here; their windows are on
// the recorder's deny list. Where there is no logind a sleep is noticed
// afterwards, by two clocks of the system that differ in it.
//
// It imports nothing of runreel. Watch runs in its caller's goroutine; godbus
// keeps one goroutine for each of the two connections.
package presence
