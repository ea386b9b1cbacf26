package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/runreel/runreel/app"
)

// run runs a command line on a data folder.
func run(t *testing.T, dir string, args ...string) (code int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	p := &program{out: &o, errOut: &e, window: func(app.Options) error { t.Error("the window opened"); return nil }}
	code = p.run(t.Context(), append([]string{"--data-dir", dir}, args...))
	return code, o.String(), e.String()
}

func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "rr") // short enough for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	t.Setenv("XDG_RUNTIME_DIR", dir)
	return filepath.Join(dir, "data")
}

func TestUsageErrors(t *testing.T) {
	dir := folder(t)
	for _, line := range []string{
		"nonsense", "--nonsense", "list too much", "record now", "record --for soon", "draft", "show", "show a b", "search",
		"export", "export last", "export last --format docx --out x", "delete", "hook", "hook bash zsh", "models use",
		"models add", "status now", "pause now", "stop now", "models nonsense",
	} {
		code, out, errOut := run(t, dir, strings.Fields(line)...)
		if code != exitUsage || out != "" || !strings.HasPrefix(errOut, "runreel: ") || !strings.Contains(errOut, "--help") {
			t.Errorf("%s: exit %d, %q, %q", line, code, out, errOut)
		}
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("a command line that was not understood made the data folder")
	}
}

func TestFailuresSayWhatToDo(t *testing.T) {
	dir := folder(t)
	for line, want := range map[string]string{
		"show nothing":                        "runreel list",
		"draft nothing":                       "runreel list",
		"export nothing --format md --out x":  "runreel list",
		"delete nothing":                      "runreel list",
		"pause":                               "runreel record",
		"stop":                                "runreel record",
		"models use nothing":                  "runreel models add",
		"models add /nonexistent/a-model.bin": "Check the path",
	} {
		code, out, errOut := run(t, dir, strings.Fields(line)...)
		if code != exitFailed || out != "" || !strings.Contains(errOut, want) {
			t.Errorf("%s: exit %d, %q, %q, want %q", line, code, out, errOut, want)
		}
	}
}

func TestStatusOfNothing(t *testing.T) {
	dir := folder(t)
	if code, out, errOut := run(t, dir, "status"); code != 0 || out != "Nothing is being recorded.\n" || errOut != "" {
		t.Errorf("exit %d, %q, %q", code, out, errOut)
	}
	code, out, _ := run(t, dir, "--json", "status")
	var st struct {
		State    string
		Warnings []string
	}
	if err := json.Unmarshal([]byte(out), &st); code != 0 || err != nil || st.State != "idle" || st.Warnings == nil {
		t.Errorf("exit %d, %q, %v", code, out, err)
	}
}

func TestListOfNothing(t *testing.T) {
	dir := folder(t)
	if code, out, _ := run(t, dir, "list"); code != 0 || !strings.Contains(out, "runreel record") {
		t.Errorf("exit %d, %q", code, out)
	}
	code, out, _ := run(t, dir, "list", "--json")
	var list map[string][]any
	if err := json.Unmarshal([]byte(out), &list); code != 0 || err != nil || list["documents"] == nil || list["sessions"] == nil {
		t.Errorf("exit %d, %q, %v", code, out, err)
	}
	if code, out, _ := run(t, dir, "search", "nothing"); code != 0 || !strings.Contains(out, "No document") {
		t.Errorf("exit %d, %q", code, out)
	}
}

func TestHookIsAScript(t *testing.T) {
	dir := folder(t)
	code, script, _ := run(t, dir, "hook", "bash")
	if code != 0 || !strings.Contains(script, "commands'") {
		t.Fatalf("exit %d, %q", code, script)
	}
	check := exec.CommandContext(t.Context(), "bash", "-n")
	check.Stdin = strings.NewReader(script)
	if out, err := check.CombinedOutput(); err != nil {
		t.Errorf("bash does not read it: %v: %s", err, out)
	}
	if code, out, errOut := run(t, dir, "hook", "tcsh"); code == 0 || out != "" || errOut == "" {
		t.Errorf("another shell: exit %d, %q, %q", code, out, errOut)
	}
}

func TestOneLine(t *testing.T) {
	for in, want := range map[string]string{
		"Roll out 2.4 – größer":    "Roll out 2.4 – größer",
		"a\x1b[2Jb":                "a\uFFFD[2Jb",
		"one\ntwo\rthree\tfour":    "one\uFFFDtwo\uFFFDthree\uFFFDfour",
		"\u009b31mred \x7f \u0085": "\uFFFD31mred \uFFFD \uFFFD",
	} {
		if got := oneLine(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestExportPath(t *testing.T) {
	for _, c := range [][3]string{{"pdf", "a", "a.pdf"}, {"pdf", "a.pdf", "a.pdf"}, {"pdf", "v2.4", "v2.4.pdf"}, {"md", "a", "a"}} {
		if got := exportPath(c[0], c[1]); got != c[2] {
			t.Errorf("%v: %q", c, got)
		}
	}
}
