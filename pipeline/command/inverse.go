package command

import (
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/runreel/runreel/pipeline/command/shellwords"
)

//go:embed data/inverses.txt
var inversesText string

// Run is a command that ran and succeeded.
type Run struct {
	Line   string
	Output string
	Facts  map[string]string // as capture.Command.Context
}

// Undo is a proposal of what takes a command back. It is for a person to
// review.
type Undo struct {
	Line string // the command line, or ""
	Do   string // without a line: what is to be done, a sentence without its full stop
	Why  string // where the proposal comes from: a sentence

	does *work // of Line
}

type inverses struct {
	rows map[string][]inverseRow
	keep map[string][]string
}

type inverseRow struct {
	rule
	undo string
}

var inverseTable = sync.OnceValue(func() *inverses {
	t, err := parseInverses(inversesText)
	if err != nil {
		panic(err)
	}
	return t
})

func parseInverses(text string) (*inverses, error) {
	t := &inverses{rows: map[string][]inverseRow{}, keep: map[string][]string{}}
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		shape, undo, ok := strings.Cut(line, " : ")
		words := strings.Fields(shape)
		if words[0] == "keep" && len(words) > 2 {
			for _, name := range strings.Split(words[1], "|") {
				t.keep[name] = append(t.keep[name], words[2:]...)
			}
			continue
		}
		if !ok || strings.TrimSpace(undo) == "" {
			return nil, fmt.Errorf("inverses.txt:%d: %q takes nothing back", n, line)
		}
		row := inverseRow{rule: rule{name: shape}, undo: undo}
		for _, w := range words[1:] {
			row.tokens = append(row.tokens, parseToken(w))
		}
		for _, name := range strings.Split(words[0], "|") {
			t.rows[name] = append(t.rows[name], row)
		}
	}
	return t, nil
}

// Inverse proposes what takes the last of runs back; those before it tell how
// things were. ok is false where nothing is known, and for lines of more than
// one command.
func Inverse(runs []Run) (u Undo, ok bool) {
	run := runs[len(runs)-1]
	c, ok := simple(run.Line)
	if !ok {
		return Undo{}, false
	}
	v := &undoing{call: c, args: c.arguments(), run: run, before: runs[:len(runs)-1]}
	if line, known := v.special(); known {
		return v.proposal(line)
	}
	for _, row := range inverseTable().rows[c.name] {
		taken, fits := row.match(v.args)
		if !fits {
			continue
		}
		v.taken = taken
		if line, ok := v.fill(row.undo); ok {
			return v.proposal(line)
		}
		return Undo{}, false
	}
	return Undo{}, false
}

// simple is the one program that a line runs, but for sudo, where all of its
// words are known.
func simple(line string) (call, bool) {
	all := callsOf(line)
	if len(all) == 0 || !all[0].simple {
		return call{}, false
	}
	c := all[len(all)-1]
	if !c.simple || slices.ContainsFunc(c.words, func(w shellwords.Word) bool { return !w.Literal || strings.ContainsAny(w.Text, "*?\n") }) {
		return call{}, false
	}
	return c, true
}

// undoing is a command that is to be taken back.
type undoing struct {
	call
	args   arguments
	taken  int
	run    Run
	before []Run
}

// proposal makes the whole of what fill made.
func (v *undoing) proposal(line string) (Undo, bool) {
	if line == "" {
		return Undo{}, false
	}
	if do, ok := strings.CutPrefix(line, "review: "); ok {
		return Undo{Do: do, Why: "No command takes it back by itself."}, true
	}
	u := Undo{Line: v.run.Line[:v.words[0].Start] + v.withKept(line), Why: "It is the known opposite; it was not recorded."}
	u.does, _ = worked(u.Line)
	return u, true
}

// withKept adds the options of the command that its opposite needs too, each
// where it stood: in front of the verb, behind "compose", or at the end.
func (v *undoing) withKept(line string) string {
	slots := [3]string{}
	for i := 1; i < len(v.words); i++ {
		name, _, joined := strings.Cut(v.words[i].Text, "=")
		if !slices.Contains(inverseTable().keep[v.name], name) || v.isFiles(name) {
			continue
		}
		slot := 0
		for slot < 2 && slot < len(v.args.operands) && v.args.operands[slot].at+1 < i {
			slot++
		}
		if slot == 1 && v.verb() != "compose" {
			slot = 2
		}
		slots[slot] += " " + v.source(i)
		if p := v.program; !joined && p != nil && (p.values[name] || p.verb[v.verb()][name]) && i+1 < len(v.words) {
			i++
			slots[slot] += " " + v.source(i)
		}
	}
	program, rest, _ := strings.Cut(line, " ")
	if slots[1] != "" {
		verb, behind, _ := strings.Cut(rest, " ")
		rest = verb + slots[1] + " " + behind
	}
	return program + slots[0] + " " + rest + slots[2]
}

