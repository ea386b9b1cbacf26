package capture

import "time"

// Session is one recording: what the store keeps about it beside its events.
type Session struct {
	ID      string        `json:"id"`
	Title   string        `json:"title"`
	Started time.Time     `json:"started"` // wall clock
	Length  time.Duration `json:"length"`  // on the session clock; grows while it records
	State   SessionState  `json:"state"`
	Host    string        `json:"host,omitempty"`
	User    string        `json:"user,omitempty"`
	Home    string        `json:"home,omitempty"`
	System  string        `json:"system,omitempty"` // such as "Debian GNU/Linux 12"
}

// SessionState tells how far a stored session is.
type SessionState string

// The states of a stored session. One that is still Recording while no
// recorder runs was cut off, and is recovered at the next start.
const (
	SessionRecording SessionState = "recording"
	SessionFinished  SessionState = "finished"
	SessionRecovered SessionState = "recovered"
)

// Segment is one piece of transcribed speech, on the session clock.
type Segment struct {
	Start time.Duration `json:"start"`
	End   time.Duration `json:"end"`
	Text  string        `json:"text"`
}
