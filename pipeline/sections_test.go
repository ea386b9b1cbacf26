package pipeline

import (
	"strings"
	"testing"

	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/pipeline/narrate"
	"github.com/runreel/runreel/pipeline/sop"
)

func TestChecksOnlyRead(t *testing.T) {
	for line, want := range map[string]bool{
		"curl -s http://localhost:8080/version":        true,
		"curl -fsS http://x | jq .":                    true,
		"curl -X POST http://x":                        false,
		"curl -sXDELETE http://x":                      false,
		"curl --data a=b http://x":                     false,
		"curl -o f http://x":                           false,
		"kubectl get pods -n staging":                  true,
		"kubectl -n staging rollout status deploy/api": true,
		"kubectl delete pod x":                         false,
		"kubectl rollout undo deploy/api":              false,
		"sudo systemctl status api":                    true,
		"systemctl restart api":                        false,
		"cat a > b":                                    false,
		"ps aux | grep api 2>/dev/null":                true,
		"ls; rm x":                                     false,
		"cat a | tee b":                                false,
		"echo $(rm x)":                                 false,
		"make test":                                    false,
		"":                                             false,
	} {
		if got := isCheck(line); got != want {
			t.Errorf("isCheck(%q) = %v", line, got)
		}
	}
}

func TestRecordedRollbackGoesFirst(t *testing.T) {
	var s script
	s.command(1, 1, "helm upgrade payments ./chart", 0, "")
	s.command(5, 1, "helm rollback payments", 0, "")
	s.command(9, 1, "helm history payments", 0, "")
	got := analyze(t, session, s).SectionOf(sop.Rollback)
	if got.Body != "As recorded:\n\n- Run `helm rollback payments`." || got.Sources["body"] != sop.FromRule {
		t.Errorf("rollback %q from %s", got.Body, got.Sources["body"])
	}
	if len(got.Steps) != 0 {
		t.Errorf("proposed beside it: %+v", got.Steps)
	}
}

func TestVerificationTakesTheLastChecks(t *testing.T) {
	var s script
	for i, line := range []string{"ls", "make", "curl -s localhost/health", "kubectl get pods", "./payctl stop"} {
		s.command(float64(i*5), 1, line, 0, "")
	}
	s.command(40, 1, "grep -c error log", 1, "0\n")
	body := analyze(t, session, s).SectionOf(sop.Verification).Body
	want := "- Run `curl -s localhost/health` and compare with the recorded output.\n- Run `kubectl get pods` and compare with the recorded output."
	if body != want {
		t.Errorf("body %q, want %q", body, want)
	}
}

func TestSpeechBesideALongCommand(t *testing.T) {
	var s script
	s.say(1, 3, "now i open the release desk")
	s.command(4, 60, "./release-desk", 0, "")
	s.say(10, 12, "press the button")
	s.click(13, desk, "push button", "Roll out")
	s.say(15, 17, "as you can see it is done")
	s.say(19, 21, "then i close it")
	s.click(22, desk, "push button", "Close")
	for i, step := range analyze(t, session, s).SectionOf(sop.Procedure).Steps {
		want := []string{"Now I open the release desk.", "Press the button. As you can see it is done.", "Then I close it."}[i]
		if step.Body != want {
			t.Errorf("step %d says %q, want %q", i, step.Body, want)
		}
	}
}

func TestTitle(t *testing.T) {
	mark := []sop.Step{{Title: "Deploy to `staging`", Sources: map[string]sop.Source{"title": sop.FromMark}}}
	tests := []struct {
		session string
		said    string
		steps   []sop.Step
		want    string
	}{
		{"Release 2.5", "now we deploy the api", mark, "Release 2.5"},
		{"Recording 4", "now we roll out the api to staging.", mark, "Roll out the api to staging"},
		{"", "the deploy is broken today", mark, "Deploy to staging"},
		{"", "we deploy", nil, "Recorded procedure of 2026-03-04"},
		{"\x1b[1m", "", nil, "Recorded procedure of 2026-03-04"},
	}
	for _, tt := range tests {
		r := Recording{Session: capture.Session{Title: tt.session, Started: started}}
		if got := titleOf(r, tt.steps, []narrate.Sentence{{Text: tt.said}}); got != tt.want {
			t.Errorf("session %q, said %q: %q, want %q", tt.session, tt.said, got, tt.want)
		}
	}
}

func TestPrerequisitesNameToolsOnce(t *testing.T) {
	var s script
	s.command(1, 1, "cd /srv && make build", 0, "")
	s.command(3, 1, "kubectl get pods | grep api", 0, "")
	s.command(5, 1, "kubectl get nodes", 0, "")
	body := analyze(t, session, s).SectionOf(sop.Prerequisites).Body
	want := "- The program `make`.\n- The program `kubectl`.\n- A shell on the host `desk` as the user `root`."
	if body != want {
		t.Errorf("body %q, want %q", body, want)
	}
}

func TestFigureMarksOnlyWhatItKnows(t *testing.T) {
	var s script
	far := capture.Rect{X: -2147483648, Y: -2147483648, W: 1, H: 1}
	for i, bounds := range []capture.Rect{{}, far, desk.Bounds, {X: 840, Y: 240, W: 40, H: 20}} {
		s.add(float64(i), capture.Click{
			Button: 1, Count: 1, Point: capture.Point{X: 850, Y: 250}, Window: desk, Frame: frame,
			Element: &capture.Element{Role: "push button", Name: strings.Repeat("x", i+1), Bounds: bounds},
		})
	}
	steps := analyze(t, session, s).SectionOf(sop.Procedure).Steps
	for i, marks := range []int{1, 1, 1, 2} {
		if got := len(steps[i].Figures[0].Marks); got != marks {
			t.Errorf("figure %d has %d marks, want %d", i, got, marks)
		}
	}
	if got := *steps[1].Box; got != (sop.Rect{X: 850, Y: 250, W: 1, H: 1}) {
		t.Errorf("box %v", got)
	}
}
