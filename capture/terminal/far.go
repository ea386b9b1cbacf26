package terminal

import (
	"encoding/base64"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/runreel/runreel/capture"
)

// far finds the commands of a shell that runs within a command: on another
// host, as another user, in a container, in a terminal multiplexer.
//
// Where that shell speaks OSC 133 its marks tell where a command begins and
// ends. Where it does not, what stood on the cursor's line when Enter was
// pressed is the command, without what stood there before the first key.
type far struct {
	place  place // of the shell, as far as it told
	base   place // as the command line of the command tells it
	mux    bool  // a terminal multiplexer, which draws on the alternate screen
	grid   *grid
	id     func() string
	now    func() time.Time
	report func(Report)

	outer    *screen // takes what comes before the first prompt
	cut      string  // the first prompt, where only its text told that it is one
	speaks   bool    // OSC 133
	began    bool    // a prompt was seen
	startRow *gridRow
	startCol int
	line     string // as OSC 633 or a parameter of OSC 133;C told
	current  *Report
	out      screen

	typing  bool
	prompt  string // before what is typed now
	known   string // the last that was one
	entered *entry
}

// place is where a shell runs.
type place struct{ host, user, dir string }

// entry is a line that was entered and did not scroll on yet.
type entry struct {
	row    *gridRow // where it begins
	prompt string
	pane   int // how many panes are left of it
	at     time.Time
}

// write takes what the command prints.
func (f *far) write(b []byte) {
	for len(b) > 0 {
		n, osc := f.grid.next(b)
		if !f.began {
			f.outer.write(b[:n])
		}
		if f.current != nil || f.entered != nil {
			f.out.write(b[:n])
		}
		if osc != "" {
			f.control(osc)
		}
		b = b[n:]
	}
	f.look()
}

// control takes an operating system command, without its frame.
func (f *far) control(osc string) {
	number, rest, _ := strings.Cut(osc, ";")
	switch number {
	case "133":
		f.mark(rest)
	case "633":
		f.property(rest)
	case "7":
		if u, err := url.Parse(rest); err == nil && (u.Scheme == "file" || u.Scheme == "kitty-shell-cwd") {
			f.place.dir = u.Path
			if u.Host != "" {
				f.place.host = u.Host
			}
		}
	case "1337":
		f.iterm(rest)
	case "0", "2":
		if m := titlePlace.FindStringSubmatch(rest); m != nil && !f.speaks {
			f.place.user, f.place.host = m[1], m[2]
		}
	}
}

// iterm takes OSC 1337 as iTerm2 and WezTerm have it.
func (f *far) iterm(rest string) {
	name, value, _ := strings.Cut(rest, "=")
	switch name {
	case "RemoteHost":
		user, host, found := strings.Cut(value, "@")
		if found {
			f.place.user, f.place.host = user, host
		}
	case "CurrentDir":
		f.place.dir = value
	case "SetUserVar":
		key, coded, _ := strings.Cut(value, "=")
		b, err := base64.StdEncoding.DecodeString(coded)
		if err != nil {
			return
		}
		switch key {
		case "WEZTERM_USER":
			f.place.user = string(b)
		case "WEZTERM_HOST":
			f.place.host = string(b)
		}
	}
}

func (f *far) property(rest string) {
	verb, value, _ := strings.Cut(rest, ";")
	switch verb {
	case "E":
		// A nonce may follow; a semicolon of the line itself is escaped.
		value, _, _ = strings.Cut(value, ";")
		f.line = unescape(value)
	case "P":
		name, v, _ := strings.Cut(value, "=")
		v, _, _ = strings.Cut(v, ";")
		v = unescape(v)
		switch name {
		case "Cwd":
			f.place.dir = v
		case "Host":
			f.place.host = v
		case "User":
			f.place.user = v
		}
	case "A", "B", "C", "D":
		f.mark(rest)
	}
}

// mark takes OSC 133.
func (f *far) mark(rest string) {
	verb, value, _ := strings.Cut(rest, ";")
	switch verb {
	case "A":
		if strings.Contains(value, "k=s") {
			return // the prompt of a further line
		}
		f.finish(nil)
		f.speaks, f.began, f.line = true, true, ""
		f.typing, f.entered, f.startRow = false, nil, nil
	case "B":
		f.startRow, f.startCol = f.grid.here(), f.grid.col
	case "C":
		f.start(value)
	case "D":
		status, _, _ := strings.Cut(value, ";")
		if n, err := strconv.Atoi(status); err == nil {
			f.finish(&n)
			return
		}
		f.finish(nil)
	}
}

