package uitree

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/godbus/dbus/v5"

	"github.com/runreel/runreel/capture"
)

func TestParseSignal(t *testing.T) {
	none := dbus.MakeVariant(int32(0))
	part := dbus.MakeVariant(wireRef{":1.9", "/x/7"})
	for _, c := range []struct {
		name string
		body []any
		want changeKind
	}{
		{"org.a11y.atspi.Event.Object.StateChanged", []any{"focused", int32(1), int32(0), none}, focused},
		{"org.a11y.atspi.Event.Object.StateChanged", []any{"focused", int32(0), int32(0), none}, unfocused},
		{"org.a11y.atspi.Event.Object.StateChanged", []any{"showing", int32(1), int32(0), none}, appeared},
		{"org.a11y.atspi.Event.Object.StateChanged", []any{"showing", int32(0), int32(0), none}, redrawn},
		{"org.a11y.atspi.Event.Object.StateChanged", []any{"defunct", int32(1), int32(0), none}, vanished},
		{"org.a11y.atspi.Event.Object.StateChanged", []any{"expanded", int32(1), int32(0), none}, expanded},
		{"org.a11y.atspi.Event.Object.ChildrenChanged", []any{"add", int32(3), int32(0), part}, appeared},
		{"org.a11y.atspi.Event.Object.ChildrenChanged", []any{"remove", int32(3), int32(0), part}, removed},
		{"org.a11y.atspi.Event.Object.TextChanged", []any{"insert", int32(3), int32(1), dbus.MakeVariant("x")}, textChanged},
		{"org.a11y.atspi.Event.Window.Activate", []any{"", int32(0), int32(0), none}, appeared},
		{"org.a11y.atspi.Event.Window.Deactivate", []any{"", int32(0), int32(0), none}, windowLeft},
		{"org.freedesktop.DBus.NameOwnerChanged", []any{":1.5", ":1.5", ""}, vanished},
	} {
		got, ok := parseSignal(&dbus.Signal{Sender: ":1.5", Path: "/x/1", Name: c.name, Body: c.body})
		if !ok || got.kind != c.want || got.of.bus != ":1.5" {
			t.Errorf("%s %v: %+v, %v", c.name, c.body, got, ok)
		}
		if c.want == appeared && c.body[0] == "add" && got.part != (ref{":1.9", "/x/7"}) {
			t.Errorf("new part: %+v", got.part)
		}
		if c.want == textChanged && got.edit != (edit{insert: true, start: 3, n: 1, text: "x"}) {
			t.Errorf("edit: %+v", got.edit)
		}
	}
	for _, s := range []*dbus.Signal{
		{Name: "org.freedesktop.DBus.NameOwnerChanged", Body: []any{":1.5", "", ":1.5"}},
		{Name: "org.a11y.atspi.Event.Object.StateChanged", Body: []any{"focused"}},
		{Name: "x.Unknown", Body: []any{"", int32(0), int32(0), none}},
		{Name: "", Body: nil},
	} {
		if c, ok := parseSignal(s); ok {
			t.Errorf("%+v is taken for %+v", s, c)
		}
	}
	odd := &dbus.Signal{Name: "org.a11y.atspi.Event.Object.ChildrenChanged", Body: []any{int32(1), "x", uint64(1), "no variant"}}
	if c, _ := parseSignal(odd); !c.part.none() {
		t.Errorf("types of another kind: %+v", c)
	}
}

func FuzzParseSignal(f *testing.F) {
	f.Add("org.a11y.atspi.Event.Object.TextChanged", "insert", int32(0), int32(3), "abc", "")
	f.Add("org.a11y.atspi.Event.Object.TextChanged", "delete", int32(-4), int32(1<<30), "", "äb")
	f.Fuzz(func(t *testing.T, name, detail string, a, b int32, text, before string) {
		c, ok := parseSignal(&dbus.Signal{Name: name, Body: []any{detail, a, b, dbus.MakeVariant(text)}})
		if !ok || c.kind != textChanged || !utf8.ValidString(before) {
			return
		}
		cur := field{value: before, known: true}
		cur.apply(c.edit)
		if c.edit.insert && len(cur.value) != len(before) && len(cur.value) != len(before)+len(text) {
			t.Errorf("%q after %+v is %q", before, c.edit, cur.value)
		}
		if !c.edit.insert && len(cur.value) > len(before) {
			t.Errorf("%q grew by %+v to %q", before, c.edit, cur.value)
		}
	})
}

func TestApply(t *testing.T) {
	cur := field{known: true}
	for _, e := range []edit{
		{insert: true, start: 0, n: 4, text: "wéb-"}, {insert: true, start: 4, n: 1, text: "7"},
		{insert: true, start: 4, n: 1, text: "1"}, {start: 5, n: 1}, {start: 1, n: 1}, {insert: true, start: 1, n: 1, text: "e"},
		{insert: true, start: 99, n: 1, text: "x"},
	} {
		cur.apply(e)
	}
	if cur.value != "web-1" {
		t.Errorf("got %q", cur.value)
	}
	if !cur.emptied(edit{n: 5}) || cur.emptied(edit{n: 4}) || cur.emptied(edit{start: 1, n: 5}) {
		t.Error("emptied is wrong")
	}
}

func FuzzClean(f *testing.F) {
	f.Add("  Save as…  ")
	f.Add("GtkEntry")
	f.Add(strings.Repeat("é", 400))
	f.Add("\xff\xfe")
	f.Fuzz(func(t *testing.T, name string) {
		got := clean(name)
		if len(got) > maxName || !utf8.ValidString(got) || strings.HasPrefix(got, " ") {
			t.Errorf("%q cleaned to %q", name, got)
		}
	})
}

