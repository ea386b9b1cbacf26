package demo

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/runreel/runreel/pipeline/sop"
)

// sentence looks for what was said at the step of its action. What was said
// without an action may stand in any text made of speech.
func (c *comparison) sentence(a Action, place *sop.Step) {
	if place == nil && !acts(a) && !a.After {
		c.found(a.Say, "", c.anywhere())
		return
	}
	if place == nil {
		c.find("sentence", a.Say, []string{"its action is missing"})
		return
	}
	var there []string
	for _, s := range place.Spoken {
		if !s.Dropped {
			there = append(there, s.Text)
		}
	}
	c.found(a.Say, " at "+string(place.Kind), there)
}

func acts(a Action) bool { return a.Run+a.Open+a.Click+a.Type+a.Mark+a.Hidden != "" }

// anywhere is all that may hold what was said: bodies of sections, and what
// stands at steps. A note that was only spoken is no step of its own making.
func (c *comparison) anywhere() []string {
	var all []string
	for _, s := range c.doc.Sections {
		all = append(all, sop.PlainInline(s.Body))
	}
	for _, s := range c.steps {
		for _, said := range s.Spoken {
			all = append(all, said.Text)
		}
		if s.Kind == sop.StepNote && s.Sources["title"] == sop.FromSpeech {
			c.told[s.ID] = true
		}
	}
	return all
}

// found judges the best of the texts.
func (c *comparison) found(say, where string, texts []string) {
	best, share := "", -1.0
	for _, t := range texts {
		if got := recognised(say, t); got > share {
			best, share = t, got
		}
	}
	switch {
	case share < 0:
		c.find("sentence", say, []string{"nothing was recognised" + where})
	case share < enoughWords:
		c.find("sentence", say, []string{fmt.Sprintf("recognised%s only %q", where, best)})
	default:
		c.find("sentence", say, nil)
	}
}

// recognised is the part of the words of said that heard holds, in any order.
func recognised(said, heard string) float64 {
	want, have := words(said), words(heard)
	if len(want) == 0 {
		return 1
	}
	hits := 0
	for _, w := range want {
		if i := slices.Index(have, w); i >= 0 {
			have = slices.Delete(have, i, i+1)
			hits++
		}
	}
	return float64(hits) / float64(len(want))
}

// words are the words of a text as the model writes them: lower-case, and
// numbers spelt out.
func words(text string) []string {
	all := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	spelt := strings.Fields("zero one two three four five six seven eight nine ten")
	for i, w := range all {
		for n, name := range spelt {
			if w == fmt.Sprint(n) {
				all[i] = name
			}
		}
	}
	return all
}

// OK tells whether the draft says what the script did: all that the recorder
// knows, and enough of what was said.
func (r Report) OK() bool {
	said, right := 0, 0
	for _, f := range r.Findings {
		switch {
		case f.What == "sentence":
			said++
			if f.Wrong == "" {
				right++
			}
		case f.Wrong != "":
			return false
		}
	}
	return float64(right) >= enoughSentences*float64(said)
}

// Print writes the report as a table and its sums.
func (r Report) Print(w io.Writer) {
	type sum struct{ right, all int }
	var kinds []string
	sums := map[string]sum{}
	for _, f := range r.Findings {
		if !slices.Contains(kinds, f.What) {
			kinds = append(kinds, f.What)
		}
		t := sums[f.What]
		t.all++
		verdict := "ok     "
		if f.Wrong == "" {
			t.right++
		} else {
			verdict = "DIFFERS"
		}
		sums[f.What] = t
		fmt.Fprintf(w, "%s  %-9s %s\n", verdict, f.What, f.Name)
		if f.Wrong != "" {
			fmt.Fprintf(w, "                   %s\n", f.Wrong)
		}
	}
	fmt.Fprintln(w)
	for _, k := range kinds {
		fmt.Fprintf(w, "%-9s %d of %d right\n", k, sums[k].right, sums[k].all)
	}
}
