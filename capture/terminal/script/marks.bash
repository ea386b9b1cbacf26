# Transport of `runreel shell`: OSC 133 and OSC 633 on the terminal, each with
# the nonce that tells them from what a program prints.
__runreel_mark_ps0='\e]133;C;'$__runreel_nonce'\a'
__runreel_mark_ps1='\[\e]133;B;'$__runreel_nonce'\a\]'

__runreel_alive() { return 0; }

__runreel_escape() {
	local LC_ALL=C b='\\' s='\x3b' x=$1 c h
	x=${x//\\/"$b"}
	x=${x//;/"$s"}
	if [[ $x == *[[:cntrl:]]* ]]; then
		for h in 0{1..9} 0{a..f} 1{0..9} 1{a..f} 7f; do
			builtin printf -v c "\\x$h"
			s='\x'$h
			x=${x//"$c"/"$s"}
		done
	fi
	__runreel_escaped=$x
}

__runreel_send() {
	local dir
	case $1 in
	start)
		# Only ever in a subshell: the change of locale stays there.
		__runreel_escape "$6"
		dir=$__runreel_escaped
		__runreel_escape "$7"
		builtin printf '\e]633;P;Cwd=%s;%s\a\e]633;P;Host=%s;%s\a\e]633;P;User=%s;%s\a\e]633;E;%s;%s\a' \
			"$dir" "$__runreel_nonce" "$__runreel_host" "$__runreel_nonce" \
			"$__runreel_user" "$__runreel_nonce" "$__runreel_escaped" "$__runreel_nonce"
		;;
	more)
		__runreel_escape "$7"
		builtin printf '\e]633;P;More=%s;%s\a' "$__runreel_escaped" "$__runreel_nonce"
		;;
	alias)
		# Also in a shell whose locale must stay.
		__runreel_escape "$7"
		builtin printf '\e]633;P;Alias=%s;%s\a' "$__runreel_escaped" "$__runreel_nonce"
		;;
	end) builtin printf '\e]133;D;%s;%s\a' "$5" "$__runreel_nonce" ;;
	prompt) builtin printf '\e]133;A;%s\a' "$__runreel_nonce" ;;
	esac >/dev/tty
}
