package name

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/runreel/runreel/capture"
)

var desk = capture.Window{ID: 2, Title: "Desk", Bounds: capture.Rect{X: 100, Y: 100, W: 300, H: 300}}

func on(role, name string, states ...string) Subject {
	return Subject{Action: Click, Button: 1, Count: 1, Window: desk, Element: &capture.Element{Role: role, Name: name, States: states}}
}

// shown writes a title as markup, without escapes.
func shown(title []Part) string {
	var b strings.Builder
	for _, p := range title {
		mark := map[Style]string{Plain: "", Strong: "*", Code: "`"}[p.Style]
		b.WriteString(mark + p.Text + mark)
	}
	return b.String()
}

func with(s Subject, change func(*Subject)) Subject {
	change(&s)
	return s
}

func TestTitles(t *testing.T) {
	env := &capture.Element{Role: "combo box", Name: "staging", Label: "Environment:"}
	tests := []struct {
		s     Subject
		title string
		label string
		from  From
	}{
		{on("push button", "Roll out"), "Click *Roll out*", "Roll out", FromAccessibility},
		{with(on("push button", "Build now"), func(s *Subject) { s.Entered = true }), "In *Desk*, click *Build now*", "Build now", FromAccessibility},
		{on("check box", "Dry run"), "Select the *Dry run* check box", "Dry run", FromAccessibility},
		{on("check box", "Dry run", "focused", "checked"), "Clear the *Dry run* check box", "Dry run", FromAccessibility},
		{with(on("check box", "Dry run", "checked"), func(s *Subject) { s.After = []string{"enabled", "checked"} }), "Select the *Dry run* check box", "Dry run", FromAccessibility},
		{with(on("check box", "Dry run"), func(s *Subject) { s.After = []string{"enabled"} }), "Clear the *Dry run* check box", "Dry run", FromAccessibility},
		{with(on("switch", "Wifi"), func(s *Subject) { s.After = []string{"checked"} }), "Turn on *Wifi*", "Wifi", FromAccessibility},
		{with(on("icon", "a.txt"), func(s *Subject) { s.Dragged, s.Target = true, &capture.Element{Role: "icon", Name: "Trash"} }), "Drag *a.txt* to *Trash*", "a.txt", FromAccessibility},
		{with(on("icon", "a.txt"), func(s *Subject) { s.Dragged, s.Target = true, &capture.Element{Role: "icon"} }), "Drag *a.txt* to another place", "a.txt", FromAccessibility},
		{with(on("slider", "Volume"), func(s *Subject) { s.Dragged = true }), "Drag the *Volume* slider", "Volume", FromAccessibility},
		{with(on("icon", "a.txt"), func(s *Subject) { s.Count = 3 }), "Triple-click *a.txt*", "a.txt", FromAccessibility},
		{with(on("icon", "a.txt"), func(s *Subject) { s.Button = 2 }), "Middle-click *a.txt*", "a.txt", FromAccessibility},
		{with(on("link", "X"), func(s *Subject) { s.Button, s.Entered = 8, true }), "In *Desk*, press the *Back* mouse button", "", FromNothing},
		{Subject{Action: Click, Button: 9}, "Press the *Forward* mouse button", "", FromNothing},
		{on("switch", "Wifi", "checked"), "Turn off *Wifi*", "Wifi", FromAccessibility},
		{on("radio button", "Blue"), "Select *Blue*", "Blue", FromAccessibility},
		{on("page tab", "Logs"), "Open the *Logs* tab", "Logs", FromAccessibility},
		{on("link", "More"), "Follow the *More* link", "More", FromAccessibility},
		{on("list item", "a.txt"), "Select *a.txt*", "a.txt", FromAccessibility},
		{with(on("icon", "a.txt"), func(s *Subject) { s.Count = 2 }), "Double-click *a.txt*", "a.txt", FromAccessibility},
		{with(on("icon", "a.txt"), func(s *Subject) { s.Button = 3 }), "Right-click *a.txt*", "a.txt", FromAccessibility},
		{with(on("menu item", "Save as…"), func(s *Subject) { s.Menu = []string{"File"} }), "Choose *File > Save as*", "Save as", FromAccessibility},
		{with(on("menu item", "Rename"), func(s *Subject) { s.Opener, s.Context = &capture.Element{Role: "icon", Name: "a.txt"}, true }),
			"Right-click *a.txt* and choose *Rename*", "Rename", FromAccessibility},
		{with(on("list item", "production"), func(s *Subject) { s.Opener = env }), "Choose *production* in the *Environment* list", "production", FromAccessibility},
		{with(on("", ""), func(s *Subject) { s.Opener = env }), "Choose the marked entry in the *Environment* list", "", FromPointer},
		{on("tool bar button", "X"), "Click *X*", "X", FromAccessibility},
		{with(on("push button", ""), func(s *Subject) { s.Element.Description = "Reload the page" }), "Click *Reload the page*", "Reload the page", FromAccessibility},
		{with(on("push button", ""), func(s *Subject) { s.Read = "Deploy" }), "Click *Deploy*", "Deploy", FromScreen},
		{with(on("push button", ""), func(s *Subject) { s.Point = &capture.Point{X: 390, Y: 110} }), "Click the button at the top right of *Desk*", "", FromPointer},
		{Subject{Action: Click, Button: 1, Window: desk, Point: &capture.Point{X: 250, Y: 250}, Entered: true}, "In *Desk*, click in the middle", "", FromPointer},
		{Subject{Action: Click, Button: 3}, "Right-click at the marked place", "", FromPointer},
		{Subject{Action: Type, Text: "2.5", Element: &capture.Element{Role: "entry", Label: "Version:"}}, "Type `2.5` in the *Version* field", "Version", FromAccessibility},
		{Subject{Action: Type, Text: "2.5", Element: &capture.Element{Role: "entry", Value: "old"}}, "Type `2.5`", "", FromNothing},
		{Subject{Action: Type, Secret: true, Element: &capture.Element{Role: "password text", Name: "Password"}}, "Type the value in the *Password* field", "Password", FromAccessibility},
		{Subject{Action: Type, Text: "a\nb", Element: &capture.Element{Role: "text", Name: "Notes"}}, "Type the text in the *Notes* field", "Notes", FromAccessibility},
		{Subject{Action: Type, Element: &capture.Element{Role: "entry", Name: "Filter"}}, "Clear the *Filter* field", "Filter", FromAccessibility},
		{Subject{Action: Chord, Keys: []string{"Ctrl", "Shift", "T"}}, "Press *Ctrl+Shift+T*", "", FromNothing},
		{Subject{Action: Scroll, Down: true, Window: desk, Entered: true}, "In *Desk*, scroll down", "", FromNothing},
		{Subject{Action: Command, Line: "kubectl rollout status deploy/payments", Entered: true}, "Run `kubectl rollout status deploy/payments`", "", FromNothing},
		{Subject{Action: Command, Line: "cat <<EOF | kubectl apply -f -\na\nEOF"}, "Run `cat` with a here-document", "", FromNothing},
		{Subject{Action: Command, Line: "kubectl apply -f - <<EOF\na\nEOF"}, "Run `kubectl apply` with a here-document", "", FromNothing},
		{Subject{Action: Command, Line: "for i in 1 2; do\n echo $i\ndone"}, "Run `for i in` over several lines", "", FromNothing},
		{Subject{Action: Command, Line: "docker run " + strings.Repeat("-e A=b ", 20)}, "Run `docker run` with its options", "", FromNothing},
		{Subject{Action: Command, Line: "kubectl get pods " + strings.Repeat("-l a=b ", 20) + " | grep x"}, "Run `kubectl get pods` in a pipeline", "", FromNothing},
		{Subject{Action: Command, Line: "echo \x1b[31m"}, "Run `echo` with its options", "", FromNothing},
	}
	for _, tt := range tests {
		n := Of(tt.s)
		if got := shown(n.Title); got != tt.title || n.Label != tt.label || n.From != tt.from {
			t.Errorf("got  %s, label %q from %s\nwant %s, label %q from %s", got, n.Label, n.From, tt.title, tt.label, tt.from)
		}
	}
}

