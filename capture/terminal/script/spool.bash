# Transport of `runreel hook bash`: one record a write into a file of this
# shell's own, in a folder that exists only while a recording runs.
__runreel_id=$$-${EPOCHREALTIME:-$SECONDS}
__runreel_scratch=$__runreel_spool/.$__runreel_id
__runreel_mark_ps0= __runreel_mark_ps1=

__runreel_alive() {
	local p=
	[[ -d $__runreel_spool ]] && IFS= builtin read -r p <"$__runreel_spool/.recorder" && builtin kill -0 "$p"
}

# With each record go the wall clock and the time since the machine's start in
# the moment of writing: so the recorder sees when the wall clock was set.
__runreel_send() {
	[[ $1 == prompt ]] && return 0
	local dir=${6//[$'\x1e\x1f']/} text=${7//[$'\x1e\x1f']/} up= rest=
	[[ -n ${EPOCHREALTIME-} && -r /proc/uptime ]] && IFS=' ' builtin read -r up rest </proc/uptime
	builtin printf '2\x1f%s\x1f%s\x1f%s\x1f%s\x1f%s\x1f%s\x1f%s\x1f%s\x1f%s\x1f%s\x1f%s\x1e\n' \
		"$1" "$2" "$3" "$4" "$5" "$__runreel_host" "$__runreel_user" "$dir" "${EPOCHREALTIME//[!0-9]/}" "$up" "$text" \
		>>"$__runreel_spool/$__runreel_id"
}
