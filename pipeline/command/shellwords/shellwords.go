package shellwords

import (
	"errors"
	"fmt"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// Word is one word of a command.
type Word struct {
	Text    string // without quotes and escapes; what only the shell knows stays as written: "$HOME"
	Literal bool   // the program gets exactly Text, but for file patterns and "~"
	Start   int    // its bytes in the line: from Start up to End
	End     int
}

// Redirect is a redirection of a command.
type Redirect struct {
	Op   string // ">", ">>", "<", "&>", ">&", "<<", "<<<"
	File Word   // of a here-document its delimiter, of "<<<" the text
	Here string // the body of a here-document
}

// Writes tells whether the redirection empties or makes a file, or appends to
// one.
func (r Redirect) Writes() bool {
	switch r.Op {
	case ">", ">>", ">|", "&>", "&>>", "&>|", "<>":
		return true
	case ">&": // 2>&1 names a descriptor
		return strings.Trim(r.File.Text, "0123456789-") != ""
	}
	return false
}

// Command is one simple command, or what only redirects: a compound command is
// given as its parts, with one of its own for its redirections.
type Command struct {
	Assigned  []Assignment // before the program, or alone
	Words     []Word       // the program and its arguments; none where it only assigns or redirects
	Redirects []Redirect
	Compound  bool // these are the redirections of a compound command
	Piped     bool // it reads what another command prints
}

// Assignment is NAME=VALUE.
type Assignment struct {
	Name  string
	Value Word
}

// Errors of Read.
var (
	ErrSyntax = errors.New("not a command line that bash or zsh would read")
	ErrLong   = errors.New("command line too long")
)

// MaxLine is the longest line that is read, in bytes.
const MaxLine = 64 << 10

// maxNesting is how deep brackets may nest, so that a hostile line cannot
// exhaust the stack.
const maxNesting = 1000

// Read reads a command line, which may hold line breaks. The commands come in
// the order of their places, those of substitutions, functions and subshells
// among them. The error wraps ErrSyntax or ErrLong.
func Read(line string) ([]Command, error) {
	if len(line) > MaxLine || strings.Count(line, "(")+strings.Count(line, "{")+strings.Count(line, "`") > maxNesting {
		return nil, ErrLong
	}
	var first error
	for _, variant := range []syntax.LangVariant{syntax.LangBash, syntax.LangZsh} {
		file, err := syntax.NewParser(syntax.Variant(variant)).Parse(strings.NewReader(line), "")
		if err == nil {
			r := reader{line: line}
			r.statements(file.Stmts)
			return r.commands, nil
		}
		if first == nil {
			first = err
		}
	}
	return nil, fmt.Errorf("%w: %w", ErrSyntax, first)
}

type reader struct {
	line     string
	commands []Command
	piped    map[*syntax.Stmt]bool
}

func (r *reader) statements(stmts []*syntax.Stmt) {
	r.piped = map[*syntax.Stmt]bool{}
	for _, s := range stmts {
		syntax.Walk(s, func(n syntax.Node) bool {
			switch n := n.(type) {
			case *syntax.BinaryCmd:
				if n.Op == syntax.Pipe || n.Op == syntax.PipeAll {
					r.markPiped(n.Y)
				}
			case *syntax.Stmt:
				r.statement(n)
			}
			return true
		})
	}
}

// markPiped marks all that reads from the pipe in front of s.
func (r *reader) markPiped(s *syntax.Stmt) {
	syntax.Walk(s, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.Stmt:
			r.piped[n] = true
		case *syntax.CmdSubst, *syntax.ProcSubst:
			return false
		}
		return true
	})
}

func (r *reader) statement(s *syntax.Stmt) {
	c := Command{Piped: r.piped[s]}
	for _, redirect := range s.Redirs {
		c.Redirects = append(c.Redirects, r.redirect(redirect))
	}
	call, ok := s.Cmd.(*syntax.CallExpr)
	if !ok {
		c.Compound = s.Cmd != nil
		if len(c.Redirects) > 0 {
			r.commands = append(r.commands, c)
		}
		return
	}
	for _, a := range call.Assigns {
		one := Assignment{}
		if a.Name != nil {
			one.Name = a.Name.Value
		}
		if a.Value != nil {
			one.Value = r.word(a.Value)
		}
		c.Assigned = append(c.Assigned, one)
	}
	for _, w := range call.Args {
		c.Words = append(c.Words, r.word(w))
	}
	r.commands = append(r.commands, c)
}

func (r *reader) redirect(in *syntax.Redirect) Redirect {
	out := Redirect{Op: in.Op.String()}
	if in.Word != nil {
		out.File = r.word(in.Word)
	}
	if in.Hdoc != nil {
		out.Op = "<<"
		out.Here = r.document(in.Hdoc)
	}
	return out
}

// document is the body of a here-document as written.
func (r *reader) document(w *syntax.Word) string {
	var b strings.Builder
	for _, part := range w.Parts {
		if lit, ok := part.(*syntax.Lit); ok {
			b.WriteString(lit.Value)
			continue
		}
		b.WriteString(r.source(part))
	}
	return b.String()
}

func (r *reader) word(w *syntax.Word) Word {
	out := Word{Literal: true, Start: r.offset(w.Pos()), End: r.offset(w.End())}
	var b strings.Builder
	for _, part := range w.Parts {
		out.Literal = r.part(&b, part) && out.Literal
	}
	out.Text = b.String()
	return out
}

// part writes what the shell makes of a part, and tells whether that is known.
func (r *reader) part(b *strings.Builder, part syntax.WordPart) bool {
	switch p := part.(type) {
	case *syntax.Lit:
		b.WriteString(unescape(p.Value, ""))
		return true
	case *syntax.SglQuoted:
		b.WriteString(p.Value)
		return !p.Dollar || !strings.Contains(p.Value, `\`)
	case *syntax.DblQuoted:
		known := true
		for _, inner := range p.Parts {
			if lit, ok := inner.(*syntax.Lit); ok {
				b.WriteString(unescape(lit.Value, "$`\"\\"))
				continue
			}
			known = r.part(b, inner) && known
		}
		return known
	}
	b.WriteString(r.source(part))
	return false
}

// unescape takes the backslashes away that quote: all of them, or those in
// front of one of only. A quoted line break is none.
func unescape(s, only string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && (only == "" || s[i+1] == '\n' || strings.IndexByte(only, s[i+1]) >= 0) {
			i++
			if s[i] == '\n' {
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func (r *reader) source(n syntax.Node) string {
	from, to := r.offset(n.Pos()), r.offset(n.End())
	if from > to {
		return ""
	}
	return r.line[from:to]
}

func (r *reader) offset(p syntax.Pos) int {
	if !p.IsValid() {
		return 0
	}
	return min(int(p.Offset()), len(r.line))
}
