package sop

import (
	"errors"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestReplaceWord(t *testing.T) {
	for text, want := range map[string]string{
		"2.5":                         "#",
		"r/api:2.5":                   "r/api:#",
		"api=2.5, 2.5.":               "api=#, #.",
		"/srv/2.5/x":                  "/srv/#/x",
		"(2.5) \"2.5\" '2.5' `2.5`":   "(#) \"#\" '#' `#`",
		"**2.5** _2.5_":               "**#** _2.5_",
		"--version=2.5 -2.5":          "--version=# -#",
		"12.5 2.51 v2.5 2.5a":         "12.5 2.51 v2.5 2.5a",
		"2.5.1 1.2.5 2.5-rc1 a-2.5":   "2.5.1 1.2.5 2.5-rc1 a-2.5",
		"2.5_x x_2.5 2.5+b 2.5~1":     "2.5_x x_2.5 2.5+b 2.5~1",
		"é2.5 2.5é":                   "é2.5 2.5é",
		"2.5- 2.5... -2.5 …2.5":       "#- #... -# …#",
		"{{2.5}} {{A}}2.5{{B}} {{2.5": "{{2.5}} {{A}}#{{B}} {{#",
		"":                            "",
		"2.52.5 2.5 2.5":              "2.52.5 # #",
	} {
		if got := replaceWord(text, "2.5", "#"); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
		if got := CountWord(text, "2.5"); got != strings.Count(want, "#") {
			t.Errorf("%q: counted %d", text, got)
		}
	}
	if got := replaceWord("prod prod-eu myprod prod/x prod.x prod_x PROD", "prod", "#"); got != "# prod-eu myprod #/x prod.x prod_x PROD" {
		t.Error(got)
	}
}

func parametric() *Document {
	d := New("d", "Deploy 2.5")
	d.Parameters = []Parameter{{Name: "VERSION", Example: "2.5"}}
	d.SectionOf(Purpose).Body = "Rolls out 2.5, not 2.5.1."
	d.SectionOf(Procedure).Steps = []Step{{
		ID: "s1", Kind: StepCommand, Title: "Run `set api:2.5`", Body: "Now 2.5.", Typed: "2.5",
		Command:  &Command{Line: "set api:2.5 12.5", Output: "2.5 is out\n", Dir: "/srv/2.5", Class: ChangesState},
		Callouts: []Callout{{Kind: Note, Text: "Never 2.5 on Friday"}}, Spoken: []Sentence{{Text: "now 2.5"}},
		Figures: []Figure{{ID: "f1", Alt: "Version 2.5", Caption: "2.5"}}, Sources: map[string]Source{"title": FromRule},
	}}
	return d
}

func TestAcceptParameter(t *testing.T) {
	d, before := parametric(), parametric()
	back, err := AcceptParameter{Name: "VERSION"}.Apply(d)
	if err != nil {
		t.Fatal(err)
	}
	s := d.SectionOf(Procedure).Steps[0]
	got := []string{
		d.Title, d.SectionOf(Purpose).Body, s.Title, s.Body, s.Typed, s.Command.Line, s.Command.Output, s.Command.Dir,
		s.Callouts[0].Text, s.Spoken[0].Text, s.Figures[0].Alt, s.Figures[0].Caption,
	}
	want := []string{
		"Deploy {{VERSION}}", "Rolls out {{VERSION}}, not 2.5.1.", "Run `set api:{{VERSION}}`", "Now {{VERSION}}.", "{{VERSION}}", "set api:{{VERSION}} 12.5",
		"{{VERSION}} is out\n", "/srv/{{VERSION}}", "Never {{VERSION}} on Friday", "now {{VERSION}}", "Version {{VERSION}}", "{{VERSION}}",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if !d.Parameters[0].Accepted || s.Command.Class != ChangesState || len(Validate(d)) > 0 {
		t.Errorf("%+v, class %q, %v", d.Parameters, s.Command.Class, Validate(d))
	}
	withdrawn := d.Clone()
	if _, err := (WithdrawParameter{Name: "VERSION"}).Apply(withdrawn); err != nil || !reflect.DeepEqual(withdrawn, before) {
		t.Errorf("withdrawn: %v\n%s", err, toJSON(t, withdrawn))
	}
	if _, err := back.Apply(d); err != nil || !reflect.DeepEqual(d, before) {
		t.Errorf("undone: %v\n%s", err, toJSON(t, d))
	}
}

func TestRenamedParameter(t *testing.T) {
	d := parametric()
	description := "what is released"
	for _, e := range []Edit{
		AcceptParameter{Name: "RELEASE", Example: "2.5", Description: &description}, // by hand
		SetParameter{Name: "RELEASE", Field: "name", Text: "TAG"},
		SetParameter{Name: "TAG", Field: "example", Text: "3.0"},
		DeleteParameter{Name: "VERSION"},
	} {
		if _, err := e.Apply(d); err != nil {
			t.Fatal(err)
		}
	}
	if want := []Parameter{{"TAG", "3.0", description, true}}; !slices.Equal(d.Parameters, want) || d.Title != "Deploy {{TAG}}" {
		t.Errorf("%+v, %q", d.Parameters, d.Title)
	}
}

func TestRefusedParameters(t *testing.T) {
	accepted := parametric()
	if _, err := (AcceptParameter{Name: "VERSION"}).Apply(accepted); err != nil {
		t.Fatal(err)
	}
	long := parametric()
	long.SectionOf(Procedure).Steps[0].Command.Output = strings.Repeat("2.5 ", MaxText/4)
	tests := []struct {
		d    *Document
		e    Edit
		want error
	}{
		{parametric(), AcceptParameter{Name: "HOST"}, ErrValue},                     // no example
		{parametric(), AcceptParameter{Name: "HOST", Example: "db-9"}, ErrNotFound}, // not in the texts
		{parametric(), AcceptParameter{Name: "version", Example: "2.5"}, ErrValue},
		{parametric(), AcceptParameter{Name: "X", Example: "2.5 is"}, ErrValue},
		{accepted, AcceptParameter{Name: "VERSION"}, ErrValue},
		{long, AcceptParameter{Name: "VERSION"}, ErrLimit},
		{parametric(), WithdrawParameter{Name: "VERSION"}, ErrValue},
		{parametric(), WithdrawParameter{Name: "X"}, ErrNotFound},
		{accepted, DeleteParameter{Name: "VERSION"}, ErrValue},
		{parametric(), SetParameter{Name: "VERSION", Field: "colour"}, ErrUnknownField},
		{parametric(), SetParameter{Name: "VERSION", Field: "example"}, ErrValue},
		{parametric(), ReplaceTexts{Texts: []PlacedText{{place{Step: "s9", Field: "line"}, "x"}}}, ErrNotFound},
		{parametric(), ReplaceTexts{Texts: []PlacedText{{place{Field: "title"}, "x"}, {place{Field: "title"}, "y"}}}, ErrValue},
		{parametric(), SetStep{Step: "s1", Field: "line", Text: "x", Risk: &Risk{Class: "mild"}}, ErrValue},
	}
	for _, tt := range tests {
		before := tt.d.Clone()
		if _, err := tt.e.Apply(tt.d); !errors.Is(err, tt.want) {
			t.Errorf("%s %+v: error %v, want %v", tt.e.Op(), tt.e, err, tt.want)
		}
		if !reflect.DeepEqual(tt.d, before) {
			t.Errorf("%s %+v: changed the document", tt.e.Op(), tt.e)
		}
	}
}

// Accepting a parameter and taking it back gives the identical document,
// through JSON as the journal keeps it.
func TestAcceptedAndTakenBackIsIdentical(t *testing.T) {
	accepted := 0
	for seed := range uint64(3000) {
		r := random{rand.New(rand.NewPCG(seed, 7))}
		d := r.document()
		d.Tidy()
		before := d.Clone()
		e := AcceptParameter{Name: pick(r, "VERSION", "HOST", "CMD", "NEW"), Example: pick(r, "", "2.5", "web-1", "ls", "app", "One", "日本語", "d")}
		back, err := e.Apply(d)
		if err != nil {
			if !reflect.DeepEqual(d, before) {
				t.Fatalf("seed %d: refused, but changed", seed)
			}
			continue
		}
		accepted++
		after := d.Clone()
		raw, err := EncodeEdit(back)
		if err != nil {
			t.Fatal(err)
		}
		if back, err = DecodeEdit(raw); err != nil {
			t.Fatal(err)
		}
		again, err := back.Apply(d)
		if err != nil || !reflect.DeepEqual(d, before) {
			t.Fatalf("seed %d: %v\n%s\nis not\n%s", seed, err, toJSON(t, d), toJSON(t, before))
		}
		if _, err := again.Apply(d); err != nil || !reflect.DeepEqual(d, after) {
			t.Fatalf("seed %d: redone: %v", seed, err)
		}
	}
	if accepted < 500 {
		t.Errorf("only %d were accepted", accepted)
	}
}

func TestAnotherLineIsJudgedAnew(t *testing.T) {
	d := parametric()
	d.SectionOf(Procedure).Steps[0].Command.SetRisk(Risk{ReadOnly, true, "host prod"})
	before := d.Clone()
	back, err := SetStep{Step: "s1", Field: "line", Text: "rm x"}.Apply(d)
	if c := d.SectionOf(Procedure).Steps[0].Command; err != nil || c.Risk() != (Risk{}) {
		t.Errorf("%v, %+v", err, c.Risk())
	}
	if _, err := back.Apply(d); err != nil || !reflect.DeepEqual(d, before) {
		t.Errorf("undone: %v, %s", err, toJSON(t, d))
	}
	risk := Risk{Destructive, false, ""}
	if _, err := (SetStep{Step: "s1", Field: "line", Text: "rm x", Risk: &risk}).Apply(d); err != nil || d.SectionOf(Procedure).Steps[0].Command.Risk() != risk {
		t.Errorf("%v, %s", err, toJSON(t, d))
	}
}

func TestDocumentsOfSchema1AreRead(t *testing.T) {
	old := strings.Replace(toJSON(t, sample()), `"schema":2`, `"schema":1`, 1)
	d, err := Decode([]byte(old))
	if err != nil || !reflect.DeepEqual(d, sample()) || d.Schema != 2 {
		t.Errorf("%v\n%s", err, toJSON(t, d))
	}
}
