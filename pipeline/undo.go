package pipeline

import (
	"slices"

	"github.com/runreel/runreel/pipeline/command"
	"github.com/runreel/runreel/pipeline/detect"
	"github.com/runreel/runreel/pipeline/name"
	"github.com/runreel/runreel/pipeline/sop"
)

// maxUndo is how many steps a draft proposes for the way back.
const maxUndo = 50

// undoSteps proposes steps that take the recorded commands back, the last
// first. What the recording takes back itself is left out, and so is what did
// that.
func undoSteps(steps []sop.Step, newID func() string) []sop.Step {
	var (
		runs  []command.Run
		undos []undoOf
	)
	for i := range steps {
		c := steps[i].Command
		if c == nil || c.Exit != nil && *c.Exit != 0 {
			continue
		}
		runs = append(runs, command.Run{Line: c.Line, Output: c.Output, Facts: c.Context})
		does := command.Reverting(c.Line)
		if undone := slices.IndexFunc(undos, func(u undoOf) bool { return !u.done && u.step.Host == c.Host && does(u.Undo) }); undone >= 0 {
			undos[undone].done = true
			continue
		}
		if u, ok := command.Inverse(runs); ok && !isRollback(c.Line) {
			undos = append(undos, undoOf{Undo: u, step: c})
		}
	}
	var out []sop.Step
	seen := map[string]bool{}
	for _, u := range slices.Backward(undos) {
		what := u.Line + u.Do + "\x00" + u.step.Host
		if u.done || seen[what] || len(out) >= maxUndo || len(steps)+len(out) >= sop.MaxSteps {
			continue
		}
		seen[what] = true
		out = append(out, u.proposed(newID()))
	}
	return out
}

type undoOf struct {
	command.Undo
	step *sop.Command
	done bool // the recording took it back
}

func (u undoOf) proposed(id string) sop.Step {
	s := sop.Step{
		ID: id, Kind: sop.StepNote, Title: sop.EscapeInline(text(name.Clean(u.Do))), Sources: map[string]sop.Source{"title": sop.FromRule},
		Review: text("A rule proposes this to take “" + name.Clean(u.step.Line) + "” back. " + u.Why),
	}
	if u.Line == "" {
		return s
	}
	s.Kind = sop.StepCommand
	s.Title = text(markup(name.Of(name.Subject{Action: name.Action(detect.Command), Line: u.Line}).Title))
	s.Command = &sop.Command{Line: text(u.Line), Dir: u.step.Dir, Host: u.step.Host, User: u.step.User, Shell: u.step.Shell}
	s.Command.SetRisk(Risk(u.Line, u.step.Host, u.step.Context))
	s.Sources["command"] = sop.FromRule
	return s
}
