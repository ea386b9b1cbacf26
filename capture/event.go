package capture

import (
	"encoding/json"
	"fmt"
	"time"
)

// Kind names what an event tells. The names are stored and printed: they never
// change their meaning.
type Kind string

// The kinds of events.
const (
	KindClick   Kind = "click"
	KindDrag    Kind = "drag"
	KindChord   Kind = "chord"
	KindText    Kind = "text"
	KindScroll  Kind = "scroll"
	KindFocus   Kind = "focus"
	KindCommand Kind = "command"
	KindFrame   Kind = "frame"
	KindAudio   Kind = "audio"
	KindMark    Kind = "mark"
	KindPause   Kind = "pause"
	KindGap     Kind = "gap"
	KindCast    Kind = "cast"
)

// Event is one recorded fact on the session clock.
type Event struct {
	// Seq orders the log. The recorder's writer assigns it, from 1, without
	// holes. Events are written in the order of their arrival, which is not
	// always that of At: a click waits for the name of what was clicked.
	Seq int64
	// At is when it happened, on the session clock (see Clock), stamped at
	// capture.
	At time.Duration
	// Fact is what happened.
	Fact Fact
}

// Fact is the content of an event: exactly one of Click, Drag, Chord, Text,
// Scroll, Focus, Command, Frame, Audio, Mark, Pause, Gap and Cast, as a value
// and never as a pointer.
type Fact interface {
	Kind() Kind
}

// Point is a place on the X screen (all displays together), in pixels.
type Point struct {
	X int `json:"x"`
	Y int `json:"y"`
}

// Rect is a part of the X screen, in pixels. The zero Rect means unknown.
type Rect struct {
	X int `json:"x"`
	Y int `json:"y"`
	W int `json:"w"`
	H int `json:"h"`
}

// Empty tells whether r holds no pixel.
func (r Rect) Empty() bool { return r.W <= 0 || r.H <= 0 }

// Contains tells whether p lies in r.
func (r Rect) Contains(p Point) bool {
	return p.X >= r.X && p.Y >= r.Y && p.X < r.X+r.W && p.Y < r.Y+r.H
}

// Intersect is the part that r and s share; empty where they share none.
func (r Rect) Intersect(s Rect) Rect {
	x, y := max(r.X, s.X), max(r.Y, s.Y)
	w, h := min(r.X+r.W, s.X+s.W)-x, min(r.Y+r.H, s.Y+s.H)-y
	if w <= 0 || h <= 0 {
		return Rect{}
	}
	return Rect{X: x, Y: y, W: w, H: h}
}

// Window is a top-level window as the window manager knows it. Title and
// Program come from outside and are hostile text.
type Window struct {
	ID      uint32 `json:"id,omitempty"`
	Title   string `json:"title,omitempty"`
	Program string `json:"program,omitempty"` // the class part of WM_CLASS, such as "XTerm"
	PID     int    `json:"pid,omitempty"`     // 0 where the window does not tell
	Owner   uint32 `json:"owner,omitempty"`   // of a dialog or menu: the ID of the window it belongs to, at the end of the chain
	Bounds  Rect   `json:"bounds,omitzero"`   // on the screen, with the frame of the window manager
}

// Element is a part of a user interface as its accessibility interface
// describes it. Every text in it comes from outside and is hostile.
type Element struct {
	Role        string   `json:"role,omitempty"`        // AT-SPI role name, such as "push button"
	Name        string   `json:"name,omitempty"`        // accessible name
	Description string   `json:"description,omitempty"` // accessible description, often the tooltip
	Label       string   `json:"label,omitempty"`       // name of the element that labels it (labelled-by)
	Value       string   `json:"value,omitempty"`       // text or selected item; never of a password
	States      []string `json:"states,omitempty"`      // AT-SPI state names before the action, such as "checked"
	Path        []string `json:"path,omitempty"`        // names of what holds it, outermost first: menus, tabs, dialog
	Header      string   `json:"header,omitempty"`      // of a table cell: the name of its column; of a tab or a list row: that of its list
	URL         string   `json:"url,omitempty"`         // address of the web page that holds it, without user name and password
	Bounds      Rect     `json:"bounds,omitzero"`       // on the screen
	Window      string   `json:"window,omitempty"`      // title of its frame or dialog
	Program     string   `json:"program,omitempty"`     // name of its accessible application
}

