package command

import (
	_ "embed"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/runreel/runreel/pipeline/command/shellwords"
)

//go:embed data/contexts.txt
var contextsText string

// contexts are the rows of data/contexts.txt.
type contexts struct {
	production, except []string
	labels             map[string]string
	names              map[string][]naming // by program
	variables          map[string][]naming // by program
	uses               map[string][]string // by program
}

// naming is a place on a line that names what it works on.
type naming struct {
	kind    string
	options []string
	verbs   []string
	operand int // -1 for none
	remote  bool
	name    string // of a variable
}

var contextTable = sync.OnceValue(func() *contexts {
	c, err := parseContexts(contextsText)
	if err != nil {
		panic(err)
	}
	return c
})

func parseContexts(text string) (*contexts, error) {
	c := &contexts{labels: map[string]string{}, names: map[string][]naming{}, variables: map[string][]naming{}, uses: map[string][]string{}}
	n := 0
	for line := range strings.Lines(text) {
		n++
		fields := strings.Fields(line)
		if len(fields) == 0 || fields[0][0] == '#' {
			continue
		}
		if err := c.row(fields[0], fields[1:]); err != nil {
			return nil, fmt.Errorf("contexts.txt:%d: %w", n, err)
		}
	}
	return c, nil
}

func (c *contexts) row(head string, f []string) error {
	least := map[string]int{"production": 1, "except": 1, "label": 2, "option": 3, "verb": 3, "operand": 3, "remote": 2, "variable": 3, "uses": 2}
	if n, ok := least[head]; !ok || len(f) < n {
		return fmt.Errorf("%q with %d words is no row", head, len(f))
	}
	add := func(n naming) {
		for _, name := range strings.Split(f[0], "|") {
			c.names[name] = append(c.names[name], n)
		}
	}
	switch head {
	case "production":
		c.production = append(c.production, f...)
	case "except":
		c.except = append(c.except, f...)
	case "label":
		c.labels[f[0]] = strings.Join(f[1:], " ")
	case "option":
		add(naming{kind: f[1], options: f[2:], operand: -1})
	case "verb":
		add(naming{kind: f[1], verbs: f[2:], operand: len(f) - 2})
	case "operand":
		i, err := strconv.Atoi(f[2])
		if err != nil {
			return err
		}
		add(naming{kind: f[1], operand: i})
	case "remote":
		add(naming{kind: f[1], operand: -1, remote: true})
	case "variable":
		for _, name := range strings.Split(f[2], "|") {
			c.variables[name] = append(c.variables[name], naming{kind: f[1], name: f[0]})
		}
	case "uses":
		for _, name := range strings.Split(f[0], "|") {
			c.uses[name] = append(c.uses[name], f[1:]...)
		}
	}
	return nil
}

// Production tells by what a command line works on production, such as "kube
// context prod-eu", or "" where nothing says so. host is where it ran; facts
// are those of capture.Command.Context. The name stands between Quote runes.
func Production(line, host string, facts map[string]string) string {
	c := contextTable()
	for _, at := range append(targets(line, facts), target{"host", host}) {
		if c.isProduction(at.name) {
			return c.labels[at.kind] + " " + quoted(at.name)
		}
	}
	return ""
}

// target is something that a line works on.
type target struct{ kind, name string }

// targets is what the programs of a line work on: what the line names, and of
// the facts what it leaves open.
func targets(line string, facts map[string]string) []target {
	c := contextTable()
	var out []target
	for _, call := range callsOf(line) {
		named := call.named(c)
		for _, kind := range c.uses[call.name] {
			if facts[kind] != "" && !slices.ContainsFunc(named, func(t target) bool { return t.kind == kind }) {
				named = append(named, target{kind, facts[kind]})
			}
		}
		out = append(out, named...)
	}
	return out
}

