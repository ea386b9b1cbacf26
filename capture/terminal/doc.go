// Package terminal records what shells ran: the line, folder, host, user,
// start, length, exit status and, through Shell, the output. The shells are
// bash from 4.4, zsh and fish.
//
// There are two ways in. Hook gives a script for a running shell; it appends
// records to the spool, a private folder that exists only while a recording
// runs, and the Source tails it: a shell cannot write to a socket without
// starting a process, and an append to a file never waits for a reader. Shell
// runs a shell of its own in a pseudo-terminal; the integration there marks the
// stream with OSC 133 and OSC 633, a Parser takes the marks out again and turns
// them into Reports, which the program hands to the Source of the running
// recorder. What that shell shows, without the marks and never what is typed,
// goes through the spool as well, and the Source stores it in pieces of
// asciicast v3.
//
// Line is the line as the shell's history has it. Typed is known of zsh, of
// bash in Shell where line and expansion fit on the screen, and never of fish,
// which expands as one types. A line with a leading space is not recorded, nor
// is its output in the cast.
//
// Commands of a shell within a command, behind ssh, sudo -i, docker exec or in
// tmux, are exact where that shell speaks OSC 133 or 633; what a nested local
// shell reports through its own hook is exact as well. Otherwise the line is
// read off the screen when Enter was pressed, and marked as Inferred. Only
// then, and only in commands that start such shells, do marks without the nonce
// count.
//
// A hook's times are of the wall clock. Each record carries the time since the
// machine's start beside it, so that a clock that is set meanwhile moves
// nothing. Fish knows no clock, and gives the latter alone.
//
// It imports capture alone of runreel.
//
// A Source starts no goroutine: Run is its only one. Shell starts five (input,
// window size, reports, one that waits for the shell and one for the end of
// its context) and has ended all of them when it returns.
package terminal
