package input

import (
	"slices"
	"testing"
	"time"

	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/capture/virtual"
)

// Places of keys (evdev), by what a US keyboard shows there.
const (
	codeCtrl, codeShift, codeAlt, codeAltGr, codeSuper          = 37, 50, 64, 108, 133
	codeQ, codeR, codeT, codeY, codeA, codeS, codeC             = 24, 27, 28, 29, 38, 39, 54
	codeTilde, code1, code2, codeMinus, codeSlash, codeBracketL = 49, 10, 11, 20, 61, 34
	codeF5                                                      = 71
)

func (h hands) layout(args ...string) {
	h.t.Helper()
	if out, err := h.Command(h.t.Context(), "setxkbmap", args...).CombinedOutput(); err != nil {
		h.t.Fatalf("setxkbmap %v: %v: %s", args, err, out)
	}
}

// TestLayouts presses the same places on several keyboards, each switched to
// while it records.
func TestLayouts(t *testing.T) {
	d := startDesktop(t, virtual.Options{})
	h := start(t, d, Options{})
	keys := newHand(t, d)
	for _, c := range []struct {
		layout []string
		press  [][]byte
		want   []string
	}{
		{[]string{"us"}, [][]byte{{codeCtrl, codeY}, {codeCtrl, codeShift, codeT}, {codeCtrl, codeAlt, codeR}, {codeSuper, codeS}, {codeF5}, {codeAltGr, codeQ}},
			[]string{"Ctrl Y", "Ctrl Shift T", "Ctrl Alt R", "Super S", "F5", "Alt Q"}},
		{[]string{"de"}, [][]byte{{codeCtrl, codeY}, {codeCtrl, codeBracketL}, {codeAltGr, codeQ}, {codeCtrl, codeTilde}, {codeTilde}, {codeTilde, codeA}, {codeCtrl, codeSlash}},
			[]string{"Ctrl Z", "Ctrl Ü", "Ctrl ^", "Ctrl -"}},
		{[]string{"fr"}, [][]byte{{codeCtrl, codeQ}, {codeCtrl, codeA}, {codeCtrl, code1}, {codeCtrl, code2}, {codeAltGr, code2}, {codeCtrl, codeShift, codeC}},
			[]string{"Ctrl A", "Ctrl Q", "Ctrl &", "Ctrl É", "Ctrl Shift C"}},
		{[]string{"us", "-variant", "dvorak"}, [][]byte{{codeCtrl, codeC}, {codeCtrl, codeS}, {codeCtrl, codeMinus}},
			[]string{"Ctrl J", "Ctrl O", "Ctrl ["}},
		{[]string{"ru"}, [][]byte{{codeCtrl, codeC}, {codeCtrl, codeShift, codeT}, {codeAlt, codeF5}, {codeC}},
			[]string{"Ctrl C", "Ctrl Shift T", "Alt F5"}},
		{[]string{"cz"}, [][]byte{{codeCtrl, codeY}, {codeCtrl, code2}}, []string{"Ctrl Z", "Ctrl Ě"}},
		{[]string{"us", "-variant", "intl", "-option", "compose:ralt"}, [][]byte{{codeAltGr}, {codeAltGr, codeA}, {codeCtrl, codeTilde}}, []string{"Ctrl `"}},
	} {
		before := len(h.flush())
		h.layout(append([]string{"-option", "", "-layout"}, c.layout...)...)
		for _, codes := range c.press {
			keys.press(codes...)
		}
		if got := chords(h.flush()[before:]); !slices.Equal(got, c.want) {
			t.Errorf("%v: %q, want %q", c.layout, got, c.want)
		}
	}
}

// TestGroupSwitch switches between four layouts with the keyboard's own groups:
// no new map, but other meanings.
func TestGroupSwitch(t *testing.T) {
	d := startDesktop(t, virtual.Options{})
	h := start(t, d, Options{})
	h.layout("-layout", "us,ru,de,fr")
	keys := newHand(t, d)
	for _, group := range []byte{0, 1, 2, 3, 0} {
		keys.group(group)
		keys.press(codeCtrl, codeC)
		keys.press(codeCtrl, codeY)
		keys.press(codeCtrl, codeQ)
		keys.press(codeQ)
	}
	want := []string{
		"Ctrl C", "Ctrl Y", "Ctrl Q", // us
		"Ctrl C", "Ctrl Y", "Ctrl Q", // ru
		"Ctrl C", "Ctrl Z", "Ctrl Q", // de
		"Ctrl C", "Ctrl Y", "Ctrl A", // fr
		"Ctrl C", "Ctrl Y", "Ctrl Q",
	}
	if got := chords(h.flush()); !slices.Equal(got, want) {
		t.Errorf("chords: %q", got)
	}
}

// TestKeysHeldAtTheStart holds Ctrl and a key that repeats before it records.
func TestKeysHeldAtTheStart(t *testing.T) {
	d := startDesktop(t, virtual.Options{})
	keys := newHand(t, d)
	keys.key(codeCtrl, keyPress)
	keys.key(codeR, keyPress)
	o := Options{Clock: capture.NewClock(time.Now), DisplayName: d.Display}
	h := hands{t, d, startWith(t, o)}
	told := func(want string) {
		h.WaitFor(t, 0, func() { keys.press(codeC) }, func(e capture.Event) bool {
			return slices.Contains(chords([]capture.Fact{e.Fact}), want)
		})
	}
	told("Ctrl C")
	keys.key(codeR, keyRelease)
	keys.press(codeR)
	told("Ctrl R")
	keys.key(codeCtrl, keyRelease)
	got := chords(h.flush())
	count := 0
	for _, c := range got {
		if c == "Ctrl R" {
			count++
		}
	}
	if count != 1 {
		t.Errorf("Ctrl R is told %d times: %q", count, got)
	}
}

// TestAutoRepeat holds a key down for as long as the server repeats it.
func TestAutoRepeat(t *testing.T) {
	d := startDesktop(t, virtual.Options{})
	h := start(t, d, Options{})
	if out, err := d.Command(t.Context(), "xset", "r", "rate", "100", "50").CombinedOutput(); err != nil {
		t.Fatalf("xset: %v: %s", err, out)
	}
	keys := newHand(t, d)
	keys.key(codeCtrl, keyPress)
	keys.key(codeT, keyPress)
	<-time.After(600 * time.Millisecond) // what is tested is that nothing happens in this time
	keys.key(codeT, keyRelease)
	keys.key(codeCtrl, keyRelease)
	if got := chords(h.flush()); !slices.Equal(got, []string{"Ctrl T"}) {
		t.Errorf("chords: %q", got)
	}
}

func TestIgnoredChords(t *testing.T) {
	d := startDesktop(t, virtual.Options{})
	h := start(t, d, Options{Ignore: func(keys []string) bool { return slices.Equal(keys, []string{"Ctrl", "Alt", "R"}) }})
	h.xdotool("key", "ctrl+alt+r", "ctrl+r", "alt+ctrl+r", "ctrl+alt+p")
	if got := chords(h.flush()); !slices.Equal(got, []string{"Ctrl R", "Ctrl Alt P"}) {
		t.Errorf("chords: %q", got)
	}
}
