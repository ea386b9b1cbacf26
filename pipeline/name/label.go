package name

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/runreel/runreel/capture"
)

// maxLabel and maxLine are lengths in runes.
const (
	maxLabel = 80
	maxLine  = 80
)

func labelOf(s Subject) (string, From) {
	if s.Element != nil {
		if l := labelOfElement(*s.Element); l != "" {
			return l, FromAccessibility
		}
	}
	if l := Label(s.Read); l != "" {
		return l, FromScreen
	}
	return "", FromPointer
}

// labelOfElement is the best name of e. A combo box calls itself by its value,
// so that its label goes first; what a field holds is no name of it.
func labelOfElement(e capture.Element) string {
	order := []string{e.Name, e.Label, e.Description, e.Value}
	switch {
	case e.Role == "combo box" || e.Role == "spin button":
		order = []string{e.Label, e.Name, e.Description}
	case isField(e.Role):
		order = []string{e.Name, e.Label, e.Description}
	case isPlain(e.Role):
		order = []string{e.Name, e.Label, e.Description}
	}
	for _, text := range order {
		if l := Label(text); l != "" {
			return l
		}
	}
	return ""
}

// isPlain tells of parts whose value is a whole text and never a name.
func isPlain(role string) bool {
	return slices.Contains([]string{"paragraph", "document web", "document frame", "panel", "section", "terminal"}, role)
}

func isField(role string) bool {
	return slices.Contains([]string{"entry", "text", "text box", "password text", "editbar", "autocomplete", "date editor", "document text"}, role)
}

func fieldLabel(e *capture.Element) (string, From) {
	if e == nil {
		return "", FromNothing
	}
	if l := labelOfElement(*e); l != "" {
		return l, FromAccessibility
	}
	return "", FromNothing
}

// Label makes a label of a name: clean, without the marks that a user
// interface adds to it, and at most 80 runes long.
func Label(s string) string {
	s = Clean(cutHuge(s))
	s = undouble(s)
	for {
		t := strings.TrimSpace(strings.TrimSuffix(strings.TrimSuffix(s, "…"), "..."))
		if t != ":" && t != "：" {
			t = strings.TrimSpace(strings.TrimSuffix(strings.TrimSuffix(t, ":"), "："))
		}
		if t == s {
			break
		}
		s = t
	}
	return cut(s, maxLabel)
}

// undouble mends the names of GTK 4, which put the mnemonic before the name:
// "_Message Dialog Message Dialog".
func undouble(s string) string {
	if !strings.HasPrefix(s, "_") && !strings.Contains(s, " _") {
		return s
	}
	bare := strings.ReplaceAll(s, "_", "")
	if half := len(bare) / 2; len(bare)%2 == 1 && bare[half] == ' ' && bare[:half] == bare[half+1:] {
		return bare[:half]
	}
	return s
}

// Clean makes one line of outside text that shows nothing but itself: control
// characters and terminal escapes go, so does what turns the writing direction
// or is invisible, and blanks are collapsed.
func Clean(s string) string {
	s = dropEscapes(strings.ToValidUTF8(s, "\uFFFD"))
	var b strings.Builder
	blank := false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			blank = true
			continue
		case unicode.IsControl(r), hidden(r):
			continue
		}
		if blank && b.Len() > 0 {
			b.WriteByte(' ')
		}
		blank = false
		b.WriteRune(r)
	}
	return b.String()
}

// hidden tells of characters of no width and those that turn the writing
// direction. The joiners stay: emoji and several scripts need them.
func hidden(r rune) bool {
	switch {
	case r == '\u200c', r == '\u200d':
		return false
	case r >= 0xE0020 && r <= 0xE007F: // flags of regions are spelt with tags
		return false
	}
	return unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Co, r)
}

// dropEscapes takes terminal escape sequences away (ECMA-48: CSI, OSC and the
// two-character ones), ended or not.
func dropEscapes(s string) string {
	if !strings.ContainsAny(s, "\x1b\u009b\u009d") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		switch {
		case strings.HasPrefix(s[i:], "\x1b["):
			i = csiEnd(s, i+2)
		case strings.HasPrefix(s[i:], "\u009b"):
			i = csiEnd(s, i+len("\u009b"))
		case strings.HasPrefix(s[i:], "\x1b]"):
			i = oscEnd(s, i+2)
		case strings.HasPrefix(s[i:], "\u009d"):
			i = oscEnd(s, i+len("\u009d"))
		case s[i] == 0x1b:
			i++
			if i < len(s) && s[i] < utf8.RuneSelf {
				i++
			}
		default:
			b.WriteByte(s[i])
			i++
		}
	}
	return b.String()
}

// csiEnd skips parameter and intermediate bytes and the final one.
func csiEnd(s string, i int) int {
	for i < len(s) && s[i] >= 0x20 && s[i] <= 0x3f {
		i++
	}
	if i < len(s) && s[i] >= 0x40 && s[i] <= 0x7e {
		i++
	}
	return i
}

// oscEnd skips to BEL or ST.
func oscEnd(s string, i int) int {
	for ; i < len(s); i++ {
		switch {
		case s[i] == 0x07:
			return i + 1
		case strings.HasPrefix(s[i:], "\x1b\\"), strings.HasPrefix(s[i:], "\u009c"):
			return i + 2
		}
	}
	return i
}

// cutHuge bounds the work on a name; what is cut would not be shown.
func cutHuge(s string) string {
	const most = 64 << 10
	if len(s) > most {
		return s[:most]
	}
	return s
}

func cut(s string, most int) string {
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	return strings.TrimSpace(string(runes[:most-1])) + "…"
}

func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

// suffixes are what browsers add to the title of a page.
var suffixes = []string{
	" - Chromium", " - Google Chrome", " — Mozilla Firefox", " - Mozilla Firefox", " - Microsoft Edge", " - Brave", " - Vivaldi",
}

func windowOf(s Subject) string {
	title := s.Window.Title
	if title == "" && s.Element != nil {
		title = s.Element.Window
	}
	title = Clean(cutHuge(title))
	for _, suffix := range suffixes {
		if t, ok := strings.CutSuffix(title, Clean(suffix)); ok && t != "" {
			title = strings.TrimSpace(t)
			break
		}
	}
	if title == "" {
		title = Label(s.Window.Program)
	}
	return cut(title, maxLabel)
}
