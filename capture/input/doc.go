// Package input owns what the hands do: clicks, drags, scrolling and key
// chords, by the RECORD extension of the X server. Typing is never kept: of a
// key without Ctrl, Alt or Super nothing leaves this package but function keys,
// Shift with Insert or Delete, and the moments: of Enter and Tab, and that some
// other key went down, without which one.
//
// It imports nothing of runreel but capture.
//
// Run makes gestures of what comes in, and starts three goroutines: one reads
// and stamps the server's records, one takes the control connection's events,
// one emits in order. Beside them each click, drag, chord and scroll has
// goroutines of its own for as long as it waits for the answers of Windows,
// Locator and Frames. All have ended when Run returns, but for a call into one
// of those three that has outlived its time limit.
package input
