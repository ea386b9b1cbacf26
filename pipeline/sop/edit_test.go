package sop

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"
)

func sample() *Document {
	d := New("doc", "Deploy payments")
	exit := 0
	d.Sections[2].Steps = []Step{
		{ID: "s1", Kind: StepCommand, Title: "Run `ls`", Command: &Command{Line: "ls", Exit: &exit, Output: "a\nb\n"},
			Sources: map[string]Source{"title": FromRule}, Spoken: []Sentence{{Text: "look at it", Start: 10, End: 20}}},
		{ID: "s2", Kind: StepClick, Title: "Click **Go**", Label: "Go", Sources: map[string]Source{"title": FromRule, "label": FromAccessibility},
			Figures: []Figure{{ID: "f1", Frame: "frames/a.png", Origin: Rect{W: 10, H: 10}}}, Body: "First one. Then `two b`. Third."},
		{ID: "s3", Kind: StepCommand, Title: "Run `pwd`", Command: &Command{Line: "pwd", Output: "/root"}, Start: 30, End: 40},
	}
	return d
}

func steps(d *Document) []Step { return d.Sections[2].Steps }

func TestEdits(t *testing.T) {
	body := "body"
	tests := []struct {
		name  string
		edit  string
		check func(d *Document) bool
	}{
		{"title", `{"op":"set-document","field":"title","text":"New"}`, func(d *Document) bool { return d.Title == "New" }},
		{"status", `{"op":"set-document","field":"status","text":"approved"}`, func(d *Document) bool { return d.Status == Approved }},
		{"section", `{"op":"set-section","section":"purpose","field":"body","text":"Why"}`, func(d *Document) bool { return d.Sections[0].Body == "Why" }},
		{"person", `{"op":"set-step","step":"s2","field":"body","text":"B"}`,
			func(d *Document) bool { return steps(d)[1].Body == "B" && steps(d)[1].Sources[body] == FromPerson }},
		{"title follows line", `{"op":"set-step","step":"s1","field":"line","text":"ls -l"}`,
			func(d *Document) bool {
				return steps(d)[0].Title == "Run `ls -l`" && steps(d)[0].Command.Line == "ls -l"
			}},
		{"title follows label", `{"op":"set-step","step":"s2","field":"label","text":"Stop"}`,
			func(d *Document) bool { return steps(d)[1].Title == "Click **Stop**" }},
		{"line makes a command", `{"op":"set-step","step":"s2","field":"line","text":"x"}`,
			func(d *Document) bool { return steps(d)[1].Command.Line == "x" }},
		{"insert", `{"op":"insert-step","section":"procedure","index":1,"step":{"id":"","kind":"note","title":"N"}}`,
			func(d *Document) bool {
				return steps(d)[1].Title == "N" && steps(d)[1].ID == "s4" && len(steps(d)) == 4
			}},
		{"delete", `{"op":"delete-step","step":"s2"}`, func(d *Document) bool { return steps(d)[1].ID == "s3" }},
		{"move", `{"op":"move-step","step":"s1","section":"procedure","index":2}`, func(d *Document) bool { return steps(d)[2].ID == "s1" }},
		{"move out", `{"op":"move-step","step":"s1","section":"rollback","index":0}`,
			func(d *Document) bool { return d.Sections[4].Steps[0].ID == "s1" && len(steps(d)) == 2 }},
		{"merge", `{"op":"merge-steps","first":"s2","second":"s3"}`, func(d *Document) bool {
			s := steps(d)[1]
			return len(steps(d)) == 2 && s.Title == "Click **Go**" && s.Command.Line == "pwd" && strings.HasSuffix(s.Body, "Run `pwd`.") && s.End == 40
		}},
		{"split", `{"op":"split-step","step":"s2","at":11}`, func(d *Document) bool {
			return steps(d)[1].Body == "First one." && steps(d)[2].Title == "Then `two b`" && steps(d)[2].Body == "Third." && steps(d)[2].Kind == StepNote
		}},
		{"split inside code", `{"op":"split-step","step":"s2","at":20}`, func(d *Document) bool { return steps(d)[1].Body == "First one. Then `two b`" }},
		{"figure", `{"op":"set-figure","step":"s2","figure":{"id":"f1","frame":"frames/a.png","origin":{"x":0,"y":0,"w":9,"h":9}}}`,
			func(d *Document) bool { return steps(d)[1].Figures[0].Origin.W == 9 }},
		{"delete figure", `{"op":"delete-figure","step":"s2","figure":"f1"}`, func(d *Document) bool { return steps(d)[1].Figures == nil }},
		{"insert figure", `{"op":"insert-figure","step":"s1","index":0,"figure":{"id":"","frame":"frames/b.png","origin":{"x":0,"y":0,"w":1,"h":1}}}`,
			func(d *Document) bool { return steps(d)[0].Figures[0].ID == "f4" }},
		{"callouts", `{"op":"set-callouts","step":"s1","callouts":[{"kind":"warning","text":"Mind"}]}`,
			func(d *Document) bool { return steps(d)[0].Callouts[0].Kind == Warning }},
		{"sentence", `{"op":"set-sentence","step":"s1","index":0,"dropped":true}`, func(d *Document) bool { return steps(d)[0].Spoken[0].Dropped }},
		{"move sentence", `{"op":"move-sentence","step":"s1","index":0,"to":"s3"}`,
			func(d *Document) bool { return steps(d)[0].Spoken == nil && steps(d)[2].Body == "Look at it." }},
		{"section in and out", `{"op":"batch","edits":[{"op":"insert-section","index":0,"section":{"id":"","kind":"custom","title":"Scope"}},{"op":"move-section","section":"sec-4","index":3}]}`,
			func(d *Document) bool { return d.Sections[3].Title == "Scope" && d.Sections[0].Kind == Purpose }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, before := sample(), sample()
			e, err := DecodeEdit([]byte(tt.edit))
			if err != nil {
				t.Fatal(err)
			}
			inverse, err := e.Apply(d)
			if err != nil {
				t.Fatal(err)
			}
			if !tt.check(d) {
				t.Errorf("wrong result:\n%s", toJSON(t, d))
			}
			if _, err := inverse.Apply(d); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(d, before) {
				t.Errorf("inverse %#v gives\n%s", inverse, toJSON(t, d))
			}
		})
	}
}

