package app

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/runreel/runreel/pipeline/sop"
)

func TestNumberedPrintsWhatCommandsDo(t *testing.T) {
	doc := sop.New("d", "t")
	doc.Parameters = []sop.Parameter{{Name: "VERSION", Example: "2.5", Accepted: true}}
	doc.SectionOf(sop.Procedure).Steps = []sop.Step{{
		ID: "s1", Kind: sop.StepCommand, Review: "check it", Callouts: []sop.Callout{{Kind: sop.Warning, Source: sop.FromRule, Rule: "rm"}},
		Command: &sop.Command{Line: "rm x", Class: sop.Destructive, Production: true, ProductionBy: "host prod", Context: map[string]string{"git.branch": "main"}},
	}}
	out, err := json.Marshal(Numbered(doc))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`"schema":2`, `"numbers":{"s1":1}`, `"parameters":[{"name":"VERSION","example":"2.5","accepted":true}]`, `"review":"check it"`,
		`"class":"destructive","production":true,"productionBy":"host prod","context":{"git.branch":"main"}`, `"source":"rule","rule":"rm"`,
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%s is not in %s", want, out)
		}
	}
}

func TestAnEditedLineIsJudged(t *testing.T) {
	doc := sop.New("d", "t")
	doc.SectionOf(sop.Procedure).Steps = []sop.Step{{ID: "s1", Kind: sop.StepCommand, Command: &sop.Command{
		Line: "kubectl get pods", Class: sop.ReadOnly, Context: map[string]string{"kube.context": "prod-eu"}}}}
	before := doc.Clone()
	var h sop.History
	for _, line := range []string{"kubectl delete pod", "kubectl delete pod x"} {
		if err := h.Do(doc, judged(doc, sop.SetStep{Step: "s1", Field: "line", Text: line}), true); err != nil {
			t.Fatal(err)
		}
	}
	got := doc.SectionOf(sop.Procedure).Steps[0].Command
	if got.Class != sop.Destructive || !got.Production || got.ProductionBy != "kube context prod-eu" || h.Len() != 1 {
		t.Errorf("%+v, %d edits", got, h.Len())
	}
	if err := h.Undo(doc); err != nil || doc.SectionOf(sop.Procedure).Steps[0].Command.Risk() != before.SectionOf(sop.Procedure).Steps[0].Command.Risk() {
		t.Errorf("undone: %v, %+v", err, doc.SectionOf(sop.Procedure).Steps[0].Command)
	}
	title := sop.SetStep{Step: "s1", Field: "title", Text: "rm x"}
	if judged(doc, title) != sop.Edit(title) {
		t.Error("a title was judged")
	}
}
