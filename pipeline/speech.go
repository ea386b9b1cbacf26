package pipeline

import (
	"strings"
	"time"

	"github.com/runreel/runreel/pipeline/detect"
	"github.com/runreel/runreel/pipeline/narrate"
	"github.com/runreel/runreel/pipeline/sop"
)

// narrated is what speech can be about: every step, a heading by nothing but
// its time being no choice.
func narrated(steps []sop.Step, candidates []detect.Candidate) []narrate.Step {
	var out []narrate.Step
	for i, s := range steps {
		if s.Kind == sop.Heading {
			continue
		}
		words := []string{s.Label, s.Window, s.Typed}
		if c := candidates[i]; c.Command != nil {
			words = append(words, c.Command.Line)
		} else {
			words = append(words, c.Text, strings.Join(c.Menu, " "))
		}
		out = append(out, narrate.Step{Start: candidates[i].Start, End: doneAt(candidates[i]), Words: strings.Join(words, " ")})
	}
	// What goes on in the background has the attention until the next step.
	for i := range len(out) - 1 {
		out[i].End = max(out[i].Start, min(out[i].End, out[i+1].Start))
	}
	return out
}

// doneAt is when the hands were done: a field may stay open long after its
// text was typed.
func doneAt(c detect.Candidate) time.Duration {
	if c.Kind != detect.Type {
		return c.End
	}
	const aKey = 200 * time.Millisecond
	return min(c.End, c.Start+time.Second+aKey*time.Duration(min(len(c.Text), 1000)))
}

// tell puts the sentences on the steps. What is about no step is kept on the
// first one, dropped, so that no sentence is lost.
func tell(steps []sop.Step, said []narrate.Sentence) {
	var about []int // indexes of the steps that narrate saw
	for i := range steps {
		if steps[i].Kind != sop.Heading {
			about = append(about, i)
		}
	}
	if len(about) == 0 {
		return
	}
	for _, s := range said {
		at := &steps[about[max(0, s.Step)]]
		at.Spoken = append(at.Spoken, sentence(s))
		if s.Role == narrate.Warning && s.Step != narrate.Intro {
			at.Callouts = append(at.Callouts, sop.Callout{Kind: sop.Warning, Text: spoken(s)})
		}
	}
	for i := range steps {
		respeak(&steps[i])
	}
}

func respeak(s *sop.Step) {
	s.Body = sop.SpokenBody(*s)
	if s.Body != "" {
		s.Sources["body"] = sop.FromSpeech
	}
}

func sentence(s narrate.Sentence) sop.Sentence {
	return sop.Sentence{
		Text: text(s.Text), Start: sop.MillisOf(s.Start), End: sop.MillisOf(s.End),
		Dropped: s.Role == narrate.Aside || s.Step == narrate.Intro,
	}
}

// spoken is a sentence in the document's markup.
func spoken(s narrate.Sentence) string { return sop.EscapeInline(sop.Sentenced(text(s.Text))) }

// paragraphPause parts what was said where nothing was done.
const paragraphPause = 2500 // ms

// spokenSteps makes notes of a recording in which nothing but speech happened:
// one for each stretch between pauses.
func spokenSteps(said []narrate.Sentence, newID func() string) []sop.Step {
	var steps []sop.Step
	for _, s := range said {
		if s.Role == narrate.Prerequisite || s.Role == narrate.Rollback {
			continue // they have their own sections
		}
		line := sentence(s)
		line.Dropped = s.Role == narrate.Aside
		n := len(steps)
		if n == 0 || line.Start-steps[n-1].End > paragraphPause {
			steps = append(steps, sop.Step{
				ID: newID(), Kind: sop.StepNote, Start: line.Start, Sources: map[string]sop.Source{"title": sop.FromSpeech},
			})
			n++
		}
		last := &steps[n-1]
		last.End = line.End
		last.Spoken = append(last.Spoken, line)
	}
	for i := range steps {
		titleNote(&steps[i])
	}
	return steps
}

// titleNote titles a note with the first thing said; the rest is its body.
func titleNote(s *sop.Step) {
	const most = 80
	first := ""
	for _, said := range s.Spoken {
		if !said.Dropped {
			first = strings.TrimRight(sop.Sentenced(said.Text), ".")
			break
		}
	}
	if first == "" {
		s.Title = "Spoken remark"
		s.Sources["title"] = sop.FromRule
		return
	}
	if runes := []rune(first); len(runes) > most {
		first = strings.TrimSpace(string(runes[:most-1])) + "…"
	}
	s.Title = sop.EscapeInline(first)
	if sop.SpokenBody(*s) != sop.EscapeInline(first+".") {
		respeak(s)
	}
}