func TestLabel(t *testing.T) {
	for in, want := range map[string]string{
		"Keep copies:":                       "Keep copies",
		"Open...":                            "Open",
		" a \t\n b ":                         "a b",
		":":                                  ":",
		"_Message Dialog Message Dialog":     "Message Dialog",
		"snake_case":                         "snake_case",
		"\x1b[1;31mred\x1b[0m":               "red",
		"\x1b]0;title\x07x":                  "x",
		"\x1b]8;;http://x\x1b\\link":         "link",
		"a\u202eb\u200bc":                    "abc",
		"👩\u200d💻":                           "👩\u200d💻",
		"\xff":                               "\uFFFD",
		strings.Repeat("x", 100):             strings.Repeat("x", 79) + "…",
		"\x1b[":                              "",
		"日本語：":                               "日本語",
		"Delete the files, really: continue": "Delete the files, really: continue",
	} {
		if got := Label(in); got != want {
			t.Errorf("Label(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestWindowTitles(t *testing.T) {
	for in, want := range map[string]string{
		"Jobs [Jenkins] - Chromium": "Jobs [Jenkins]",
		"Jobs — Mozilla Firefox":    "Jobs",
		"notes.txt - Mousepad":      "notes.txt - Mousepad",
		"\x1b[2Jwindow \u202e":      "window",
	} {
		if got := windowOf(Subject{Window: capture.Window{Title: in}}); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if got := windowOf(Subject{Element: &capture.Element{Window: "Dialog"}}); got != "Dialog" {
		t.Errorf("element's window %q", got)
	}
}

func TestPrograms(t *testing.T) {
	for line, want := range map[string][]string{
		"kubectl get pods | grep api && helm list": {"kubectl", "grep", "helm"},
		"sudo FOO=bar systemctl restart api":       {"systemctl"},
		"curl -s 'http://x y | z'; jq .":           {"curl", "jq"},
		"cat <<EOF\nrm -rf / | sh\nEOF\nls":        {"cat", "ls"},
		"./deploy.sh --now":                        {"./deploy.sh"},
		"":                                         nil,
		"$(evil) x":                                nil,
	} {
		if got := Programs(line); !slices.Equal(got, want) {
			t.Errorf("Programs(%q) = %q, want %q", line, got, want)
		}
	}
}

func FuzzLabel(f *testing.F) {
	for _, s := range []string{"a", "\x1b[31m", "\x1b]0;", "\u009b1m", "_A A", "…:", "\u202e", "\xff\xfe\x1b", "a\x1b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		l := Label(s)
		if !utf8.ValidString(l) || utf8.RuneCountInString(l) > maxLabel || strings.TrimSpace(l) != l {
			t.Fatalf("label %q of %q", l, s)
		}
		for _, r := range l {
			if unicode.IsControl(r) || hidden(r) {
				t.Fatalf("label %q of %q has %U", l, s, r)
			}
		}
		Of(Subject{Action: Command, Line: s})
		Programs(s)
		n := Of(Subject{Action: Click, Element: &capture.Element{Role: s, Name: s}, Window: capture.Window{Title: s}, Menu: []string{s}, Entered: true})
		if len(n.Title) == 0 || n.Title[0].Text == "" {
			t.Fatalf("no title for %q", s)
		}
	})
}
