package export

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

const maxName = 60

// Slug turns a title into a file name that is safe everywhere: lower-case ASCII
// letters, digits and single hyphens, at most 60 bytes, never empty and never a
// device name of Windows.
func Slug(title string) string {
	var b strings.Builder
	gap := false
	for _, r := range norm.NFKD.String(strings.ToValidUTF8(title, "")) {
		r = unicode.ToLower(r)
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			gap = false
			b.WriteRune(r)
		case unicode.Is(unicode.Mn, r): // the accent of the letter before
		default:
			gap = true
		}
		if b.Len() >= maxName {
			break
		}
	}
	s := b.String()
	s = strings.Trim(s[:min(len(s), maxName)], "-")
	if s == "" {
		return "procedure"
	}
	if device(s) {
		return s + "-procedure"
	}
	return s
}

func device(s string) bool {
	if slices.Contains([]string{"con", "prn", "aux", "nul"}, s) {
		return true
	}
	return len(s) == 4 && (s[:3] == "com" || s[:3] == "lpt")
}
