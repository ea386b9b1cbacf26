// Package whisper is the transcribe.Engine that runs whisper.cpp in this very
// process, over its Go bindings.
//
// A failed assertion in whisper.cpp ends the process, and the bindings keep
// callbacks in maps that are not locked. So a process holds one Engine, has it
// do one piece at a time, and does nothing else worth keeping: that is the
// transcription worker, which package transcribe starts.
//
// It imports nothing of runreel but capture and transcribe. It starts no
// goroutine; whisper.cpp has threads of its own while a piece is in work.
package whisper
