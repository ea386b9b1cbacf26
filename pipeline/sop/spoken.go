package sop

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// SpokenBody is the body that a step has of what was said: its sentences in
// order, without the dropped ones and those that became a callout.
func SpokenBody(s Step) string {
	var parts []string
	for _, said := range s.Spoken {
		text := EscapeInline(Sentenced(said.Text))
		if said.Dropped || text == "" || hasCallout(s, text) {
			continue
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, " ")
}

func hasCallout(s Step, text string) bool {
	for _, c := range s.Callouts {
		if c.Text == text {
			return true
		}
	}
	return false
}

// Sentenced writes recognised speech as a sentence: blanks collapsed, begun
// with a capital, ended with a mark, and with a capital I.
func Sentenced(text string) string {
	words := strings.Fields(text)
	for i, w := range words {
		switch w {
		case "i", "i'm", "i'll", "i've", "i'd":
			words[i] = "I" + w[1:]
		}
	}
	text = strings.Join(words, " ")
	if text == "" {
		return ""
	}
	first, n := utf8.DecodeRuneInString(text)
	if first != utf8.RuneError {
		text = string(unicode.ToUpper(first)) + text[n:]
	}
	last, _ := utf8.DecodeLastRuneInString(text)
	if !strings.ContainsRune(".!?…。！？:", last) {
		text += "."
	}
	return text
}

// respoken words the body anew after change, if the body is still the one that
// the sentences gave. exact tells that the opposite change would give the old
// body back.
func (s *Step) respoken(change func()) (exact bool) {
	generated := s.generatedBody()
	change()
	if !generated {
		return !s.generatedBody()
	}
	s.Body = SpokenBody(*s)
	if s.Body == "" {
		s.setSource("body", "")
		return true
	}
	s.setSource("body", FromSpeech)
	return true
}

func (s *Step) generatedBody() bool {
	if s.Body == "" {
		return s.Sources["body"] == "" && SpokenBody(*s) == ""
	}
	return s.Sources["body"] == FromSpeech && s.Body == SpokenBody(*s)
}
