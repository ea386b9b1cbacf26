package control

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/runreel/runreel/capture"
)

// MaxMessage is the largest request or response, in bytes of JSON.
const MaxMessage = 1 << 20

// Errors that reach people.
var (
	// ErrNotRunning says that nobody listens: runreel does not run.
	ErrNotRunning = errors.New("runreel is not running")
	// ErrRunning is what every *HeldError is: another runreel runs already.
	ErrRunning = errors.New("runreel is already running")
	// ErrUnsupported says that there is no control socket on this system.
	ErrUnsupported = errors.New("controlling the recorder from the command line is not supported on this system yet")
)

// PathError says that a socket or its folder cannot be used.
type PathError struct {
	Path   string
	Reason string
}

// Error implements error.
func (e *PathError) Error() string { return fmt.Sprintf("control socket %s: %s", e.Path, e.Reason) }

// Verb is what a request asks for.
type Verb string

// The verbs.
const (
	Record    Verb = "record"     // start a recording, with Request.Record
	Pause     Verb = "pause"      //
	Resume    Verb = "resume"     //
	Toggle    Verb = "toggle"     // start a recording, with Request.Record, where none runs; else end it and keep it
	Mark      Verb = "mark"       // mark this place, with Request.Text
	OffRecord Verb = "off-record" // pause, and remove the last Request.Back of the recording
	Stop      Verb = "stop"       // end the recording and keep it
	Discard   Verb = "discard"    // end the recording and remove it
	Status    Verb = "status"     //
	Tell      Verb = "report"     // what a shell ran, with Request.Report
)

// Request is what a client asks. Only the fields of its verb are set.
type Request struct {
	Verb   Verb           `json:"verb"`
	Record *RecordOptions `json:"record,omitempty"`
	Text   string         `json:"text,omitempty"`
	Back   time.Duration  `json:"back,omitempty"` // nanoseconds; 0 is what the settings say
	Report *Report        `json:"report,omitempty"`
}

// check tells whether a request is one.
func (r Request) check() error {
	switch r.Verb {
	case Record, Toggle:
		if r.Record != nil && r.Record.Target != nil {
			return r.Record.Target.Validate()
		}
		return nil
	case Pause, Resume, Mark, Stop, Discard, Status:
		return nil
	case OffRecord:
		if r.Back < 0 {
			return errors.New("a time to remove that is negative")
		}
		return nil
	case Tell:
		if r.Report == nil || r.Report.ID == "" {
			return errors.New("a report without an ID")
		}
		return nil
	}
	return fmt.Errorf("unknown verb %.32q", r.Verb)
}

// RecordOptions are how to record. The zero value takes what the settings say.
type RecordOptions struct {
	Title     string          `json:"title,omitempty"`
	Target    *capture.Target `json:"target,omitempty"`    // what of the desktop; nil is what the settings say
	Display   *int            `json:"display,omitempty"`   // index of the only display; where there is no Target
	Mic       string          `json:"mic,omitempty"`       // name of a microphone, or "none"
	Countdown time.Duration   `json:"countdown,omitempty"` // before the recording begins
	Length    time.Duration   `json:"length,omitempty"`    // stop by itself after this; 0 never
}

// Report tells of one command of a shell. It has the fields of
// terminal.Report, and converts to it.
type Report struct {
	ID      string          `json:"id"`
	Done    bool            `json:"done,omitempty"`
	Command capture.Command `json:"command"`
	Start   time.Time       `json:"start"`
	End     time.Time       `json:"end,omitzero"`
}

// Response is the answer to a request.
type Response struct {
	State    capture.State `json:"state,omitempty"`
	Session  string        `json:"session,omitempty"`  // of the recording that runs, or just ended
	Document string        `json:"document,omitempty"` // of a recording that was stopped, once there is one
	Elapsed  time.Duration `json:"elapsed,omitempty"`  // on the session clock, nanoseconds
	Clicks   int           `json:"clicks,omitempty"`
	Commands int           `json:"commands,omitempty"`
	Frames   int           `json:"frames,omitempty"`
	Warnings []string      `json:"warnings,omitempty"` // sentences
	Holds    []string      `json:"holds,omitempty"`    // in state paused: what holds it, beside the person's own pause
	Err      *Error        `json:"error,omitempty"`    // why it was not done
}

// Error is a failure as people read it.
type Error struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Help    string `json:"help,omitempty"`
}

// Error implements error.
func (e *Error) Error() string {
	if e.Help == "" {
		return e.Message
	}
	return e.Message + ". " + e.Help
}

// Handler does what is asked. It is called from several goroutines, once for
// each request; ctx ends with the connection's patience or the server. An
// *Error in its error's chain is sent to the client as it is.
type Handler interface {
	Control(ctx context.Context, r Request) (Response, error)
}
