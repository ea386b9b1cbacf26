package command

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

//go:embed data/classes.txt
var classesText string

// rules are the rows of data/classes.txt.
type rules struct {
	programs   map[string]*program
	globs      []globProgram // names with "*"
	any        []rule
	statements []statement
}

type globProgram struct {
	glob    string
	program *program
}

// program is what the table knows of one program.
type program struct {
	rules  []rule
	values map[string]bool            // options with a value
	verb   map[string]map[string]bool // the same, by verb
	flags  map[string]bool
	prefix *prefix
	inside []inside
	until  map[string]bool
	shell  bool
	sql    *sqlReader
}

// rule is one row: what a command of this shape does.
type rule struct {
	name   string // as written
	tokens []token
	class  Class
	does   string
}

type token struct {
	kind    tokenKind
	words   []string // what the operand may be
	options []string
	values  []string // what the option's value may be; nil for anything
}

type tokenKind int

const (
	aWord tokenKind = iota
	anyWords
	someOperand
	anOption
	noOption
)

type prefix struct {
	operands int
	line     bool
}

type inside struct {
	verbs    []string
	operands int
}

type sqlReader struct {
	operands int
	options  map[string]bool
}

type statement struct {
	words []string
	rule
}

// table parses the embedded rows once; a test holds that they are right.
var table = sync.OnceValue(func() *rules {
	r, err := parseRules(classesText)
	if err != nil {
		panic(err)
	}
	return r
})

func parseRules(text string) (*rules, error) {
	r := &rules{programs: map[string]*program{}}
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		if err := r.row(line); err != nil {
			return nil, fmt.Errorf("classes.txt:%d: %w", n, err)
		}
	}
	return r, nil
}

func (r *rules) row(line string) error {
	head, rest, _ := strings.Cut(line, " ")
	fields := strings.Fields(rest)
	if len(fields) == 0 {
		return fmt.Errorf("%q says nothing", line)
	}
	if head == "statement" {
		return r.statement(rest)
	}
	directive, ok := directives[head]
	if !ok {
		return r.rule(line)
	}
	for _, p := range r.named(fields[0]) {
		if err := directive(p, fields[1:]); err != nil {
			return fmt.Errorf("%s: %w", head, err)
		}
	}
	return nil
}

// directives are the rows that are no rules.
var directives = map[string]func(p *program, fields []string) error{
	"values": func(p *program, fields []string) error {
		into := p.values
		if len(fields) > 0 && fields[0][0] != '-' {
			if p.verb[fields[0]] == nil {
				p.verb[fields[0]] = map[string]bool{}
			}
			into, fields = p.verb[fields[0]], fields[1:]
		}
		return options(into, fields)
	},
	"flags":  func(p *program, fields []string) error { return options(p.flags, fields) },
	"until":  func(p *program, fields []string) error { return options(p.until, fields) },
	"prefix": func(p *program, fields []string) error { return p.setPrefix(fields, false) },
	"line":   func(p *program, fields []string) error { return p.setPrefix(fields, true) },
	"shell": func(p *program, _ []string) error {
		p.shell, p.values["-c"] = true, true
		return nil
	},
	"sql": func(p *program, fields []string) error {
		n, rest, err := number(fields)
		p.sql = &sqlReader{operands: n, options: map[string]bool{}}
		for _, o := range rest {
			p.sql.options[o], p.values[o] = true, true
		}
		return err
	},
	"inside": func(p *program, fields []string) error {
		n, _, err := number(fields[len(fields)-1:])
		p.inside = append(p.inside, inside{verbs: fields[:len(fields)-1], operands: n})
		return err
	},
}

func (p *program) setPrefix(fields []string, line bool) error {
	n, rest, err := number(fields)
	if err != nil {
		return err
	}
	p.prefix = &prefix{operands: n, line: line}
	return options(p.values, rest)
}

func number(fields []string) (int, []string, error) {
	if len(fields) == 0 {
		return 0, nil, fmt.Errorf("the number of operands is missing")
	}
	n, err := strconv.Atoi(fields[0])
	return n, fields[1:], err
}

func options(into map[string]bool, names []string) error {
	for _, name := range names {
		if name[0] != '-' {
			return fmt.Errorf("%q is no option", name)
		}
		into[name] = true
	}
	return nil
}

