package sop

import "time"

// Schema is the version of the document's JSON that this program writes.
const Schema = 2

// Document is a standard operating procedure or a runbook.
//
// Texts marked "inline" hold the small markup of ParseInline; all others are
// plain. Every text may come from outside (a window title, a program's output,
// speech), so an exporter escapes it.
type Document struct {
	Schema  int    `json:"schema"`
	ID      string `json:"id"`
	Session string `json:"session,omitempty"` // the recording that it was made of
	Kind    Kind   `json:"kind"`

	Title     string `json:"title"`             // plain
	Owner     string `json:"owner,omitempty"`   // plain
	Author    string `json:"author,omitempty"`  // plain
	Version   string `json:"version,omitempty"` // plain, such as "0.1"
	Status    Status `json:"status"`
	AppliesTo string `json:"appliesTo,omitempty"` // plain: the system it was recorded on

	Recorded time.Time `json:"recorded,omitzero"` // start of the recording
	Length   Millis    `json:"length,omitempty"`  // of the recording

	// Sections in reading order. There is one of each kind but Custom, of
	// which there may be any number; a section may be empty.
	Sections  []Section  `json:"sections"`
	Revisions []Revision `json:"revisions,omitempty"`

	// Parameters are the values that another run would replace: those that
	// stand as "{{NAME}}" in the texts, and those that are only offered.
	Parameters []Parameter `json:"parameters,omitempty"`
}

// Kind is the kind of a document.
type Kind string

// The kinds of documents.
const (
	SOP     Kind = "sop"
	Runbook Kind = "runbook"
)

// Status is where a document stands between draft and retired.
type Status string

// The states of a document.
const (
	Draft    Status = "draft"
	InReview Status = "in-review"
	Approved Status = "approved"
	Retired  Status = "retired"
)

// Millis is a time or a length on the session clock, in milliseconds.
type Millis int64

// MillisOf converts a time of the session clock.
func MillisOf(d time.Duration) Millis { return Millis(d.Milliseconds()) }

// Duration converts back.
func (m Millis) Duration() time.Duration { return time.Duration(m) * time.Millisecond }

// Section is a chapter of a document.
type Section struct {
	ID    string      `json:"id"` // unique in the document
	Kind  SectionKind `json:"kind"`
	Title string      `json:"title"`          // plain
	Body  string      `json:"body,omitempty"` // inline, paragraphs parted by empty lines; lines that begin with "- " are a list
	Steps []Step      `json:"steps,omitempty"`
	// Sources tells where "title" and "body" came from, as Step.Sources does.
	Sources map[string]Source `json:"sources,omitempty"`
}

// SectionKind tells what a section is for.
type SectionKind string

// The kinds of sections, in the order of a new document. The revision history
// is Document.Revisions and comes last in every export.
const (
	Purpose       SectionKind = "purpose"
	Prerequisites SectionKind = "prerequisites"
	Procedure     SectionKind = "procedure"
	Verification  SectionKind = "verification"
	Rollback      SectionKind = "rollback"
	Custom        SectionKind = "custom"
)

// Step is one instruction, or a heading between instructions.
type Step struct {
	ID    string   `json:"id"` // unique in the document
	Kind  StepKind `json:"kind"`
	Title string   `json:"title"`          // inline, imperative: "Click **Roll out**"
	Body  string   `json:"body,omitempty"` // inline, as Section.Body

	// What was acted on, as recorded: plain.
	Label   string `json:"label,omitempty"`   // the name of the element
	Role    string `json:"role,omitempty"`    // AT-SPI role name of the element
	Window  string `json:"window,omitempty"`  // title of the window
	Program string `json:"program,omitempty"` // program of the window
	Typed   string `json:"typed,omitempty"`   // final text of the field

	Command  *Command   `json:"command,omitempty"`
	Review   string     `json:"review,omitempty"` // plain: why a person has to check a step that a rule proposed; "" where nobody has to
	Start    Millis     `json:"start,omitempty"`  // session clock
	End      Millis     `json:"end,omitempty"`
	Box      *Rect      `json:"box,omitempty"` // the element, or the pointer's place, on the screen
	Figures  []Figure   `json:"figures,omitempty"`
	Spoken   []Sentence `json:"spoken,omitempty"`
	Callouts []Callout  `json:"callouts,omitempty"`

	// Sources tells where a field came from, by the field's JSON name:
	// "title": "rule", "label": "accessibility".
	Sources map[string]Source `json:"sources,omitempty"`
	Events  []int64           `json:"events,omitempty"` // Seq of the events it was made of
}

// StepKind tells what a step is about.
type StepKind string

// The kinds of steps. A Heading carries no number.
const (
	StepCommand StepKind = "command"
	StepClick   StepKind = "click"
	StepType    StepKind = "type"
	StepChord   StepKind = "chord"
	StepScroll  StepKind = "scroll"
	StepNote    StepKind = "note" // written by hand, or only spoken
	Heading     StepKind = "heading"
)

