package sop

import (
	"fmt"
	"math/rand/v2"
)

// random makes documents and edits of all kinds.
type random struct{ *rand.Rand }

func pick[T any](r random, of ...T) T { return of[r.IntN(len(of))] }

func list[T any](r random, most int, make func() T) []T {
	var out []T
	for range r.IntN(most + 1) {
		out = append(out, make())
	}
	return out
}

func (r random) text() string {
	return pick(r, "", "a", "Run `ls`", "Click **Go**", "One two. Three `four five`. Six", "- a\n- `b c`\n\nd", "日本語 \u202e", "**a _b_ c**", "x\n\ny", "`", "ls", "deploy `app:2.5` to web-1, 2.5.", "2.5", "{{VERSION}} {{2.5}}", "v2.5 2.5-rc1 x_2.5 (2.5)")
}

func (r random) document() *Document {
	d := New("d", r.text())
	n := 0
	for i := range d.Sections {
		d.Sections[i].Body = r.text()
		d.Sections[i].Steps = list(r, 4, func() Step { n++; return r.step(fmt.Sprintf("s%d", n)) })
	}
	for _, p := range []Parameter{{Name: "VERSION", Example: "2.5"}, {Name: "HOST", Example: "web-1", Description: "x"}, {Name: "CMD", Example: "ls"}} {
		if r.IntN(2) == 0 {
			p.Accepted = r.IntN(4) == 0
			d.Parameters = append(d.Parameters, p)
		}
	}
	return d
}

func (r random) step(id string) Step {
	s := Step{ID: id, Kind: pick(r, stepKinds...), Title: r.text(), Body: r.text(), Label: r.text(), Typed: r.text(), Start: Millis(r.IntN(100))}
	s.End = s.Start + Millis(r.IntN(50))
	if r.IntN(2) == 0 {
		s.Command = &Command{Line: r.text(), Output: r.text(), Class: pick(r, classes...)}
		if r.IntN(3) == 0 {
			s.Command.SetRisk(Risk{Destructive, true, "host " + r.text()})
			s.Command.Context = map[string]string{"git.branch": r.text()}
		}
		if r.IntN(2) == 0 {
			s.Command.Exit = new(int)
		}
	}
	n := 0
	s.Figures = list(r, 2, func() Figure { n++; return r.figure(fmt.Sprintf("%sf%d", id, n)) })
	s.Spoken = list(r, 3, func() Sentence {
		return Sentence{Text: r.text(), Start: Millis(r.IntN(100)), Dropped: r.IntN(3) == 0}
	})
	s.Callouts = list(r, 2, func() Callout { return Callout{Kind: pick(r, calloutKinds...), Text: r.text()} })
	for _, field := range []string{"title", "label", "body"} {
		s.setSource(field, pick(r, "", FromRule, FromPerson, FromSpeech))
	}
	if r.IntN(2) == 0 {
		s.Body = SpokenBody(s)
	}
	s.Events = list(r, 2, func() int64 { return r.Int64N(50) })
	return s
}

func (r random) figure(id string) Figure {
	f := Figure{ID: id, Frame: r.text(), Redactions: list(r, 2, func() Rect { return Rect{W: r.IntN(9)} })}
	f.Marks = list(r, 2, func() FigureMark { return FigureMark{Shape: pick(r, shapes...)} })
	if r.IntN(2) == 0 {
		f.Crop = &Rect{W: r.IntN(9)}
	}
	return f
}

func (r random) stepID(d *Document) string {
	var ids []string
	for at := range d.Numbered() {
		ids = append(ids, at.Step.ID)
	}
	if len(ids) == 0 || r.IntN(20) == 0 {
		return "none"
	}
	return pick(r, ids...)
}

func (r random) figureID(d *Document, stepID string) string {
	i, j, ok := d.Step(stepID)
	if !ok || len(d.Sections[i].Steps[j].Figures) == 0 {
		return "none"
	}
	return pick(r, d.Sections[i].Steps[j].Figures...).ID
}

