# What both ways of reporting share. It needs, set before: __runreel_scratch
# (a private file), __runreel_alive (is somebody listening?), __runreel_send
# (the transport: KIND N T0 T1 EXIT DIR TEXT) and __runreel_mark_{ps0,ps1}.
#
# PS0 is expanded after a command was read and before it runs, PS2 before each
# further line of it: arithmetic in them sets variables without a fork. PROMPT_COMMAND runs after the line has ended. The text of the line is
# the newest entry of the history; HISTCMD tells whether it got one. A line
# that got none (a leading space, HISTIGNORE, no history) is not reported.
__runreel_e= __runreel_one=1 __runreel_n=0 __runreel_ran=0
__runreel_more=0 __runreel_t0=0 __runreel_now=0 __runreel_top=0 __runreel_dir= __runreel_live= __runreel_join=
__runreel_neutral= __runreel_num=0 __runreel_last= __runreel_cmd=
__runreel_at= __runreel_text=
__runreel_host='\H' __runreel_user='\u'
__runreel_host=${__runreel_host@P} __runreel_user=${__runreel_user@P}

if [[ -n ${EPOCHREALTIME-} ]]; then
	__runreel_time() { __runreel_now=${EPOCHREALTIME//[!0-9]/}; }
	__runreel_ps0='${EPOCHREALTIME//[!0-9]/}'
else
	__runreel_sec='\D{%s}'
	__runreel_time() { __runreel_now=${__runreel_sec@P}000000; }
	__runreel_ps0='${__runreel_sec@P}000000'
fi
__runreel_ps0='${__runreel_e:$((__runreel_t0='$__runreel_ps0',__runreel_num=__runreel_top,__runreel_top=HISTCMD,__runreel_n+=1,__runreel_ran+=${__runreel_one#x${__runreel_dir:=$PWD}})):0}${__runreel_live:+$({ __runreel_start; } 2>/dev/null)}'$__runreel_mark_ps0
__runreel_ps2='${__runreel_e:$((__runreel_more+=1)):0}${__runreel_join:+$(__runreel_part)}'
__runreel_pc_first='{ for __runreel_cmd in "$BASH_COMMAND"; do __runreel_end; done; } 2>/dev/null'
__runreel_pc_last='{ __runreel_prompt; } 2>/dev/null'

# __runreel_history reads the newest entry of the history without a fork.
__runreel_history() {
	local x= HISTTIMEFORMAT=
	# Cutting a file to nothing is slow on some file systems: the NUL ends it.
	{ builtin history 1; builtin printf '\0'; } 1<>"$__runreel_scratch"
	IFS= builtin read -r -d '' x <"$__runreel_scratch"
	x=${x#"${x%%[! ]*}"}
	__runreel_at=${x%%[!0-9]*}
	x=${x#"$__runreel_at"}
	x=${x:2}
	__runreel_text=${x%$'\n'}
}

# __runreel_start runs in a subshell of PS0. Where several commands were pasted
# as one text there is no prompt between them: the start of one is the end of
# the one before.
__runreel_start() {
	local __runreel_s=$? -
	set +eux
	if ((__runreel_ran > 1)); then
		__runreel_time
		__runreel_send end "$((__runreel_n - 1))" 0 "$__runreel_now" "$__runreel_s" '' ''
	fi
	[[ $HISTCMD == "$__runreel_num" ]] && return 0
	__runreel_history
	[[ -z $__runreel_text ]] && return 0
	__runreel_aliases "$__runreel_text"
	__runreel_send start "$__runreel_n" "$__runreel_t0" 0 '' "$PWD" "$__runreel_text"
}

# __runreel_aliases tells the aliases that a line may use.
__runreel_aliases() {
	((${#BASH_ALIASES[@]} && ${#1} < 4096)) || return 0
	local words=$1 more w IFS=$' \t\n' -
	local -A seen
	set -f
	while [[ -n $words ]]; do
		more=
		for w in ${words//[;&|()\{\}<>\`\$\"\']/ }; do
			[[ -n ${BASH_ALIASES[$w]-} && -z ${seen[$w]-} ]] || continue
			seen[$w]=1
			more+=" ${BASH_ALIASES[$w]}"
			__runreel_send alias "$__runreel_n" 0 0 '' '' "$w=${BASH_ALIASES[$w]}"
		done
		words=$more
	done
}

# __runreel_part runs in a subshell of PS2: the history joins the lines of a
# command, so what it holds after each line tells what was typed.
__runreel_part() {
	exec 2>/dev/null
	set +eu
	[[ $HISTCMD == "$__runreel_top" ]] && return 0
	__runreel_history
	__runreel_send more "$__runreel_n" 0 0 '' '' "$__runreel_text"
}

# __runreel_end is the first thing after a command.
__runreel_end() {
	local __runreel_s=$?
	if ((__runreel_ran)); then __runreel_ended "$__runreel_s"; fi
	[[ $- == *e* ]] && return 0
	return "$__runreel_s"
}

__runreel_ended() {
	local count=$__runreel_ran -
	set +eux
	__runreel_ran=0
	__runreel_time
	__runreel_alive || return 0
	if [[ -n $__runreel_live ]]; then
		__runreel_send end "$__runreel_n" "$__runreel_t0" "$__runreel_now" "$1" '' ''
		[[ -n $__runreel_neutral ]] && ((count == 1)) && __runreel_dedupe
		return 0
	fi
	((count == 1)) || return 0
	__runreel_history
	if [[ $HISTCMD == "$__runreel_num" ]]; then
		# Nobody listened when the prompt was printed, so a repeated line looks
		# like one with a leading space. Only a plain command is certain.
		case :${HISTCONTROL-}: in *:ignoredups:* | *:ignoreboth:* | *:erasedups:*) ;; *) return 0 ;; esac
		[ "$__runreel_text" = "$__runreel_cmd" ] || return 0
	fi
	[[ -z $__runreel_text ]] && return 0
	__runreel_aliases "$__runreel_text"
	__runreel_send whole "$__runreel_n" "$__runreel_t0" "$__runreel_now" "$1" "$__runreel_dir" "$__runreel_text"
}

# While somebody listens, bash is kept from dropping repeated lines itself:
# only so is a repeated line told from one that must not be recorded. The
# variable gets its value back by a way that bash does not notice, so that the
# change is inside of bash only; and __runreel_dedupe does afterwards what bash
# would have done.
__runreel_neutralise() {
	local value=$HISTCONTROL
	local -n variable=HISTCONTROL
	HISTCONTROL=$1
	builtin printf -v variable %s "$value"
}

__runreel_dedupe() {
	((__runreel_more == 0 && HISTCMD == __runreel_num + 1)) || return 0
	__runreel_history
	[[ $__runreel_at == "$__runreel_num" ]] || return 0
	case :${HISTCONTROL-}: in
	*:erasedups:*)
		builtin history -d "$__runreel_at"
		HISTCONTROL=$HISTCONTROL
		builtin history -s -- "$__runreel_text"
		;;
	*)
		[ "$__runreel_text" = "$__runreel_last" ] && builtin history -d "$__runreel_at"
		;;
	esac
	return 0
}

# __runreel_prompt is the last thing before a prompt.
__runreel_prompt() {
	local __runreel_s=$?
	__runreel_arm
	[[ $- == *e* ]] && return 0
	return "$__runreel_s"
}

__runreel_arm() {
	local x=$- -
	set +eux
	__runreel_live= __runreel_join=
	if __runreel_alive; then
		__runreel_live=1
		# PS2 cannot hide itself from set -x.
		[[ $x == *x* ]] || __runreel_join=1
		__runreel_neutral=
		case :${HISTCONTROL-}: in
		*:ignoreboth:*) __runreel_neutral=ignorespace ;;
		*:ignoredups:* | *:erasedups:*)
			__runreel_neutral=none
			case :$HISTCONTROL: in *:ignorespace:*) __runreel_neutral=ignorespace ;; esac
			;;
		esac
		if [[ -n $__runreel_neutral ]]; then
			__runreel_neutralise "$__runreel_neutral"
			__runreel_history
			__runreel_last=$__runreel_text
		fi
	else
		[[ -n $__runreel_neutral ]] && HISTCONTROL=$HISTCONTROL
		__runreel_neutral=
	fi
	__runreel_top=$HISTCMD __runreel_ran=0 __runreel_more=0 __runreel_dir=
	__runreel_install
	[[ -n $__runreel_live ]] && __runreel_send prompt "$__runreel_n" 0 0 '' '' ''
	return 0
}

# __runreel_install puts the parts into place, again where something else
# replaced them.
__runreel_install() {
	if shopt -q promptvars; then
		[[ ${PS0-} == *"$__runreel_ps0"* ]] || PS0=${PS0-}$__runreel_ps0
		[[ ${PS1-} == *"$__runreel_mark_ps1"* ]] || PS1=${PS1-}$__runreel_mark_ps1
		[[ ${PS2-} == *"$__runreel_ps2"* ]] || PS2=${PS2-}$__runreel_ps2
	else
		PS0=${PS0//"$__runreel_ps0"/} PS2=${PS2//"$__runreel_ps2"/}
	fi
	if ((BASH_VERSINFO[0] > 5 || BASH_VERSINFO[0] == 5 && BASH_VERSINFO[1] >= 1)); then
		__runreel_install_array
	else
		__runreel_install_string
	fi
}

__runreel_install_array() {
	local c rest
	rest=("${PROMPT_COMMAND[@]}")
	[[ ${#rest[@]} -gt 1 && ${rest[0]} == "$__runreel_pc_first" && ${rest[-1]} == "$__runreel_pc_last" ]] && return 0
	PROMPT_COMMAND=("$__runreel_pc_first")
	for c in "${rest[@]}"; do
		c=${c//"$__runreel_pc_first"/:}
		c=${c//"$__runreel_pc_last"/:}
		case $c in '' | :) ;; *) PROMPT_COMMAND+=("$c") ;; esac
	done
	PROMPT_COMMAND+=("$__runreel_pc_last")
}

__runreel_install_string() {
	local c=${PROMPT_COMMAND-}
	[[ $c == "$__runreel_pc_first"$'\n'*"$__runreel_pc_last" ]] && return 0
	c=${c//"$__runreel_pc_first"/:}
	c=${c//"$__runreel_pc_last"/:}
	PROMPT_COMMAND=$__runreel_pc_first$'\n'${c:-:}$'\n'$__runreel_pc_last
}

__runreel_install
