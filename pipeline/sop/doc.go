// Package sop owns the document that a recording becomes: its metadata,
// sections and steps, the inline markup of its texts, the edits that change it
// and their inverses, validation, and the named upgrades of its schema.
//
// It does no I/O, starts no goroutine, and imports nothing of runreel. Its JSON
// is the schema that `runreel show --json` prints: the fields of Document, and
// for the step that has a number, its number in print under "numbers".
//
// Schema 2 added, all of them optional: "parameters" of the document; "review"
// of a step; "class", "production", "productionBy", "context" and "inferred" of
// a command; "source" and "rule" of a callout. Documents of schema 1 are read
// as if these were empty.
package sop
