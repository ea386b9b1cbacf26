// Package mic is the source of sound: one microphone, recorded by miniaudio
// (through malgo) as 16 kHz mono in short WAV chunks.
//
// Audio time is session time, to 50 ms: what is missing is filled with silence
// and reported as a gap, and a device whose clock is not the computer's has
// single samples dropped or put in. A device that is lost is opened again as
// soon as it is back; Options.Trouble is told when it is silent or gone. The
// package never imports anything of runreel but capture.
//
// Run and Monitor start one goroutine per attempt to open the device and one to
// close it, and miniaudio has a thread of its own that calls back; that
// callback copies, looks at the clock and never waits. All have ended when Run
// or Monitor returns, unless the sound server hangs in a call: such a call is
// given up on after some seconds and cleans up by itself when it returns.
package mic