func TestClimb(t *testing.T) {
	part := func(role, name string) node {
		return node{role: role, name: name, ref: ref{"b", dbus.ObjectPath("/" + role + name)}}
	}
	combo, menu, item, tab := part("combo box", "Env"), part("menu", ""), part("menu item", "prod"), part("page tab", "Logs")
	button, label, filler, cell := part("push button", "OK"), part("label", "OK"), part("filler", ""), part("table cell", "x")
	for _, c := range []struct {
		leaf  node
		up    []node
		popup bool
		want  node
	}{
		{label, []node{filler, button, filler}, false, button},
		{label, []node{filler, tab}, false, label},
		{item, []node{menu, combo}, false, combo},
		{item, []node{menu, combo}, true, item},
		{label, []node{cell, filler}, false, cell},
		{filler, []node{filler, part("frame", "")}, false, filler},
		{button, nil, false, button},
	} {
		if got, _ := climb(c.leaf, c.up, c.popup); got.ref != c.want.ref {
			t.Errorf("%s in %v: %s, want %s", c.leaf.role, c.up, got.role, c.want.role)
		}
	}
}

func TestRoleName(t *testing.T) {
	for _, c := range []struct {
		name   string
		number uint32
		want   string
	}{
		{"push button", 43, "push button"}, {"", 43, "push button"}, {"text", numberPassword, rolePassword},
		{"cell", 56, "table cell"}, {"spin box", 52, "spin button"}, {"checkbox", 7, "check box"}, {"widget", 20, "widget"},
		{"custom", 70, "custom"}, {"custom", 1 << 31, "custom"}, {"", 1 << 31, ""}, {"", 0, ""},
	} {
		if got := roleName(c.name, c.number); got != c.want {
			t.Errorf("%q %d: %q, want %q", c.name, c.number, got, c.want)
		}
	}
}

func TestNamesOfFields(t *testing.T) {
	for _, c := range []struct{ name, held, want string }{
		{"Version 2.0.1", "2.0.1", "Version"}, {"Version", "2.0.1", "Version"}, {"Unlock •••", "", "Unlock"}, {"7", "7", "7"},
		{"•••", "", "•••"}, {"Host1", "1", "Host1"}, {"", "x", ""},
	} {
		if got := withoutValue(c.name, c.held); got != c.want {
			t.Errorf("%q holding %q: %q, want %q", c.name, c.held, got, c.want)
		}
	}
	for name, want := range map[string]bool{
		"Password": true, "Pass phrase:": true, "API key": true, "Kennwort": true, "PIN": true, "Client secret": true, "Access token": true,
		"Host": false, "Pinned": false, "Keyboard": false, "": false, "Spinner": false,
	} {
		if got := isSecretName("", name); got != want {
			t.Errorf("%q: %v", name, got)
		}
	}
	if undouble("_Message Dialog Message Dialog") != "Message Dialog" || undouble("a_b c") != "a_b c" || undouble("_") != "_" {
		t.Error("undouble is wrong")
	}
}

// FuzzFollow lets random edits of a text move the edited part: it stays in the
// text, and every inserted character is in it.
func FuzzFollow(f *testing.F) {
	f.Add([]byte{1, 0, 3, 1, 1, 2, 0, 0, 2})
	f.Add([]byte{1, 9, 9, 0, 3, 200, 1, 0, 1})
	f.Fuzz(func(t *testing.T, edits []byte) {
		text := []bool{false, false, false, false} // what was inserted
		var s span
		for ; len(edits) >= 3; edits = edits[3:] {
			start := int(edits[1]) % (len(text) + 1)
			n := int(edits[2]) % 20
			e := edit{insert: edits[0]&1 == 1, start: start, n: n}
			if e.insert {
				text = append(text[:start:start], append(make([]bool, n), text[start:]...)...)
				for i := range n {
					text[start+i] = true
				}
			} else {
				e.n = min(n, len(text)-start)
				text = append(text[:start:start], text[start+e.n:]...)
			}
			s.follow(e)
		}
		if s.from < 0 || s.to > len(text) || s.from > s.to {
			t.Fatalf("%+v of %d", s, len(text))
		}
		for i, typed := range text {
			if typed && (i < s.from || i >= s.to) {
				t.Errorf("character %d is not in %+v", i, s)
			}
		}
	})
}

func TestLabelDistance(t *testing.T) {
	field := capture.Rect{X: 100, Y: 100, W: 80, H: 30}
	left := capture.Rect{X: 20, Y: 105, W: 60, H: 20}
	above := capture.Rect{X: 100, Y: 75, W: 60, H: 20}
	right := capture.Rect{X: 200, Y: 105, W: 60, H: 20}
	l, ok := labelDistance(left, field)
	a, ok2 := labelDistance(above, field)
	if !ok || !ok2 || l >= a {
		t.Errorf("left %d %v, above %d %v", l, ok, a, ok2)
	}
	if _, ok := labelDistance(right, field); ok {
		t.Error("a label to the right is taken")
	}
}

func TestStates(t *testing.T) {
	s := statesOf([]uint32{1<<4 | 1<<24, 1 << 9, 0xffffffff})
	if got := s.names(); !slices.Equal(got, []string{"checked", "sensitive", "checkable"}) {
		t.Errorf("got %q", got)
	}
	if !masked("•••") || !masked("••x") || !masked("●") || masked("") || masked("a•") || masked("*.log") {
		t.Error("masked is wrong")
	}
}
