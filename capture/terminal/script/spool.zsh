# Transport of `runreel hook zsh`: one record a write into a file of this
# shell's own, in a folder that exists only while a recording runs.
builtin zmodload zsh/datetime 2>/dev/null
__runreel_id=$$-${EPOCHREALTIME:-$SECONDS}

__runreel_mark() { builtin : }

__runreel_alive() {
	builtin local p=
	[[ -d $__runreel_spool ]] && IFS= builtin read -r p <"$__runreel_spool/.recorder" && builtin kill -0 "$p"
} 2>/dev/null

# With each record go the wall clock and the time since the machine's start in
# the moment of writing: so the recorder sees when the wall clock was set.
__runreel_send() {
	builtin local dir=${6//[$'\x1e\x1f']/} text=${7//[$'\x1e\x1f']/} up= rest=
	[[ -r /proc/uptime ]] && IFS=' ' builtin read -r up rest </proc/uptime
	__runreel_time
	builtin printf '2\x1f%s\x1f%s\x1f%s\x1f%s\x1f%s\x1f%s\x1f%s\x1f%s\x1f%s\x1f%s\x1f%s\x1e\n' \
		"$1" "$2" "$3" "$4" "$5" "$__runreel_host" "$__runreel_user" "$dir" "$__runreel_now" "$up" "$text" \
		>>|"$__runreel_spool/$__runreel_id"
}
