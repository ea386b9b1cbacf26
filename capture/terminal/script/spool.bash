# Transport of `runreel hook bash`: one record a write into a file of this
# shell's own, in a folder that exists only while a recording runs.
__runreel_id=$$-${EPOCHREALTIME:-$SECONDS}
__runreel_scratch=$__runreel_spool/.$__runreel_id
__runreel_mark_ps0= __runreel_mark_ps1=

__runreel_alive() {
	local p=
	[[ -d $__runreel_spool ]] && IFS= builtin read -r p <"$__runreel_spool/.recorder" && builtin kill -0 "$p"
}

__runreel_send() {
	[[ $1 == prompt ]] && return 0
	local dir=${6//[$'\x1e\x1f']/} text=${7//[$'\x1e\x1f']/}
	builtin printf '1\x1f%s\x1f%s\x1f%s\x1f%s\x1f%s\x1f%s\x1f%s\x1f%s\x1f%s\x1e\n' \
		"$1" "$2" "$3" "$4" "$5" "$__runreel_host" "$__runreel_user" "$dir" "$text" \
		>>"$__runreel_spool/$__runreel_id"
}
