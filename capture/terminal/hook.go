package terminal

import (
	_ "embed" // the scripts
	"path/filepath"
	"strings"
)

var (
	//go:embed script/core.bash
	coreScript string
	//go:embed script/spool.bash
	spoolScript string
	//go:embed script/marks.bash
	marksScript string
)

// hookGuard keeps the integration out of scripts, of shells too old for PS0,
// of a `runreel shell`, and from being installed twice.
const hookGuard = `if [[ $- != *i* || -n ${RUNREEL_SHELL-} ]] ||
	((BASH_VERSINFO[0] < 4 || BASH_VERSINFO[0] == 4 && BASH_VERSINFO[1] < 4)); then
	:
elif [[ -n ${__runreel_one-} ]]; then
	__runreel_install
else
`

// Hook returns the script that makes a shell report its commands into spool,
// the folder of Options.Spool. It is meant for `eval` in the shell's rc file.
// Shells other than bash give a *ShellError.
func Hook(shell, spool string) (string, error) {
	if filepath.Base(shell) != "bash" {
		return "", &ShellError{Shell: shell}
	}
	return hookGuard + "__runreel_spool=" + quote(spool) + "\n" + spoolScript + coreScript + "fi\n", nil
}

// quote makes s one literal word of a shell.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
