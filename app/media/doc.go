// Package media owns the folders of the sessions: the pictures and the sound
// that events name, one folder per session.
//
// A file's name is the hash of its bytes, so it never changes, is stored once,
// and can be checked. A file appears whole and durable or not at all. Everything
// goes through one os.Root, and names are checked before: no name from outside
// reaches another file.
//
// It imports the words of capture, and never database/sql, Wails or a driver. It
// starts no goroutine.
package media
