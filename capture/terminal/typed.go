package terminal

import "strings"

// typist finds out what was typed over several lines. Bash joins the lines of
// a command in its history: with "; " or a blank where the grammar allows it,
// without a backslash at the end of a line, and with the comments run into the
// next line. What the history held after each line tells the lines apart.
type typist struct {
	joined string // the history so far
	typed  string // what was typed so far
}

// add takes the history's newest entry after one more line.
func (t *typist) add(joined string) {
	if t.joined == "" {
		t.joined, t.typed = joined, joined
		return
	}
	continued := strings.HasSuffix(t.joined, `\`)
	rest, found := strings.CutPrefix(joined, t.joined)
	switch {
	case found && !(continued && rest != "" && rest[0] != '\n'):
		t.addLine(rest)
	case continued && strings.HasPrefix(joined, t.joined[:len(t.joined)-1]):
		t.typed += "\n" + joined[len(t.joined)-1:]
	default:
		// The entry was replaced, not extended.
		t.typed = joined
	}
	t.joined = joined
}

// addLine takes what one line added: a delimiter and the line.
func (t *typist) addLine(rest string) {
	if rest == "" {
		return // an empty line or a comment, which the history leaves out
	}
	for _, delimiter := range []string{"\n", "; ", ";", " "} {
		line, found := strings.CutPrefix(rest, delimiter)
		if !found {
			continue
		}
		if delimiter == "\n" || !strings.HasSuffix(t.typed, "\n") {
			t.typed += "\n"
		}
		t.typed += line
		return
	}
	t.typed += rest
}

// take returns the whole command, given the history's final entry, and starts
// anew.
func (t *typist) take(joined string) string {
	t.add(joined)
	line := strings.TrimRight(t.typed, "\n")
	*t = typist{}
	return line
}