func (c call) named(table *contexts) []target {
	var out []target
	a := c.arguments()
	for _, n := range table.names[c.name] {
		for _, o := range a.options {
			if o.has && o.known && slices.Contains(n.options, o.name) {
				out = append(out, target{n.kind, o.value})
			}
		}
		if n.operand >= 0 && n.operand < len(a.operands) && slices.EqualFunc(n.verbs, a.operands[:len(n.verbs)], func(v string, o operand) bool { return v == o.Text }) {
			out = append(out, target{n.kind, a.operands[n.operand].Text})
		}
		for _, o := range a.operands {
			if where, _, ok := strings.Cut(o.Text, ":"); ok && n.remote && !strings.Contains(where, "/") {
				out = append(out, target{n.kind, where})
			}
		}
	}
	for _, n := range table.variables[c.name] {
		for _, assigned := range c.assigned {
			if assigned.Name == n.name && assigned.Value.Literal {
				out = append(out, target{n.kind, assigned.Value.Text})
			}
		}
	}
	for _, o := range a.operands {
		if host := urlHost(o.Text); host != "" {
			out = append(out, target{"host", host})
		}
	}
	for i := range out {
		if out[i].kind == "host" {
			out[i].name = out[i].name[strings.LastIndexByte(out[i].name, '@')+1:]
		}
	}
	return out
}

func urlHost(s string) string {
	if !strings.Contains(s, "://") {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// isProduction tells whether one of the parts of a name means production.
func (c *contexts) isProduction(name string) bool {
	parts := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9')
	})
	for i, part := range parts {
		if slices.Contains(c.production, strings.TrimRight(part, "0123456789")) && (i == 0 || !slices.Contains(c.except, parts[i-1])) {
			return true
		}
	}
	return false
}

// call is a program that a line runs, itself or by another.
type call struct {
	name     string
	program  *program
	words    []shellwords.Word // the program and its arguments
	assigned []shellwords.Assignment
	line     string // that the words' places are in
	prefixed bool   // another program runs it
	simple   bool   // it is all that the line runs, but for sudo and its like
}

func (c call) arguments() arguments {
	p := c.program
	if p == nil {
		p = &program{}
	}
	table := contextTable().names[c.name]
	known := &program{values: map[string]bool{}, verb: p.verb, flags: p.flags}
	for o := range p.values {
		known.values[o] = true
	}
	for _, n := range table {
		for _, o := range n.options {
			known.values[o] = true
		}
	}
	return known.parse(c.words[1:])
}

// callsOf lists the programs of a line with those that they run.
func callsOf(line string) []call { return calls(line, 0) }

func calls(line string, depth int) []call {
	commands, err := shellwords.Read(line)
	if err != nil || depth > deepest {
		return nil
	}
	var out []call
	for _, c := range commands {
		if len(c.Words) > 0 {
			one := call{words: c.Words, assigned: c.Assigned, line: line, simple: depth == 0 && len(commands) == 1 && len(c.Redirects) == 0}
			out = append(out, one.unfold(depth)...)
		}
	}
	return out
}

// unfold is the call and those inside it.
func (c call) unfold(depth int) []call {
	c.name, c.program = table().find(c.words[0].Text)
	out := []call{c}
	if c.program == nil || depth > deepest {
		return out
	}
	args := c.words[1:]
	if p := c.program.prefix; p != nil {
		run := args[c.program.start(args, p.operands):]
		inner := call{assigned: slices.Clone(c.assigned), line: c.line, prefixed: true, simple: c.simple && (c.name == "sudo" || c.name == "env")}
		for len(run) > 0 && isAssignment(run[0]) {
			name, value, _ := strings.Cut(run[0].Text, "=")
			inner.assigned = append(inner.assigned, shellwords.Assignment{Name: name, Value: shellwords.Word{Text: value, Literal: run[0].Literal}})
			run = run[1:]
		}
		if len(run) == 0 {
			return out
		}
		if p.line {
			return append(out, calls(textOf(run), depth+1)...)
		}
		inner.words = run
		return append(out, inner.unfold(depth+1)...)
	}
	for _, o := range c.program.parse(args).options {
		if c.program.shell && o.name == "-c" && o.has {
			out = append(out, calls(o.value, depth+1)...)
		}
	}
	return out
}
