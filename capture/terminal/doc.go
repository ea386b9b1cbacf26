// Package terminal records what shells ran: the line, folder, host, user,
// start, length, exit status and, through Shell, the output.
//
// There are two ways in. Hook gives a script for a running shell; it appends
// records to the spool, a private folder that exists only while a recording
// runs, and the Source tails it. Shell runs a shell of its own in a
// pseudo-terminal; the integration there marks the stream with OSC 133 and OSC
// 633, a Parser takes the marks out again and turns them into Reports, which
// the program hands to the Source of the running recorder.
//
// A hook's times are of the wall clock. Each record carries the time since the
// machine's start beside it, so that a clock that is set meanwhile moves nothing.
//
// It imports capture alone of runreel.
//
// A Source starts no goroutine: Run is its only one. Shell starts five (input,
// window size, reports, one that waits for the shell and one for the end of
// its context) and has ended all of them when it returns.
package terminal
