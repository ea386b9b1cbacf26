package pipeline

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/pipeline/detect"
	"github.com/runreel/runreel/pipeline/name"
	"github.com/runreel/runreel/pipeline/sop"
)

// nameSteps words the candidates, one step each, in their order.
func nameSteps(ctx context.Context, candidates []detect.Candidate, r Recording, o Options) ([]sop.Step, error) {
	steps := make([]sop.Step, 0, len(candidates))
	window := ""
	for i, c := range candidates {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		key := windowKey(c)
		subject := subjectOf(c)
		subject.Entered = key != "" && key != window
		if key != "" {
			window = key
		}
		if c.Kind == detect.Note || c.Kind == detect.Heading {
			steps = append(steps, markStep(c, o.NewID))
			continue
		}
		if err := readLabel(ctx, &subject, c, r, o.OCR); err != nil {
			return nil, err
		}
		steps = append(steps, step(c, name.Of(subject), o.NewID))
		o.Progress(i+1, len(candidates))
	}
	return steps, nil
}

// windowKey tells windows apart; "" says nothing about the window. All shells
// are one, which no title ever names.
func windowKey(c detect.Candidate) string {
	switch {
	case c.Kind == detect.Command:
		return "shell"
	case c.Kind == detect.Note || c.Kind == detect.Heading:
		return ""
	case c.Window.ID != 0:
		return "window " + strconv.FormatUint(uint64(c.Window.ID), 10)
	case c.Window.Title != "":
		return "title " + c.Window.Title
	case c.Element != nil && c.Element.Window != "":
		return "title " + c.Element.Window
	}
	return ""
}

func subjectOf(c detect.Candidate) name.Subject {
	s := name.Subject{
		Action: name.Action(c.Kind), Element: c.Element, Window: c.Window, Point: c.Point,
		Button: c.Button, Count: c.Count, Keys: c.Keys, Text: c.Text, Secret: c.Secret,
		Down: c.Down, Menu: c.Menu, Opener: c.Opener, Context: c.Context,
		After: c.After, Dragged: c.To != nil, Target: c.Target,
	}
	if c.Command != nil {
		s.Line = c.Command.Line
	}
	return s
}

// readLabel asks the reader where no program told a name. What it cannot read
// stays unnamed.
func readLabel(ctx context.Context, s *name.Subject, c detect.Candidate, r Recording, reader name.Reader) error {
	frame := c.Frame
	if reader == nil || r.Media == nil || c.Kind != detect.Click || c.Point == nil || c.To != nil || frame.Media == "" ||
		!frame.Bounds.Contains(*c.Point) || name.Of(*s).From != name.FromPointer {
		return nil
	}
	picture, err := r.Media(ctx, frame.Media)
	if err != nil {
		return ctx.Err()
	}
	defer picture.Close() // only read from
	at := capture.Point{X: c.Point.X - frame.Bounds.X, Y: c.Point.Y - frame.Bounds.Y}
	look := around(c)
	look.X, look.Y = look.X-frame.Bounds.X, look.Y-frame.Bounds.Y
	if read, err := reader.Read(ctx, picture, at, look); err == nil {
		s.Read = read
	}
	return ctx.Err()
}

// around is the part of the screen that may hold the name of what was clicked:
// the element, where its bounds are believable, or the neighbourhood.
func around(c detect.Candidate) capture.Rect {
	const wide, high = 320, 72
	r := capture.Rect{X: c.Point.X - wide/2, Y: c.Point.Y - high/2, W: wide, H: high}
	if c.Element != nil && c.Element.Bounds.Contains(*c.Point) && c.Element.Bounds.W <= 2*wide && c.Element.Bounds.H <= 2*high {
		r = c.Element.Bounds
	}
	return intersect(r, c.Frame.Bounds)
}

func step(c detect.Candidate, n name.Named, newID func() string) sop.Step {
	s := bareStep(c, newID)
	s.Title, s.Label = text(markup(n.Title)), text(n.Label)
	s.Sources["title"] = sop.FromRule
	if source := labelSource(n.From); source != "" {
		s.Sources["label"] = source
	}
	if c.Kind == detect.Command {
		s.Command = commandOf(*c.Command)
		s.Sources["command"] = sop.FromCommand
		s.Callouts = slices.Concat(dangers(*c.Command), inferred(*c.Command), failure(c))
		return s
	}
	s.Window, s.Program = text(n.Window), text(name.Clean(c.Window.Program))
	s.Sources["window"] = sop.FromWindow
	s.Box = boxOf(c)
	if c.Element != nil {
		s.Role = text(name.Clean(c.Element.Role))
	}
	if c.Kind == detect.Type && !c.Secret {
		s.Typed = text(c.Text)
		s.Sources["typed"] = sop.FromAccessibility
	}
	s.Figures = figures(c, alt(c, n), newID)
	return s
}

