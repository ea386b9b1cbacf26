package terminal

import (
	"bytes"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/runreel/runreel/capture"
)

// maxMark is the longest mark that is understood, in bytes. A command line
// that does not fit is passed over.
const maxMark = 512 << 10

// markStart begins every mark: OSC 133 (FinalTerm) and OSC 633 (Visual Studio
// Code) differ in one byte.
var markStarts = [2][]byte{[]byte("\x1b]133;"), []byte("\x1b]633;")}

// Parser takes the marks of the shell integration out of what a terminal
// prints and makes commands of them. Only marks that carry the nonce count, so
// that no program can forge one; all others are passed through.
//
// OSC 133: A prompt begins, B prompt ends, C output begins, Z the shell prints
// for itself, D;STATUS output ends. OSC 633: E;LINE the command line, P;Cwd=,
// P;Host=, P;User= where it runs, P;Shell= which shell, P;Typed= what was typed,
// P;Alias=NAME=VALUE an alias that the line may use, P;More= the lines so far of
// a command that goes on; these stand before E. Values are escaped as \xHH for control bytes and semicolons and \\ for a backslash.
//
// It is not safe for concurrent use.
type Parser struct {
	suffix []byte // ";" + nonce
	prefix string // of report IDs
	now    func() time.Time
	report func(Report)

	held    []byte // a mark whose end has not come
	scanned int    // bytes of held that were looked at
	pass    []byte

	told    told
	command capture.Command // of the next start; without a line nothing is recorded
	dir     string
	host    string
	user    string
	count   int
	current *Report // the command that runs, or nil
	screen  screen
	sealed  bool // what comes is no output of it any more
	far     *far // a shell within the command, or nil

	stream     *streamer // takes what is shown; nil for none
	cols, rows int
	echo       *grid // the prompt and what is typed behind it; nil while a command runs
	echoRow    *gridRow
	echoCol    int
}

// NewParser returns a parser that calls report for each start and each end of
// a command. now gives the wall clock.
func NewParser(nonce string, now func() time.Time, report func(Report)) *Parser {
	return &Parser{
		suffix: []byte(";" + nonce),
		prefix: "shell-" + strconv.Itoa(os.Getpid()) + "-" + strconv.FormatInt(now().UnixNano(), 36) + "-",
		now:    now, report: report, cols: 80, rows: 24,
	}
}

// Resize tells the size of the terminal.
func (p *Parser) Resize(cols, rows int) {
	p.cols, p.rows = cols, rows
	if p.stream != nil {
		p.stream.write(p.now(), streamResize, []byte(strconv.Itoa(cols)+"x"+strconv.Itoa(rows)))
	}
	if p.far != nil {
		p.far.grid.resize(cols, rows)
	}
	if p.echo != nil {
		p.echo.resize(cols, rows)
	}
}

// Keys tells what the person types, before it is passed on. Nothing of it is
// kept: it tells when a line is entered.
func (p *Parser) Keys(b []byte) {
	if p.far != nil {
		p.far.keys(b)
	}
}

// Write takes the next bytes of the stream, cut anywhere, and returns those
// for the person's terminal: all but the marks. The result is valid until the
// next call and may be b itself.
func (p *Parser) Write(b []byte) []byte {
	if len(p.held) == 0 && bytes.IndexByte(b, 0x1b) < 0 {
		p.text(b)
		return b
	}
	p.pass = p.pass[:0]
	data := b
	if len(p.held) > 0 {
		p.held = append(p.held, b...)
		data = p.held
	}
	from := p.scanned
	for len(data) > 0 {
		i := bytes.IndexByte(data, 0x1b)
		if i < 0 {
			i = len(data)
		}
		p.through(data[:i])
		data = data[i:]
		if len(data) == 0 {
			break
		}
		n, own, whole := p.match(data, from)
		if !whole {
			p.held = append(p.held[:0], data...)
			p.scanned = n
			return p.pass
		}
		from = 0
		if own {
			p.mark(string(data[2 : n-1-len(p.suffix)]))
		} else {
			p.through(data[:n])
		}
		data = data[n:]
	}
	p.held, p.scanned = p.held[:0], 0
	return p.pass
}

// match looks at data, which begins with ESC. Where it is whole, n bytes of it
// are a mark of ours, or are not part of any. Otherwise the first n bytes have
// been seen. from is how many were seen before.
func (p *Parser) match(data []byte, from int) (n int, own, whole bool) {
	size := len(markStarts[0])
	head := data[:min(len(data), size)]
	if !bytes.HasPrefix(markStarts[0], head) && !bytes.HasPrefix(markStarts[1], head) {
		return 1, false, true
	}
	if len(data) < size {
		return 0, false, false
	}
	for i := max(size, from); i < len(data); i++ {
		if data[i] >= 0x20 {
			continue
		}
		own := data[i] == '\a' && bytes.HasSuffix(data[size:i], p.suffix)
		if own {
			return i + 1, true, true
		}
		return i, false, true
	}
	if len(data) > maxMark {
		return len(data), false, true
	}
	return len(data), false, false
}

func (p *Parser) through(b []byte) {
	p.text(b)
	p.pass = append(p.pass, b...)
}

