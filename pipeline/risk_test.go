package pipeline

import (
	"slices"
	"strings"
	"testing"

	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/pipeline/sop"
)

// release is a session on production: it looks, changes and destroys, and takes
// some of it back.
func release() script {
	var s script
	run := func(at float64, c capture.Command, exit int) {
		c.Exit, c.Host, c.User, c.Shell, c.Dir, c.Via = &exit, "web-1", "ops", "bash", "/srv/payments", "shell"
		c.Context = map[string]string{capture.ContextKubeContext: "prod-eu", capture.ContextGitBranch: "main"}
		s.add(at, c)
	}
	for i, c := range []capture.Command{
		{Line: "kubectl -n payments get deploy", Output: "NAME       READY   UP-TO-DATE   AVAILABLE   AGE\npayments   3/3     3            3           9d\n"},
		{Line: "git tag v2.5.0", Output: ""},
		{Line: "helm upgrade payments ./chart -n payments --set image.tag=v2.5.0", Output: "Release \"payments\" has been upgraded.\nREVISION: 12\n"},
		{Line: "kubectl -n payments scale deploy/payments --replicas=5", Output: "deployment.apps/payments scaled\n"},
		{Line: "sudo systemctl stop payments-cron", Output: ""},
		{Line: "k -n payments delete pod payments-0", Ran: "kubectl -n payments delete pod payments-0", Output: "pod \"payments-0\" deleted\n"},
		{Line: "rm -rf /srv/payments/releases/v2.4.0", Output: ""},
		{Line: "sudo systemctl start payments-cron", Output: ""},
		{Line: "kubectl --context staging -n payments delete job seed", Output: "job \"seed\" deleted\n"},
		{Line: "psql -h db-prod-1 shop -c 'update jobs set done = true'", Output: "UPDATE 4\n"},
		{Line: "./payctl announce v2.5.0 OPS-4711", Output: "announced\n", Inferred: true},
		{Line: "./payctl close OPS-4711", Output: "closed\n"},
	} {
		run(float64(i*10), c, 0)
	}
	run(130, capture.Command{Line: "kubectl -n payments delete pod payments-9", Output: "Error: not found\n"}, 1)
	return s
}

func TestRelease(t *testing.T) {
	d := analyze(t, session, release())
	golden(t, "release.txt", twin(d))
	for _, p := range slices.Clone(d.Parameters) {
		if _, err := (sop.AcceptParameter{Name: p.Name}).Apply(d); err != nil {
			t.Errorf("%s: %v", p.Name, err)
		}
	}
	if p := sop.Validate(d); len(p) > 0 {
		t.Errorf("%v", p)
	}
	golden(t, "release-parameters.txt", twin(d))
	for _, p := range slices.Backward(slices.Clone(d.Parameters)) {
		if _, err := (sop.WithdrawParameter{Name: p.Name}).Apply(d); err != nil {
			t.Errorf("%s: %v", p.Name, err)
		}
	}
	golden(t, "release.txt", twin(d))
}

func TestWarningStandsOnDestructiveStepsAlone(t *testing.T) {
	d := analyze(t, session, release())
	for at := range d.Numbered() {
		c := at.Step.Command
		if c == nil || at.Section.Kind != sop.Procedure {
			continue
		}
		warned := slices.ContainsFunc(at.Step.Callouts, func(c sop.Callout) bool {
			return c.Kind == sop.Warning && c.Source == sop.FromRule && c.Rule != ""
		})
		if warned != (c.Class == sop.Destructive) {
			t.Errorf("%s is %s, warned %v", c.Line, c.Class, warned)
		}
	}
}

// A hostile line can put nothing but itself, as code, into the warning.
func TestHostileWarning(t *testing.T) {
	for _, line := range []string{"rm '**x**' '`y`' _z_", "rm \x1f\x1f", "rm '- a\n\n- b'", "rm \u202e " + strings.Repeat("x", 5000)} {
		exit := 0
		for _, c := range dangers(capture.Command{Line: line, Exit: &exit}) {
			for _, span := range sop.ParseInline(c.Text) {
				if span.Style != sop.Plain && span.Style != sop.Code {
					t.Errorf("%q: %q is %s", line, span.Text, span.Style)
				}
			}
			if len(sop.ParseBody(c.Text)) != 1 || len(c.Text) > 1000 {
				t.Errorf("%q: %q", line, c.Text)
			}
		}
	}
}

func TestUndoStopsAtTheLimits(t *testing.T) {
	var s script
	for i := range sop.MaxSteps {
		s.command(float64(i*3), 1, "systemctl enable unit"+strings.Repeat("x", i%70+1), 0, "")
	}
	d := analyze(t, session, s) // valid
	if n := len(d.SectionOf(sop.Rollback).Steps); n != 0 {
		t.Errorf("%d steps in a full document", n)
	}
	s.events = s.events[:70]
	if n := len(analyze(t, session, s).SectionOf(sop.Rollback).Steps); n != maxUndo {
		t.Errorf("%d steps", n)
	}
}
