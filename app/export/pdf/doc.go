// Package pdf writes a document as a tagged PDF: title block, table of
// contents, bookmarks, numbered pages, embedded fonts, figures that stay with
// their step, and code that copies cleanly.
//
// Text is shaped by HarfBuzz (in Go) and set with three fonts that are part of
// the program. A glyph that they lack comes from the fonts of the system, found
// by fontconfig: its outline or, for emoji, its picture is embedded, and the
// text underneath stays the character itself. A character that no font has is
// written as its number, such as [U+10FFFF].
//
// A command that is too long for the page is broken where it fits best. The
// arrow at the end of such a line is a drawing, not text, and the whole command
// is kept as the replacement text of its lines, so that readers which honour it
// copy one line.
//
// Of runreel it imports app/export and pipeline/sop. It starts no goroutine of
// its own; fontconfig runs as a child process with a time limit.
package pdf
