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
	//go:embed script/core.zsh
	coreZsh string
	//go:embed script/spool.zsh
	spoolZsh string
	//go:embed script/marks.zsh
	marksZsh string
	//go:embed script/core.fish
	coreFish string
	//go:embed script/spool.fish
	spoolFish string
	//go:embed script/marks.fish
	marksFish string
)

// The guards keep the integration out of scripts, of shells too old for PS0, of
// the shell that `runreel shell` started, and from being installed twice. A
// shell within that shell is no child of its, and has its hook.
const (
	hookGuard = `if [[ $- != *i* || $PPID == "${RUNREEL_SHELL-}" ]] ||
	((BASH_VERSINFO[0] < 4 || BASH_VERSINFO[0] == 4 && BASH_VERSINFO[1] < 4)); then
	:
elif [[ -n ${__runreel_one-} ]]; then
	__runreel_install
else
`
	hookGuardZsh = `if [[ ! -o interactive || $PPID == "${RUNREEL_SHELL-}" ]]; then
	:
elif [[ -n ${__runreel_n-} ]]; then
	__runreel_install
else
`
	hookGuardFish = `if status is-interactive; and not set -q __runreel_n; and not set -q __runreel_nonce
`
)

// Hook returns the script that makes a shell report its commands into spool,
// the folder of Options.Spool. It is meant for `eval` in the shell's rc file,
// of fish for `source`. Shells other than bash, zsh and fish give a *ShellError.
func Hook(shell, spool string) (string, error) {
	switch filepath.Base(shell) {
	case "bash":
		return hookGuard + "__runreel_spool=" + quote(spool) + "\n" + spoolScript + coreScript + "fi\n", nil
	case "zsh":
		return hookGuardZsh + withoutAliases("__runreel_spool="+quote(spool)+"\n"+spoolZsh+coreZsh) + "fi\n", nil
	case "fish":
		return hookGuardFish + "set -g __runreel_spool " + quoteFish(spool) + "\n" + spoolFish + coreFish + "end\n", nil
	}
	return "", &ShellError{Shell: shell}
}

// quote makes s one literal word of a shell.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
