# What both ways of reporting share. It needs, set before: __runreel_alive (is
# somebody listening?), __runreel_send (the transport: KIND N T0 T1 EXIT DIR
# TEXT) and __runreel_mark (PHASE: prompt, input or output).
#
# preexec gets the line as the history has it, its expansions done; what was
# typed is collected when the line editor ends. It is read with aliases off.
builtin zmodload zsh/datetime zsh/parameter zsh/zleparameter 2>/dev/null
builtin typeset -g __runreel_n=0 __runreel_ran= __runreel_live= __runreel_typed= __runreel_line= __runreel_t0=0 __runreel_dir= __runreel_now=0
builtin typeset -g __runreel_host=${(%):-%M} __runreel_user=${(%):-%n}

if (( ${+EPOCHREALTIME} )); then
	__runreel_time() {
		builtin local t=${EPOCHREALTIME/[.,]/}
		__runreel_now=${t[1,16]}
	}
else
	__runreel_time() { __runreel_now=${(%):-%D{%s}}000000 }
fi

__runreel_preexec() {
	{
		builtin emulate -L zsh
		builtin setopt noxtrace
		(( __runreel_n += 1 ))
		__runreel_time
		__runreel_t0=$__runreel_now __runreel_dir=$PWD __runreel_ran=1 __runreel_live= __runreel_line=$1
		# A line that the history does not keep comes as an empty one.
		[[ -n $__runreel_line ]] || __runreel_line=${__runreel_typed%$'\n'}
		if [[ $__runreel_typed == ' '* || $__runreel_line == ' '* ]]; then
			__runreel_line=
		elif [[ -n ${HISTORY_IGNORE-} && $__runreel_line == ${~HISTORY_IGNORE} ]]; then
			__runreel_line=
		fi
		if __runreel_alive; then
			__runreel_live=1
			[[ -z $__runreel_line ]] || __runreel_tell start 0 ''
		fi
		__runreel_mark output
	} 2>/dev/null
}

# __runreel_tell KIND T1 EXIT reports the command with all that goes with it.
__runreel_tell() {
	builtin local w
	__runreel_send shell $__runreel_n 0 0 '' '' zsh
	if [[ ${__runreel_typed%$'\n'} != "$__runreel_line" ]]; then
		__runreel_send typed $__runreel_n 0 0 '' '' "${__runreel_typed%$'\n'}"
	fi
	if (( ${#__runreel_line} < 4096 )); then
		builtin local words=$__runreel_line
		builtin local -A seen
		while [[ -n $words ]]; do
			builtin local more=
			for w in ${=${words//[;&|()\{\}<>\`\$\"\'$'\n']/ }}; do
				if (( ${+aliases[$w]} && ! ${+seen[$w]} )); then
					seen[$w]=1
					more+=" ${aliases[$w]}"
					__runreel_send alias $__runreel_n 0 0 '' '' "$w=${aliases[$w]}"
				fi
			done
			words=$more
		done
	fi
	__runreel_send $1 $__runreel_n $__runreel_t0 $2 "$3" "$__runreel_dir" "$__runreel_line"
}

# __runreel_end is the first thing after a command.
__runreel_end() {
	builtin local s=$?
	{
		builtin emulate -L zsh
		builtin setopt noxtrace
		[[ -n $__runreel_ran ]] || builtin return 0
		__runreel_ran=
		__runreel_alive || builtin return 0
		__runreel_time
		if [[ -n $__runreel_live ]]; then
			__runreel_send end $__runreel_n $__runreel_t0 $__runreel_now $s '' ''
		elif [[ -n $__runreel_line ]]; then
			__runreel_tell whole $__runreel_now $s
		fi
	} 2>/dev/null
}

# __runreel_arm is the last thing before a prompt.
__runreel_arm() {
	{
		builtin emulate -L zsh
		builtin setopt noxtrace
		__runreel_install
		__runreel_mark prompt
	} 2>/dev/null
}

__runreel_line_init() {
	{
		builtin emulate -L zsh
		builtin setopt noxtrace
		[[ ${CONTEXT-} != start ]] || __runreel_typed=
		__runreel_mark input
	} 2>/dev/null
}

__runreel_line_finish() {
	{
		builtin emulate -L zsh
		builtin setopt noxtrace
		[[ ${CONTEXT-} != (start|cont) ]] || __runreel_typed+=$BUFFER$'\n'
	} 2>/dev/null
}

# __runreel_install puts the parts into place, again where something else
# replaced or displaced them.
__runreel_install() {
	if [[ ${precmd_functions[1]-} != __runreel_end || ${precmd_functions[-1]-} != __runreel_arm ]]; then
		builtin typeset -ga precmd_functions
		precmd_functions=(__runreel_end ${precmd_functions:#__runreel_(end|arm)} __runreel_arm)
	fi
	if [[ ${preexec_functions[-1]-} != __runreel_preexec ]]; then
		builtin typeset -ga preexec_functions
		preexec_functions=(${preexec_functions:#__runreel_preexec} __runreel_preexec)
	fi
	[[ ${widgets[zle-line-finish]-} == user:azhw:* && ${widgets[zle-line-init]-} == user:azhw:* ]] && builtin return 0
	(( ${+functions[add-zle-hook-widget]} )) || builtin autoload -Uz +X add-zle-hook-widget 2>/dev/null || builtin return 0
	add-zle-hook-widget -d line-init __runreel_line_init
	add-zle-hook-widget -d line-finish __runreel_line_finish
	add-zle-hook-widget line-init __runreel_line_init
	add-zle-hook-widget line-finish __runreel_line_finish
}

# __runreel_late is called while the first line is edited: it heals what the rc
# files did to the list of hooks.
__runreel_late() {
	{
		builtin emulate -L zsh
		builtin setopt noxtrace
		builtin zle -F $1
		builtin exec {1}<&-
		__runreel_install
	} 2>/dev/null
}

__runreel_install
