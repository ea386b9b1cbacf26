package sop

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The inline markup is a part of CommonMark small enough to be read and typed
// by anybody:
//
//	`code`      literal; a run of backticks longer than any inside opens and closes it, as in CommonMark
//	**strong**  names of buttons, fields and windows
//	_emphasis_  the rest
//	\x          x itself, for any ASCII punctuation x
//
// Anything else is text. There are no links, images or HTML.

// Style is how a span of text is set.
type Style string

// The styles of spans.
const (
	Plain    Style = ""
	Code     Style = "code"
	Strong   Style = "strong"
	Emphasis Style = "emphasis"
)

// Span is a run of text in one style. Its text is literal: no markup is left
// in it.
type Span struct {
	Text  string
	Style Style
}

// ParseInline reads the inline markup of s. Every s is valid: a mark without a
// partner is text. Neighbouring spans differ in style, no span is empty, and a
// strong or emphasised span neither begins nor ends with white space.
//
// Two stars open strong text where no white space follows, and close it where
// none precedes. An underscore does the same for emphasis, and never inside a
// word (snake_case is text). Strong inside emphasis, emphasis inside strong:
// the letters are strong. Code inside either is code.
func ParseInline(s string) []Span {
	tokens := scanInline(s)
	matchDelimiters(tokens)
	var (
		spans            []Span
		strong, emphasis int
	)
	for _, t := range tokens {
		switch t.role {
		case opens:
			depth(t.kind, &strong, &emphasis, 1)
			continue
		case closes:
			depth(t.kind, &strong, &emphasis, -1)
			continue
		}
		style := Plain
		switch {
		case t.kind == codeToken:
			style = Code
		case strong > 0:
			style = Strong
		case emphasis > 0:
			style = Emphasis
		}
		spans = append(spans, Span{Text: t.text, Style: style})
	}
	return normalSpans(spans)
}

// FormatInline writes spans as inline markup, so that ParseInline reads the
// same spans back. Spans that the markup cannot hold are set as near as it can:
// white space at the edges of strong and emphasised text moves out, emphasis
// that touches a letter outside becomes plain, line breaks in code become blanks.
func FormatInline(spans []Span) string {
	spans = normalSpans(spans)
	var b strings.Builder
	for i, sp := range spans {
		switch sp.Style {
		case Code:
			b.WriteString(formatCode(sp.Text))
		case Strong:
			b.WriteString("**" + escapeText(sp.Text, false) + "**")
		case Emphasis:
			if touchesWord(spans, i) {
				b.WriteString(escapeText(sp.Text, false))
				continue
			}
			b.WriteString("_" + escapeText(sp.Text, false) + "_")
		default:
			b.WriteString(escapeText(sp.Text, i == 0))
		}
	}
	return b.String()
}

// EscapeInline returns markup that ParseInline reads as exactly plain, and
// that ParseBody does not take for a list.
func EscapeInline(plain string) string { return escapeText(plain, true) }

// CodeInline returns markup that shows plain as code. Line breaks become
// blanks; empty text gives empty markup.
func CodeInline(plain string) string {
	if plain == "" {
		return ""
	}
	return formatCode(plain)
}

// StrongInline returns markup that shows plain as strong text. White space at
// its edges stays outside.
func StrongInline(plain string) string {
	return FormatInline([]Span{{Text: plain, Style: Strong}})
}

// PlainInline returns the text of s without its markup.
func PlainInline(s string) string {
	var b strings.Builder
	for _, sp := range ParseInline(s) {
		b.WriteString(sp.Text)
	}
	return b.String()
}

type tokenKind int

const (
	textToken tokenKind = iota
	codeToken
	strongToken
	emphasisToken
)

type tokenRole int

const (
	literal tokenRole = iota
	opens
	closes
)

type inlineToken struct {
	kind              tokenKind
	text              string // literal text; of a delimiter its own characters
	canOpen, canClose bool
	role              tokenRole
}

func depth(kind tokenKind, strong, emphasis *int, by int) {
	if kind == strongToken {
		*strong += by
		return
	}
	*emphasis += by
}

// scanInline cuts s into text, code and delimiters that are not matched yet.
func scanInline(s string) []inlineToken {
	var (
		tokens []inlineToken
		text   strings.Builder
		runs   = backtickRuns(s)
	)
	flush := func() {
		if text.Len() > 0 {
			tokens = append(tokens, inlineToken{kind: textToken, text: text.String()})
			text.Reset()
		}
	}
	for i := 0; i < len(s); {
		switch {
		case s[i] == '\\' && i+1 < len(s) && isPunct(s[i+1]):
			text.WriteByte(s[i+1])
			i += 2
		case s[i] == '`':
			n := runLength(s[i:], '`')
			end := runs.next(n, i+n)
			if end < 0 {
				text.WriteString(s[i : i+n])
				i += n
				continue
			}
			flush()
			tokens = append(tokens, inlineToken{kind: codeToken, text: codeText(s[i+n : end])})
			i = end + n
		case strings.HasPrefix(s[i:], "**"):
			flush()
			tokens = append(tokens, delimiter(s, i, 2))
			i += 2
		case s[i] == '_':
			flush()
			tokens = append(tokens, delimiter(s, i, 1))
			i++
		default:
			text.WriteByte(s[i])
			i++
		}
	}
	flush()
	return tokens
}

