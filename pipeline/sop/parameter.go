package sop

import (
	"fmt"
	"iter"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Parameter is a value of the recording that another run would replace.
type Parameter struct {
	Name        string `json:"name"`                  // "VERSION": in the texts it is {{VERSION}}
	Example     string `json:"example"`               // plain: the recorded value
	Description string `json:"description,omitempty"` // plain
	Accepted    bool   `json:"accepted,omitempty"`    // it stands in the texts; else it is only offered
}

// Placeholder is how the parameter stands in the texts.
func (p Parameter) Placeholder() string { return "{{" + p.Name + "}}" }

const maxParameters = 200

var parameterName = regexp.MustCompile(`^[A-Z][A-Z0-9_]{0,63}$`)

func checkParameters(parameters []Parameter) []Problem {
	var c checker
	if len(parameters) > maxParameters {
		c.add("parameters", "There are %d parameters; %d are allowed.", len(parameters), maxParameters)
	}
	seen := map[string]bool{}
	for i, p := range parameters {
		path := fmt.Sprintf("parameters[%d]", i)
		if !parameterName.MatchString(p.Name) {
			c.add(path+".name", "%q is not a name of capital letters, digits and underscores.", short(p.Name))
		}
		if seen[p.Name] {
			c.add(path+".name", "The name %q is used twice.", p.Name)
		}
		seen[p.Name] = true
		if !isExample(p.Example) {
			c.add(path+".example", "%q is not one word that can be replaced.", short(p.Example))
		}
		c.text(path+".description", p.Description)
	}
	return c.problems
}

// isExample tells whether s can be replaced as a whole: one word, which no
// markup would read otherwise.
func isExample(s string) bool {
	return s != "" && len(s) <= 1000 && utf8.ValidString(s) && !strings.ContainsAny(s, "`\\{}") &&
		!strings.ContainsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
}

// replaceWord puts new in the place of old wherever old stands by itself: not
// inside a longer word, version, name or path component, and not inside a
// placeholder.
func replaceWord(text, old, new string) string {
	var b strings.Builder
	done := 0
	for at := range words(text, old) {
		b.WriteString(text[done:at] + new)
		done = at + len(old)
	}
	if done == 0 {
		return text
	}
	b.WriteString(text[done:])
	return b.String()
}

// CountWord tells how often word stands by itself in text, as AcceptParameter
// would find it.
func CountWord(text, word string) int {
	n := 0
	for range words(text, word) {
		n++
	}
	return n
}

// words gives the places where word stands by itself in text.
func words(text, word string) iter.Seq[int] {
	return func(yield func(int) bool) {
		open, end := placeholder(text, 0)
		for i := 0; word != ""; {
			at := strings.Index(text[i:], word)
			if at < 0 {
				return
			}
			at += i
			for at >= end {
				open, end = placeholder(text, end)
			}
			switch {
			case at+len(word) > open:
				i = end
			case !standsAlone(text, at, at+len(word)):
				_, size := utf8.DecodeRuneInString(text[at:])
				i = at + size
			case !yield(at):
				return
			default:
				i = at + len(word)
			}
		}
	}
}

// placeholder is where the next {{NAME}} at or after from begins and ends; both
// lie behind the text where there is none.
func placeholder(text string, from int) (open, end int) {
	none := len(text) + 1
	open = strings.Index(text[from:], "{{")
	if open < 0 {
		return none, none
	}
	open += from
	if end = strings.Index(text[open:], "}}"); end < 0 {
		return none, none
	}
	return open, open + end + 2
}

func standsAlone(text string, from, to int) bool {
	before, size := utf8.DecodeLastRuneInString(text[:from])
	if joins(before, func() rune { r, _ := utf8.DecodeLastRuneInString(text[:from-size]); return r }) {
		return false
	}
	after, size := utf8.DecodeRuneInString(text[to:])
	return !joins(after, func() rune { r, _ := utf8.DecodeRuneInString(text[to+size:]); return r })
}

// joins tells whether r, beside a word, makes it a part of a longer one; beyond
// is what stands on the far side of r.
func joins(r rune, beyond func() rune) bool {
	switch {
	case isWord(r) || r == '_':
		return true
	case r == '-' || r == '.' || r == '+' || r == '~':
		return isWord(beyond())
	}
	return false
}

// place is a text of a document that a parameter may stand in.
type place struct {
	Section string `json:"section,omitempty"` // id; none for the document's own
	Step    string `json:"step,omitempty"`    // id
	Field   string `json:"field"`             // as in the JSON of the document
	Index   int    `json:"index,omitempty"`   // of the callout, the sentence or the figure
}

// texts visits the texts that parameters stand in.
func (d *Document) texts(visit func(at place, text *string)) {
	visit(place{Field: "title"}, &d.Title)
	for i := range d.Sections {
		sec := &d.Sections[i]
		visit(place{Section: sec.ID, Field: "title"}, &sec.Title)
		visit(place{Section: sec.ID, Field: "body"}, &sec.Body)
		for j := range sec.Steps {
			sec.Steps[j].texts(func(at place, text *string) {
				at.Section = sec.ID
				visit(at, text)
			})
		}
	}
}

func (s *Step) texts(visit func(at place, text *string)) {
	at := func(field string, i int) place { return place{Step: s.ID, Field: field, Index: i} }
	visit(at("title", 0), &s.Title)
	visit(at("body", 0), &s.Body)
	visit(at("typed", 0), &s.Typed)
	if c := s.Command; c != nil {
		visit(at("line", 0), &c.Line)
		visit(at("folder", 0), &c.Dir)
		visit(at("host", 0), &c.Host)
		visit(at("output", 0), &c.Output)
	}
	for i := range s.Callouts {
		visit(at("callout", i), &s.Callouts[i].Text)
	}
	for i := range s.Spoken {
		visit(at("spoken", i), &s.Spoken[i].Text)
	}
	for i := range s.Figures {
		visit(at("alt", i), &s.Figures[i].Alt)
		visit(at("caption", i), &s.Figures[i].Caption)
	}
}

func (d *Document) parameter(name string) int {
	return slices.IndexFunc(d.Parameters, func(p Parameter) bool { return p.Name == name })
}
