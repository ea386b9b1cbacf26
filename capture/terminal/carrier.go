package terminal

import (
	"path"
	"slices"
	"strings"
)

// carrier is a command in which another shell may run.
type carrier struct {
	found      bool
	mux        bool
	host, user string // of that shell, where the line tells
}

// interactive are shells and what else only starts one.
var interactive = map[string]bool{
	"bash": true, "zsh": true, "fish": true, "sh": true, "dash": true, "ksh": true, "ash": true,
	"chroot": true, "nsenter": true, "unshare": true, "machinectl": true, "lxc": true, "incus": true, "vagrant": true,
	"toolbox": true, "distrobox": true, "nix-shell": true, "newgrp": true, "script": true, "telnet": true, "rsh": true,
}

var muxes = map[string]bool{"tmux": true, "screen": true, "zellij": true, "byobu": true}

// carries looks for a carrier in a command line.
func carries(line string) carrier {
	if len(line) > 4096 {
		return carrier{}
	}
	for _, part := range strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune("\n;&|()", r) }) {
		words, ok := simple(part)
		if !ok {
			words = strings.Fields(part)
		}
		if c := carriesWords(words); c.found {
			return c
		}
	}
	return carrier{}
}

func carriesWords(words []string) carrier {
	for len(words) > 0 && (wrappers[words[0]] || isAssignment(words[0]) || opening[words[0]]) {
		words = words[1:]
	}
	if len(words) == 0 {
		return carrier{}
	}
	name, args := path.Base(words[0]), words[1:]
	switch {
	case muxes[name]:
		return carrier{found: true, mux: true}
	case name == "ssh" || name == "mosh" || name == "autossh":
		return carriesSSH(args)
	case name == "sudo" || name == "doas":
		return carriesSudo(args)
	case name == "su":
		rest, _ := operands(args, "-c --command -s --shell -g --group -G")
		rest = slices.DeleteFunc(rest, func(s string) bool { return s == "-" })
		if slices.Contains(args, "-c") {
			return carrier{}
		}
		return carrier{found: true, user: append(rest, "root")[0]}
	case name == "docker" || name == "podman" || name == "nerdctl" || name == "docker-compose" || name == "kubectl" || name == "oc" || name == "k3s":
		return carriesContainer(args)
	case interactive[name]:
		return carrier{found: !slices.Contains(args, "-c")}
	}
	return carrier{}
}

// operands are the words that are no options; options holds the values of those
// that take one, which are named in valued.
func operands(args []string, valued string) (rest []string, options map[string]string) {
	options = map[string]string{}
	names := strings.Fields(valued)
	for len(args) > 0 {
		a := args[0]
		args = args[1:]
		name, value, joined := strings.Cut(a, "=")
		switch {
		case a == "--":
			return append(rest, args...), options
		case len(a) < 2 || a[0] != '-':
			rest = append(rest, a)
		case joined && strings.HasPrefix(a, "--"):
			options[name] = value
		case slices.Contains(names, a) && len(args) > 0:
			options[a], args = args[0], args[1:]
		case len(a) > 2 && a[1] != '-' && slices.Contains(names, a[:2]):
			options[a[:2]] = a[2:]
		default:
			options[a] = ""
		}
	}
	return rest, options
}

func carriesSSH(args []string) carrier {
	rest, o := operands(args, "-b -c -D -E -e -F -I -i -J -L -l -m -O -o -p -Q -R -S -W -w -B -P")
	_, forced := o["-t"]
	_, twice := o["-tt"]
	if len(rest) == 0 || len(rest) > 1 && !forced && !twice {
		return carrier{}
	}
	c := carrier{found: true, user: o["-l"], host: strings.TrimPrefix(rest[0], "ssh://")}
	if i := strings.LastIndexByte(c.host, '@'); i >= 0 {
		c.user, c.host = c.host[:i], c.host[i+1:]
	}
	return c
}

func carriesSudo(args []string) carrier {
	_, o := operands(args, "-u --user -g --group -h --host -p --prompt -C -D -r -t -T -U")
	user := first(first(o["-u"], o["--user"]), "root")
	rest := args
	for len(rest) > 0 && strings.HasPrefix(rest[0], "-") {
		if slices.Contains([]string{"-u", "--user", "-g", "--group", "-p", "-D", "-r", "-t", "-h"}, rest[0]) && len(rest) > 1 {
			rest = rest[1:]
		}
		rest = rest[1:]
	}
	for _, a := range args {
		if a == "-i" || a == "-s" || a == "--login" || a == "--shell" || len(a) > 2 && a[0] == '-' && a[1] != '-' && strings.ContainsAny(a[1:], "is") {
			if len(rest) == 0 {
				return carrier{found: true, user: user}
			}
		}
	}
	c := carriesWords(rest)
	if c.found && c.user == "" {
		c.user = user
	}
	return c
}

func carriesContainer(args []string) carrier {
	rest, o := operands(args, "-e --env -u --user -w --workdir -n --namespace -c --container --context --kubeconfig -f --file -p --project-name -H --host --name -v --volume --network --entrypoint --env-file -l --selector -s --server")
	for i, verb := range []string{"exec", "run", "rsh", "debug", "attach"} {
		at := slices.Index(rest, verb)
		if at < 0 || at+1 >= len(rest) {
			continue
		}
		for name := range o {
			if i > 1 || strings.HasPrefix(name, "-") && !strings.HasPrefix(name, "--") && strings.Contains(name, "t") || name == "--tty" {
				return carrier{found: true, host: strings.TrimPrefix(rest[at+1], "pod/"), user: first(o["-u"], o["--user"])}
			}
		}
		if i > 1 || slices.Contains(rest[:at], "compose") {
			return carrier{found: true, host: rest[at+1]}
		}
	}
	return carrier{}
}