func (r random) follower(d *Document, stepID string) string {
	i, j, ok := d.Step(stepID)
	if !ok || j+1 == len(d.Sections[i].Steps) {
		return "none"
	}
	return d.Sections[i].Steps[j+1].ID
}

func (r random) parameterEdit() Edit {
	name, text := pick(r, "VERSION", "HOST", "CMD", "NEW", "no"), pick(r, "x", "", "A_B", "2.5", "ls")
	switch r.IntN(5) {
	case 0, 1:
		return AcceptParameter{Name: name, Example: pick(r, "", "2.5", "app", "a b"), Description: pick(r, nil, &text)}
	case 2:
		return WithdrawParameter{Name: name}
	case 3:
		return SetParameter{Name: name, Field: pick(r, "name", "example", "description", "no"), Text: text}
	}
	return DeleteParameter{Name: name}
}

func (r random) edit(d *Document, depth int) Edit {
	step, section, index := r.stepID(d), pick(r, d.Sections...).ID, r.IntN(4)
	switch r.IntN(21) {
	case 0:
		return SetDocument{Field: pick(r, "title", "owner", "author", "version", "appliesTo", "no"), Text: r.text()}
	case 1:
		return SetDocument{Field: pick(r, "status", "kind"), Text: pick(r, "draft", "retired", "sop", "runbook")}
	case 2:
		return SetSection{Section: section, Field: pick(r, "title", "body"), Text: r.text()}
	case 3, 4:
		return SetStep{Step: step, Field: pick(r, "title", "body", "line", "folder", "output", "typed", "label"), Text: r.text()}
	case 18:
		return r.parameterEdit()
	case 19:
		return pick[Edit](r, (SetStep{Step: step, Field: "line", Text: r.text(), Risk: &Risk{Class: pick(r, classes...), Production: true}}), SetStep{Step: step, Field: "review", Text: r.text()})
	case 5:
		return SetStep{Step: step, Field: "kind", Text: string(pick(r, stepKinds...))}
	case 6:
		return InsertStep{Section: section, Index: index, Step: r.step(pick(r, "", "", step))}
	case 7:
		return DeleteStep{Step: step}
	case 8:
		return MoveStep{Step: step, Section: section, Index: index}
	case 9:
		return MergeSteps{First: step, Second: r.follower(d, step)}
	case 10:
		return SplitStep{Step: step, At: r.IntN(20)}
	case 11:
		return SetFigure{Step: step, Figure: r.figure(r.figureID(d, step))}
	case 12:
		return pick[Edit](r, (DeleteFigure{Step: step, Figure: r.figureID(d, step)}), InsertFigure{Step: step, Index: r.IntN(2), Figure: r.figure("")})
	case 13:
		return SetCallouts{Step: step, Callouts: list(r, 2, func() Callout { return Callout{Kind: pick(r, calloutKinds...), Text: r.text()} })}
	case 14:
		text, dropped := r.text(), r.IntN(2) == 0
		return SetSentence{Step: step, Index: r.IntN(2), Text: pick(r, nil, &text), Dropped: pick(r, nil, &dropped)}
	case 15:
		return MoveSentence{Step: step, Index: r.IntN(2), To: r.stepID(d)}
	case 16:
		return pick[Edit](r, (InsertSection{Index: index, Section: Section{Kind: Custom, Title: r.text(), Steps: list(r, 1, func() Step { return r.step("") })}}),
			DeleteSection{Section: section}, MoveSection{Section: section, Index: index})
	case 17:
		return ReplaceSteps{Section: section, Index: r.IntN(2), Count: r.IntN(2), Steps: list(r, 2, func() Step { return r.step("") })}
	}
	if depth == 0 {
		return Batch{}
	}
	return Batch{Edits: list(r, 3, func() Edit { return r.edit(d, depth-1) })}
}
