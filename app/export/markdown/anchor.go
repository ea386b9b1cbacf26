package markdown

import (
	"strconv"
	"strings"
	"unicode"
)

// anchors gives headings the anchors that GitHub gives them.
type anchors struct{ seen map[string]int }

// add returns the anchor of the next heading with this text: lower case, without
// what is neither a letter, a mark, a digit, a connector nor a hyphen, blanks as
// hyphens, and a number behind one that was there before.
func (a *anchors) add(heading string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(strings.TrimSpace(heading)) {
		switch {
		case r == ' ':
			b.WriteByte('-')
		case r == '-' || unicode.In(r, unicode.L, unicode.M, unicode.Nd, unicode.Nl, unicode.Pc):
			b.WriteRune(r)
		}
	}
	if a.seen == nil {
		a.seen = map[string]int{}
	}
	name := b.String()
	n := a.seen[name]
	a.seen[name]++
	if n > 0 {
		return name + "-" + strconv.Itoa(n)
	}
	return name
}
