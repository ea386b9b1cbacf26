package terminal

import (
	"strings"
	"testing"
)

func TestOwnVerbs(t *testing.T) {
	names := []string{"runreel", "runreel-dev"}
	for line, want := range map[string]bool{
		"runreel stop":       true,
		"  runreel   stop  ": true,
		"runreel record --title 'Deploy payments'": true,
		"runreel record &":                         true,
		"runreel mark 'now; the | canary'":         true,
		"runreel mark \"it's $HOME\"":              true,
		"runreel pause":                            true,
		"runreel resume":                           true,
		"runreel toggle":                           true,
		"runreel discard":                          true,
		"runreel status --json":                    true,
		"runreel status >/tmp/out 2>&1":            true,
		"runreel status &>/dev/null":               true,
		"runreel hook bash":                        true,
		"runreel shell":                            true,
		"runreel shell -- bash --norc":             true,
		"/usr/bin/runreel stop":                    true,
		"./runreel stop":                           true,
		"~/bin/runreel stop":                       true,
		"$HOME/bin/runreel stop":                   true,
		"runreel-dev stop":                         true,
		"\\runreel stop":                           true,
		"'runreel' \"stop\"":                       true,
		"runreel st'op'":                           true,
		"FOO=1 runreel stop":                       true,
		"FOO='a b' BAR=$x runreel stop":            true,
		"env FOO=1 runreel stop":                   true,
		"command runreel stop":                     true,
		"exec runreel stop":                        true,
		"time runreel stop":                        true,
		"! runreel stop":                           true,
		"runreel --data-dir X stop":                true,
		"runreel --data-dir=X --model m -v stop":   true,
		"runreel --json status":                    true,
		"runreel stop # that was it":               true,
		"runreel stop;":                            true,
		"runreel \\\nstop":                         true,
		"runreel":                                  false,
		"runreel --help":                           false,
		"runreel list":                             false,
		"runreel export last --format md --out /x": false,
		"runreel --data-dir stop list":             false,
		"runreel show stop":                        false,
		"runreel search stop":                      false,
		"sleep 3; runreel stop":                    false,
		"runreel stop; echo done":                  false,
		"runreel stop && echo done":                false,
		"runreel stop & echo done":                 false,
		"runreel status | grep recording":          false,
		"runreel mark $(date)":                     false,
		"runreel mark \"$(date)\"":                 false,
		"runreel mark `date`":                      false,
		"(runreel stop)":                           false,
		"runreel stop\necho done":                  false,
		"runreel mark 'two\nlines'":                true,
		"runreel mark <<<text":                     false,
		"echo runreel stop":                        false,
		"echo 'runreel stop'":                      false,
		"git commit -m runreel stop":               false,
		"sudo runreel stop":                        false,
		"FOO=1":                                    false,
		"FOO=1 BAR=2":                              false,
		"notrunreel stop":                          false,
		"runreel.old stop":                         false,
		"runreel/ stop":                            true, // as path.Base has it; the shell refuses it anyway
		"# runreel stop":                           false,
		"runreel 'stop":                            false,
		"runreel >":                                false,
		">stop runreel":                            false,
		">/dev/null runreel stop":                  true,
		"eval \"$(runreel hook bash)\"":            false,
		"":                                         false,
		"if true; then runreel stop; fi":           false,
		"for i in 1; do\nrunreel stop\ndone":       false,
		"x() { runreel stop; }":                    false,
	} {
		if got := isOwn(line, names); got != want {
			t.Errorf("%q: %v, want %v", line, got, want)
		}
	}
}

// FuzzOwnVerbs: whatever is typed, nothing behind a separator is taken for the
// recorder's own, and the words hold no more than the line.
func FuzzOwnVerbs(f *testing.F) {
	for _, s := range []string{"runreel stop", "a='b c' runreel \\\n --x=y stop 2>&1 # c", "'", "\"\\", "a\\", ">", "<<x", "&>", "runreel stop &", "$(", "2>&"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		words, ok := simple(line)
		size := 0
		for _, w := range words {
			size += len(w)
		}
		if size > len(line) {
			t.Fatalf("%q: words %q", line, words)
		}
		if ok && isOwn(line+"; true", []string{"runreel"}) {
			if !strings.Contains(line, "#") { // a comment swallows what comes behind
				t.Fatalf("%q; true: taken for our own", line)
			}
		}
	})
}
