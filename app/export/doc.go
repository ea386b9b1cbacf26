// Package export owns what all formats share: the opener of rendered figures,
// the cleaning of text, the numbering of steps, safe file names, and a
// destination that is either there whole or not there at all.
//
// An exporter gets a document and Figures. Figures yields pictures with crop,
// marks and redactions burnt in, and nothing else, so that no format can leak
// what was redacted.
//
// Of runreel it imports pipeline/sop alone. Load starts goroutines and waits
// for them; nothing else here starts any.
package export
