//go:build unix

package terminal_test

import (
	"regexp"
	"strings"
	"testing"
	"time"
)

// keys is one thing that is typed, and what is waited for; "" is a prompt.
type keys struct{ press, until string }

// line is a line that is typed and entered.
func line(s string) keys { return keys{press: s + "\r"} }

// more is a line after which the shell asks for more.
func more(s string) keys { return keys{press: s + "\r", until: ps2} }

// cmd is an expected command. Folder "" is the home folder, one that does not
// begin with a slash lies in it.
type cmd struct {
	line   string
	exit   int
	output string
	dir    string
	typed  string
	ran    string
	screen bool
}

// sessionCase is one session of the corpus.
type sessionCase struct {
	name  string
	rc    string // more lines of .bashrc
	input []keys
	want  []cmd
	// hookWant is for `runreel hook` where it differs.
	hookWant []cmd
}

func TestCorpus(t *testing.T)     { runCorpus(t, "bash", corpus) }
func TestCorpusZsh(t *testing.T)  { runCorpus(t, "zsh", zshCorpus()) }
func TestCorpusFish(t *testing.T) { runCorpus(t, "fish", fishCorpus()) }

func runCorpus(t *testing.T, shell string, corpus []sessionCase) {
	host, name := whoami(t)
	for _, c := range corpus {
		for _, via := range []string{"hook", "shell"} {
			t.Run(c.name+"/"+via, func(t *testing.T) {
				t.Parallel()
				d := sitIn(t, shell, via, c.rc)
				ps1 := d.prompt()
				before := time.Now()
				for _, k := range c.input {
					until := k.until
					if until == "" {
						until = ps1
					}
					if strings.HasSuffix(k.press, "\x03") {
						d.interrupt(k.press, until)
						continue
					}
					d.do(k.press, until)
				}
				took := time.Since(before)
				d.leave("\x04")
				want := c.want
				if via == "hook" && c.hookWant != nil {
					want = c.hookWant
				}
				got := d.commands()
				if len(got) != len(want) {
					t.Fatalf("%d commands, want %d: %+v\n%q", len(got), len(want), got, d.printed())
				}
				for i, g := range got {
					w := want[i]
					dir := w.dir
					if !strings.HasPrefix(dir, "/") {
						dir = strings.TrimSuffix(d.home+"/"+dir, "/")
					}
					if g.Line != w.line {
						t.Errorf("line %d: %q, want %q", i, g.Line, w.line)
					}
					if g.Exit == nil {
						t.Errorf("%q: no exit status", g.Line)
					} else if *g.Exit != w.exit {
						t.Errorf("%q: exit %d, want %d", g.Line, *g.Exit, w.exit)
					}
					output := strings.ReplaceAll(w.output, "$HOME", d.home)
					if via == "shell" && g.Output != output && !regexp.MustCompile("^"+strings.ReplaceAll(regexp.QuoteMeta(output), `\\d\+`, `\d+`)+"$").MatchString(g.Output) {
						t.Errorf("%q: output %q, want %q", g.Line, g.Output, output)
					}
					if ran := strings.ReplaceAll(w.ran, "$HOME", d.home); g.Ran != ran || via == "shell" && g.Screen != w.screen || g.Inferred {
						t.Errorf("%q: ran %q, want %q; screen %v", g.Line, g.Ran, ran, g.Screen)
					}
					if g.Typed != w.typed {
						t.Errorf("%q: typed %q, want %q", g.Line, g.Typed, w.typed)
					}
					if g.Dir != dir {
						t.Errorf("%q: folder %q, want %q", g.Line, g.Dir, dir)
					}
					if g.Host != host || g.User != name || g.Shell != shell || g.Via != via {
						t.Errorf("%q: host %q, user %q, shell %q, via %q", g.Line, g.Host, g.User, g.Shell, g.Via)
					}
					if g.Length < 0 || g.Length > took {
						t.Errorf("%q: length %v of %v", g.Line, g.Length, took)
					}
				}
			})
		}
	}
}

// both is the HISTCONTROL of Debian's .bashrc.
const both = "HISTCONTROL=ignoreboth\n"

