package app

import "github.com/runreel/runreel/capture"

// RecorderAPI is what the window's recorder calls.
type RecorderAPI struct{ app *App }

// StartOptions say what to record.
type StartOptions struct {
	Title            string         `json:"title"`
	Microphone       string         `json:"microphone"` // id; "" the default one, "none" for no sound
	CountdownSeconds int            `json:"countdownSeconds"`
	Target           capture.Target `json:"target"`
}

// RecorderStatus is what the recorder does, for showing.
type RecorderStatus struct {
	State       string   `json:"state"`
	Session     string   `json:"session"`
	ElapsedMs   int64    `json:"elapsedMs"`
	CountdownMs int64    `json:"countdownMs"`
	Level       float64  `json:"level"` // peak of the microphone, 0 to 1
	Clicks      int      `json:"clicks"`
	Commands    int      `json:"commands"`
	Frames      int      `json:"frames"`
	Warnings    []string `json:"warnings"`
	Error       string   `json:"error"`
	// Troubles are what keeps a part from being recorded now.
	Troubles []Trouble `json:"troubles"`
	// Holds are why the recording is paused, beside the person's own pause.
	Holds []string `json:"holds"`
	// RemovedMs is how much "off the record" took away before this pause.
	RemovedMs int64 `json:"removedMs"`
	// Said are the last sentences, at most three, that were transcribed while
	// they were recorded, oldest first. The list is empty without a model, and
	// what was taken off the record leaves it at once. A sentence comes when a
	// pause or the length of speech lets the engine take it, some seconds
	// after it was said, and may still grow.
	Said []Said `json:"said"`
	// UnheardMs is how much sound waits to be transcribed. Up to half a minute
	// is usual while somebody speaks; more goes on after Stop, as a job.
	UnheardMs int64 `json:"unheardMs"`
	// Compact tells that the window is the small bar.
	Compact bool `json:"compact"`
}

// Preflight is what can be recorded, and what stands in the way.
type Preflight struct {
	Displays     []DisplayItem    `json:"displays"`
	Microphones  []MicrophoneItem `json:"microphones"`
	Checks       []Check          `json:"checks"`
	DefaultTitle string           `json:"defaultTitle"`
	FreeBytes    int64            `json:"freeBytes"`
	Hours        float64          `json:"hours"` // that fit into the free space, by a cautious estimate
	Windows      []WindowItem     `json:"windows"`
	Never        string           `json:"never"` // what is never recorded, in a sentence
}

// WindowItem is a window to choose. Its texts come from other programs.
type WindowItem struct {
	ID      uint32 `json:"id"`
	Title   string `json:"title"`
	Program string `json:"program"`
	W       int    `json:"w"`
	H       int    `json:"h"`
}

// DisplayItem is a display to choose.
type DisplayItem struct {
	Index int    `json:"index"`
	Name  string `json:"name"`
	X     int    `json:"x"`
	Y     int    `json:"y"`
	W     int    `json:"w"`
	H     int    `json:"h"`
}

// MicrophoneItem is a microphone to choose.
type MicrophoneItem struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	IsDefault bool   `json:"isDefault"`
	IsMonitor bool   `json:"isMonitor"` // records what this computer plays
}

// Preflight looks at what this machine can record.
func (r *RecorderAPI) Preflight() (Preflight, error) {
	return guard(r.app.log, "Preflight", func() (Preflight, error) { return r.app.Preflight(r.app.ctx) })
}

// Start begins a recording.
func (r *RecorderAPI) Start(o StartOptions) (RecorderStatus, error) {
	return guard(r.app.log, "Start", func() (RecorderStatus, error) {
		if err := r.app.StartRecording(r.app.ctx, o); err != nil {
			return RecorderStatus{}, err
		}
		return r.app.RecorderStatus(), nil
	})
}

// Pause stops the session clock.
func (r *RecorderAPI) Pause() error { return guardOnly(r.app.log, "Pause", r.app.recorder.Pause) }

// Resume goes on after Pause.
func (r *RecorderAPI) Resume() error { return guardOnly(r.app.log, "Resume", r.app.recorder.Resume) }

// Mark marks this moment.
func (r *RecorderAPI) Mark(text string) error {
	return guardOnly(r.app.log, "Mark", func() error { return r.app.Mark(text) })
}

// Stop ends the recording and begins its draft.
func (r *RecorderAPI) Stop() (RecorderStatus, error) {
	return guard(r.app.log, "Stop", func() (RecorderStatus, error) {
		_, err := r.app.StopRecording(r.app.ctx)
		return r.app.RecorderStatus(), err
	})
}

// OffTheRecord pauses, and removes the last seconds as the settings say.
func (r *RecorderAPI) OffTheRecord() error {
	return guardOnly(r.app.log, "OffTheRecord", func() error { return r.app.OffTheRecord(r.app.ctx, 0) })
}

// Expand makes the window large while it records, or small again.
func (r *RecorderAPI) Expand(large bool) error {
	return guardOnly(r.app.log, "Expand", func() error { r.app.face.expand(large); return nil })
}

// Room gives the bar room for a message of the window's own, or takes it back.
func (r *RecorderAPI) Room(more bool) error {
	return guardOnly(r.app.log, "Room", func() error { r.app.face.room(more); return nil })
}

// PickRegion lets the person draw a part of the screen.
func (r *RecorderAPI) PickRegion() (capture.Rect, error) {
	return guard(r.app.log, "PickRegion", func() (capture.Rect, error) { return r.app.PickRegion(r.app.ctx) })
}

// Discard ends the recording and removes it.
func (r *RecorderAPI) Discard() error {
	return guardOnly(r.app.log, "Discard", func() error { return r.app.recorder.Discard(r.app.ctx) })
}

// Status is what the recorder does now.
func (r *RecorderAPI) Status() (RecorderStatus, error) {
	return guard(r.app.log, "Status", func() (RecorderStatus, error) { return r.app.RecorderStatus(), nil })
}

// Monitor publishes the level of a microphone until StopMonitor or Start.
func (r *RecorderAPI) Monitor(device string) error {
	return guardOnly(r.app.log, "Monitor", func() error { return r.app.monitor.start(r.app.ctx, device) })
}

// StopMonitor ends Monitor.
func (r *RecorderAPI) StopMonitor() error {
	return guardOnly(r.app.log, "StopMonitor", func() error { r.app.monitor.stop(); return nil })
}