func TestMergeKeepsASecondCommand(t *testing.T) {
	d := sample()
	if _, err := (MoveStep{Step: "s2", Section: "procedure", Index: 2}).Apply(d); err != nil {
		t.Fatal(err)
	}
	if _, err := (MergeSteps{First: "s1", Second: "s3"}).Apply(d); err != nil {
		t.Fatal(err)
	}
	s := steps(d)[0]
	if s.Command.Line != "ls" || !strings.Contains(s.Body, "Then run `pwd`.") || !strings.Contains(s.Body, "It printed `/root`.") {
		t.Errorf("merged: %+v", s)
	}
}

func TestRefusedEdits(t *testing.T) {
	tests := []struct {
		edit string
		want error
	}{
		{`{"op":"set-document","field":"colour","text":"x"}`, ErrUnknownField},
		{`{"op":"set-document","field":"status","text":"done"}`, ErrValue},
		{`{"op":"set-step","step":"s9","field":"body","text":""}`, ErrNotFound},
		{`{"op":"set-step","step":"s1","field":"kind","text":"dance"}`, ErrValue},
		{`{"op":"insert-step","section":"procedure","index":9,"step":{"kind":"note","title":""}}`, ErrIndex},
		{`{"op":"insert-step","section":"procedure","index":0,"step":{"id":"s1","kind":"note","title":""}}`, ErrDuplicateID},
		{`{"op":"insert-step","section":"procedure","index":0,"step":{"kind":"no","title":""}}`, ErrValue},
		{`{"op":"move-step","step":"s1","section":"procedure","index":3}`, ErrIndex},
		{`{"op":"merge-steps","first":"s1","second":"s3"}`, ErrNotNeighbours},
		{`{"op":"merge-steps","first":"s1","second":"s1"}`, ErrNotNeighbours},
		{`{"op":"split-step","step":"s2","at":-1}`, ErrIndex},
		{`{"op":"delete-section","section":"purpose"}`, ErrFixedSection},
		{`{"op":"insert-section","index":0,"section":{"kind":"purpose","title":""}}`, ErrFixedSection},
		{`{"op":"delete-figure","step":"s2","figure":""}`, ErrNotFound},
		{`{"op":"replace-steps","section":"procedure","index":2,"count":2}`, ErrIndex},
		{`{"op":"set-callouts","step":"s1","callouts":[{"kind":"shout","text":""}]}`, ErrValue},
		{`{"op":"set-sentence","step":"s1","index":1,"dropped":true}`, ErrIndex},
		{`{"op":"move-sentence","step":"s1","index":0,"to":"s1"}`, ErrValue},
		{`{"op":"batch","edits":[{"op":"delete-step","step":"s1"},{"op":"delete-step","step":"s1"}]}`, ErrNotFound},
	}
	for _, tt := range tests {
		d := sample()
		e, err := DecodeEdit([]byte(tt.edit))
		if err != nil {
			t.Fatalf("%s: %v", tt.edit, err)
		}
		_, err = e.Apply(d)
		var refused *EditError
		if !errors.Is(err, tt.want) || !errors.As(err, &refused) {
			t.Errorf("%s: error %v, want %v", tt.edit, err, tt.want)
		}
		if !reflect.DeepEqual(d, sample()) {
			t.Errorf("%s: changed the document", tt.edit)
		}
	}
}

