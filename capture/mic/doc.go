// Package mic is the source of sound: one microphone, recorded by miniaudio
// (through malgo) as 16 kHz mono in short WAV chunks.
//
// Audio time is session time: what is missing is filled with silence and
// reported as a gap, what a device delivers too much is cut. It never imports
// anything of runreel but capture.
//
// Run and Monitor start one goroutine per attempt to open the device, and
// miniaudio has a thread of its own that calls back; that callback copies, looks
// at the clock and never waits. All have ended when Run or Monitor returns,
// unless the sound server hangs in a call: such a call is given up on after
// some seconds and cleans up by itself when it returns.
package mic
