// Package demo owns the scripted deployment: it starts a virtual desktop,
// deploys a small real service on it while a voice explains, records that with
// the ordinary recorder, exports the draft, and compares the draft with the
// script's own account of what it did.
//
// It runs this program for everything that a person would run it for, and
// imports no driver and no store. It starts one goroutine that waits for each of
// the programs it starts, and the service serves each request on one of its own.
package demo
