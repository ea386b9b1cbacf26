package main

import (
	"strings"
	"testing"
)

func TestReport(t *testing.T) {
	tests := []struct {
		name, in       string
		passed, failed int
		shown, hidden  string
	}{
		{
			name: "what passes is counted and silent",
			in: `{"Action":"output","Package":"p","Test":"TestA","Output":"noise\n"}
{"Action":"pass","Package":"p","Test":"TestA","Elapsed":0.1}
{"Action":"pass","Package":"p","Elapsed":0.2}`,
			passed: 1, shown: "ok    p", hidden: "noise",
		},
		{
			name: "what fails shows its output",
			in: `{"Action":"output","Package":"p","Test":"TestA","Output":"reason\n"}
{"Action":"fail","Package":"p","Test":"TestA"}
{"Action":"fail","Package":"p"}`,
			failed: 1, shown: "reason",
		},
		{
			name: "a package that dies counts once and shows what it was at",
			in: `{"Action":"output","Package":"p","Test":"TestA","Output":"last words\n"}
{"Action":"output","Package":"p","Output":"signal: killed\n"}
{"Action":"fail","Package":"p"}`,
			failed: 1, shown: "last words",
		},
		{
			name: "a package that does not compile",
			in: `{"ImportPath":"p","Action":"build-output","Output":"undefined: x\n"}
{"ImportPath":"p","Action":"build-fail"}
{"Action":"fail","Package":"p","Elapsed":0}`,
			failed: 1, shown: "undefined: x",
		},
		{
			name: "leaving out is failing",
			in: `{"Action":"skip","Package":"p","Test":"TestA"}
{"Action":"pass","Package":"p"}`,
			failed: 1, shown: "SKIP  p TestA",
		},
		{name: "words that are no JSON pass through", in: "go: downloading x\n", shown: "go: downloading x"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var out strings.Builder
			r := newReport(&out)
			if err := r.read(strings.NewReader(test.in)); err != nil {
				t.Fatal(err)
			}
			if r.passed != test.passed || r.failed != test.failed {
				t.Errorf("%d passed, %d failed, want %d and %d", r.passed, r.failed, test.passed, test.failed)
			}
			if !strings.Contains(out.String(), test.shown) {
				t.Errorf("%q is not in %q", test.shown, out.String())
			}
			if test.hidden != "" && strings.Contains(out.String(), test.hidden) {
				t.Errorf("%q is in %q", test.hidden, out.String())
			}
		})
	}
}
