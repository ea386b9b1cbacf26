// Package tray shows the recorder's state as an icon in the desktop's tray, with
// a menu to use it: a StatusNotifierItem (freedesktop.org, implemented by KDE,
// Xfce, MATE, Cinnamon, and by GNOME with an extension), through fyne.io/systray.
//
// It imports nothing of runreel. Run works in its caller's goroutine and starts
// one for each item of the menu; the library keeps some for D-Bus. The library
// has one icon for a process, so Run may be called once.
package tray
