package terminal

import "strings"

// expandAliases gives a line with its aliases resolved, as bash and zsh do it: a
// word at the place of a command that is an alias is replaced, again where the
// replacement begins with another one; after a replacement that ends with a
// blank the next word is looked at, too. What is quoted stays as it is, and so
// does the text of a here-document's line and all behind it.
func expandAliases(line string, aliases map[string]string) string {
	if len(aliases) == 0 {
		return line
	}
	e := expander{aliases: aliases, rest: line, command: true}
	for e.rest != "" && e.out.Len() < maxMark {
		e.next()
	}
	e.out.WriteString(e.rest)
	return e.out.String()
}

// expander goes through a line.
type expander struct {
	aliases map[string]string
	rest    string
	out     strings.Builder
	command bool // a command may begin here
	target  bool // the next word is the target of a redirection
}

// opening are words after which a command begins.
var opening = map[string]bool{
	"then": true, "do": true, "else": true, "elif": true, "if": true, "while": true, "until": true, "!": true, "{": true, "time": true,
	"begin": true, "and": true, "or": true, "not": true,
}

func (e *expander) next() {
	switch c := e.rest[0]; {
	case strings.HasPrefix(e.rest, "<<") && !strings.HasPrefix(e.rest, "<<<"), c == '#' && e.atWord():
		e.take(len(e.rest))
	case c == ' ' || c == '\t':
		e.take(1)
	case strings.IndexByte("\n;|()", c) >= 0, c == '&' && !strings.HasPrefix(e.rest, "&>"):
		e.take(1)
		e.command, e.target = true, false
	case strings.IndexByte("<>&", c) >= 0:
		e.take(len(e.rest) - len(strings.TrimLeft(e.rest, "<>&|")))
		e.target = true
	default:
		e.word()
	}
}

// atWord tells whether a word may begin here.
func (e *expander) atWord() bool {
	s := e.out.String()
	return s == "" || strings.IndexByte(" \t\n;|&()", s[len(s)-1]) >= 0
}

func (e *expander) take(n int) {
	e.out.WriteString(e.rest[:n])
	e.rest = e.rest[n:]
}

// word takes one word.
func (e *expander) word() {
	n, plain := wordLength(e.rest)
	word := e.rest[:n]
	switch {
	case e.target:
		e.take(n)
		// A number before an operator is no word of its own.
		e.target = false
	case !e.command:
		e.take(n)
	case isAssignment(word), opening[word], n < len(e.rest) && strings.IndexByte("<>", e.rest[n]) >= 0 && strings.Trim(word, "0123456789") == "":
		e.take(n)
	default:
		e.command = false
		if plain {
			word, e.command = e.resolve(word, nil)
		}
		e.out.WriteString(word)
		e.rest = e.rest[n:]
	}
}

// resolve gives what a word stands for, and whether the next one is looked at.
func (e *expander) resolve(word string, seen []string) (text string, again bool) {
	value, found := e.aliases[word]
	for _, s := range seen {
		found = found && s != word
	}
	if !found {
		return word, false
	}
	again = strings.HasSuffix(value, " ") || strings.HasSuffix(value, "\t")
	value = strings.TrimRight(value, " \t")
	first, rest, _ := strings.Cut(value, " ")
	if first != "" && e.aliases[first] != "" {
		first, _ = e.resolve(first, append(seen, word))
		value = strings.TrimRight(first+" "+rest, " ")
	}
	return value, again
}

// wordLength is how long the word is that s begins with, and whether nothing in
// it is quoted or substituted.
func wordLength(s string) (n int, plain bool) {
	plain = true
	for n < len(s) {
		c := s[n]
		switch {
		case strings.IndexByte(" \t\n;|&()<>", c) >= 0:
			return n, plain
		case c == '\\':
			plain = false
			n = min(n+2, len(s))
		case c == '\'' || c == '"' || c == '`':
			plain = false
			n += quotedLength(s[n:], c)
		case strings.HasPrefix(s[n:], "$("):
			plain = false
			n += nestedLength(s[n:])
		default:
			if c == '$' {
				plain = false
			}
			n++
		}
	}
	return n, plain
}

// quotedLength is how long the quotation is that s begins with.
func quotedLength(s string, quote byte) int {
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == quote:
			return i + 1
		case s[i] == '\\' && quote != '\'':
			i++
		}
	}
	return len(s)
}

// nestedLength is how long the substitution is that s begins with.
func nestedLength(s string) int {
	depth := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return i + 1
			}
		case '\\':
			i++
		case '\'', '"', '`':
			i += quotedLength(s[i:], c) - 1
		}
	}
	return len(s)
}
