// Package capture owns the words of recording: a session and its clock, the
// events on it, the sources that produce them, and the Recorder that runs the
// sources and hands what they emit to one writer.
//
// It imports nothing of runreel, and neither a database, a network, a user
// interface nor cgo: drivers live in the folders below it, storage in app.
//
// A Recorder starts one goroutine per source and one writer while a recording
// runs, and has ended all of them when Stop or Discard returns. Nothing else
// in this package starts a goroutine.
package capture
