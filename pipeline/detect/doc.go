// Package detect turns the events of a recording into candidate steps: what a
// reader of the document would have to do, one action each. It decides what
// belongs together (the clicks on the way to a menu item, the click that
// focuses a field and the text that it held when it was left) and what is no
// step at all (clicks into a terminal, menus closed again, a box ticked and
// cleared).
//
// It is pure: it imports nothing of runreel but capture, does no I/O, asks for
// no time and starts no goroutine. Names stay as the programs told them; package
// name words them.
package detect
