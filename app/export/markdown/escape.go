package markdown

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/runreel/runreel/pipeline/sop"
)

// escapeText escapes one line of clean plain text for any place inside a line: a
// table cell, an alternative text, a link's text, a paragraph. Only what could
// mean something is escaped, so that the file stays fit to be read and edited.
func escapeText(s string) string {
	var b strings.Builder
	for i, r := range s {
		if special(s, i, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// special reports whether the rune r at s[i] may begin or end a construct.
func special(s string, i int, r rune) bool {
	switch r {
	case '\\', '`', '*', '[', ']', '<', '>', '|', '~', '$', '&':
		return true
	case '_': // inside a word it is only an underscore
		return !wordBefore(s, i) || !wordAfter(s, i+1)
	case ':': // a bare address would become a link
		return strings.HasPrefix(s[i+1:], "//") || mailScheme(s[:i])
	case '@':
		return true
	case '.':
		return i >= 3 && strings.EqualFold(s[i-3:i], "www")
	case '!':
		return strings.HasPrefix(s[i+1:], "[")
	}
	return false
}

func mailScheme(before string) bool {
	before = strings.ToLower(before)
	return strings.HasSuffix(before, "mailto") || strings.HasSuffix(before, "xmpp")
}

func wordBefore(s string, i int) bool {
	r, _ := utf8.DecodeLastRuneInString(s[:i])
	return r != '_' && isWord(r)
}

func wordAfter(s string, i int) bool {
	r, _ := utf8.DecodeRuneInString(s[i:])
	return r != '_' && isWord(r)
}

func isWord(r rune) bool { return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) }

// escapeSpans writes spans for the inside of a line.
func escapeSpans(spans []sop.Span) string {
	var b strings.Builder
	for i, s := range spans {
		next := rune(' ')
		if i+1 < len(spans) {
			next = firstOut(spans[i+1])
		}
		b.WriteString(escapeSpan(s, lastOut(b.String()), next))
	}
	return strings.TrimSpace(b.String())
}

// firstOut is the first rune that a span will write.
func firstOut(s sop.Span) rune {
	switch s.Style {
	case sop.Code:
		return '`'
	case sop.Plain:
		r, _ := utf8.DecodeRuneInString(escapeText(s.Text))
		return r
	}
	r, _ := utf8.DecodeRuneInString(s.Text)
	if unicode.IsSpace(r) {
		return r
	}
	return '*'
}

func lastOut(written string) rune {
	if written == "" {
		return ' '
	}
	r, _ := utf8.DecodeLastRuneInString(written)
	return r
}

func escapeSpan(s sop.Span, before, after rune) string {
	switch s.Style {
	case sop.Code:
		if before == '`' || before == '\\' { // two code spans in a row would run into one
			return escapeText(s.Text)
		}
		return code(s.Text)
	case sop.Strong:
		return emphasise(s.Text, "**", before, after)
	case sop.Emphasis:
		return emphasise(s.Text, "_", before, after)
	}
	return escapeText(s.Text)
}

// emphasise sets text between marks, with the blanks at its ends outside. Where
// CommonMark would not take the marks for emphasis, because letters touch them
// from outside, the text stays plain: an asterisk too many is worse.
func emphasise(text, mark string, before, after rune) string {
	inner := strings.TrimSpace(text)
	if inner == "" {
		return text
	}
	lead := text[:strings.Index(text, inner)]
	tail := text[len(lead)+len(inner):]
	if lead != "" {
		before = ' '
	}
	if tail != "" {
		after = ' '
	}
	if !apart(before) || !apart(after) {
		return escapeText(text)
	}
	return lead + mark + escapeText(inner) + mark + tail
}

// apart reports whether emphasis may begin after, or end before, r whatever
// stands inside.
func apart(r rune) bool {
	if r == '*' || r == '_' {
		return false
	}
	return unicode.IsSpace(r) || unicode.IsPunct(r) || r < 0x80 && unicode.IsSymbol(r)
}

// code writes a code span around text.
func code(text string) string {
	if strings.TrimSpace(text) == "" {
		return text
	}
	ticks := strings.Repeat("`", longestRun(text, '`')+1)
	if text[0] == '`' || text[len(text)-1] == '`' || text[0] == ' ' && text[len(text)-1] == ' ' {
		text = " " + text + " "
	}
	return ticks + text + ticks
}

// escapeParagraph writes spans as a paragraph or as a list's item: what could
// begin another block at its start is escaped too.
func escapeParagraph(spans []sop.Span) string {
	s := escapeSpans(spans)
	if s == "" {
		return s
	}
	switch s[0] {
	case '#', '+', '-', '=', ':', '%', '{':
		return `\` + s
	}
	digits := len(s) - len(strings.TrimLeft(s, "0123456789"))
	if digits > 0 && digits < len(s) && (s[digits] == '.' || s[digits] == ')') {
		return s[:digits] + `\` + s[digits:]
	}
	return s
}

// escapeHeading writes spans for a line that begins with "#": there the only
// other danger is a run of "#" at the end, which would be cut off.
func escapeHeading(spans []sop.Span) string {
	s := escapeSpans(spans)
	if strings.HasSuffix(s, "#") {
		return s[:len(s)-1] + `\#`
	}
	return s
}

// fence writes a fenced block around text.
func fence(text, language string) string {
	ticks := strings.Repeat("`", max(longestRun(text, '`')+1, 3))
	return ticks + language + "\n" + text + "\n" + ticks
}

// longestRun returns the length of the longest run of c in s.
func longestRun(s string, c byte) int {
	longest, run := 0, 0
	for i := range len(s) {
		if s[i] != c {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}
