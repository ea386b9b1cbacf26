package command

import (
	"slices"
	"strings"

	"github.com/runreel/runreel/pipeline/command/shellwords"
)

// sql judges what a client of a database is given: options, operands or input.
func (j judge) sql(c shellwords.Command, p *program, a arguments) Verdict {
	var given []string
	for _, o := range a.options {
		if p.sql.options[o.name] && o.has {
			given = append(given, o.value)
		}
	}
	for i, o := range a.operands {
		if i >= p.sql.operands {
			given = append(given, o.Text)
		}
	}
	hidden := c.Piped && len(given) == 0
	for _, r := range c.Redirects {
		switch r.Op {
		case "<<":
			given = append(given, r.Here)
		case "<<<":
			given = append(given, r.File.Text)
		case "<":
			hidden = true
		}
	}
	worst := Verdict{Class: ReadOnly}
	if hidden {
		worst.Class = Unknown
	}
	if len(given) == 0 {
		if v, ok := firstRule(p.rules, a); ok && worse(v.Class, worst.Class) {
			return v
		}
	}
	for _, text := range given {
		if dot, ok := strings.CutPrefix(text, "."); ok { // a command of sqlite3
			if worse(dotted(dot), worst.Class) {
				worst.Class = dotted(dot)
			}
			continue
		}
		for _, s := range statements(text) {
			if v := j.statement(s); worse(v.Class, worst.Class) {
				worst = v
			}
		}
	}
	return worst
}

func dotted(command string) Class {
	for _, name := range []string{"tables", "schema", "databases", "indexes", "indices", "dump", "help", "mode", "headers", "show", "dbinfo", "width"} {
		if word, _, _ := strings.Cut(command, " "); word == name {
			return ReadOnly
		}
	}
	return Unknown
}

// statement judges one statement by its words, which are upper case.
func (j judge) statement(words []string) Verdict {
	if strings.HasPrefix(words[0], `\`) { // a command of psql
		if slices.Contains([]string{`\I`, `\IR`, `\INCLUDE`, `\COPY`, `\!`, `\GEXEC`}, words[0]) {
			return Verdict{Class: Unknown}
		}
		return Verdict{Class: ReadOnly}
	}
	switch words[0] {
	case "EXPLAIN":
		if i := slices.IndexFunc(words, func(w string) bool { return w == "ANALYZE" || w == "ANALYSE" }); i > 0 {
			for at := i + 1; at < len(words); at++ {
				if j.begins(words[at]) {
					return j.statement(words[at:])
				}
			}
		}
	case "WITH":
		for i, w := range words {
			if w == "DELETE" || w == "UPDATE" || w == "INSERT" || w == "MERGE" {
				return j.statement(words[i:])
			}
		}
		return Verdict{Class: ReadOnly}
	}
	for i := range j.rules.statements {
		s := &j.rules.statements[i]
		if s.words[0] == words[0] && !slices.ContainsFunc(s.words[1:], func(w string) bool { return !slices.Contains(words, w) }) {
			return Verdict{Class: s.class, Does: s.does, Rule: "SQL " + s.name}
		}
	}
	return Verdict{Class: Unknown}
}

func (j judge) begins(word string) bool {
	return slices.ContainsFunc(j.rules.statements, func(s statement) bool { return s.words[0] == word })
}

// statements cuts SQL at its semicolons, and each statement into its words in
// upper case, without what stands in quotes or remarks.
func statements(text string) [][]string {
	var (
		out   [][]string
		words []string
		word  strings.Builder
	)
	endWord := func() {
		if word.Len() > 0 {
			words = append(words, strings.ToUpper(word.String()))
			word.Reset()
		}
	}
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '\'' || c == '"' || c == '`':
			endWord()
			i = skipTo(text, i+1, string(c))
		case strings.HasPrefix(text[i:], "--"):
			endWord()
			i = skipTo(text, i, "\n")
		case strings.HasPrefix(text[i:], "/*"):
			endWord()
			i = skipTo(text, i+2, "*/") + 1
		case c == ';':
			endWord()
			if words != nil {
				out = append(out, words)
			}
			words = nil
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '\\' || c == '!' || c >= 0x80:
			word.WriteByte(c)
		default:
			endWord()
		}
	}
	endWord()
	if words != nil {
		out = append(out, words)
	}
	return out
}

// skipTo is the place of the next end, or that of the last byte.
func skipTo(text string, from int, end string) int {
	if from > len(text) {
		return len(text)
	}
	if i := strings.Index(text[from:], end); i >= 0 {
		return from + i
	}
	return len(text)
}
