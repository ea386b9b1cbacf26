package terminal

import (
	"path/filepath"
	"slices"
	"strings"
)

// zshLine is a command line of zsh (zshoptions(1), zsh(1) INVOCATION).
type zshLine struct {
	program string
	args    []string
	norc    bool
}

func parseZsh(command []string) (launcher, error) {
	line := zshLine{program: command[0]}
	refuse := func(reason string) (launcher, error) {
		return nil, &ShellError{Shell: strings.Join(command, " "), Reason: reason}
	}
	rest, fromInput := command[1:], false
	for len(rest) > 0 {
		arg := rest[0]
		rest = rest[1:]
		switch {
		case arg == "--" || arg == "-" || !strings.HasPrefix(arg, "-") && !strings.HasPrefix(arg, "+"):
			script := arg != "--" && arg != "-" || len(rest) > 0
			if script && !fromInput {
				return refuse("it runs a script and reads no commands from the terminal")
			}
			line.args = append(append(line.args, arg), rest...)
			return line, nil
		case arg == "--norcs" || arg == "--no-rcs" || arg == "--no_rcs":
			line.norc = true
		case arg == "--restricted":
			return refuse("a restricted shell does not allow the integration")
		case arg == "--emulate":
			return refuse("--emulate does not allow the integration")
		case strings.HasPrefix(arg, "--"):
			line.args = append(line.args, arg)
		default:
			on, letters := arg[0] == '-', arg[1:]
			switch {
			case strings.Contains(letters, "c"):
				return refuse("with -c it reads no commands from the terminal")
			case on && strings.Contains(letters, "r"):
				return refuse("a restricted shell does not allow the integration")
			}
			fromInput = fromInput || on && strings.Contains(letters, "s")
			if on && strings.Contains(letters, "f") {
				line.norc = true
				letters = strings.ReplaceAll(letters, "f", "")
			}
			if strings.HasSuffix(letters, "o") && len(rest) > 0 {
				name := strings.ToLower(strings.ReplaceAll(rest[0], "_", ""))
				if on && name == "norcs" || !on && name == "rcs" {
					line.norc = true
					letters, rest = letters[:len(letters)-1], rest[1:]
				} else {
					line.args, rest, letters = append(line.args, arg[:1]+letters, rest[0]), rest[1:], ""
				}
			}
			if letters != "" {
				line.args = append(line.args, arg[:1]+letters)
			}
		}
	}
	return line, nil
}

// zshEnv is read first of all of the person's files, because ZDOTDIR names the
// private folder. It gives ZDOTDIR back, reads the file that it stands for, and
// leaves the other ones to zsh. /dev/null can always be read: its handler runs
// when the first line is edited.
const zshEnv = `if [[ -n ${RUNREEL_ZDOTDIR+x} ]]; then
	ZDOTDIR=$RUNREEL_ZDOTDIR
	'builtin' 'unset' RUNREEL_ZDOTDIR
else
	'builtin' 'unset' ZDOTDIR
fi
`

const zshLate = `'builtin' 'zmodload' zsh/system 2>/dev/null && __runreel_fd= && 'builtin' 'sysopen' -r -o cloexec -u __runreel_fd /dev/null 2>/dev/null &&
	'builtin' 'zle' -F $__runreel_fd __runreel_late 2>/dev/null
`

// launch implements launcher.
func (l zshLine) launch(dir, nonce string, env []string) launch {
	text := zshEnv
	if l.norc {
		text += "'builtin' 'setopt' no_rcs\n"
	} else {
		text += `if [[ -r ${ZDOTDIR-$HOME}/.zshenv ]]; then 'builtin' '.' "${ZDOTDIR-$HOME}/.zshenv"; fi` + "\n"
	}
	text += "if [[ -o interactive ]]; then\n" + withoutAliases(
		"__runreel_nonce="+quote(nonce)+"\n"+marksZsh+coreZsh+zshLate) + "fi\n"
	const name = "ZDOTDIR="
	with := slices.DeleteFunc(slices.Clone(env), func(s string) bool {
		return strings.HasPrefix(s, name) || strings.HasPrefix(s, "RUNREEL_"+name)
	})
	for _, s := range env {
		if strings.HasPrefix(s, name) {
			with = append(with, "RUNREEL_"+s)
		}
	}
	return launch{program: l.program, args: l.args, env: append(with, name+dir), files: map[string]string{".zshenv": text}}
}

// withoutAliases makes zsh read a script as if there were no aliases: they are
// looked at when a line is read, and eval reads its text when it runs.
func withoutAliases(script string) string {
	return `__runreel_aliases=
if [[ -o aliases ]]; then __runreel_aliases=1; 'builtin' 'setopt' no_aliases; fi
'builtin' 'eval' ` + quote(script) + `
if [[ -n $__runreel_aliases ]]; then 'builtin' 'setopt' aliases; fi
`
}

// fishLine is a command line of fish (fish(1)).
type fishLine struct {
	program string
	args    []string
}

func parseFish(command []string) (launcher, error) {
	line := fishLine{program: command[0]}
	refuse := func(reason string) (launcher, error) {
		return nil, &ShellError{Shell: strings.Join(command, " "), Reason: reason}
	}
	rest := command[1:]
	for len(rest) > 0 {
		arg := rest[0]
		rest = rest[1:]
		name, _, joined := strings.Cut(arg, "=")
		takes := slices.Contains([]string{"--init-command", "--debug", "--debug-output", "--features", "--debug-stack-frames", "--profile", "--profile-startup"}, name) && !joined
		switch {
		case arg == "--" && len(rest) == 0:
			continue
		case arg == "--" || !strings.HasPrefix(arg, "-"):
			return refuse("it runs a script and reads no commands from the terminal")
		case name == "--command" || !strings.HasPrefix(arg, "--") && strings.Contains(strings.SplitN(arg, "C", 2)[0], "c"):
			return refuse("with -c it reads no commands from the terminal")
		case arg == "--no-execute" || arg == "-n" || arg == "--version" || arg == "-v" || arg == "--help" || arg == "-h":
			return refuse("with " + arg + " it reads no commands from the terminal")
		case !strings.HasPrefix(arg, "--") && strings.IndexByte("CdfoDp", arg[len(arg)-1]) >= 0:
			takes = true
		}
		line.args = append(line.args, arg)
		if takes && len(rest) > 0 {
			line.args, rest = append(line.args, rest[0]), rest[1:]
		}
	}
	return line, nil
}

// launch implements launcher. What --init-command names runs after all of the
// person's files.
func (l fishLine) launch(dir, nonce string, env []string) launch {
	rc := filepath.Join(dir, "init.fish")
	return launch{
		program: l.program, env: env,
		args:  append([]string{"--init-command", "source " + quoteFish(rc)}, l.args...),
		files: map[string]string{"init.fish": "if status is-interactive\nset -g __runreel_nonce " + quoteFish(nonce) + "\n" + marksFish + coreFish + "end\n"},
	}
}

// quoteFish makes s one literal word of fish.
func quoteFish(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(s) + "'"
}
