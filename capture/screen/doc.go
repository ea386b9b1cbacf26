// Package screen is the source of pictures: it watches displays, a window or a
// region, keeps the last few pictures in memory, and stores the ones that a
// document may show. What must not be seen is painted over before a picture is
// kept anywhere.
//
// It never imports anything of runreel but capture, and starts no process.
//
// On X11 it holds one connection and one shared memory segment (MIT-SHM). The
// DAMAGE extension tells when something was drawn, so an idle screen costs
// nothing. Elsewhere a timer takes pictures and compares them.
//
// Where Options.Apart says so, pictures are stored where something was done and
// else only now and then: most pictures of typing and output are never looked at,
// and they took most of what a recording takes on the disk.
//
// Run starts the goroutine of the loop that grabs and one per picture being
// stored, of which two encode at a time; on X11 also one that reads X events.
// All have ended when Run returns, but one case: a display server that answers
// no more is given up on, and what waits for it ends with its connection.
package screen
