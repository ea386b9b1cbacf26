package app

// Events is what App tells whoever shows it: the window. Its methods are called
// from several goroutines and must not block.
type Events interface {
	RecorderStatus(RecorderStatus)
	Level(peak float64) // of a monitored microphone, 0 to 1
	Job(Job)
	Alert(Fault) // of what a hotkey or the tray asked for
}

// noEvents is for the command line, which asks instead.
type noEvents struct{}

func (noEvents) RecorderStatus(RecorderStatus) {}
func (noEvents) Level(float64)                 {}
func (noEvents) Job(Job)                       {}
func (noEvents) Alert(Fault)                   {}
