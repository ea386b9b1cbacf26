package app

import (
	"github.com/runreel/runreel/pipeline"
	"github.com/runreel/runreel/pipeline/sop"
)

// judged adds to an edit that sets a command line what the new line does, so
// that a badge never tells of the line that was there before.
func judged(doc *sop.Document, e sop.Edit) sop.Edit {
	set, ok := e.(sop.SetStep)
	if !ok || set.Field != "line" || set.Risk != nil {
		return e
	}
	var host string
	var facts map[string]string
	if i, j, ok := doc.Step(set.Step); ok {
		if c := doc.Sections[i].Steps[j].Command; c != nil {
			host, facts = c.Host, c.Context
		}
	}
	risk := pipeline.Risk(set.Text, host, facts)
	set.Risk = &risk
	return set
}
