package app

// RecorderAPI is what the window's recorder calls.
type RecorderAPI struct{ app *App }

// StartOptions say what to record.
type StartOptions struct {
	Title            string `json:"title"`
	Display          int    `json:"display"`    // index, -1 all
	Microphone       string `json:"microphone"` // id; "" the default one, "none" for no sound
	CountdownSeconds int    `json:"countdownSeconds"`
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
}

// Preflight is what can be recorded, and what stands in the way.
type Preflight struct {
	Displays     []DisplayItem    `json:"displays"`
	Microphones  []MicrophoneItem `json:"microphones"`
	Checks       []Check          `json:"checks"`
	DefaultTitle string           `json:"defaultTitle"`
	FreeBytes    int64            `json:"freeBytes"`
	Hours        float64          `json:"hours"` // that fit into the free space, by a cautious estimate
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
	return guardOnly(r.app.log, "Mark", func() error { return r.app.recorder.Mark(text) })
}

// Stop ends the recording and begins its draft.
func (r *RecorderAPI) Stop() (RecorderStatus, error) {
	return guard(r.app.log, "Stop", func() (RecorderStatus, error) {
		_, err := r.app.StopRecording(r.app.ctx)
		return r.app.RecorderStatus(), err
	})
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
