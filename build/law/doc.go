// Package law holds the import law: which package may know which, and how the
// source is laid out. Its test checks the whole repository, so that a wrong
// import fails with the sentence that says why.
//
// Packages lie along the data flow, and imports point upstream only: a package
// may know what feeds it, never what it feeds.
//
// It imports nothing of runreel and starts no goroutine.
package law
