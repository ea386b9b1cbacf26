// Package capture owns the words of recording: a session and its clock, the
// events on it, the sources that produce them, and the Recorder that runs the
// sources and hands what they emit to one writer.
//
// It imports nothing of runreel, and neither a database, a network, a user
// interface nor cgo: drivers live in the folders below it, storage in app.
//
// While a recording runs, a Recorder has one goroutine for each source, one
// writer, and one that ends the recording when the writer fails; a countdown has
// a timer, and probing has one goroutine for each source. They have ended when
// Stop or Discard returns, but for a source that does not return within 15
// seconds: it is left behind, and what it emits is dropped.
package capture
