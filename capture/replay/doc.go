// Package replay is the text twin of a session's event log: a header line, then
// one JSON line per event. Fixtures are kept in it, sessions are handed on in
// it, and a Source plays it back to a recorder.
//
// It imports the words of capture and nothing else of runreel. It starts no
// goroutine.
package replay