// start begins a command whose shell told so.
func (f *far) start(params string) {
	for p := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(p, "=")
		switch name {
		case "cmdline":
			f.line = unquote(value)
		case "cmdline_url":
			if s, err := url.PathUnescape(value); err == nil {
				f.line = s
			}
		}
	}
	line, exact := f.line, f.line != ""
	if !exact {
		line, exact = f.echoed()
	}
	f.line, f.startRow = "", nil
	line = strings.TrimRight(line, "\n")
	if strings.TrimSpace(line) == "" || strings.HasPrefix(line, " ") {
		return
	}
	f.open(line, f.now())
	f.current.Command.Inferred = !exact
	f.report(*f.current)
}

// open begins a command.
func (f *far) open(line string, at time.Time) {
	f.finish(nil)
	c := capture.Command{Line: valid(line), Via: "shell"}
	c.Host, c.User, c.Dir = valid(first(f.place.host, f.base.host)), valid(first(f.place.user, f.base.user)), valid(f.place.dir)
	f.current = &Report{ID: f.id(), Start: at, Command: c}
	f.out = screen{}
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// echoed is what stands between the prompt and the cursor. It is exact where it
// is one line.
func (f *far) echoed() (line string, exact bool) {
	from := -1
	for i, r := range f.grid.rows {
		if r == f.startRow {
			from = i
		}
	}
	if from < 0 {
		return "", false
	}
	var lines []string
	for i := from; i <= f.grid.row; i++ {
		r := f.grid.rows[i]
		if i > from && r.back != nil {
			continue
		}
		text := r.line(nil, 0)
		if i == from {
			text = strings.TrimPrefix(text, r.line(r, f.startCol))
		}
		lines = append(lines, text)
	}
	text := strings.TrimRight(strings.Join(lines, "\n"), " \n")
	return text, !strings.Contains(text, "\n")
}

// finish ends the command that runs, if one does.
func (f *far) finish(exit *int) {
	r := f.current
	if r == nil {
		return
	}
	f.current = nil
	r.Done, r.End = true, f.now()
	r.Command.Exit, r.Command.Length = exit, r.End.Sub(r.Start)
	r.Command.Output, r.Command.Omitted = f.out.text()
	r.Command.Screen = f.out.full
	f.out = screen{}
	if exit == nil {
		// The status was not told: nil alone would say that it still ran.
		r.Command.Inferred = true
	}
	f.report(*r)
}

// The prompts of shells as they mostly are.
var (
	titlePlace  = regexp.MustCompile(`^([A-Za-z_][\w.-]*)@([\w.-]+):`)
	promptPlace = regexp.MustCompile(`([A-Za-z_][\w.-]*)@([A-Za-z0-9][\w.-]*)`)
	promptEnd   = regexp.MustCompile(`(?:^|[^>])[$#%>❯➜λ»] ?$`)
	noShell     = regexp.MustCompile(`(?:^(?:>|\.\.\.|>>>) ?$|>>> $|^In \[|(?:sql|sqlite|mongo|redis|irb|ftp|MariaDB \[.*\]|=[#>]|-[#>]|=\*#) ?[#>]? ?$|^[\w.]+(?::\d+)?> $)`)
)

// isPrompt tells whether a text can be the prompt of a shell.
func isPrompt(s string) bool {
	return len(s) < 400 && promptEnd.MatchString(s) && !noShell.MatchString(s)
}

// infers tells whether a command may be read off the screen now.
func (f *far) infers() bool {
	if f.grid.alt && !f.mux && (f.current == nil || !carries(f.current.Command.Line).mux) {
		return false
	}
	if !f.speaks {
		return true
	}
	return f.current != nil && (f.current.Command.Inferred || carries(f.current.Command.Line).found)
}

// keys is told what the person types, before it is passed on.
func (f *far) keys(b []byte) {
	for _, c := range b {
		if c == 3 || c == 4 || c == 0x1a { // Ctrl-C, Ctrl-D and Ctrl-Z give a line up
			f.typing = false
			continue
		}
		if c != '\r' && c != '\n' {
			if !f.typing {
				f.typing, f.prompt = true, f.pane(f.grid.before())
			}
			continue
		}
		// Of a program; before the first prompt is known nothing runs yet.
		input := f.current != nil && f.current.Command.Inferred && !f.speaks && !isPrompt(f.prompt)
		if f.typing && f.entered == nil && !input && f.infers() {
			f.entered = &entry{row: f.grid.here().head(), prompt: f.prompt, at: f.now()}
			if f.grid.alt {
				f.entered.pane = strings.Count(f.grid.before(), "│")
			}
			if f.current == nil || f.current.Command.Inferred {
				f.finish(nil)
			}
			if f.current == nil {
				f.out = screen{}
			}
		}
		f.typing = false
	}
}

// pane is the part of a row that belongs to the cursor's pane.
func (f *far) pane(s string) string {
	if i := strings.LastIndex(s, "│"); i >= 0 && f.grid.alt {
		return s[i+len("│"):]
	}
	return s
}

// look is called when something was printed: the line that was entered is whole
// when the cursor has left it, and its command has ended when there is a prompt
// again.
func (f *far) look() {
	if e := f.entered; e != nil && f.grid.here().head() != e.row {
		f.entered = nil
		f.infer(e)
	}
	if f.current == nil || !f.current.Command.Inferred || f.speaks && f.current.Command.Exit != nil || f.typing || f.entered != nil || f.known == "" {
		return
	}
	if now := f.pane(f.grid.before()); isPrompt(now) && signature(now) == signature(f.known) && f.infers() {
		f.endInferred()
	}
}

// endInferred ends the command. The prompt behind its output is none of it.
func (f *far) endInferred() {
	r := f.current
	f.current = nil
	r.Done, r.End = true, f.now()
	r.Command.Length = r.End.Sub(r.Start)
	if out, omitted := f.out.text(); !f.mux && !f.grid.alt {
		i := strings.LastIndexByte(out, '\n')
		_, r.Command.Output, _ = strings.Cut(out[:max(0, i)], "\n") // the rest of the line
		r.Command.Omitted = omitted
	}
	r.Command.Screen = f.out.full && !f.mux
	f.out = screen{}
	f.report(*r)
}

// signature is what stays the same from prompt to prompt: who, where, and the
// character at the end.
func signature(prompt string) string {
	end := strings.TrimRight(prompt, " ")
	_, size := lastRune(end)
	return promptPlace.FindString(prompt) + end[len(end)-size:]
}

func lastRune(s string) (rune, int) {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i]&0xc0 != 0x80 {
			return []rune(s[i:])[0], len(s) - i
		}
	}
	return 0, 0
}

