// Package e2e owns the tests of the whole program: the real binary on a real,
// virtual desktop. They are built with the tag e2e and run the binary that
// RUNREEL_BIN names.
//
// It is imported by nothing.
package e2e