// named gives the programs that a row names, and makes those that are new.
func (r *rules) named(names string) []*program {
	var out []*program
	for _, name := range strings.Split(names, "|") {
		p := r.programs[name]
		if p == nil {
			p = &program{values: map[string]bool{}, verb: map[string]map[string]bool{}, flags: map[string]bool{}, until: map[string]bool{}}
			r.programs[name] = p
			if strings.Contains(name, "*") && name != "*" {
				r.globs = append(r.globs, globProgram{name, p})
			}
		}
		out = append(out, p)
	}
	return out
}

func (r *rules) rule(line string) error {
	shape, effect, ok := strings.Cut(line, " : ")
	if !ok {
		return fmt.Errorf("%q has no class", line)
	}
	words := strings.Fields(shape)
	one := rule{name: strings.Join(words, " ")}
	if err := one.effect(effect); err != nil {
		return err
	}
	for _, w := range words[1:] {
		one.tokens = append(one.tokens, parseToken(w))
	}
	for i, t := range one.tokens {
		if t.kind == anyWords && (i+1 == len(one.tokens) || one.tokens[i+1].kind != aWord) {
			return fmt.Errorf("%q: ** needs a word behind it", line)
		}
	}
	if words[0] == "*" {
		r.any = append(r.any, one)
		return nil
	}
	for _, p := range r.named(words[0]) {
		p.rules = append(p.rules, one)
	}
	return nil
}

func (r *rules) statement(rest string) error {
	shape, effect, _ := strings.Cut(rest, " : ")
	s := statement{words: strings.Fields(shape)}
	s.name = strings.Join(s.words, " ")
	r.statements = append(r.statements, s)
	return r.statements[len(r.statements)-1].effect(effect)
}

var classWords = map[string]Class{"read": ReadOnly, "changes": Changes, "destructive": Destructive, "unknown": Unknown}

func (r *rule) effect(s string) error {
	word, does, _ := strings.Cut(strings.TrimSpace(s), " ")
	class, ok := classWords[word]
	if !ok {
		return fmt.Errorf("%q is no class", word)
	}
	if (class == Destructive) != (does != "") {
		return fmt.Errorf("%q: what is destroyed stands behind destructive, and only there", s)
	}
	r.class, r.does = class, does
	return nil
}

func parseToken(w string) token {
	switch {
	case w == "**":
		return token{kind: anyWords}
	case strings.HasPrefix(w, "@"):
		return token{kind: someOperand, words: strings.Split(w[1:], "|")}
	case strings.HasPrefix(w, "!-"):
		return token{kind: noOption, options: strings.Split(w[1:], ",")}
	case strings.HasPrefix(w, "-"):
		names, values, ok := strings.Cut(w, "=")
		t := token{kind: anOption, options: strings.Split(names, ",")}
		if ok {
			t.values = strings.Split(values, "|")
		}
		return t
	}
	return token{kind: aWord, words: strings.Split(w, "|")}
}

// find gives what is known of a program by the word that starts it. A program
// in a folder of the work is not the one of that name.
func (r *rules) find(word string) (string, *program) {
	name := word
	if i := strings.LastIndexByte(word, '/'); i >= 0 && word[0] == '/' {
		name = word[i+1:]
	}
	name = strings.TrimSuffix(strings.TrimPrefix(name, `\`), ".exe")
	if name == "*" {
		return name, nil
	}
	if p := r.programs[name]; p != nil {
		return name, p
	}
	for _, g := range r.globs {
		if fits(g.glob, name) {
			return name, g.program
		}
	}
	return name, nil
}

// fits tells whether s fits a pattern in which "*" stands for any letters.
// Letters match in either case.
func fits(pattern, s string) bool {
	head, rest, ok := strings.Cut(pattern, "*")
	if !ok {
		return strings.EqualFold(pattern, s)
	}
	if len(s) < len(head) || !strings.EqualFold(s[:len(head)], head) {
		return false
	}
	for s = s[len(head):]; ; s = s[1:] {
		if fits(rest, s) {
			return true
		}
		if s == "" {
			return false
		}
	}
}
