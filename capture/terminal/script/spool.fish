# Transport of `runreel hook fish`: one record a write into a file of this
# shell's own, in a folder that exists only while a recording runs. Fish knows
# no clock of its own: times are those since the machine's start, and where the
# system does not tell them, seconds of the wall clock.
set -g __runreel_id $fish_pid-(random)

function __runreel_mark
end

function __runreel_alive
    test -d $__runreel_spool; or return 1
    set -l p
    builtin read p <$__runreel_spool/.recorder 2>/dev/null; or return 1
    string match -qr '^[0-9]+$' -- $p; or return 1
    if test -d /proc/self
        test -d /proc/$p
    else
        command kill -0 $p
    end
end

function __runreel_now
    if test -r /proc/uptime
        set -l up
        builtin read up </proc/uptime
        set -g __runreel_time '^'(string replace -r ' .*' '' -- $up)
    else
        set -g __runreel_time (command date +%s)000000
    end
end

function __runreel_later
    if string match -q '^*' -- $__runreel_t0
        set -g __runreel_time '^'(math (string sub -s 2 -- $__runreel_t0) + $argv[1] / 1000)
    else
        set -g __runreel_time (math $__runreel_t0 + $argv[1] x 1000)
    end
end

function __runreel_send
    set -l dir (string replace -ra '[\x1e\x1f]' '' -- $argv[6] | string collect)
    set -l text (string replace -ra '[\x1e\x1f]' '' -- $argv[7] | string collect)
    builtin printf '2\x1f%s\x1f%s\x1f%s\x1f%s\x1f%s\x1f%s\x1f%s\x1f%s\x1f\x1f\x1f%s\x1e\n' \
        $argv[1] $argv[2] $argv[3] $argv[4] "$argv[5]" "$__runreel_host" "$__runreel_user" "$dir" "$text" \
        >>$__runreel_spool/$__runreel_id 2>/dev/null
end
