package pipeline

import (
	"slices"
	"strings"
)

// checks are the programs that only look, with the subcommands that do; none
// means all of them.
var checks = map[string][]string{
	"curl": nil, "grep": nil, "cat": nil, "ls": nil, "ps": nil, "ss": nil, "netstat": nil, "dig": nil, "nslookup": nil, "host": nil,
	"ping": nil, "df": nil, "free": nil, "uptime": nil, "journalctl": nil, "test": nil, "tail": nil, "head": nil, "pgrep": nil, "wc": nil,
	"jq": nil, "diff": nil, "stat": nil, "lsof": nil, "echo": nil, "pwd": nil, "date": nil,
	"kubectl":   {"get", "describe", "logs", "top", "rollout status", "rollout history", "wait", "version", "diff", "auth can-i"},
	"systemctl": {"status", "is-active", "is-enabled", "list-units", "show"},
	"docker":    {"ps", "inspect", "logs", "images", "stats", "version", "compose ps", "compose logs"},
	"helm":      {"status", "list", "history", "get", "diff"},
	"git":       {"status", "log", "diff", "show", "branch"},
	"terraform": {"plan", "show", "output", "validate", "state list"},
	"openssl":   {"s_client", "x509", "verify"},
}

// isCheck tells that a command line only reads: all parts of a pipe are known
// to, and nothing goes into a file.
func isCheck(line string) bool {
	if strings.ContainsAny(line, "\n;&`$(") || writesFile(line) {
		return false
	}
	for _, part := range strings.Split(strings.ReplaceAll(line, "||", "|"), "|") {
		words := strings.Fields(part)
		if len(words) > 0 && words[0] == "sudo" {
			words = words[1:]
		}
		if len(words) == 0 || !reads(words) {
			return false
		}
	}
	return true
}

func reads(words []string) bool {
	subcommands, known := checks[words[0]]
	if !known {
		return false
	}
	if words[0] == "curl" {
		return !slices.ContainsFunc(words[1:], sends)
	}
	if subcommands == nil {
		return true
	}
	rest := strings.Join(plainWords(words[1:]), " ") + " "
	return slices.ContainsFunc(subcommands, func(s string) bool { return strings.HasPrefix(rest, s+" ") })
}

// sends tells of options with which curl changes something, or writes a file.
func sends(option string) bool {
	if !strings.HasPrefix(option, "-") {
		return false
	}
	for _, long := range []string{"--data", "--json", "--form", "--upload", "--request", "--output", "--remote-name"} {
		if strings.HasPrefix(option, long) {
			return true
		}
	}
	return !strings.HasPrefix(option, "--") && strings.ContainsAny(option, "XdFToO")
}

func writesFile(line string) bool {
	line = strings.NewReplacer("2>/dev/null", "", ">/dev/null", "", "> /dev/null", "").Replace(line)
	return strings.Contains(line, ">")
}

// plainWords is the words up to the first that holds more than a name, without
// options that stand before them.
func plainWords(words []string) []string {
	for len(words) > 0 && strings.HasPrefix(words[0], "-") {
		if !strings.Contains(words[0], "=") && len(words) > 1 && takesValue(words[0]) {
			words = words[1:]
		}
		words = words[1:]
	}
	return words
}

// scope are the options that say where a command works, and have a value.
var scope = []string{"-n", "--namespace", "--context", "--kube-context", "--kubeconfig", "-H", "--host"}

func takesValue(option string) bool { return slices.Contains(scope, option) }

func isRollback(line string) bool {
	l := " " + strings.ToLower(strings.Join(strings.Fields(line), " ")) + " "
	for _, mark := range []string{" rollout undo ", " rollback ", "rollback.sh", " revert ", "/rollback ", "--rollback ", "-rollback "} {
		if strings.Contains(l, mark) {
			return !isCheck(line)
		}
	}
	return false
}
