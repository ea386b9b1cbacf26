package terminal

import (
	"slices"
	"strings"
)

// bashLine is a command line of bash, taken apart as far as the integration
// needs it (bash(1), OPTIONS and INVOCATION).
type bashLine struct {
	program string   // path or name
	args    []string // without what follows
	rc      string   // --rcfile
	norc    bool
	login   bool
}

// parseBash takes a command line apart. Anything but a bash that reads its
// commands from the terminal is a *ShellError.
func parseBash(command []string) (launcher, error) {
	line := bashLine{program: command[0]}
	refuse := func(reason string) (launcher, error) {
		return nil, &ShellError{Shell: strings.Join(command, " "), Reason: reason}
	}
	rest, fromInput := command[1:], false
	for len(rest) > 0 {
		arg := rest[0]
		rest = rest[1:]
		value := ""
		if len(rest) > 0 {
			value = rest[0]
		}
		switch {
		case arg == "--" || arg == "-":
			if len(rest) > 0 && !fromInput {
				return refuse("it runs a script and reads no commands from the terminal")
			}
			line.args = append(append(line.args, arg), rest...)
			return line, nil
		case arg == "--norc":
			line.norc = true
		case arg == "--login":
			line.login = true
		case arg == "--rcfile" || arg == "--init-file":
			if value == "" {
				return refuse(arg + " needs a file")
			}
			line.rc, rest = value, rest[1:]
		case arg == "--posix" || arg == "--restricted":
			return refuse(arg + " does not allow the integration")
		case strings.HasPrefix(arg, "--"):
			line.args = append(line.args, arg)
		case len(arg) > 1 && (arg[0] == '-' || arg[0] == '+'):
			letters := arg[1:]
			switch {
			case strings.Contains(letters, "c"):
				return refuse("with -c it reads no commands from the terminal")
			case strings.Contains(letters, "r"):
				return refuse("a restricted shell does not allow the integration")
			}
			fromInput = fromInput || strings.Contains(letters, "s")
			line.login = line.login || arg[0] == '-' && strings.Contains(letters, "l")
			if letters = strings.ReplaceAll(letters, "l", ""); letters != "" {
				line.args = append(line.args, arg[:1]+letters)
			}
			for range strings.Count(strings.ToLower(letters), "o") {
				if len(rest) > 0 { // the name of an option
					if rest[0] == "posix" && strings.Contains(letters, "o") {
						return refuse("posix mode does not allow the integration")
					}
					line.args, rest = append(line.args, rest[0]), rest[1:]
				}
			}
		case fromInput:
			line.args = append(append(line.args, arg), rest...)
			return line, nil
		default:
			return refuse("it runs a script and reads no commands from the terminal")
		}
	}
	return line, nil
}

// profile is what a login shell reads instead of ~/.bashrc.
const profile = `if [[ -r /etc/profile ]]; then . /etc/profile; fi
for __runreel_file in ~/.bash_profile ~/.bash_login ~/.profile; do
	if [[ -r $__runreel_file ]]; then . "$__runreel_file"; break; fi
done
unset __runreel_file
`

// rcFile is what bash reads when it starts. Bash itself has read the system's
// rc file before, where it was built to have one.
func (l bashLine) rcFile(scratch, nonce string) string {
	var own string
	switch {
	case l.norc:
		// Nothing was read that could have set it: it is from the environment.
		own = "if [[ -n ${RUNREEL_PROMPT_COMMAND-} ]]; then export PROMPT_COMMAND=$RUNREEL_PROMPT_COMMAND; else unset PROMPT_COMMAND; fi\n" +
			"unset RUNREEL_PROMPT_COMMAND\n"
	case l.login:
		own = profile
	case l.rc != "":
		own = "if [[ -r " + quote(l.rc) + " ]]; then . " + quote(l.rc) + "; fi\n"
	default:
		own = "if [[ -r ~/.bashrc ]]; then . ~/.bashrc; fi\n"
	}
	text := own +
		"if ((BASH_VERSINFO[0] > 4 || BASH_VERSINFO[0] == 4 && BASH_VERSINFO[1] >= 4)); then\n" +
		"__runreel_scratch=" + quote(scratch) + "\n" +
		"__runreel_nonce=" + quote(nonce) + "\n" +
		marksScript + coreScript
	if l.norc {
		text += "__runreel_arm\n" // this is the first prompt already
	}
	return text + "fi\n"
}

// start gives the arguments and the environment with which bash reads the file
// rc. With --norc it reads none; there the first prompt does.
func (l bashLine) start(rc string, env []string) (args, with []string) {
	if !l.norc {
		return append([]string{"--rcfile", rc}, l.args...), env
	}
	const name = "PROMPT_COMMAND="
	with = slices.DeleteFunc(slices.Clone(env), func(s string) bool {
		return strings.HasPrefix(s, name) || strings.HasPrefix(s, "RUNREEL_"+name)
	})
	for _, s := range env {
		if strings.HasPrefix(s, name) {
			with = append(with, "RUNREEL_"+s)
		}
	}
	with = append(with, name+". "+quote(rc))
	return append([]string{"--norc"}, l.args...), with
}
