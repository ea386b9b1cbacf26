package export

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean makes any text fit to be shown and loses nothing on the way: it returns
// valid UTF-8 whose only control characters are line feeds and tabs. Invalid
// bytes become U+FFFD, other control characters their pictures (NUL is ␀), and
// what would be invisible or would reorder the text its number, such as
// [U+202E].
func Clean(s string) string {
	if isClean(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '\r' && strings.HasPrefix(s[i:], "\r\n"):
		case r == '\n' || r == '\t':
			b.WriteRune(r)
		case r == '\u2028' || r == '\u2029': // line and paragraph separator
			b.WriteByte('\n')
		case r < 0x20:
			b.WriteRune(0x2400 + r)
		case r == 0x7f:
			b.WriteRune('\u2421')
		case hidden(r):
			fmt.Fprintf(&b, "[U+%04X]", r)
		default:
			b.WriteRune(r) // U+FFFD for an invalid byte
		}
		i += n
	}
	return b.String()
}

// Line is Clean for text that has to stay on one line.
func Line(s string) string {
	return strings.Join(strings.FieldsFunc(Clean(s), func(r rune) bool {
		return r == '\n' || r == '\t' || r == ' '
	}), " ")
}

// Code is Clean for a command or its output, without the line feeds at its end.
func Code(s string) string { return strings.TrimRight(Clean(s), "\n") }

func isClean(s string) bool {
	for _, r := range s {
		if r == utf8.RuneError || r < 0x20 && r != '\n' && r != '\t' || r == 0x7f ||
			r == '\u2028' || r == '\u2029' || hidden(r) {
			return false
		}
	}
	return true
}

// hidden reports whether r has no picture of its own. The joiners and the
// variation selectors stay: Persian and emoji need them.
func hidden(r rune) bool {
	switch {
	case r < 0x80:
		return false
	case r < 0xa0: // C1
		return true
	case r == 0x200c || r == 0x200d:
		return false
	case r == 0x34f || r == 0x115f || r == 0x1160 || r == 0x3164 || r == 0xffa0 || r == 0x17b4 || r == 0x17b5 || r == 0x2800:
		return true // fillers
	case r >= 0xe0000 && r <= 0xe0fff: // tags
		return true
	case r&0xfffe == 0xfffe || r >= 0xfdd0 && r <= 0xfdef: // no characters
		return true
	}
	return unicode.Is(unicode.Cf, r) && !visibleFormat(r)
}

// visibleFormat reports whether a format character is drawn: the signs of
// Arabic and Syriac that span digits, and their like.
func visibleFormat(r rune) bool {
	return r >= 0x600 && r <= 0x605 || r == 0x6dd || r == 0x70f || r == 0x890 || r == 0x891 || r == 0x8e2 ||
		r == 0x110bd || r == 0x110cd
}