// infer takes the line that was entered.
func (f *far) infer(e *entry) {
	text := e.row.line(nil, 0)
	if panes := strings.Split(text, "│"); f.grid.alt && e.pane < len(panes) {
		text = panes[e.pane]
	}
	prompt := e.prompt
	line, found := strings.CutPrefix(text, prompt)
	if !found || !isPrompt(prompt) {
		// Keys that came before the prompt.
		prompt = f.known
		if line, found = strings.CutPrefix(text, prompt); !found || prompt == "" {
			return
		}
	}
	line = strings.TrimRight(line, " ")
	if !f.began {
		f.cut = prompt
	}
	f.known, f.began = prompt, true
	if m := promptPlace.FindStringSubmatch(prompt); m != nil {
		f.place.user, f.place.host = m[1], m[2]
	}
	if line == "" || strings.HasPrefix(line, " ") {
		return
	}
	if f.current != nil && !f.current.Command.Inferred {
		f.finish(nil)
	}
	out := f.out
	f.open(line, e.at)
	f.out = out
	f.current.Command.Inferred = true
	f.report(*f.current)
}

// without cuts the first prompt, and all behind it, off what the command printed.
func (f *far) without(out string) string {
	if f.cut == "" {
		return out
	}
	if strings.HasPrefix(out, f.cut) {
		return ""
	}
	out, _, _ = strings.Cut(out, "\n"+f.cut)
	return out
}

// close ends what runs: the command in which it ran has ended.
func (f *far) close() {
	if f.current == nil {
		return
	}
	if f.current.Command.Inferred && f.current.Command.Exit == nil && !f.speaks {
		f.endInferred()
		return
	}
	f.finish(nil)
}

// unquote undoes the %q of shells for a parameter of OSC 133;C.
func unquote(s string) string {
	if words, ok := simple(s); ok && len(words) == 1 && !strings.HasPrefix(s, "$'") {
		return words[0]
	}
	return ""
}
