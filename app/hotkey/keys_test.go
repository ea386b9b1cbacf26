package hotkey

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"testing"
)

func TestParse(t *testing.T) {
	for in, want := range map[string]string{
		"Ctrl+Alt+R": "Ctrl+Alt+R", "alt + CONTROL+r": "Ctrl+Alt+R", "F9": "F9", "shift+f24": "Shift+F24", "win+shift+s": "Shift+Super+S",
		"Ctrl++": "Ctrl++", "ctrl + +": "Ctrl++", "Ctrl+-": "Ctrl+-", "Ctrl+PageUp": "Ctrl+Page Up", "ctrl+page down": "Ctrl+Page Down",
		"Super+printscreen": "Super+Print Screen", "Ctrl+ü": "Ctrl+Ü", "Ctrl+ß": "Ctrl+ß", "Ctrl+ж": "Ctrl+Ж", "Alt+1": "Alt+1", "Ctrl+Ctrl+A": "Ctrl+A",
		"": "", "  ": "",
	} {
		k, err := Parse(in)
		if err != nil || k.String() != want {
			t.Errorf("%q: %q, %v; want %q", in, k, err, want)
		}
	}
	for _, in := range []string{
		"R", "Shift+R", "+", "++", "Shift++", "Ctrl", "Ctrl+Alt", "Ctrl+", "+R", "Ctrl+A+B", "Ctrl+Foo", "F0", "F36", "Ctrl+F007", "Ctrl+\x00",
		"Ctrl+\xff", "Ctrl+ ", "Space", "Enter", "Ctrl+\u0301", "Ctrl+\u202e", "Ctrl+👩\u200d💻", "Escape", "Tab",
	} {
		if k, err := Parse(in); !errors.Is(err, ErrKeys) {
			t.Errorf("%q is %q, %v", in, k, err)
		}
	}
}

func TestBindingsAsSettings(t *testing.T) {
	b, err := json.Marshal(Defaults())
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"mark":"Ctrl+Alt+M","off-the-record":"Ctrl+Alt+O","pause":"Ctrl+Alt+P","toggle":"Ctrl+Alt+R"}`; string(b) != want {
		t.Errorf("encoded as %s", b)
	}
	var got Bindings
	if err := json.Unmarshal(b, &got); err != nil || !maps.Equal(got, Defaults()) {
		t.Errorf("decoded as %v, %v", got, err)
	}
	if err := json.Unmarshal([]byte(`{"mark":"M"}`), &got); !errors.Is(err, ErrKeys) {
		t.Errorf("a letter alone is a hotkey: %v", err)
	}
}

func TestHas(t *testing.T) {
	b := Defaults()
	b[Mark] = Keys{}
	for _, keys := range [][]string{{"Ctrl", "Alt", "R"}, {"Ctrl", "Alt", "O"}} {
		if !b.Has(keys) {
			t.Errorf("%q is no hotkey", keys)
		}
	}
	for _, keys := range [][]string{nil, {"R"}, {"Ctrl", "Alt", "M"}, {"Ctrl", "Alt", "Shift", "R"}} {
		if b.Has(keys) {
			t.Errorf("%q is a hotkey", keys)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"Ctrl+Alt+R", "F12", "ctrl++", "Super+Page Up", "Ctrl+ü", "++", "\xff", "Ctrl+ﬀ", "Ctrl+ı", "Ctrl+İ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		k, err := Parse(s)
		if err != nil {
			if k != (Keys{}) {
				t.Fatalf("%q: %v beside an error", s, k)
			}
			return
		}
		again, err := Parse(k.String())
		if err != nil || again != k {
			t.Fatalf("%q is %q, which is %q, %v", s, k, again, err)
		}
		if k == (Keys{}) {
			return
		}
		if k.mods&(ctrl|alt|super) == 0 && functionKey(k.key) == 0 {
			t.Fatalf("%q can be typed", k)
		}
		if len(k.syms()) == 0 || !(Bindings{Mark: k}).Has(slices.Clone(k.Names())) {
			t.Fatalf("%q has no keys", k)
		}
	})
}
