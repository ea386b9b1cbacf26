package uitree

import (
	"context"
	"fmt"
	"strings"
)

// maxText is the longest text, in characters, that is read of a field: what is
// longer is a document, of which only the edited part is read.
const maxText = 8192

// reading is what was read of a text.
type reading struct {
	value   string
	omitted int // characters of the text that value leaves out
}

// span is a part of a text, in characters; empty where to is not above from.
type span struct{ from, to int }

// text reads the text of an object: all of it, or, where it is longer than
// maxText, the part that was edited and no more than maxText of that.
func (b *a11yBus) text(ctx context.Context, r ref, edited span) (reading, error) {
	count, err := value[int32](b.prop(ctx, r, "org.a11y.atspi.Text", "CharacterCount"))
	if err != nil {
		return reading{}, err
	}
	if count < 0 {
		return reading{}, fmt.Errorf("read text: %d characters", count)
	}
	from, to := 0, int(count)
	if to > maxText {
		from = min(max(edited.from, 0), to)
		to = min(max(edited.to, from), to, from+maxText)
	}
	if from == to {
		return reading{omitted: int(count)}, nil
	}
	var s string
	if err := b.ask(ctx, r, "org.a11y.atspi.Text.GetText", int32(from), int32(to)).store(&s); err != nil {
		return reading{}, err
	}
	// A program may answer more than it was asked for.
	s = firstRunes(strings.ToValidUTF8(s, "\uFFFD"), maxText)
	return reading{value: s, omitted: int(count) - (to - from)}, nil
}

// firstRunes returns at most n characters of s, in memory of their own where
// that is less than s.
func firstRunes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for i := range s {
		if n == 0 {
			return strings.Clone(s[:i])
		}
		n--
	}
	return s
}

// follow moves the edited part of a text along with an edit of it.
func (s *span) follow(e edit) {
	const far = 1 << 30
	start, n := min(max(e.start, 0), far), min(max(e.n, 0), far)
	none := s.to <= s.from && s.from == 0
	if e.insert {
		switch {
		case none:
			*s = span{start, start + n}
		case start <= s.from:
			*s = span{start, min(s.to+n, far)}
		default:
			s.to = max(min(s.to+n, far), start+n)
		}
		return
	}
	cut := func(p int) int {
		if p <= start {
			return p
		}
		return max(start, p-n)
	}
	s.from, s.to = cut(s.from), cut(s.to)
}
