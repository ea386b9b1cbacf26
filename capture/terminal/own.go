package terminal

import (
	"path"
	"slices"
	"strings"
)

// ownVerbs are what is said to the recorder itself: the gesture that stops a
// recording is no part of what is recorded.
var ownVerbs = map[string]bool{
	"record": true, "pause": true, "resume": true, "toggle": true, "mark": true, "stop": true,
	"discard": true, "status": true, "hook": true, "shell": true,
}

// valueFlags are the flags of this program, before its verb, that take the next
// word as their value.
var valueFlags = map[string]bool{"--data-dir": true, "--model": true}

// wrappers run the program that their arguments name.
var wrappers = map[string]bool{"command": true, "exec": true, "env": true, "nohup": true, "setsid": true, "time": true, "!": true}

// isOwn tells whether a command line is nothing but one of this program's own
// verbs. names are what the program is called. A list, a pipe or a line that
// cannot be understood is none.
func isOwn(line string, names []string) bool {
	words, ok := simple(line)
	if !ok {
		return false
	}
	for len(words) > 0 && (wrappers[words[0]] || isAssignment(words[0])) {
		words = words[1:]
	}
	if len(words) == 0 || !slices.Contains(names, path.Base(words[0])) {
		return false
	}
	for words = words[1:]; len(words) > 0 && strings.HasPrefix(words[0], "-"); words = words[1:] {
		if valueFlags[words[0]] && len(words) > 1 {
			words = words[1:]
		}
	}
	return len(words) > 0 && ownVerbs[words[0]]
}

// isAssignment tells whether a word sets a variable for the command behind it.
func isAssignment(word string) bool {
	name, _, found := strings.Cut(word, "=")
	return found && name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}

// simple splits one simple command of a shell into its words, without quotes,
// redirections and a comment. It is false for anything else: a list, a pipe,
// a substitution, a group, several lines.
func simple(line string) (words []string, ok bool) {
	s := splitter{rest: strings.TrimSpace(line)}
	for s.rest != "" && !s.failed {
		switch c := s.rest[0]; {
		case c == ' ' || c == '\t':
			s.rest = s.rest[1:]
		case c == '#':
			return s.words, !strings.Contains(s.rest, "\n")
		case c == ';' || c == '&' && !strings.HasPrefix(s.rest, "&>"):
			// At the end alone: "runreel record &".
			return s.words, strings.TrimSpace(s.rest[1:]) == ""
		default:
			s.word()
		}
	}
	return s.words, !s.failed
}

// splitter takes words off the front of a line.
type splitter struct {
	rest   string
	words  []string
	skip   bool // the next word is the target of a redirection
	failed bool
}

// word takes one word, or a redirection.
func (s *splitter) word() {
	var word strings.Builder
	quoted := false
	for s.rest != "" && !s.failed {
		c := s.rest[0]
		switch {
		case strings.IndexByte(" \t;&", c) >= 0 && !strings.HasPrefix(s.rest, "&>"):
			s.take(word.String())
			return
		case strings.IndexByte("<>", c) >= 0 || c == '&':
			s.redirection(word.String(), quoted)
			return
		case c == '\'' || c == '"':
			quoted = true
			s.quoted(&word, c)
		case c == '\\' && len(s.rest) > 1:
			quoted = true
			if s.rest[1] != '\n' {
				word.WriteByte(s.rest[1])
			}
			s.rest = s.rest[2:]
		case strings.IndexByte("|()`\n\\", c) >= 0 || strings.HasPrefix(s.rest, "$("):
			s.failed = true
		default:
			word.WriteByte(c)
			s.rest = s.rest[1:]
		}
	}
	s.take(word.String())
}

// take ends a word, which is none where it is the target of a redirection.
func (s *splitter) take(word string) {
	if !s.skip {
		s.words = append(s.words, word)
	}
	s.skip = false
}

// redirection takes an operator such as "2>" with what stood before it: a
// number belongs to it, anything else is a word.
func (s *splitter) redirection(before string, quoted bool) {
	if s.skip || strings.HasPrefix(s.rest, "<<") || strings.HasPrefix(s.rest, "<(") || strings.HasPrefix(s.rest, ">(") {
		s.failed = true
		return
	}
	if before != "" && (quoted || strings.Trim(before, "0123456789") != "") {
		s.take(before)
	}
	s.rest = strings.TrimLeft(s.rest, "<>&|")
	s.skip = true
	s.rest = strings.TrimLeft(s.rest, " \t")
	if s.rest == "" {
		s.failed = true
	}
}

// quoted takes a part in quotes.
func (s *splitter) quoted(word *strings.Builder, quote byte) {
	for i := 1; i < len(s.rest); i++ {
		switch c := s.rest[i]; {
		case c == quote:
			s.rest = s.rest[i+1:]
			return
		case quote == '"' && (c == '`' || strings.HasPrefix(s.rest[i:], "$(")):
			s.failed = true
			return
		case quote == '"' && c == '\\' && i+1 < len(s.rest) && strings.IndexByte("\"\\$`", s.rest[i+1]) >= 0:
			i++
			word.WriteByte(s.rest[i])
		default:
			word.WriteByte(c)
		}
	}
	s.failed = true // it does not end
}
