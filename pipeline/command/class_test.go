package command

import (
	"os"
	"strings"
	"testing"
)

func TestTableIsRight(t *testing.T) {
	r, err := parseRules(classesText)
	if err != nil {
		t.Fatal(err)
	}
	if len(r.programs) < 400 || len(r.statements) < 20 {
		t.Errorf("%d programs, %d statements", len(r.programs), len(r.statements))
	}
}

func TestWrongRows(t *testing.T) {
	for row, want := range map[string]string{
		"rm":                          "says nothing",
		"rm -f":                       "has no class",
		"rm -f : gone":                "no class",
		"rm : destructive":            "what is destroyed",
		"rm : read deletes":           "what is destroyed",
		"values rm f":                 "",
		"flags rm f":                  "no option",
		"prefix sudo":                 "missing",
		"prefix sudo x":               "invalid",
		"kubectl ** --force : read":   "**",
		"statement DROP : shattering": "no class",
	} {
		_, err := parseRules("\n" + row)
		if want == "" {
			if err != nil {
				t.Errorf("%q: %v", row, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "classes.txt:2") {
			t.Errorf("%q: error %v, want %s", row, err, want)
		}
	}
}

// corpus is the command lines of testdata/corpus.txt with their classes.
func corpus(t testing.TB) map[string]Class {
	t.Helper()
	data, err := os.ReadFile("testdata/corpus.txt")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]Class{}
	for line := range strings.Lines(string(data)) {
		word, command, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !ok {
			continue
		}
		class, known := classWords[word]
		command = strings.NewReplacer(`\\`, `\`, `\n`, "\n").Replace(command)
		if _, twice := out[command]; !known || twice {
			t.Fatalf("corpus: %q", line)
		}
		out[command] = class
	}
	return out
}

func TestCorpus(t *testing.T) {
	lines := corpus(t)
	wrong := 0
	for line, want := range lines {
		v := Judge(line)
		if v.Class != want {
			wrong++
			t.Errorf("%s, not %s, by %q:  %s", v.Class, want, v.Rule, line)
		}
		if (v.Class == Destructive) != (v.Does != "") {
			t.Errorf("%q: %s, %q", line, v.Class, v.Does)
		}
	}
	t.Logf("%d of %d lines", len(lines)-wrong, len(lines))
	if len(lines) < 380 {
		t.Errorf("only %d lines", len(lines))
	}
}

func TestWhatIsDestroyed(t *testing.T) {
	for line, want := range map[string]string{
		"kubectl -n x delete pod api-1 api-2":            "deletes `pod api-1 api-2`",
		"kubectl delete -f deploy.yaml":                  "deletes",
		"docker rm -f web":                               "removes the containers `web`",
		"sudo systemctl stop nginx":                      "stops `nginx`",
		"rm -rf \"/srv/a  b\"":                           "deletes `/srv/a b`",
		"rm $X":                                          "deletes `$X`",
		"dd if=x of=/dev/sdb":                            "overwrites `/dev/sdb`",
		": > app.log":                                    "empties `app.log`",
		"ls; kubectl drain n1; rm x":                     "evicts every pod from the node `n1`",
		"psql -c 'drop table a'":                         "drops a table or another object",
		"rm {rest} {1}":                                  "deletes `{rest} {1}`",
		"kubectl delete pod " + strings.Repeat("a", 200): "deletes `pod " + strings.Repeat("a", 115) + "…`",
	} {
		got := strings.ReplaceAll(Judge(line).Does, string(Quote), "`")
		if got != want {
			t.Errorf("%s: %q, want %q", line, got, want)
		}
	}
}

func TestHostileLines(t *testing.T) {
	for _, line := range []string{
		strings.Repeat("sudo ", 5000) + "rm x", strings.Repeat("bash -c ", 3000), strings.Repeat("a|", 9000) + "b",
		"eval " + strings.Repeat("eval ", 9000), "gcloud " + strings.Repeat("x ", 9000), "psql -c '" + strings.Repeat("/*", 9000) + "'",
		"find . " + strings.Repeat("-exec ", 9000), "rm \x1f\x1f\x00\xff",
	} {
		if v := Judge(line); strings.Count(v.Does, string(Quote))%2 != 0 {
			t.Errorf("%q", v.Does)
		}
	}
}

func FuzzJudge(f *testing.F) {
	for line := range corpus(f) {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		v := Judge(line)
		if (v.Class == Destructive) != (v.Does != "") || strings.Count(v.Does, string(Quote))%2 != 0 {
			t.Fatalf("%+v", v)
		}
		// What follows cannot make a line milder, but a line that is none.
		if w := Judge("rm x\n" + line); w.Class != Destructive && w.Class != Unknown {
			t.Fatalf("a deletion and %q is %s", line, w.Class)
		}
	})
}

func BenchmarkJudge(b *testing.B) {
	for b.Loop() {
		Judge("kubectl -n payments get pods -o wide | grep api && sudo systemctl restart api")
	}
}
