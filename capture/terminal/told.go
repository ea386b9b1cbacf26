package terminal

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/runreel/runreel/capture"
)

// Limits of what is kept of one command beside its line.
const (
	maxAliases = 64
	maxAlias   = 8 << 10 // bytes of one
)

// shells are those that can be recorded.
var shells = []string{"bash", "zsh", "fish"}

// knownShell is the name of a shell as it goes into a Command.
func knownShell(name string) string {
	if slices.Contains(shells, name) {
		return name
	}
	return ""
}

// told collects what a shell tells of its next command before its line.
type told struct {
	shell   string // of bash, which is the oldest, it is empty
	lines   typist
	typed   string
	aliases map[string]string
}

// reset forgets all but the shell.
func (t *told) reset() { *t = told{shell: t.shell} }

// alias takes NAME=VALUE.
func (t *told) alias(definition string) {
	name, value, found := strings.Cut(definition, "=")
	if !found || name == "" || len(t.aliases) >= maxAliases || len(definition) > maxAlias {
		return
	}
	if t.aliases == nil {
		t.aliases = map[string]string{}
	}
	t.aliases[name] = value
}

// command makes the command of a line, as the history has it, and starts anew.
// It is false, and the command empty, where the person asked by a leading space
// not to record it.
func (t *told) command(line string) (capture.Command, bool) {
	defer t.reset()
	c := capture.Command{Line: strings.TrimRight(line, "\n"), Shell: t.shell}
	if t.shell == "" || t.shell == "bash" {
		c.Line, c.Shell = t.lines.take(line), "bash"
	}
	c.Line = valid(c.Line)
	if strings.HasPrefix(c.Line, " ") || strings.HasPrefix(t.typed, " ") {
		return capture.Command{}, false
	}
	if typed := valid(t.typed); !strings.Contains(typed, c.Line) {
		c.Typed = typed // several lines that were pasted come as one text
	}
	if ran := expandAliases(c.Line, t.aliases); ran != c.Line {
		c.Ran = valid(ran)
	}
	return c, true
}

// launch is how a shell is started so that it marks its commands.
type launch struct {
	program string
	args    []string
	env     []string
	files   map[string]string // to be made in the private folder
}

// launcher is a command line of a shell that was understood.
type launcher interface {
	// launch gives what starts the shell; dir is a private folder.
	launch(dir, nonce string, env []string) launch
}

// parseShell takes the command line of a shell apart. Anything but a shell that
// reads its commands from the terminal is a *ShellError.
func parseShell(command []string) (launcher, error) {
	switch filepath.Base(command[0]) {
	case "bash":
		return parseBash(command)
	case "zsh", "-zsh":
		return parseZsh(command)
	case "fish":
		return parseFish(command)
	}
	return nil, &ShellError{Shell: command[0]}
}

// launch implements launcher.
func (l bashLine) launch(dir, nonce string, env []string) launch {
	rc := filepath.Join(dir, "rc")
	args, with := l.start(rc, env)
	return launch{program: l.program, args: args, env: with, files: map[string]string{
		"rc": l.rcFile(filepath.Join(dir, "line"), nonce),
	}}
}
