// Package sop owns the document that a recording becomes: its metadata,
// sections and steps, the inline markup of its texts, the edits that change it
// and their inverses, validation, and the named upgrades of its schema.
//
// It does no I/O, starts no goroutine, and imports nothing of runreel. Its JSON
// is the schema that `runreel show --json` prints.
package sop