var corpus = []sessionCase{
	{name: "simple", input: []keys{line("echo one"), line("false"), line("true")},
		want: []cmd{{line: "echo one", output: "one"}, {line: "false", exit: 1}, {line: "true"}}},
	{name: "pipes and lists", input: []keys{line("printf 'b\\na\\n' | sort && echo done; false || echo or")},
		want: []cmd{{line: "printf 'b\\na\\n' | sort && echo done; false || echo or", output: "a\nb\ndone\nor"}}},
	{name: "quotes", input: []keys{line(`echo "a  b" 'c;d' e\;f "\\x3b" '$USERS' ;:`)},
		want: []cmd{{line: `echo "a  b" 'c;d' e\;f "\\x3b" '$USERS' ;:`, output: `a  b c;d e;f \x3b $USERS`}}},
	{name: "single quote only", input: []keys{line(`echo '$X' "it's"`)},
		want: []cmd{{line: `echo '$X' "it's"`, output: `$X it's`}}},
	{name: "unicode", input: []keys{line("echo 'grüße 日本語 🚀 مرحبا'")},
		want: []cmd{{line: "echo 'grüße 日本語 🚀 مرحبا'", output: "grüße 日本語 🚀 مرحبا"}}},
	{name: "for loop over lines", input: []keys{more("for i in 1 2"), more("do"), more("  echo $i # a comment"), line("done")},
		want: []cmd{{line: "for i in 1 2\ndo\n  echo $i # a comment\ndone", output: "1\n2"}}},
	{name: "case and function over lines", input: []keys{
		more("f()"), more("{"), more("  case $1 in"), more("    a) echo A"), more("       ;;"), more("    *) echo other;;"), more("  esac"), line("}"), line("f a; f b")},
		want: []cmd{{line: "f()\n{\n  case $1 in\n    a) echo A\n       ;;\n    *) echo other;;\n  esac\n}"}, {line: "f a; f b", output: "A\nother"}}},
	{name: "backslash at the end of a line", input: []keys{more(`echo one \`), more(`  two \`), line(`three`)},
		want: []cmd{{line: "echo one \\\n  two \\\nthree", output: "one two three"}}},
	{name: "quotes over lines", input: []keys{more(`echo "a`), more(``), line(`  b"`)},
		want: []cmd{{line: "echo \"a\n\n  b\"", output: "a\n\n  b"}}},
	{name: "here-document", input: []keys{more("cat <<END | tr a-z A-Z"), more("  one; two"), more(""), more("$((1+1)) 'x"), line("END"), line("echo after")},
		want: []cmd{{line: "cat <<END | tr a-z A-Z\n  one; two\n\n$((1+1)) 'x\nEND", output: "  ONE; TWO\n\n2 'X"}, {line: "echo after", output: "after"}}},
	{name: "here-document with tabs and quotes", input: []keys{more("cat <<-'E'"), more("  a\\"), line("E")},
		want: []cmd{{line: "cat <<-'E'\n  a\\\nE", output: "  a\\"}}},
	{name: "pipe at the end of a line", input: []keys{more("echo b |"), more("cat &&"), line("echo c")},
		want: []cmd{{line: "echo b |\ncat &&\necho c", output: "b\nc"}}},
	{name: "lithist", rc: "shopt -s lithist", input: []keys{more("if true"), more("then"), more("# why"), more("  echo yes"), line("fi")},
		want: []cmd{{line: "if true\nthen\n# why\n  echo yes\nfi", output: "yes"}}},
	{name: "history expansion", input: []keys{line("echo one two"), line("!!"), line("echo !$"), line("^two^three"), line("!echo:p")},
		want:     []cmd{{line: "echo one two", output: "one two"}, {line: "echo one two", output: "one two", typed: "!!"}, {line: "echo two", output: "two", typed: "echo !$"}, {line: "echo three", output: "three", typed: "^two^three"}},
		hookWant: []cmd{{line: "echo one two"}, {line: "echo one two"}, {line: "echo two"}, {line: "echo three"}}},
	{name: "alias", rc: "alias hi='echo hello'", input: []keys{line("hi you")},
		want: []cmd{{line: "hi you", output: "hello you", ran: "echo hello you"}}},
	{name: "aliases of our words", rc: "alias history='echo H' printf='echo P' read='echo R' kill='echo K'", input: []keys{line("echo a"), line("history")},
		want: []cmd{{line: "echo a", output: "a"}, {line: "history", output: "H", ran: "echo H"}}},
	{name: "ctrl-c", input: []keys{{press: "sh -c 'echo run; exec sleep 60'; echo no\r", until: "\rrun"}, {press: "\x03"}, {press: "half a line\x03"}, line("echo $?")},
		want: []cmd{{line: "sh -c 'echo run; exec sleep 60'; echo no", exit: 130, output: "run\n^C"}, {line: "echo $?", output: "130"}}},
	{name: "ctrl-c within lines", input: []keys{more("for i in 1"), {press: "\x03"}, line("echo ok")},
		want: []cmd{{line: "echo ok", output: "ok"}}},
	{name: "killed by signals", input: []keys{line("sh -c 'kill -TERM $$'"), line("bash -c 'kill -9 $$'"), line("(exit 77)")},
		want: []cmd{{line: "sh -c 'kill -TERM $$'", exit: 143, output: "Terminated"}, {line: "bash -c 'kill -9 $$'", exit: 137, output: "Killed"}, {line: "(exit 77)", exit: 77}}},
	{name: "folder", input: []keys{line("mkdir -p 'a b/c;d'"), line("cd 'a b/c;d'"), line("pwd"), line("cd ../.. && cd /"), line("pwd")},
		want: []cmd{{line: "mkdir -p 'a b/c;d'"}, {line: "cd 'a b/c;d'"}, {line: "pwd", dir: "a b/c;d", output: "$HOME/a b/c;d"}, {line: "cd ../.. && cd /", dir: "a b/c;d"}, {line: "pwd", dir: "/", output: "/"}}},
	{name: "folder with strange names", input: []keys{line(`mkdir $'x\e]0;y\n*[é' && cd x*`), line("echo here")},
		want:     []cmd{{line: `mkdir $'x\e]0;y\n*[é' && cd x*`}, {line: "echo here", output: "here", dir: "x\x1b]0;y\n*[é"}},
		hookWant: []cmd{{line: `mkdir $'x\e]0;y\n*[é' && cd x*`}, {line: "echo here", dir: "x\x1b]0;y\n*[é"}}},
	{name: "subshell", input: []keys{line("(cd /; pwd; exit 4)"), line("echo $(cd /; pwd)")},
		want: []cmd{{line: "(cd /; pwd; exit 4)", exit: 4, output: "/"}, {line: "echo $(cd /; pwd)", output: "/"}}},
	{name: "empty lines and comments", input: []keys{line(""), line("   "), line("# nothing"), line("echo x # y"), line("")},
		want: []cmd{{line: "echo x # y", output: "x"}}},
	{name: "syntax error", input: []keys{line("echo )"), line("echo ok")},
		want: []cmd{{line: "echo ok", output: "ok"}}},
	{name: "leading space", rc: "HISTCONTROL=ignorespace\n", input: []keys{line("echo one"), line(" echo secret"), line("echo two")},
		want: []cmd{{line: "echo one", output: "one"}, {line: "echo two", output: "two"}}},
	{name: "leading space that bash keeps", input: []keys{line(" echo secret"), line("echo two")},
		want: []cmd{{line: "echo two", output: "two"}}},
	{name: "ignoreboth", rc: both, input: []keys{line("echo one"), line("echo one"), line(" echo one"), line(" echo secret"), line("echo one"), line("echo two"), line("history")},
		want: []cmd{{line: "echo one", output: "one"}, {line: "echo one", output: "one"}, {line: "echo one", output: "one"}, {line: "echo two", output: "two"},
			{line: "history", output: "    1  echo one\n    2  echo two\n    3  history"}}},
	{name: "ignoredups", rc: "HISTCONTROL=ignoredups\n", input: []keys{line("false"), line("false"), line(" false"), line("echo $HISTCONTROL"), line("history")},
		want: []cmd{{line: "false", exit: 1}, {line: "false", exit: 1}, {line: "echo $HISTCONTROL", output: "ignoredups"},
			{line: "history", output: "    1  false\n    2   false\n    3  echo $HISTCONTROL\n    4  history"}}},
	{name: "erasedups", rc: "HISTCONTROL=ignorespace:erasedups\n", input: []keys{line("echo a"), line("echo b"), line("echo a"), line("echo a"), line(" echo a"), line("history")},
		want: []cmd{{line: "echo a", output: "a"}, {line: "echo b", output: "b"}, {line: "echo a", output: "a"}, {line: "echo a", output: "a"},
			{line: "history", output: "    1  echo b\n    2  echo a\n    3  history"}}},
	{name: "HISTIGNORE", rc: "HISTIGNORE='ls*:*SECRET*'\n", input: []keys{line("echo SECRET"), line("echo ok")},
		want: []cmd{{line: "echo ok", output: "ok"}}},
	{name: "HISTTIMEFORMAT", rc: "HISTTIMEFORMAT='%F %T '\n", input: []keys{line("echo 12:00 x")},
		want: []cmd{{line: "echo 12:00 x", output: "12:00 x"}}},
	{name: "history off", rc: "set +o history\n", input: []keys{line("echo a"), line("set -o history"), line("echo b")},
		want: []cmd{{line: "echo b", output: "b"}}},
	{name: "HISTSIZE 0", rc: "HISTSIZE=0\n", input: []keys{line("echo a"), line("echo b")}, want: nil},
	{name: "small HISTSIZE", rc: "HISTSIZE=2\n", input: []keys{line("echo a"), line("echo b"), line("echo c"), line("echo c"), line("echo d")},
		want: []cmd{{line: "echo a", output: "a"}, {line: "echo b", output: "b"}, {line: "echo c", output: "c"}, {line: "echo c", output: "c"}, {line: "echo d", output: "d"}}},
	{name: "history cleared", rc: both, input: []keys{line("echo a"), line("history -c"), line("echo b"), line("history -s made up"), line("echo c")},
		want: []cmd{{line: "echo a", output: "a"}, {line: "history -c"}, {line: "echo b", output: "b"}, {line: "history -s made up"}, {line: "echo c", output: "c"}}},
	{name: "fc", rc: both, input: []keys{line("echo a"), line("fc -s a=b"), line("fc -s"), line("echo c")},
		want: []cmd{{line: "echo a", output: "a"}, {line: "fc -s a=b", output: "echo b\nb"}, {line: "fc -s", output: "echo b\nb"}, {line: "echo c", output: "c"}}},
	{name: "pasted lines", rc: both, input: []keys{{press: "\x1b[200~echo one\n echo two\necho three; false\x1b[201~\r", until: "\nthree\r\n\x1b[?2004h" + ps1}, line("echo after")},
		want: []cmd{{line: "echo one", output: "one"}, {line: "echo three; false", exit: 1, output: "three"}, {line: "echo after", output: "after"}}},
	{name: "pasted loop", input: []keys{{press: "\x1b[200~for i in a b; do\n\techo $i\ndone\x1b[201~\r", until: "b\r\n\x1b[?2004h" + ps1}},
		want: []cmd{{line: "for i in a b; do\n\techo $i\ndone", output: "a\nb"}}},
	{name: "typed ahead", rc: both, input: []keys{{press: "sh -c 'echo run; read x'\r", until: "\rrun"}, {press: "x\necho typed\n echo secret\necho next\n", until: "\rnext\r\n\x1b[?2004h" + ps1}},
		want: []cmd{{line: "sh -c 'echo run; read x'", output: "run\nx\necho typed\n echo secret\necho next"}, {line: "echo typed", output: "typed"}, {line: "echo next", output: "next"}}},
	{name: "pasted with statuses and folders", rc: both, input: []keys{{press: "\x1b[200~mkdir d\ncd d\n(exit 5)\n(exit 5)\npwd\x1b[201~\r", until: "/d\r\n\x1b[?2004h" + ps1}},
		want: []cmd{{line: "mkdir d"}, {line: "cd d"}, {line: "(exit 5)", exit: 5, dir: "d"}, {line: "(exit 5)", exit: 5, dir: "d"}, {line: "pwd", dir: "d", output: "$HOME/d"}}},
	{name: "here-document with a continued line", input: []keys{more("cat <<END"), more("a \\"), more("b"), line("END")},
		want: []cmd{{line: "cat <<END\na b\nEND", output: "a b"}}},
	{name: "interactive input", input: []keys{{press: "read -p 'name? ' n; echo hi $n\r", until: "\rname? "}, {press: "Ann\r", until: ps1}},
		want: []cmd{{line: "read -p 'name? ' n; echo hi $n", output: "name? Ann\nhi Ann"}}},
	{name: "echo off", input: []keys{{press: "read -sp 'pass? ' n; echo ok\r", until: "\rpass? "}, {press: "hunter2\r", until: ps1}},
		want: []cmd{{line: "read -sp 'pass? ' n; echo ok", output: "pass? ok"}}},
	{name: "edited", input: []keys{
		{press: "cho one\x01e\r"},                        // Ctrl-A
		{press: "echo wrong\x17right\r"},                 // Ctrl-W
		{press: "echo ac\x1b[Db\x05d\r"},                 // Left, Ctrl-E
		{press: "\x1b[A\x1b[A\x7f\x7f\x7f\x7f\x7fnew\r"}, // Up, Up, backspace
		{press: "rubbish\x15echo kill\r"},                // Ctrl-U
		{press: "\x12cho one", until: "cho one"},         // Ctrl-R
		{press: "\r", until: "\rone\r\n\x1b[?2004h" + ps1},
		{press: "echo a\x02\x02\x14\r"}, // Ctrl-B, Ctrl-T
	}, want: []cmd{{line: "echo one", output: "one"}, {line: "echo right", output: "right"}, {line: "echo abcd", output: "abcd"}, {line: "echo new", output: "new"},
		{line: "echo kill", output: "kill"}, {line: "echo one", output: "one"}, {line: "ech oa", exit: 127, output: "bash: ech: command not found"}}},
	{name: "tab completion", input: []keys{line("touch longname.txt"), {press: "ls long\t\r"}},
		want: []cmd{{line: "touch longname.txt"}, {line: "ls longname.txt ", output: "longname.txt"}}},
	{name: "vi mode", rc: "set -o vi\n", input: []keys{{press: "echo on\x1b$ae\r"}},
		want: []cmd{{line: "echo one", output: "one"}}},
	{name: "progress bar", input: []keys{line(`for i in 10 50 100; do printf '\rload %3d%%' $i; done; printf '\r\e[Kdone\n'`)},
		want: []cmd{{line: `for i in 10 50 100; do printf '\rload %3d%%' $i; done; printf '\r\e[Kdone\n'`, output: "done"}}},
	{name: "colours and titles", input: []keys{line(`printf '\e]0;title\a\e[1;31mred\e[0m \e]8;;http://x\e\\link\e]8;;\e\\\n'`)},
		want: []cmd{{line: `printf '\e]0;title\a\e[1;31mred\e[0m \e]8;;http://x\e\\link\e]8;;\e\\\n'`, output: "red link"}}},
	{name: "binary", input: []keys{line(`printf 'a\0b\x80\xffc\x01\n'`)},
		want: []cmd{{line: `printf 'a\0b\x80\xffc\x01\n'`, output: "a␀b\uFFFD\uFFFDc␁"}}},
	{name: "alternate screen", input: []keys{line("echo a; tput smcup; echo hidden; tput rmcup; echo b")},
		want: []cmd{{line: "echo a; tput smcup; echo hidden; tput rmcup; echo b", output: "a\nb", screen: true}}},
	{name: "pager", input: []keys{{press: "seq 500 | LESS= less\r", until: "\x1b[?1049h"}, {press: " G", until: "500"}, {press: "q"}},
		want: []cmd{{line: "seq 500 | LESS= less", screen: true}}},
	{name: "editor", input: []keys{{press: "vim -u NONE f\r", until: "\x1b[?1049h"}, {press: "ihello\x1b:wq\r"}, line("cat f")},
		want: []cmd{{line: "vim -u NONE f", screen: true}, {line: "cat f", output: "hello"}}},
	{name: "clear", input: []keys{line("echo x; clear; echo y")},
		want: []cmd{{line: "echo x; clear; echo y", output: "y"}}},
	{name: "no newline at the end", input: []keys{line("printf abc"), line("printf ''")},
		want: []cmd{{line: "printf abc", output: "abc"}, {line: "printf ''"}}},
	{name: "own prompt command and PS0", rc: "PROMPT_COMMAND='x=$?; last=$_; count=$((count+1))'\nPS0='\\t starts\\n'\nPS0='ps0\\n'\n",
		input: []keys{line("(exit 9)"), line("echo $x")},
		want:  []cmd{{line: "(exit 9)", exit: 9}, {line: "echo $x", output: "9"}}},
	{name: "prompt command array", rc: "PROMPT_COMMAND=('x=$?' 'y=${PIPESTATUS[*]}; false')\n",
		input: []keys{line("true | (exit 9)"), line(`echo "$x $y $?"`)},
		want:  []cmd{{line: "true | (exit 9)", exit: 9}, {line: `echo "$x $y $?"`, output: "9 0 9 9"}}},
	{name: "prompt like starship", rc: "pc() { PS1=\"$? $(printf '\\033[32m')[ready]> \"; PS0='x'; }\n#HOOK#\nPROMPT_COMMAND=\"pc;$PROMPT_COMMAND\"\n",
		input: []keys{line("(exit 9)"), line("echo a")},
		want:  []cmd{{line: "(exit 9)", exit: 9}, {line: "echo a", output: "a"}}},
	{name: "DEBUG trap", rc: "trap 'd=$BASH_COMMAND' DEBUG\n", input: []keys{line("echo a; false"), line("trap -p DEBUG")},
		want: []cmd{{line: "echo a; false", exit: 1, output: "a"}, {line: "trap -p DEBUG", output: "trap -- 'd=$BASH_COMMAND' DEBUG"}}},
	{name: "set -u", rc: "set -u\n", input: []keys{line("echo a"), line("echo $nothing"), line("echo b")},
		want: []cmd{{line: "echo a", output: "a"}, {line: "echo $nothing", exit: 1, output: "bash: nothing: unbound variable"}, {line: "echo b", output: "b"}}},
	{name: "set -e", input: []keys{line("set -e"), line("! true"), line("echo $-")},
		want: []cmd{{line: "set -e"}, {line: "! true", exit: 1}, {line: "echo $-", output: "ehimBHs"}}},
	{name: "set -x", input: []keys{line("set -x"), line("echo a"), line("set +x")},
		want: []cmd{{line: "set -x"}, {line: "echo a", output: "+ echo a\na"}, {line: "set +x", output: "+ set +x"}}},
	{name: "other options", rc: "set -fC; shopt -s nocasematch extglob nullglob failglob; IFS=x\n", input: []keys{line("echo a"), line("echo A")},
		want: []cmd{{line: "echo a", output: "a"}, {line: "echo A", output: "A"}}},
	{name: "job control", input: []keys{{press: "sh -c 'echo run; read x; exit 5'\r", until: "\rrun"}, {press: "\x1a"}, line("jobs -p | wc -l"),
		{press: "fg\r", until: "\rsh -c 'echo run; read x; exit 5'\r\n"}, {press: "\n"}},
		want: []cmd{{line: "sh -c 'echo run; read x; exit 5'", exit: 148, output: "run\n^Z\n[1]+  Stopped                 sh -c 'echo run; read x; exit 5'"}, {line: "jobs -p | wc -l", output: "1"},
			{line: "fg", exit: 5, output: "sh -c 'echo run; read x; exit 5'\n"}}},
	{name: "redirected streams", input: []keys{line("exec 3>&1 >f"), line("echo a"), line("exec >&3"), line("cat f")},
		want: []cmd{{line: "exec 3>&1 >f"}, {line: "echo a"}, {line: "exec >&3"}, {line: "cat f", output: "a"}}},
	{name: "forged marks", input: []keys{line(`printf '\e]133;D;0\a\e]633;E;forged;x\a\e]133;C\aok\n'`)},
		want: []cmd{{line: `printf '\e]133;D;0\a\e]633;E;forged;x\a\e]133;C\aok\n'`, output: "ok"}}},
	{name: "promptvars off and on", input: []keys{line("shopt -u promptvars"), line("echo lost"), line("shopt -s promptvars"), line("echo found")},
		want: []cmd{{line: "shopt -u promptvars"}, {line: "echo found", output: "found"}}},
	{name: "rc read again", input: []keys{line("echo a"), line(". ~/.bashrc"), line("echo b")},
		want: []cmd{{line: "echo a", output: "a"}, {line: ". ~/.bashrc"}, {line: "echo b", output: "b"}}},
}
