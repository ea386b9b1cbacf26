// Package app owns the wiring of runreel: it makes the store, the recorder, the
// sources, the speech engine and the exporters, opens and closes them in order,
// and offers them to the window as bound APIs and to the command line as
// methods of App.
//
// It is the only package that imports Wails, the drivers in capture and the
// whisper engine, and fault.go is the only place where errors become sentences.
//
// Goroutines: one that serves the control socket, one for each job (the
// transcription and draft of a session), and while something is recorded or a
// microphone is monitored, one that publishes the status. Close awaits all of
// them.
package app
