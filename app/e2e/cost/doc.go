// Package cost measures what a recording costs: the program and ffmpeg record
// the same scripted work on the same desktop, one after the other, and it
// prints processor time, memory and disk of both, and the ratios. It asserts
// nothing about time: figures of a shared machine are for reading.
//
// It imports nothing of runreel but capture/virtual, and drives the program as
// a person does. The recorders run as processes of their own, with one
// goroutine that samples them; all have ended when the test ends.
package cost
