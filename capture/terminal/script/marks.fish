# Transport of `runreel shell`: OSC 133 and OSC 633 on the terminal, each with
# the nonce that tells them from what a program prints. The prompt itself is
# not touched, so that nothing marks its end.
function __runreel_alive
    return 0
end

function __runreel_now
end

function __runreel_later
end

function __runreel_mark
    switch $argv[1]
        case prompt
            builtin printf '\e]133;A;%s\a' $__runreel_nonce >/dev/tty
        case output
            builtin printf '\e]133;C;%s\a' $__runreel_nonce >/dev/tty
    end
end

function __runreel_escape
    set -l x (string replace -a -- \\ '\\\\' $argv[1] | string collect)
    set x (string replace -a -- ';' '\\x3b' $x | string collect)
    if string match -qr -- '[\x01-\x1f\x7f]' $x
        for h in 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10 11 12 13 14 15 16 17 18 19 1a 1b 1c 1d 1e 1f 7f
            set x (string replace -ra -- "\\x$h" "\\\\x$h" $x | string collect)
        end
    end
    builtin printf %s $x
end

function __runreel_send
    switch $argv[1]
        case start
            builtin printf '\e]633;P;Cwd=%s;%s\a\e]633;P;Host=%s;%s\a\e]633;P;User=%s;%s\a\e]633;E;%s;%s\a' \
                (__runreel_escape $argv[6] | string collect) $__runreel_nonce "$__runreel_host" $__runreel_nonce \
                "$__runreel_user" $__runreel_nonce (__runreel_escape $argv[7] | string collect) $__runreel_nonce >/dev/tty
        case shell
            builtin printf '\e]633;P;Shell=%s;%s\a' $argv[7] $__runreel_nonce >/dev/tty
        case alias
            builtin printf '\e]633;P;Alias=%s;%s\a' (__runreel_escape $argv[7] | string collect) $__runreel_nonce >/dev/tty
        case end
            builtin printf '\e]133;D;%s;%s\a' $argv[5] $__runreel_nonce >/dev/tty
    end
end
