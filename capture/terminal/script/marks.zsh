# Transport of `runreel shell`: OSC 133 and OSC 633 on the terminal, each with
# the nonce that tells them from what a program prints.
__runreel_alive() { builtin return 0 }

# Before a prompt zsh itself prints a mark for a missing line break: what comes
# from there on is no output.
__runreel_eol='%{'$'\e'']133;Z;'$__runreel_nonce$'\a''%}'

__runreel_mark() {
	case $1 in
	prompt)
		builtin local plain='%B%S%#%s%b'
		[[ ${PROMPT_EOL_MARK-$plain} == "$__runreel_eol"* ]] || builtin typeset -g PROMPT_EOL_MARK=$__runreel_eol${PROMPT_EOL_MARK-$plain}
		builtin printf '\e]133;A;%s\a' $__runreel_nonce
		;;
	input) builtin printf '\e]133;B;%s\a' $__runreel_nonce ;;
	output) builtin printf '\e]133;C;%s\a' $__runreel_nonce ;;
	esac >/dev/tty
}

__runreel_escape() {
	builtin local x=$1 h c
	x=${x//\\/\\\\}
	x=${x//;/\\x3b}
	if [[ $x == *[[:cntrl:]]* ]]; then
		for h in 0{1..9} 0{a..f} 1{0..9} 1{a..f} 7f; do
			builtin printf -v c "\\x$h"
			x=${x//$c/\\x$h}
		done
	fi
	__runreel_escaped=$x
}

__runreel_send() {
	builtin local __runreel_escaped dir
	case $1 in
	start)
		__runreel_escape "$6"
		dir=$__runreel_escaped
		__runreel_escape "$7"
		builtin printf '\e]633;P;Cwd=%s;%s\a\e]633;P;Host=%s;%s\a\e]633;P;User=%s;%s\a\e]633;E;%s;%s\a' \
			"$dir" $__runreel_nonce "$__runreel_host" $__runreel_nonce \
			"$__runreel_user" $__runreel_nonce "$__runreel_escaped" $__runreel_nonce
		;;
	shell | typed | alias)
		__runreel_escape "$7"
		builtin printf '\e]633;P;%s=%s;%s\a' ${(C)1} "$__runreel_escaped" $__runreel_nonce
		;;
	end) builtin printf '\e]133;D;%s;%s\a' "$5" $__runreel_nonce ;;
	esac >/dev/tty
}
