// Package uitree owns what programs tell of their user interface: the element
// under the pointer with its name and role, its states after a click, and what
// a text field held when it was left. On Linux it asks by AT-SPI over D-Bus.
//
// It imports nothing of runreel but capture.
//
// # Names
//
// An element is the part that a person acts on, with the path of what holds it
// (File, Save as), the column of a table cell, and the address of the page it
// is on. Of an address scheme, host and path are kept; user name, password, and
// values of query and fragment that look like secrets go (see cleanAddress),
// and of data: and the like nothing is kept. A name is told only where it is
// certain that it was there when the button went down: none is better than the
// wrong one. Whoever is told none falls back to the place in the window.
//
// What programs cannot tell:
//   - GTK 4 gives no place to its popovers. They are found by the size of their
//     window; where two open ones have the same size, or an item would be another
//     one a few pixels further, there is no name. Buttons without a label have a
//     class for a name, and so none.
//   - Chromium and programs on it tell nothing without
//     --force-renderer-accessibility, terminals nothing but that they are one.
//   - Windows of X programs without a toolkit (xterm, Tk) are not known at all.
//
// # Typed text
//
// A text is read from its field when the keyboard leaves it, or Enter goes down
// in a field of one line; never key by key. A Secret text has no value: of
// passwords, also where they are shown meanwhile; of fields named like one
// (isSecretName); of kinds of fields that are not known; and of fields that had
// the keyboard, or changed, while nothing was recorded or in a part that was
// taken off the record. Of texts longer than 8192 characters only the edited
// part is read. What Scope does not take is not looked at. Terminals are no
// fields.
//
// # Programs that do not behave
//
// One that does not answer in 0.12 s is left alone for a while, and costs the
// others nothing. Trees, names and events are read up to fixed limits. When
// the accessibility bus goes away, Run waits half a minute for it, and tells
// the gap; a registry that is started anew is asked for events again.
//
// Run starts goroutines that each end before it returns: one looks up what lies
// under the resting pointer, one keeps the field that has the keyboard, one
// waits for the pictures of texts and emits them, and one for a moment when the
// registry comes back. Locate, Settled, Hover, Enter and Typed start none.
package uitree
