package command

import (
	"slices"
	"strings"

	"github.com/runreel/runreel/pipeline/command/shellwords"
)

// Class is what a command line does to the world.
type Class string

// The classes, from the mildest. The class of a line is the worst of its parts.
const (
	ReadOnly    Class = "read-only"
	Unknown     Class = "unknown"       // a program or a verb that the table does not know
	Changes     Class = "changes-state" // something is different afterwards
	Destructive Class = "destructive"   // something is lost, or stops
)

func worse(a, b Class) bool {
	order := []Class{ReadOnly, Unknown, Changes, Destructive}
	return slices.Index(order, a) > slices.Index(order, b)
}

// Verdict is what is known of a command line.
type Verdict struct {
	Class Class
	// Does says what a destructive line destroys, behind "This". Text between
	// two Quote runes is verbatim from the line.
	Does string
	Rule string // the row of the table that said so; "" where none did
}

// Quote stands before and after what a text takes from a command line.
const Quote = '\x1f'

func quoted(s string) string {
	const most = 120
	s = strings.Join(strings.Fields(strings.ReplaceAll(s, string(Quote), " ")), " ")
	if runes := []rune(s); len(runes) > most {
		s = string(runes[:most-1]) + "…"
	}
	if s == "" {
		return ""
	}
	return string(Quote) + s + string(Quote)
}

// Judge tells what a command line does. What cannot be read as one is Unknown.
func Judge(line string) Verdict {
	return judge{rules: table()}.line(line, 0)
}

// deepest is how far command lines inside command lines are followed.
const deepest = 6

type judge struct{ rules *rules }

func (j judge) line(line string, depth int) Verdict {
	commands, err := shellwords.Read(line)
	if err != nil || depth > deepest {
		return Verdict{Class: Unknown}
	}
	worst := Verdict{Class: ReadOnly}
	for _, c := range commands {
		for _, v := range []Verdict{j.command(c, depth), redirects(c)} {
			if worse(v.Class, worst.Class) {
				worst = v
			}
		}
	}
	return worst
}

// redirects is what the redirections of a command do by themselves.
func redirects(c shellwords.Command) Verdict {
	worst := Verdict{Class: ReadOnly}
	for _, r := range c.Redirects {
		file := r.File.Text
		if !r.Writes() || file == "/dev/null" || file == "/dev/stdout" || file == "/dev/stderr" || file == "/dev/tty" || strings.HasPrefix(file, "/dev/fd/") {
			continue
		}
		v := Verdict{Class: Changes, Rule: r.Op + " FILE"}
		switch {
		case isDevice(file):
			v = Verdict{Class: Destructive, Does: "overwrites the device " + quoted(file), Rule: "> DEVICE"}
		case printsNothing(c) && (r.Op == ">" || r.Op == ">|"):
			v = Verdict{Class: Destructive, Does: "empties " + quoted(file), Rule: "> FILE without a command"}
		}
		if worse(v.Class, worst.Class) {
			worst = v
		}
	}
	return worst
}

func isDevice(file string) bool {
	name, ok := strings.CutPrefix(file, "/dev/")
	return ok && slices.ContainsFunc([]string{"sd", "hd", "vd", "xvd", "nvme", "mmcblk", "md", "dm-", "mapper/", "disk/", "loop"}, func(p string) bool {
		return strings.HasPrefix(name, p)
	})
}

func printsNothing(c shellwords.Command) bool {
	return !c.Compound && (len(c.Words) == 0 || len(c.Words) == 1 && (c.Words[0].Text == ":" || c.Words[0].Text == "true"))
}

func (j judge) command(c shellwords.Command, depth int) Verdict {
	if len(c.Words) == 0 {
		return Verdict{Class: ReadOnly} // assignments: of this shell alone
	}
	return j.words(c, c.Words, depth)
}

// words judges a program with its arguments. c is the command that they are
// part of, with its input.
func (j judge) words(c shellwords.Command, words []shellwords.Word, depth int) Verdict {
	unknown := Verdict{Class: Unknown}
	if depth > deepest || !words[0].Literal {
		return unknown
	}
	_, p := j.rules.find(words[0].Text)
	if p == nil {
		return unknown
	}
	args := words[1:]
	a := p.parse(args)
	if n := len(args); n == 1 || n == 2 && p.prefix == nil && !p.shell {
		if v, ok := firstRule(j.rules.any, p.parse(args[n-1:])); ok {
			return v
		}
	}
	switch {
	case p.shell:
		return j.shell(c, a, depth)
	case p.sql != nil:
		return j.sql(c, p, a)
	case p.prefix != nil:
		return j.behind(c, p, args, depth)
	}
	if v, ok := j.insideOf(c, p, args, depth); ok {
		return v
	}
	v, ok := firstRule(p.rules, a)
	if !ok {
		v = unknown
	}
	if ran, ok := j.until(c, p, args, depth); ok && worse(ran.Class, v.Class) {
		return ran
	}
	return v
}

