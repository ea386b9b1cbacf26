// Package figure draws the pictures of a document: it cuts a frame to its crop,
// burns the redactions in and draws the marks over them.
//
// A rendered picture holds no pixel of what was redacted or cut away, and it is
// all that an exporter or the window ever gets. Frames come from outside (an
// imported video, a damaged folder), so they are measured before they are
// decoded, and every rectangle is cut to the frame.
//
// Of runreel it imports pipeline/sop alone; it starts no goroutine.
package figure