func (p *Parser) text(b []byte) {
	if p.stream != nil {
		p.stream.write(p.now(), streamOutput, b)
	}
	switch {
	case p.current == nil:
		for p.echo != nil && len(b) > 0 {
			n, _ := p.echo.next(b)
			b = b[n:]
		}
	case p.sealed:
	case p.far != nil:
		p.far.write(b)
	default:
		p.screen.write(b)
	}
}

// mark takes a mark of ours without the nonce, such as "133;D;0".
func (p *Parser) mark(mark string) {
	verb, value, _ := strings.Cut(mark[len("133;"):], ";")
	if mark[0] == '6' {
		p.property(verb, value)
		return
	}
	switch verb {
	case "A":
		p.told.reset()
		p.command = capture.Command{}
		if p.stream != nil {
			p.stream.prompt()
		}
		p.echo, p.echoRow = newGrid(p.cols, p.rows), nil
	case "B":
		if p.echo != nil {
			p.echoRow, p.echoCol = p.echo.here(), p.echo.col
		}
	case "C":
		p.start()
	case "Z":
		p.sealed = true
	case "D":
		status, err := strconv.Atoi(value)
		if err == nil {
			p.end(status)
		}
	}
}

func (p *Parser) property(verb, value string) {
	switch verb {
	case "E":
		p.command, _ = p.told.command(unescape(value))
	case "P":
		name, v, _ := strings.Cut(value, "=")
		v = unescape(v)
		switch name {
		case "Cwd":
			p.dir = v
		case "Host":
			p.host = v
		case "User":
			p.user = v
		case "More":
			p.told.lines.add(v)
		case "Shell":
			p.told.shell = knownShell(v)
		case "Typed":
			p.told.typed = v
		case "Alias":
			p.told.alias(v)
		}
	}
}

// start begins a command. One without a line is not to be recorded.
func (p *Parser) start() {
	p.current, p.far = nil, nil
	if p.stream != nil {
		p.stream.command(p.command.Line != "")
	}
	if p.command.Line == "" {
		return
	}
	p.count++
	c := p.command
	if c.Shell == "bash" {
		c.Typed = p.expanded(c.Line)
	}
	p.echo = nil
	c.Dir, c.Host, c.User, c.Via = valid(p.dir), valid(p.host), valid(p.user), "shell"
	p.current = &Report{ID: p.prefix + strconv.Itoa(p.count), Start: p.now(), Command: c}
	p.command = capture.Command{}
	p.screen, p.sealed = screen{}, false
	p.report(*p.current)
	if k := carries(first(c.Ran, c.Line)); k.found {
		p.far = &far{
			mux: k.mux, outer: &p.screen, grid: newGrid(p.cols, p.rows), now: p.now, report: p.report,
			base: place{host: first(k.host, c.Host), user: k.user},
			id: func() string {
				p.count++
				return p.prefix + strconv.Itoa(p.count)
			},
		}
		if k.host == "" {
			p.far.base.user = first(k.user, c.User)
		}
	}
}

// expanded is what was typed where bash made line of it, which it then prints
// below; empty where it did not, or where that cannot be seen.
func (p *Parser) expanded(line string) string {
	if p.echo == nil || p.echoRow == nil || strings.Contains(line, "\n") {
		return ""
	}
	typed := strings.TrimPrefix(p.echoRow.head().line(nil, 0), p.echoRow.head().line(p.echoRow, p.echoCol))
	if !strings.ContainsAny(typed, "!^") || typed == line || strings.HasPrefix(typed, " ") {
		return ""
	}
	below := p.echo.row - 1
	if below < 0 || p.echo.rows[below].head().line(nil, 0) != strings.TrimRight(line, " ") || p.echo.rows[below].head() == p.echoRow.head() {
		return ""
	}
	return valid(typed)
}

func (p *Parser) end(status int) {
	r := p.current
	if r == nil {
		return
	}
	within := p.far
	if within != nil {
		within.close()
		p.far = nil
	}
	p.current = nil
	r.End = p.now()
	r.Done = true
	r.Command.Exit = &status
	r.Command.Length = r.End.Sub(r.Start)
	r.Command.Output, r.Command.Omitted = p.screen.text()
	r.Command.Screen = p.screen.full
	if within != nil {
		r.Command.Output = within.without(r.Command.Output)
		r.Command.Screen = r.Command.Screen || within.mux
	}
	p.report(*r)
}

// Close ends the stream of a shell that ended with status: the command that
// ran, such as "exit 3", ends with it. It returns the bytes that Write held
// back.
func (p *Parser) Close(status int) []byte {
	rest := p.held
	p.held = nil
	p.text(rest)
	p.end(status)
	if p.stream != nil {
		p.stream.close()
	}
	return rest
}

// unescape undoes the escapes of OSC 633.
func unescape(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			b.WriteByte(s[i])
			continue
		}
		if i+3 < len(s) && s[i+1] == 'x' {
			if n, err := strconv.ParseUint(s[i+2:i+4], 16, 8); err == nil {
				b.WriteByte(byte(n))
				i += 3
				continue
			}
		}
		if i+1 < len(s) && s[i+1] == '\\' {
			i++
		}
		b.WriteByte('\\')
	}
	return b.String()
}

// valid replaces what is no UTF-8, so that a value survives JSON unchanged.
func valid(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }
