// Package sqlite owns the database of runreel: sessions with their events and
// speech, documents with their saved versions, their undo journal, and the
// full-text search over them.
//
// Everything is in one file. Writes go through one connection, so that they
// queue inside the process instead of failing; reads have a pool of their own
// and never wait for a write (write-ahead log). A commit has reached the disk
// when the method that made it returns (synchronous=FULL). Several processes
// may have the file open; they take turns to write.
//
// Bytes are not kept here: pictures and sound lie in folders that package media
// owns, and package session joins the two.
//
// An edit is durable at once, and in the search index two seconds after the last
// one, before the next search, at Close, or at the next Open: whichever comes
// first.
//
// It imports the words of capture and of pipeline/sop, and never Wails, a
// driver, a stage of the pipeline, or package app. After edits it has one
// goroutine, which indexes them; Close awaits it. Programs that use it are built
// with the tag sqlite_fts5.
package sqlite
