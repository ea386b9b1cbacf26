// Package pdffile writes PDF files: numbered objects, streams, text strings,
// subsets of TrueType fonts, and the tree of structure elements that makes a
// file accessible. It follows ISO 32000-1 (PDF 1.7) and knows nothing of what
// the file says.
//
// It imports nothing of runreel and starts no goroutine.
package pdffile
