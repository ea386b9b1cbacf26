package command

import (
	"slices"
	"strings"

	"github.com/runreel/runreel/pipeline/command/shellwords"
)

// arguments are the words of a command, told apart by what the table knows of
// its program.
type arguments struct {
	operands []operand
	options  []option
	// unsure tells that an option which the table does not know stands before
	// the first operand, which may be its value.
	unsure bool
}

type operand struct {
	shellwords.Word
	at int // among the words
}

type option struct {
	name  string // "-n", "--namespace"
	value string
	has   bool // it has a value
	known bool // the value is what the program gets
}

func (p *program) parse(words []shellwords.Word) arguments { return p.parseUpTo(words, len(words)) }

// parseUpTo parses until it has so many operands.
func (p *program) parseUpTo(words []shellwords.Word, most int) arguments {
	var a arguments
	for i := 0; i < len(words) && len(a.operands) < most; i++ {
		w := words[i]
		switch {
		case w.Text == "--":
			a.options = append(a.options, option{name: "--"})
			for j := i + 1; j < len(words); j++ {
				a.operands = append(a.operands, operand{words[j], j})
			}
			return a
		case len(w.Text) > 1 && w.Text[0] == '-':
			i += p.option(&a, words, i)
		default:
			a.operands = append(a.operands, operand{w, i})
		}
	}
	return a
}

// option reads the option at i, and tells how many words behind it are its
// value.
func (p *program) option(a *arguments, words []shellwords.Word, i int) int {
	w := words[i]
	name, value, has := strings.Cut(w.Text, "=")
	if has && (strings.HasPrefix(name, "--") || len(name) > 2) {
		a.options = append(a.options, option{name, value, true, w.Literal})
		return 0
	}
	if p.takesValue(a, w.Text) {
		o := option{name: w.Text}
		if i+1 < len(words) {
			o.value, o.has, o.known = words[i+1].Text, true, words[i+1].Literal
		}
		a.options = append(a.options, o)
		return 1
	}
	a.options = append(a.options, option{name: w.Text})
	if strings.HasPrefix(w.Text, "--") {
		a.unsure = a.unsure || len(a.operands) == 0 && !p.flags[w.Text]
		return 0
	}
	return p.bundle(a, words, i)
}

// bundle reads "-xvf file" as its letters too.
func (p *program) bundle(a *arguments, words []shellwords.Word, i int) int {
	w := words[i]
	known := p.flags[w.Text]
	for at, letter := range w.Text[1:] {
		name := "-" + string(letter)
		o := option{name: name}
		if p.takesValue(a, name) {
			rest := strings.TrimPrefix(w.Text[1+at:], string(letter))
			took := 0
			switch {
			case rest != "":
				o.value, o.has, o.known = strings.TrimPrefix(rest, "="), true, w.Literal
			case i+1 < len(words):
				o.value, o.has, o.known, took = words[i+1].Text, true, words[i+1].Literal, 1
			}
			a.options = append(a.options, o)
			return took
		}
		known = known && len(w.Text) > 2 || p.flags[name]
		a.options = append(a.options, o)
	}
	a.unsure = a.unsure || len(a.operands) == 0 && !known
	return 0
}

func (p *program) takesValue(a *arguments, name string) bool {
	if p.values[name] {
		return true
	}
	return len(a.operands) > 0 && p.verb[a.operands[0].Text][name]
}

// match tells whether a command has the shape of the rule, and how many of its
// operands the rule's words took.
func (r *rule) match(a arguments) (taken int, ok bool) {
	for i, t := range r.tokens {
		switch t.kind {
		case aWord:
			if i > 0 && r.tokens[i-1].kind == anyWords {
				for taken < len(a.operands) && !t.fits(a.operands[taken].Word) {
					taken++
				}
			}
			if a.unsure || taken >= len(a.operands) || !t.fits(a.operands[taken].Word) {
				return 0, false
			}
			taken++
		case someOperand:
			if !slices.ContainsFunc(a.operands, func(o operand) bool { return t.fits(o.Word) }) {
				return 0, false
			}
		case anOption, noOption:
			if slices.ContainsFunc(a.options, t.has) != (t.kind == anOption) {
				return 0, false
			}
		}
	}
	return taken, true
}

// fits tells whether a word is one that the token wants. What only the shell
// knows fits nothing but "*".
func (t token) fits(w shellwords.Word) bool {
	return slices.ContainsFunc(t.words, func(pattern string) bool {
		return pattern == "*" || w.Literal && fits(pattern, w.Text)
	})
}

func (t token) has(o option) bool {
	named := slices.ContainsFunc(t.options, func(name string) bool {
		if strings.HasSuffix(name, "*") {
			return strings.HasPrefix(o.name, strings.TrimSuffix(name, "*"))
		}
		return name == o.name
	})
	if !named || t.values == nil {
		return named
	}
	return o.has && o.known && slices.ContainsFunc(t.values, func(v string) bool { return fits(v, o.value) })
}

// wording puts the operands into what a rule says.
func (r *rule) wording(a arguments, taken int) string {
	if !strings.Contains(r.does, "{") {
		return r.does
	}
	var all, rest, first, of string
	for i, o := range a.operands {
		all = joined(all, o.Text)
		if i >= taken {
			rest = joined(rest, o.Text)
		}
		if i == taken {
			first = o.Text
		}
		if after, ok := strings.CutPrefix(o.Text, "of="); ok {
			of = after
		}
	}
	var pairs []string
	for _, place := range []struct{ mark, text string }{{"{all}", all}, {"{rest}", rest}, {"{1}", first}, {"{of}", of}} {
		if place.text == "" {
			pairs = append(pairs, " "+place.mark, "")
		}
		pairs = append(pairs, place.mark, quoted(place.text))
	}
	return strings.NewReplacer(pairs...).Replace(r.does)
}

func joined(a, b string) string {
	if a == "" {
		return b
	}
	return a + " " + b
}