// Source is where a piece of the document came from.
type Source string

// The sources.
const (
	FromCommand       Source = "command"       // a recorded command line
	FromAccessibility Source = "accessibility" // the accessibility interface
	FromScreen        Source = "screen"        // read off the picture
	FromWindow        Source = "window"        // a window's title
	FromSpeech        Source = "speech"
	FromPointer       Source = "pointer" // only the place of the click is known
	FromMark          Source = "mark"
	FromRule          Source = "rule"   // worded by a rule from other fields
	FromPerson        Source = "person" // written or changed in the editor
)

// Command is a command line with what it did. Line and Output are plain and
// verbatim.
type Command struct {
	Line    string `json:"line"`
	Dir     string `json:"folder,omitempty"`
	Host    string `json:"host,omitempty"`
	User    string `json:"user,omitempty"`
	Shell   string `json:"shell,omitempty"`
	Exit    *int   `json:"exit,omitempty"`
	Output  string `json:"output,omitempty"`
	Omitted int64  `json:"omitted,omitempty"` // bytes of output that were not kept
	// Inferred tells that the line was read off the screen and may be wrong.
	Inferred bool `json:"inferred,omitempty"`

	Class      CommandClass `json:"class,omitempty"`      // "" where nobody judged it, as in documents of schema 1
	Production bool         `json:"production,omitempty"` // it works on production
	// ProductionBy tells by what it does, such as "kube context prod-eu": plain.
	ProductionBy string `json:"productionBy,omitempty"`
	// Context is what it worked on when recorded, by the keys of
	// capture.Command.Context: plain.
	Context map[string]string `json:"context,omitempty"`
}

// CommandClass is what a command does to the world.
type CommandClass string

// The classes of commands.
const (
	ReadOnly     CommandClass = "read-only"
	ChangesState CommandClass = "changes-state"
	Destructive  CommandClass = "destructive"
	UnknownClass CommandClass = "unknown" // a program that is not known, which may do anything
)

// Risk is what a command was judged to be.
type Risk struct {
	Class        CommandClass `json:"class,omitempty"`
	Production   bool         `json:"production,omitempty"`
	ProductionBy string       `json:"productionBy,omitempty"`
}

// Risk is what c was judged to be.
func (c *Command) Risk() Risk { return Risk{c.Class, c.Production, c.ProductionBy} }

// SetRisk sets what c was judged to be.
func (c *Command) SetRisk(r Risk) {
	c.Class, c.Production, c.ProductionBy = r.Class, r.Production, r.ProductionBy
}

// Rect is a part of the X screen or of a frame, in pixels.
type Rect struct {
	X int `json:"x"`
	Y int `json:"y"`
	W int `json:"w"`
	H int `json:"h"`
}

// Figure is a step's picture: a frame, what of it is shown, and what is drawn
// over it. Rectangles are in pixels of the frame.
type Figure struct {
	ID         string       `json:"id"`             // unique in the document
	Frame      string       `json:"frame"`          // media name of the frame
	Origin     Rect         `json:"origin"`         // the part of the X screen that the frame shows
	Crop       *Rect        `json:"crop,omitempty"` // nil shows the whole frame
	Marks      []FigureMark `json:"marks,omitempty"`
	Redactions []Rect       `json:"redactions,omitempty"` // burnt in as opaque boxes
	Alt        string       `json:"alt,omitempty"`        // plain
	Caption    string       `json:"caption,omitempty"`    // plain
}

// FigureMark is an annotation on a figure.
type FigureMark struct {
	Shape string `json:"shape"` // "box" around an element, "dot" at the middle of Rect
	Rect  Rect   `json:"rect"`
}

// Sentence is something that was said, as recognised.
type Sentence struct {
	Text    string `json:"text"` // plain
	Start   Millis `json:"start"`
	End     Millis `json:"end"`
	Dropped bool   `json:"dropped,omitempty"` // kept for the record, not exported
}

// Callout is a remark that stands out of the text.
type Callout struct {
	Kind CalloutKind `json:"kind"`
	Text string      `json:"text"` // inline
	// Source is FromRule where a rule made it, and Rule names the rule: the row
	// of a table, such as "kubectl delete".
	Source Source `json:"source,omitempty"`
	Rule   string `json:"rule,omitempty"` // plain
}

// CalloutKind is the weight of a callout.
type CalloutKind string

// The kinds of callouts.
const (
	Note    CalloutKind = "note"
	Tip     CalloutKind = "tip"
	Warning CalloutKind = "warning"
	Caution CalloutKind = "caution"
)

// Revision is a line of the revision history.
type Revision struct {
	Version string    `json:"version"`
	Date    time.Time `json:"date"`
	Author  string    `json:"author,omitempty"`
	Change  string    `json:"change"`
}