func TestDecodeEditRefuses(t *testing.T) {
	for in, part := range map[string]string{
		`{"op":"paint"}`:                          `edit paint`,
		`{"text":"x"}`:                            `"op"`,
		`{"op":"delete-step","step":"a","no":1}`:  `unknown field "no"`,
		`{"op":"batch","edits":[{"op":"paint"}]}`: `edit 0`,
		`{"op":"delete-step","step":7}`:           `step`,
		`[]`:                                      `JSON`,
		strings.Repeat(`{"op":"batch","edits":[`, 20) + strings.Repeat(`]}`, 20): `nesting`,
	} {
		_, err := DecodeEdit([]byte(in))
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%s: error %v should name %s", in, err, part)
		}
	}
}

func TestHistoryCoalescesTyping(t *testing.T) {
	d, before := sample(), sample()
	var h History
	for _, text := range []string{"A", "Ab", "Abc"} {
		if err := h.Do(d, SetStep{Step: "s1", Field: "line", Text: text}, true); err != nil {
			t.Fatal(err)
		}
	}
	if err := h.Do(d, SetStep{Step: "s1", Field: "line", Text: "z"}, false); err != nil {
		t.Fatal(err)
	}
	for h.CanUndo() {
		if err := h.Undo(d); err != nil {
			t.Fatal(err)
		}
	}
	if len(h.redo) != 2 {
		t.Errorf("%d changes, want 2", len(h.redo))
	}
	if !reflect.DeepEqual(d, before) {
		t.Errorf("undone:\n%s", toJSON(t, d))
	}
	raw, err := json.Marshal(&h)
	if err != nil {
		t.Fatal(err)
	}
	var stored History
	if err := json.Unmarshal(raw, &stored); err != nil {
		t.Fatal(err)
	}
	for stored.CanRedo() {
		if err := stored.Redo(d); err != nil {
			t.Fatal(err)
		}
	}
	if got := steps(d)[0]; got.Command.Line != "z" || got.Title != "Run `z`" {
		t.Errorf("redone: %+v", got)
	}
}

