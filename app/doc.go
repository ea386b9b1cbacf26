// Package app owns the wiring of runreel: it makes the store, the recorder, the
// sources, the speech engine and the exporters, opens and closes them in order,
// and offers them to the window as bound APIs and to the command line as
// methods of App.
//
// It is the only package that imports Wails, the drivers in capture and the
// whisper engine, and fault.go is the only place where errors become sentences.
//
// Goroutines: where the process may record, one that serves the control socket,
// one that publishes the recorder's status, one that shows notifications, one for
// the hotkeys and with a window one for the tray, and one for each thing chosen
// there; while something is recorded, one that watches for lock and sleep and one
// that watches the disk; one for each job (the
// transcription and draft of a session), one that transcribes a session while it
// is recorded, and one while a microphone is monitored.
// Close awaits these. Doctor has one for each check, which it awaits itself; a
// file manager that was opened and a dialog that tells why the start failed have
// one that Close does not await.
package app