// Click is a mouse button that went down and up.
type Click struct {
	Button int    `json:"button"` // 1 left, 2 middle, 3 right, 8 back, 9 forward
	Count  int    `json:"count"`  // 2 is a double click, 3 a triple click
	Point  Point  `json:"point"`  // where the button went down
	Window Window `json:"window"` // the window under the pointer when the button went down
	// Element is what was under the pointer when the button went down; nil
	// where the program does not tell, or did not answer in time.
	Element *Element `json:"element,omitempty"`
	// Frame names the picture of the display whose grab began before the
	// button went down; empty where there is none.
	Frame FrameRef `json:"frame,omitzero"`
	// After are the states of the element once the click had its effect, so
	// that a box that is checked now can be told; nil where it was gone, or did
	// not answer in time.
	After []string `json:"after,omitempty"`
}

// Drag is a mouse button that went down at one place and up at another.
type Drag struct {
	Button  int      `json:"button"` // 1 left, 2 middle, 3 right
	From    Point    `json:"from"`
	To      Point    `json:"to"`
	Window  Window   `json:"window"`            // the window under From
	Element *Element `json:"element,omitempty"` // at From when the button went down
	Target  *Element `json:"target,omitempty"`  // at To when the button went up
	Frame   FrameRef `json:"frame,omitzero"`    // as of a Click
}

// Chord is a key with modifiers, or a function key, pressed in a window.
// Plain typing is never recorded as keys.
type Chord struct {
	Keys   []string `json:"keys"` // such as ["Ctrl", "Shift", "T"]; modifiers first
	Window Window   `json:"window"`
	Frame  FrameRef `json:"frame,omitzero"`
}

// Text is what a field held when it was left or confirmed, read from its
// accessible value and never key by key.
type Text struct {
	Element Element  `json:"element"`
	Value   string   `json:"value,omitempty"`
	Secret  bool     `json:"secret,omitempty"`  // a password or an unknown field: Value is dropped
	Omitted int64    `json:"omitted,omitempty"` // characters of a long text that Value leaves out: it is the part that was edited
	Window  Window   `json:"window"`
	Frame   FrameRef `json:"frame,omitzero"`
}

// Scroll is a run of wheel clicks at one place. Positive is down and right.
type Scroll struct {
	DX     int           `json:"dx,omitempty"`
	DY     int           `json:"dy,omitempty"`
	Length time.Duration `json:"length,omitempty"` // nanoseconds
	Point  Point         `json:"point"`
	Window Window        `json:"window"`
}

// Focus tells that a window became the active one, or changed its title.
type Focus struct {
	Window Window `json:"window"`
}

// Command is one command line that a shell ran. The event's At is its start.
type Command struct {
	Line    string        `json:"line"`              // exactly as entered, without prompt; may hold line breaks
	Dir     string        `json:"dir,omitempty"`     // working folder at its start
	Host    string        `json:"host,omitempty"`    //
	User    string        `json:"user,omitempty"`    //
	Shell   string        `json:"shell,omitempty"`   // "bash"
	Via     string        `json:"via,omitempty"`     // "shell" (runreel shell) or "hook"
	Length  time.Duration `json:"length,omitempty"`  // run time, nanoseconds, without pauses
	Exit    *int          `json:"exit,omitempty"`    // nil where it had not ended when the recording did
	Output  string        `json:"output,omitempty"`  // printed text, as a terminal would show it; head and tail where it was long
	Omitted int64         `json:"omitted,omitempty"` // bytes of output left out between head and tail
	// Typed is what was typed where the shell's history expansion made Line of
	// it; Ran is Line with its aliases resolved. Both are empty where they do
	// not differ, or are not known.
	Typed string `json:"typed,omitempty"`
	Ran   string `json:"ran,omitempty"`
	// Screen tells that it drew on the whole screen, as editors and pagers do.
	// What it drew is not part of Output.
	Screen bool `json:"screen,omitempty"`
	// Inferred tells that Line was read off the screen, where a shell on another
	// host or in a container does not tell what it runs: Line, Host and User may
	// be wrong, and Exit is nil.
	Inferred bool `json:"inferred,omitempty"`
	// Context is what the line worked on when it started, as far as it was
	// read, by the keys below; nil where nothing was.
	Context map[string]string `json:"context,omitempty"`
}

// The keys of Command.Context.
const (
	ContextGitBranch          = "git.branch"
	ContextGitCommit          = "git.commit" // of HEAD, in full
	ContextKubeContext        = "kube.context"
	ContextKubeNamespace      = "kube.namespace"
	ContextAWSProfile         = "aws.profile"
	ContextTerraformWorkspace = "terraform.workspace"
	ContextVirtualenv         = "python.virtualenv" // its name
)

