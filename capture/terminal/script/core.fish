# What both ways of reporting share. It needs, set before: __runreel_alive (is
# somebody listening?), __runreel_now (sets the time), __runreel_send (the
# transport: KIND N T0 T1 EXIT DIR TEXT), __runreel_later (sets the time to
# that of the start and so many milliseconds) and __runreel_mark (PHASE).
set -g __runreel_n 0
set -g __runreel_ran ''
set -g __runreel_live ''
set -g __runreel_line ''
set -g __runreel_t0 0
set -g __runreel_time 0
set -g __runreel_dir ''
set -g __runreel_host (builtin set -q hostname; and builtin echo -- $hostname; or command hostname)
set -g __runreel_user (builtin set -q USER; and builtin echo -- $USER; or command id -un)

function __runreel_preexec --on-event fish_preexec
    set -g __runreel_n (math $__runreel_n + 1)
    __runreel_now
    set -g __runreel_t0 $__runreel_time
    set -g __runreel_dir $PWD
    set -g __runreel_ran 1
    set -g __runreel_live ''
    set -g __runreel_line $argv[1]
    if string match -q -- ' *' "$__runreel_line"; or set -q fish_private_mode
        set -g __runreel_line ''
    end
    if __runreel_alive
        set -g __runreel_live 1
        test -n "$__runreel_line"; and __runreel_tell start 0 ''
    end
    __runreel_mark output
end

# An alias of fish is a function whose description tells what it stands for.
function __runreel_tell
    __runreel_send shell $__runreel_n 0 0 '' '' fish
    if test (string length -- "$__runreel_line") -lt 4096
        set -l seen
        for w in (string split -n ' ' -- (string replace -ra '[;&|()<>"\'\$\n]' ' ' -- $__runreel_line))
            contains -- $w $seen; and continue
            set -a seen $w
            functions -q -- $w; or continue
            set -l about (functions --details --verbose -- $w)[5]
            if string match -q -- "alias $w*" $about
                __runreel_send alias $__runreel_n 0 0 '' '' (string replace -r -- '^alias ([^ =]+)[ =]' '$1=' $about)
            end
        end
    end
    __runreel_send $argv[1] $__runreel_n $__runreel_t0 $argv[2] "$argv[3]" "$__runreel_dir" "$__runreel_line"
end

function __runreel_end --on-event fish_postexec
    set -l s $status
    test -n "$__runreel_ran"; or return 0
    set -g __runreel_ran ''
    set -l took $CMD_DURATION
    __runreel_alive; or return 0
    __runreel_later $took
    if test -n "$__runreel_live"
        __runreel_send end $__runreel_n $__runreel_t0 $__runreel_time $s '' ''
    else if test -n "$__runreel_line"
        __runreel_tell whole $__runreel_time $s
    end
end

function __runreel_prompt --on-event fish_prompt
    __runreel_mark prompt
end
