// Package pipeline makes the draft of a document from a recording: Analyze
// orders the stages (detect, name, narrate) and turns their plain results into
// a sop.Document.
//
// It imports no database, network, Wails, driver, app or cgo. It starts no
// goroutine, asks for no time and does no I/O of its own: what it needs comes
// in with Recording and Options.
package pipeline