// FrameRef names one stored picture of one display. The zero FrameRef is none.
type FrameRef struct {
	Media  string `json:"media,omitempty"` // as Media.Put returned it
	Bounds Rect   `json:"bounds,omitzero"` // what of the X screen it shows, pixel for pixel
}

// Frame is a picture of a display that was kept. The event's At is when its
// grab began.
type Frame struct {
	FrameRef
	Display int `json:"display"` // index, 0 is the first
}

// Audio is a chunk of sound: a WAV file of 16-bit mono samples. The event's At
// is the time of its first sample; chunks follow each other without a hole.
type Audio struct {
	Media  string        `json:"media"`
	Rate   int           `json:"rate"` // samples a second, 16000
	Length time.Duration `json:"length"`
	Peak   float64       `json:"peak"` // largest sample, 0 to 1
}

// Cast is a piece of what a recorded shell showed: an asciicast v3 file
// (https://docs.asciinema.org/manual/asciicast/v3/) whose first interval counts
// from the event's At. It holds no input. The pieces of one Shell follow each
// other, not always without a hole.
type Cast struct {
	Media  string        `json:"media"`
	Shell  string        `json:"shell"` // tells the shells of a session apart
	Length time.Duration `json:"length"`
	Cols   int           `json:"cols"` // of the terminal when the piece begins
	Rows   int           `json:"rows"`
}

// Mark is a place the person marked while recording.
type Mark struct {
	Text string `json:"text,omitempty"`
}

// Pause tells that the recording was paused here for Length of real time. The
// session clock stood still.
type Pause struct {
	Length time.Duration `json:"length"`
	Reason string        `json:"reason,omitempty"` // empty where the person paused it; else a Hold
}

// Gap tells that a source has nothing for a span of the session clock that
// starts at the event's At: the microphone was gone, the display failed.
type Gap struct {
	Source string        `json:"source,omitempty"` // empty for all of them
	Length time.Duration `json:"length"`
	Reason string        `json:"reason"`
}

// Kind implements Fact.
func (Click) Kind() Kind   { return KindClick }
func (Drag) Kind() Kind    { return KindDrag }
func (Chord) Kind() Kind   { return KindChord }
func (Text) Kind() Kind    { return KindText }
func (Scroll) Kind() Kind  { return KindScroll }
func (Focus) Kind() Kind   { return KindFocus }
func (Command) Kind() Kind { return KindCommand }
func (Frame) Kind() Kind   { return KindFrame }
func (Audio) Kind() Kind   { return KindAudio }
func (Mark) Kind() Kind    { return KindMark }
func (Pause) Kind() Kind   { return KindPause }
func (Gap) Kind() Kind     { return KindGap }
func (Cast) Kind() Kind    { return KindCast }

// MarshalFact encodes the content of an event as one JSON object without line
// breaks. DecodeFact is its inverse.
func MarshalFact(f Fact) ([]byte, error) {
	b, err := json.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("encode %s event: %w", f.Kind(), err)
	}
	return b, nil
}

// DecodeFact decodes what MarshalFact encoded. An unknown kind is an error.
func DecodeFact(kind Kind, data []byte) (Fact, error) {
	switch kind {
	case KindClick:
		return decode[Click](data)
	case KindDrag:
		return decode[Drag](data)
	case KindChord:
		return decode[Chord](data)
	case KindText:
		return decode[Text](data)
	case KindScroll:
		return decode[Scroll](data)
	case KindFocus:
		return decode[Focus](data)
	case KindCommand:
		return decode[Command](data)
	case KindFrame:
		return decode[Frame](data)
	case KindAudio:
		return decode[Audio](data)
	case KindMark:
		return decode[Mark](data)
	case KindPause:
		return decode[Pause](data)
	case KindGap:
		return decode[Gap](data)
	case KindCast:
		return decode[Cast](data)
	}
	return nil, fmt.Errorf("decode event: unknown kind %q", kind)
}

func decode[F Fact](data []byte) (Fact, error) {
	var f F
	if err := json.Unmarshal(data, &f); err != nil {
		return nil, fmt.Errorf("decode %s event: %w", f.Kind(), err)
	}
	return f, nil
}

// MediaOf is the name of the stored bytes that f names, and empty where it
// names none.
func MediaOf(f Fact) string {
	switch f := f.(type) {
	case Click:
		return f.Frame.Media
	case Drag:
		return f.Frame.Media
	case Chord:
		return f.Frame.Media
	case Text:
		return f.Frame.Media
	case Frame:
		return f.Media
	case Audio:
		return f.Media
	case Cast:
		return f.Media
	}
	return ""
}
