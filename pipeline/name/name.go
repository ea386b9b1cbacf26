package name

import (
	"context"
	"io"

	"github.com/runreel/runreel/capture"
)

// Reader reads the text of a part of a picture. It is called once per step that
// has no accessible name, from one goroutine. An empty text means that nothing
// was read; an error is as good as that, unless ctx has ended.
type Reader interface {
	// Read returns the text at p of an encoded picture, which the caller
	// closes. around is the part worth looking at. Both are in its pixels.
	Read(ctx context.Context, picture io.Reader, p capture.Point, around capture.Rect) (string, error)
}

// Action is what was done.
type Action string

// The actions.
const (
	Command Action = "command"
	Click   Action = "click"
	Type    Action = "type"
	Chord   Action = "chord"
	Scroll  Action = "scroll"
)

// Subject is what a step did, as recorded.
type Subject struct {
	Action  Action
	Element *capture.Element
	Window  capture.Window
	Point   *capture.Point
	Button  int
	Count   int
	After   []string         // states of Element after a click; nil where they are not known
	Dragged bool             // the button went up elsewhere
	Target  *capture.Element // what was under the pointer then; nil of a slider
	Keys    []string
	Text    string // typed
	Secret  bool
	Down    bool
	Menu    []string         // names on the way to a menu item
	Opener  *capture.Element // the list it was picked from, or what was right-clicked
	Context bool             // Opener was right-clicked
	Line    string           // of a command
	Read    string           // text read off the picture at the pointer
	// Entered tells that the window is another than that of the step before, so
	// that the title has to name it.
	Entered bool
}

// From is where a label came from.
type From string

// The places a label comes from.
const (
	FromNothing       From = ""
	FromAccessibility From = "accessibility"
	FromScreen        From = "screen"
	FromPointer       From = "pointer"
)

// Style is how a part of a title is set.
type Style int

// The styles.
const (
	Plain  Style = iota
	Strong       // what stands on the screen
	Code         // what is typed
)

// Part is a run of a title. Its text is literal.
type Part struct {
	Text  string
	Style Style
}

// Named is a step in words.
type Named struct {
	Title  []Part
	Label  string // "" where only the place is known
	From   From   // of the label
	Window string // title of the window, cleaned
}

// Of words s.
func Of(s Subject) Named {
	n := Named{Window: windowOf(s)}
	switch s.Action {
	case Command:
		n.Title = commandTitle(s.Line)
		return n
	case Chord:
		n.Title = []Part{{"press ", Plain}, {keys(s.Keys), Strong}}
	case Scroll:
		n.Title = []Part{{"scroll " + direction(s.Down), Plain}}
	case Type:
		n.Label, n.From = fieldLabel(s.Element)
		n.Title = typeTitle(s, n.Label)
	default:
		n.Label, n.From = labelOf(s)
		n.Title = clickTitle(s, n)
		if s.Button > 3 {
			n.Label, n.From = "", FromNothing
		}
	}
	if s.Entered && n.Window != "" {
		n.Title = append([]Part{{"in ", Plain}, {n.Window, Strong}, {", ", Plain}}, n.Title...)
	}
	n.Title[0].Text = capital(n.Title[0].Text)
	return n
}

func direction(down bool) string {
	if down {
		return "down"
	}
	return "up"
}