func TestNumbersSkipHeadings(t *testing.T) {
	d := sample()
	d.Sections[2].Steps[1].Kind = Heading
	d.Sections[3].Steps = []Step{{ID: "v1", Kind: StepNote}}
	for id, want := range map[string]int{"s1": 1, "s2": 0, "s3": 2, "v1": 3, "no": 0} {
		if got := d.Number(id); got != want {
			t.Errorf("Number(%s) = %d, want %d", id, got, want)
		}
	}
}

func TestDecode(t *testing.T) {
	good := toJSON(t, sample())
	d, err := Decode([]byte(good))
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(d, sample()) {
		t.Errorf("decoded:\n%s", toJSON(t, d))
	}
	var newer *NewerError
	if _, err := Decode([]byte(`{"schema":3}`)); !errors.As(err, &newer) || newer.Schema != 3 {
		t.Errorf("newer: %v", err)
	}
	var invalid *InvalidError
	for _, bad := range []string{
		`{"schema":1}`, `{"schema":0}`, `{"schema":-3}`,
		strings.Replace(good, `"s2"`, `"s1"`, 1), strings.Replace(good, `"id":"f1"`, `"id":""`, 1),
		strings.Replace(good, `"kind":"click"`, `"kind":"tap"`, 1),
	} {
		if _, err := Decode([]byte(bad)); !errors.As(err, &invalid) {
			t.Errorf("%.60s: error %v", bad, err)
		}
	}
	many := sample()
	many.Sections[2].Steps = make([]Step, MaxSteps+1)
	if _, err := Decode([]byte(toJSON(t, many))); !errors.As(err, &invalid) {
		t.Errorf("too many steps: %v", err)
	}
}

func TestDecodeUpgradesInOrder(t *testing.T) {
	rename := func(from, to string) func(map[string]any) error {
		return func(doc map[string]any) error {
			doc[to] = doc[from]
			delete(doc, from)
			return nil
		}
	}
	table := []upgrade{
		{name: "name to heading", from: Schema - 2, apply: rename("name", "heading")},
		{name: "heading to title", from: Schema - 1, apply: rename("heading", "title")},
	}
	old := strings.Replace(toJSON(t, sample()), fmt.Sprintf(`"schema":%d`, Schema), fmt.Sprintf(`"schema":%d`, Schema-2), 1)
	old = strings.Replace(old, `"title":"Deploy payments"`, `"name":"Deploy payments"`, 1)
	d, err := decodeWith([]byte(old), Schema, table)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(d, sample()) {
		t.Errorf("upgraded:\n%s", toJSON(t, d))
	}
}

func toJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func FuzzDecode(f *testing.F) {
	raw, err := json.Marshal(sample())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add([]byte(`{"schema":3}`))
	f.Add([]byte(`{"schema":1,"sections":[{"steps":[{"figures":[{}],"sources":{"a":""}}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := Decode(data)
		if err != nil {
			return
		}
		again, err := Decode([]byte(toJSON(t, d)))
		if err != nil {
			t.Fatalf("not read back: %v", err)
		}
		if !reflect.DeepEqual(again, d) {
			t.Fatalf("\n%s\n%s", toJSON(t, d), toJSON(t, again))
		}
	})
}

func FuzzDecodeEdit(f *testing.F) {
	for _, s := range []string{
		`{"op":"set-step","step":"s1","field":"line","text":"x","source":""}`, `{"op":"merge-steps","first":"s1","second":"s2"}`,
		`{"op":"batch","edits":[{"op":"split-step","step":"s2","at":3},{"op":"delete-step","step":"s1"}]}`,
		`{"op":"insert-step","section":"procedure","index":0,"step":{"kind":"note","title":"a","figures":[]}}`,
		`{"op":"move-sentence","step":"s1","index":0,"to":"s2","at":0}`, `{"op":"insert-section","index":0,"section":{"kind":"custom"}}`,
		`{"op":"set-figure","step":"s2","figure":{"id":"f1","crop":{"w":1}}}`, `{"op":"batch"}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := DecodeEdit(data)
		if err != nil {
			return
		}
		raw, err := EncodeEdit(e)
		if err != nil {
			t.Fatal(err)
		}
		again, err := DecodeEdit(raw)
		if err != nil {
			t.Fatalf("%s is not read back: %v", raw, err)
		}
		if twice := encoded(t, again); twice != string(raw) {
			t.Fatalf("%s becomes %s", raw, twice)
		}
		checkEdit(t, sample(), e)
	})
}