func bareStep(c detect.Candidate, newID func() string) sop.Step {
	return sop.Step{
		ID: newID(), Kind: sop.StepKind(c.Kind), Start: sop.MillisOf(c.Start), End: sop.MillisOf(c.End),
		Events: c.Events, Sources: map[string]sop.Source{},
	}
}

// markStep is a heading or a note of what the person marked.
func markStep(c detect.Candidate, newID func() string) sop.Step {
	const most = 120
	s := bareStep(c, newID)
	said := text(name.Clean(c.Text))
	short := said
	if runes := []rune(said); len(runes) > most {
		short = string(runes[:most-1]) + "…"
		s.Callouts = []sop.Callout{{Kind: sop.Note, Text: sop.EscapeInline(said)}}
	}
	s.Title = sop.EscapeInline(short)
	s.Sources["title"] = sop.FromMark
	if s.Title == "" {
		s.Title = "Marked moment"
		s.Sources["title"] = sop.FromRule
	}
	if c.Kind == detect.Note {
		s.Figures = figures(c, "The screen at the marked moment", newID)
	}
	return s
}

func labelSource(from name.From) sop.Source {
	switch from {
	case name.FromAccessibility:
		return sop.FromAccessibility
	case name.FromScreen:
		return sop.FromScreen
	case name.FromPointer:
		return sop.FromPointer
	}
	return ""
}

// markup writes a title in the document's inline markup.
func markup(title []name.Part) string {
	styles := map[name.Style]sop.Style{name.Plain: sop.Plain, name.Strong: sop.Strong, name.Code: sop.Code}
	spans := make([]sop.Span, len(title))
	for i, p := range title {
		spans[i] = sop.Span{Text: p.Text, Style: styles[p.Style]}
	}
	return sop.FormatInline(spans)
}

func commandOf(c capture.Command) *sop.Command {
	out := &sop.Command{
		Line: text(c.Line), Dir: text(c.Dir), Host: text(c.Host), User: text(c.User), Shell: text(c.Shell),
		Output: text(c.Output), Omitted: c.Omitted, Inferred: c.Inferred, Context: factsOf(c),
	}
	out.SetRisk(Risk(ran(c), c.Host, c.Context))
	if cut := len(c.Output) - sop.MaxText; cut > 0 {
		out.Omitted += int64(cut)
	}
	if c.Exit != nil {
		exit := *c.Exit
		out.Exit = &exit
	}
	return out
}

// failure says what the reader should know of a command that did not succeed.
func failure(c detect.Candidate) []sop.Callout {
	exit := c.Command.Exit
	switch {
	case exit == nil:
		return []sop.Callout{{Kind: sop.Note, Text: "It was still running when the recording ended."}}
	case *exit == 0:
		return nil
	case c.Corrected == c.Command.Line:
		return []sop.Callout{{Kind: sop.Warning, Text: fmt.Sprintf("It failed with exit status %d when recorded; it was run again below and succeeded.", *exit)}}
	case c.Corrected != "":
		return []sop.Callout{{Kind: sop.Warning, Text: fmt.Sprintf("It failed with exit status %d when recorded; %s below is the correction.", *exit, shownLine(c.Corrected))}}
	case *exit == 130:
		return []sop.Callout{{Kind: sop.Note, Text: "It was interrupted with Ctrl+C when recorded."}}
	}
	return []sop.Callout{{Kind: sop.Note, Text: fmt.Sprintf("It ended with exit status %d when recorded.", *exit)}}
}

// shownLine is a command line within a sentence.
func shownLine(line string) string {
	const most = 120
	line = text(name.Clean(line))
	if runes := []rune(line); len(runes) > most {
		line = string(runes[:most-1]) + "…"
	}
	return sop.CodeInline(line)
}

// limited keeps a document within its limit of steps, and says so.
func limited(steps []sop.Step, newID func() string) []sop.Step {
	over := len(steps) - sop.MaxSteps
	if over <= 0 {
		return steps
	}
	return append(steps[:sop.MaxSteps-1], sop.Step{
		ID: newID(), Kind: sop.StepNote, Title: "End of the draft",
		Body: fmt.Sprintf("The recording holds %d more steps than a document can.", over+1), Sources: map[string]sop.Source{"title": sop.FromRule, "body": sop.FromRule},
	})
}

// text makes outside text fit for a document: UTF-8, and not longer than a
// document allows.
func text(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if len(s) <= sop.MaxText {
		return s
	}
	end := sop.MaxText
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end]
}