// isFiles tells that the option names the files of kubectl, which stand in the
// opposite already.
func (v *undoing) isFiles(name string) bool {
	return v.name == "kubectl" && (name == "-f" || name == "--filename")
}

func (v *undoing) verb() string {
	if len(v.args.operands) == 0 {
		return ""
	}
	return v.args.operands[0].Text
}

// source is the i-th word as it stands on the line.
func (v *undoing) source(i int) string { return v.run.Line[v.words[i].Start:v.words[i].End] }

// operand is the i-th operand behind the words of the row, as it stands.
func (v *undoing) operand(i int) string {
	if i < 0 || v.taken+i >= len(v.args.operands) {
		return ""
	}
	return v.source(v.args.operands[v.taken+i].at + 1)
}

var mark = regexp.MustCompile(`\{[^}]*\}`)

// fill puts the operands into the template; ok is false where one is missing.
func (v *undoing) fill(template string) (line string, ok bool) {
	ok = true
	line = mark.ReplaceAllStringFunc(template, func(m string) string {
		value := v.value(strings.Trim(m, "{}"))
		ok = ok && value != ""
		return value
	})
	return line, ok
}

func (v *undoing) value(name string) string {
	left := len(v.args.operands) - v.taken
	switch name {
	case "1":
		return v.operand(0)
	case "2":
		if left == 2 {
			return v.operand(1)
		}
	case "last":
		return v.operand(left - 1)
	case "first":
		return v.source(v.args.operands[0].at + 1)
	case "verb":
		return v.verb()
	case "kind":
		if v.taken > 0 {
			return v.source(v.args.operands[v.taken-1].at + 1)
		}
	case "program":
		return v.name
	case "rest", "all":
		var parts []string
		for i, o := range v.args.operands {
			if i >= v.taken || name == "all" {
				parts = append(parts, v.source(o.at+1))
			}
		}
		return strings.Join(parts, " ")
	case "resource":
		if strings.Contains(v.operand(0), "/") {
			return v.operand(0)
		}
		if second := v.operand(1); second != "" && !strings.Contains(second, "=") {
			return v.operand(0) + " " + second
		}
	case "files":
		var parts []string
		for _, o := range v.args.options {
			if (o.name == "-f" || o.name == "--filename") && o.has && o.value != "-" {
				parts = append(parts, "-f "+o.value)
			}
		}
		return strings.Join(parts, " ")
	}
	if old, new, ok := strings.Cut(strings.TrimPrefix(name, "swap:"), ":"); ok && strings.HasPrefix(name, "swap:") {
		return v.swap(old, new)
	}
	return ""
}

// swap is the whole command with one word for another.
func (v *undoing) swap(old, new string) string {
	var parts []string
	swapped := false
	for i, w := range v.words {
		if w.Text == old && !swapped {
			parts, swapped = append(parts, new), true
			continue
		}
		parts = append(parts, v.source(i))
	}
	if !swapped {
		return ""
	}
	return strings.Join(parts, " ")
}

// Reverting tells of proposals whether a recorded line does what they propose:
// it begins with the same words and works on the same.
func Reverting(line string) func(Undo) bool {
	b, ok := worked(line)
	return func(u Undo) bool {
		if !ok || u.does == nil || u.does.name != b.name || len(b.operands) < len(u.does.operands) && b.name != "helm" {
			return false
		}
		for i, o := range u.does.operands[:min(len(u.does.operands), len(b.operands))] {
			// Which revision a rollback goes back to does not matter.
			if o != b.operands[i] && !(b.name == "helm" && i == 2) {
				return false
			}
		}
		return !slices.ContainsFunc(u.does.targets, func(t target) bool { return !slices.Contains(b.targets, t) })
	}
}

// work is what a simple line does: the words of it that count.
type work struct {
	name     string
	operands []string
	targets  []target
}

func worked(line string) (*work, bool) {
	c, ok := simple(line)
	if !ok {
		return nil, false
	}
	w := &work{name: c.name, targets: c.named(contextTable())}
	for _, o := range c.arguments().operands {
		w.operands = append(w.operands, o.Text)
	}
	return w, true
}
