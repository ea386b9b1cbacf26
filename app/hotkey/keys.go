package hotkey

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Action is what a hotkey does.
type Action string

// The actions. Their names are stored in settings.
const (
	Toggle       Action = "toggle"         // starts a recording, or stops it
	Pause        Action = "pause"          // pauses, or resumes
	Mark         Action = "mark"           //
	OffTheRecord Action = "off-the-record" // removes the last moments, and pauses
)

// Actions are all of them, in the order in which they are shown.
func Actions() []Action { return []Action{Toggle, Pause, Mark, OffTheRecord} }

// Bindings tells the keys of each action. An action that is missing, or whose
// Keys are zero, has none.
type Bindings map[Action]Keys

// Defaults are the bindings of a new installation.
func Defaults() Bindings {
	const both = ctrl | alt
	return Bindings{
		Toggle: {both, "R"}, Pause: {both, "P"}, Mark: {both, "M"}, OffTheRecord: {both, "O"},
	}
}

// Has tells whether keys, by name with the modifiers first as in a recorded
// chord, are bound to an action.
func (b Bindings) Has(keys []string) bool {
	for _, k := range b {
		if k.key != "" && slices.Equal(k.Names(), keys) {
			return true
		}
	}
	return false
}

// mods is a set of modifiers.
type mods uint8

const (
	ctrl mods = 1 << iota
	alt
	shift
	super
)

// modNames are in the order in which they are written.
var modNames = []struct {
	bit  mods
	name string
	also []string
}{
	{ctrl, "Ctrl", []string{"control", "ctl", "strg"}},
	{alt, "Alt", []string{"option"}},
	{shift, "Shift", nil},
	{super, "Super", []string{"meta", "win", "windows", "cmd", "command"}},
}

// Keys is a key with modifiers. The zero Keys is none.
type Keys struct {
	mods mods
	key  string
}

// ErrKeys is wrapped by Parse where a text names no keys that can be a hotkey.
var ErrKeys = errors.New("these keys cannot be a hotkey")

// Parse reads keys as String writes them, such as "Ctrl+Alt+R" or "F9", in any
// case and order. The empty text is none. There has to be Ctrl, Alt or Super,
// or a function key: anything else is typed into programs.
func Parse(s string) (Keys, error) {
	if strings.TrimSpace(s) == "" {
		return Keys{}, nil
	}
	const longest = 100
	if len(s) > longest || !utf8.ValidString(s) {
		return Keys{}, fmt.Errorf("%.40q: %w: that is no name of keys", s, ErrKeys)
	}
	var k Keys
	for _, part := range split(s) {
		switch bit := modifier(part); {
		case bit != 0:
			k.mods |= bit
		case k.key != "":
			return Keys{}, fmt.Errorf("%q: %w: it names two keys, %s and %s", s, ErrKeys, k.key, part)
		default:
			if k.key = keyName(part); k.key == "" {
				return Keys{}, fmt.Errorf("%q: %w: there is no key %q", s, ErrKeys, part)
			}
		}
	}
	switch {
	case k.key == "":
		return Keys{}, fmt.Errorf("%q: %w: a key is missing beside the modifiers", s, ErrKeys)
	case k.mods&(ctrl|alt|super) == 0 && functionKey(k.key) == 0:
		return Keys{}, fmt.Errorf("%q: %w: add Ctrl, Alt or Super, or take a function key", s, ErrKeys)
	}
	return k, nil
}

// split parts at plus signs; one at the end is the key itself.
func split(s string) []string {
	s = strings.TrimSpace(s)
	plus := false
	if s == "+" || strings.HasSuffix(strings.ReplaceAll(s, " ", ""), "++") {
		s, plus = strings.TrimSpace(strings.TrimSuffix(s, "+")), true
		s = strings.TrimSuffix(s, "+")
	}
	var parts []string
	if s != "" {
		parts = strings.Split(s, "+")
	}
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	if plus {
		parts = append(parts, "+")
	}
	return parts
}

func modifier(s string) mods {
	for _, m := range modNames {
		if strings.EqualFold(s, m.name) || slices.Contains(m.also, strings.ToLower(s)) {
			return m.bit
		}
	}
	return 0
}

// keyName is the name of a key as String writes it, or "".
func keyName(s string) string {
	for _, n := range named {
		if strings.EqualFold(s, n.name) || strings.EqualFold(s, strings.ReplaceAll(n.name, " ", "")) {
			return n.name
		}
	}
	if n, err := strconv.Atoi(strings.TrimLeft(s, "fF")); err == nil && n > 0 && n <= 35 && strings.EqualFold(s, fmt.Sprintf("F%d", n)) {
		return fmt.Sprintf("F%d", n)
	}
	r, size := utf8.DecodeRuneInString(s)
	if size != len(s) || r == utf8.RuneError || !unicode.IsPrint(r) || unicode.IsSpace(r) || unicode.IsMark(r) {
		return ""
	}
	if upper := unicode.ToUpper(r); unicode.ToLower(upper) == unicode.ToLower(r) {
		r = upper
	}
	return string(r)
}

// functionKey is the number of a function key; 0 of other keys.
func functionKey(name string) int {
	if len(name) < 2 || name[0] != 'F' {
		return 0
	}
	n, err := strconv.Atoi(name[1:])
	if err != nil {
		return 0
	}
	return n
}

// Names are the keys one by one, modifiers first, as a recorded chord has them.
func (k Keys) Names() []string {
	if k.key == "" {
		return nil
	}
	var names []string
	for _, m := range modNames {
		if k.mods&m.bit != 0 {
			names = append(names, m.name)
		}
	}
	return append(names, k.key)
}

// String is the inverse of Parse.
func (k Keys) String() string { return strings.Join(k.Names(), "+") }

// MarshalText implements encoding.TextMarshaler.
func (k Keys) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (k *Keys) UnmarshalText(b []byte) (err error) {
	*k, err = Parse(string(b))
	return err
}

// named are the keys that are called by a word, with their keysyms (X11
// keysymdef.h).
var named = []struct {
	name string
	sym  uint32
}{
	{"Space", 0x20}, {"Backspace", 0xff08}, {"Tab", 0xff09}, {"Enter", 0xff0d}, {"Pause", 0xff13}, {"Escape", 0xff1b},
	{"Home", 0xff50}, {"Left", 0xff51}, {"Up", 0xff52}, {"Right", 0xff53}, {"Down", 0xff54}, {"Page Up", 0xff55},
	{"Page Down", 0xff56}, {"End", 0xff57}, {"Print Screen", 0xff61}, {"Insert", 0xff63}, {"Menu", 0xff67}, {"Break", 0xff6b},
	{"Delete", 0xffff},
}

// syms are the keysyms that stand for a key without Shift.
func (k Keys) syms() []uint32 {
	for _, n := range named {
		if n.name == k.key {
			return []uint32{n.sym}
		}
	}
	if n := functionKey(k.key); n > 0 {
		return []uint32{0xffbe + uint32(n) - 1}
	}
	r, _ := utf8.DecodeRuneInString(k.key)
	var syms []uint32
	for _, c := range []rune{unicode.ToLower(r), r} {
		if c <= 0xff {
			syms = append(syms, uint32(c))
		}
		syms = append(syms, 0x01000000|uint32(c))
	}
	return syms
}