func firstRule(rules []rule, a arguments) (Verdict, bool) {
	for i := range rules {
		if taken, ok := rules[i].match(a); ok {
			return Verdict{Class: rules[i].class, Does: rules[i].wording(a, taken), Rule: rules[i].name}, true
		}
	}
	return Verdict{}, false
}

// behind judges what a program such as sudo runs.
func (j judge) behind(c shellwords.Command, p *program, args []shellwords.Word, depth int) Verdict {
	run := args[p.start(args, p.prefix.operands):]
	if p.prefix.line && (len(run) == 0 || slices.ContainsFunc(run, j.isShell)) {
		if v := j.shell(c, arguments{}, depth); v.Class != ReadOnly {
			return v
		}
	}
	for len(run) > 0 && isAssignment(run[0]) {
		run = run[1:]
	}
	switch {
	case len(run) == 0:
		if v, ok := firstRule(p.rules, p.parse(args)); ok {
			return v
		}
		return Verdict{Class: ReadOnly} // a shell, or nothing
	case p.prefix.line:
		return j.line(textOf(run), depth+1)
	}
	return j.words(c, run, depth+1)
}

func (j judge) isShell(w shellwords.Word) bool {
	_, p := j.rules.find(w.Text)
	return p != nil && p.shell
}

// start is where the command begins that stands behind so many operands.
func (p *program) start(args []shellwords.Word, operands int) int {
	for i := 0; ; {
		a := p.parseUpTo(args[i:], 1)
		switch {
		case len(a.operands) == 0:
			return len(args)
		case operands == 0:
			return i + a.operands[0].at
		}
		i += a.operands[0].at + 1
		operands--
	}
}

func isAssignment(w shellwords.Word) bool {
	name, _, ok := strings.Cut(w.Text, "=")
	return ok && name != "" && strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == ""
}

func textOf(words []shellwords.Word) string {
	var parts []string
	for _, w := range words {
		parts = append(parts, w.Text)
	}
	return strings.Join(parts, " ")
}

// insideOf judges what "docker exec" and its like run.
func (j judge) insideOf(c shellwords.Command, p *program, args []shellwords.Word, depth int) (Verdict, bool) {
	for _, in := range p.inside {
		at := p.parseUpTo(args, len(in.verbs))
		if at.unsure || len(at.operands) < len(in.verbs) || !slices.EqualFunc(in.verbs, at.operands[:len(in.verbs)], func(v string, o operand) bool { return v == o.Text }) {
			continue
		}
		begin := at.operands[len(in.verbs)-1].at + 1
		rest := args[begin:]
		if dashes := slices.IndexFunc(rest, func(w shellwords.Word) bool { return w.Text == "--" }); dashes >= 0 {
			rest = rest[dashes+1:]
		} else {
			rest = rest[p.start(rest, in.operands):]
		}
		if len(rest) == 0 {
			return Verdict{Class: ReadOnly}, true
		}
		return j.words(c, rest, depth+1), true
	}
	return Verdict{}, false
}

// until judges what "find -exec" runs.
func (j judge) until(c shellwords.Command, p *program, args []shellwords.Word, depth int) (Verdict, bool) {
	for i, w := range args {
		if !p.until[w.Text] || i+1 == len(args) {
			continue
		}
		run := args[i+1:]
		if end := slices.IndexFunc(run, func(w shellwords.Word) bool { return w.Text == ";" || w.Text == "+" }); end >= 0 {
			run = run[:end]
		}
		if len(run) > 0 {
			return j.words(c, run, depth+1), true
		}
	}
	return Verdict{}, false
}

// shell judges what a shell is given to run.
func (j judge) shell(c shellwords.Command, a arguments, depth int) Verdict {
	for _, o := range a.options {
		if (o.name == "-c" || o.name == "--command") && o.has {
			return j.line(o.value, depth+1)
		}
	}
	for _, r := range c.Redirects {
		if r.Op == "<<" {
			return j.line(r.Here, depth+1)
		}
		if r.Op == "<<<" {
			return j.line(r.File.Text, depth+1)
		}
	}
	if len(a.operands) > 0 && a.operands[0].Text != "-" && c.Words[0].Text != "su" || c.Piped || slices.ContainsFunc(c.Redirects, func(r shellwords.Redirect) bool { return r.Op == "<" }) {
		return Verdict{Class: Unknown} // a script, which the line does not show
	}
	return Verdict{Class: ReadOnly}
}