func delimiter(s string, i, n int) inlineToken {
	before, _ := utf8.DecodeLastRuneInString(s[:i])
	after, _ := utf8.DecodeRuneInString(s[i+n:])
	t := inlineToken{
		text:     s[i : i+n],
		kind:     strongToken,
		canOpen:  i+n < len(s) && !unicode.IsSpace(after),
		canClose: i > 0 && !unicode.IsSpace(before),
	}
	if n == 1 {
		t.kind = emphasisToken
		t.canOpen = t.canOpen && (i == 0 || !isWord(before))
		t.canClose = t.canClose && (i+n == len(s) || !isWord(after))
	}
	return t
}

// matchDelimiters pairs delimiters. What stands between a pair is never empty,
// and pairs nest: a delimiter left open inside a pair is text.
func matchDelimiters(tokens []inlineToken) {
	var (
		stack []int
		open  [emphasisToken + 1]int
	)
	for i := range tokens {
		t := &tokens[i]
		if t.kind != strongToken && t.kind != emphasisToken {
			continue
		}
		if t.canClose && open[t.kind] > 0 {
			top := len(stack) - 1
			for tokens[stack[top]].kind != t.kind {
				top--
			}
			if stack[top]+1 < i {
				for _, j := range stack[top:] {
					open[tokens[j].kind]--
				}
				tokens[stack[top]].role, t.role = opens, closes
				stack = stack[:top]
				continue
			}
		}
		if t.canOpen {
			stack = append(stack, i)
			open[t.kind]++
		}
	}
}

// runIndex lists where the runs of backticks begin, by their length.
type runIndex map[int][]int

func backtickRuns(s string) runIndex {
	runs := runIndex{}
	for i := 0; i < len(s); {
		if s[i] != '`' {
			i++
			continue
		}
		n := runLength(s[i:], '`')
		runs[n] = append(runs[n], i)
		i += n
	}
	return runs
}

// next is the first run of exactly n backticks at or after from, or -1.
func (r runIndex) next(n, from int) int {
	at := r[n]
	if k := sort.SearchInts(at, from); k < len(at) {
		return at[k]
	}
	return -1
}

func runLength(s string, c byte) int {
	n := 0
	for n < len(s) && s[n] == c {
		n++
	}
	return n
}

// codeText is what a code span between its backticks shows: CommonMark takes
// line breaks as blanks, and one blank off both ends of what is not all blank.
func codeText(s string) string {
	s = lineBreaks.Replace(s)
	if len(s) > 2 && s[0] == ' ' && s[len(s)-1] == ' ' && strings.Trim(s, " ") != "" {
		return s[1 : len(s)-1]
	}
	return s
}

var lineBreaks = strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ")

func formatCode(s string) string {
	s = lineBreaks.Replace(s)
	longest := 0
	for i := 0; i < len(s); {
		n := runLength(s[i:], '`')
		longest = max(longest, n)
		i += max(1, n)
	}
	fence := strings.Repeat("`", longest+1)
	if padsCode(s) {
		s = " " + s + " "
	}
	return fence + s + fence
}

func padsCode(s string) bool {
	if s[0] == '`' || s[len(s)-1] == '`' {
		return true
	}
	return s[0] == ' ' && s[len(s)-1] == ' ' && strings.Trim(s, " ") != ""
}

// escapeText escapes what would be read as markup. An underscore inside a word
// stays as it is. lineStart tells that s begins a line.
func escapeText(s string, lineStart bool) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\', c == '`', c == '*':
			b.WriteByte('\\')
		case c == '_' && !insideWord(s, i):
			b.WriteByte('\\')
		case c == '-' && (lineStart || i > 0 && s[i-1] == '\n'):
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
		lineStart = false
	}
	return b.String()
}

func insideWord(s string, i int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:i])
	after, _ := utf8.DecodeRuneInString(s[i+1:])
	return isWord(before) && isWord(after)
}

// touchesWord tells that the emphasised span i has a letter or digit of plain
// text right beside it, where an underscore would be text.
func touchesWord(spans []Span, i int) bool {
	if i > 0 && spans[i-1].Style == Plain {
		if r, _ := utf8.DecodeLastRuneInString(spans[i-1].Text); isWord(r) {
			return true
		}
	}
	if i+1 < len(spans) && spans[i+1].Style == Plain {
		if r, _ := utf8.DecodeRuneInString(spans[i+1].Text); isWord(r) {
			return true
		}
	}
	return false
}

// normalSpans joins neighbours of one style, moves white space out of styled
// spans and drops empty ones.
func normalSpans(in []Span) []Span {
	var out []Span
	for _, sp := range joinSpans(in) {
		if sp.Style != Strong && sp.Style != Emphasis {
			out = append(out, sp)
			continue
		}
		body := strings.TrimLeftFunc(sp.Text, unicode.IsSpace)
		trimmed := strings.TrimRightFunc(body, unicode.IsSpace)
		out = append(out,
			Span{Text: sp.Text[:len(sp.Text)-len(body)], Style: Plain},
			Span{Text: trimmed, Style: sp.Style},
			Span{Text: body[len(trimmed):], Style: Plain})
	}
	return joinSpans(out)
}

func joinSpans(in []Span) []Span {
	var (
		out  []Span
		text strings.Builder
		open Style
	)
	flush := func() {
		if text.Len() > 0 {
			out = append(out, Span{Text: text.String(), Style: open})
			text.Reset()
		}
	}
	for _, sp := range in {
		if sp.Text == "" {
			continue
		}
		if sp.Style != open {
			flush()
			open = sp.Style
		}
		text.WriteString(sp.Text)
	}
	flush()
	return out
}

func isPunct(c byte) bool {
	return c >= '!' && c <= '/' || c >= ':' && c <= '@' || c >= '[' && c <= '`' || c >= '{' && c <= '~'
}

func isWord(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}
