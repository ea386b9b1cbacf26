// Package exporttest has what the tests of every format share: a document that
// uses every field, a long one, texts that attack an exporter, and figures drawn
// on the spot. Only tests import it.
//
// Of runreel it imports app/export and pipeline/sop. It starts no goroutine.
package exporttest
