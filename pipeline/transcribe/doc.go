// Package transcribe turns the sound of a recording into pieces of text on the
// session clock.
//
// It owns the Engine interface, the search for speech in the sound, the cutting
// into pieces an engine can take, the way back from an engine's times to the
// session's, the clean-up of what engines make up on silence, the protocol
// between runreel and its transcription worker, and the check of a model file.
//
// It imports nothing of runreel but capture, and no cgo: whisper.cpp lies
// behind Engine in the folder below, and runs in a process of its own, since a
// failed assertion in it ends the process that it runs in.
//
// Recording and Stream work in the caller's goroutine. Serve starts one
// goroutine that reads; a Worker's process has one that keeps what it writes to
// standard error, and ends with it.
package transcribe