// checkEdit applies e and takes it back, and tells whether it was accepted.
// Accepted, it stays applied.
func checkEdit(t *testing.T, d *Document, e Edit) bool {
	t.Helper()
	before := d.Clone()
	inverse, err := e.Apply(d)
	if err != nil {
		if !reflect.DeepEqual(d, before) {
			t.Fatalf("refused edit %s changed the document (%v)", encoded(t, e), err)
		}
		return false
	}
	if p := Validate(d); len(p) > 0 {
		t.Fatalf("edit %s breaks %s: %s", encoded(t, e), p[0].Path, p[0].Text)
	}
	after := d.Clone()
	forward, err := inverse.Apply(d)
	if err != nil {
		t.Fatalf("inverse %s of %s: %v", encoded(t, inverse), encoded(t, e), err)
	}
	if !reflect.DeepEqual(d, before) {
		t.Fatalf("edit %s, inverse %s\nbefore %s\nafter %s", encoded(t, e), encoded(t, inverse), toJSON(t, before), toJSON(t, d))
	}
	if _, err := forward.Apply(d); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(d, after) {
		t.Fatalf("redo of %s differs", encoded(t, e))
	}
	return true
}

func encoded(t *testing.T, e Edit) string {
	t.Helper()
	b, err := EncodeEdit(e)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func FuzzEditSequence(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, seed uint64) { editSequence(t, seed, 60) })
}

func TestEditSequences(t *testing.T) {
	start, accepted := time.Now(), 0
	for seed := range uint64(100) {
		accepted += editSequence(t, seed, 60)
	}
	if accepted < 100*20 {
		t.Errorf("only %d of %d edits were accepted", accepted, 100*60)
	}
	t.Logf("%d of %d edits accepted in %v", accepted, 100*60, time.Since(start))
}

func editSequence(t *testing.T, seed uint64, n int) (accepted int) {
	r := random{rand.New(rand.NewPCG(seed, 1))}
	d := r.document()
	if p := Validate(d); len(p) > 0 {
		t.Fatalf("random document: %v", p)
	}
	before := d.Clone()
	var h History
	for range n {
		e := r.edit(d, 2)
		if !checkEdit(t, d.Clone(), e) {
			continue
		}
		accepted++
		if err := h.Do(d, e, r.IntN(2) == 0); err != nil {
			t.Fatal(err)
		}
		for r.IntN(4) == 0 && h.CanUndo() {
			if err := h.Undo(d); err != nil {
				t.Fatal(err)
			}
		}
		for r.IntN(3) == 0 && h.CanRedo() {
			if err := h.Redo(d); err != nil {
				t.Fatal(err)
			}
		}
	}
	after := d.Clone()
	undone := 0
	for ; h.CanUndo(); undone++ {
		if err := h.Undo(d); err != nil {
			t.Fatal(err)
		}
	}
	if !reflect.DeepEqual(d, before) {
		t.Fatalf("seed %d: undo gives\n%s\nnot\n%s", seed, toJSON(t, d), toJSON(t, before))
	}
	for range undone {
		if err := h.Redo(d); err != nil {
			t.Fatal(err)
		}
	}
	if !reflect.DeepEqual(d, after) {
		t.Fatalf("seed %d: redo differs", seed)
	}
	return accepted
}
