package transcribe

import (
	"slices"
	"testing"
	"time"

	"github.com/runreel/runreel/capture"
)

func TestClean(t *testing.T) {
	tests := []struct{ in, want string }{
		{"  open   the\nterminal ", "open the terminal"},
		{"[MUSIC]", ""},
		{"[BLANK_AUDIO]", ""},
		{"(keyboard clicking)", ""},
		{"*coughs*", ""},
		{"♪ la la ♪", ""},
		{"(first) open it (again)", "(first) open it (again)"},
		{"[x] is ticked", "[x] is ticked"},
		{"you you you you you", ""},
		{"Thank you. Thank you. Thank you. Thank you.", "Thank you."},
		{"no no no", "no no no"},
		{"use port zero zero zero zero", "use port zero zero zero zero"},
		{"10 10 10 10", "10 10 10 10"},
		{"then go on and on and on and on and on", "then go on and on"},
		{"...", ""},
		{"", ""},
		{"\x00\u202eabc\x1b[31m", "abc[31m"},
		{"部署服务", "部署服务"},
	}
	for _, test := range tests {
		got, ok := clean(test.in)
		if ok != (test.want != "") || ok && got != test.want {
			t.Errorf("%q is %q, %v, want %q", test.in, got, ok, test.want)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("[MUSIC] a a a a b. C")
	f.Add("()")
	f.Add("*")
	f.Fuzz(func(t *testing.T, s string) {
		text, ok := clean(s)
		if ok && text == "" {
			t.Errorf("%q is said and empty", s)
		}
		parts := splitText(text)
		if ok && slices.Contains(parts, "") {
			t.Errorf("%q has an empty sentence: %q", s, parts)
		}
	})
}

func seg(start, end float64, text string) capture.Segment {
	return capture.Segment{Start: time.Duration(start * float64(time.Second)), End: time.Duration(end * float64(time.Second)), Text: text}
}

func TestSentences(t *testing.T) {
	tests := []struct {
		name     string
		in, want []capture.Segment
	}{
		{
			"no punctuation keeps its segments",
			[]capture.Segment{seg(0, 1, "open it"), seg(1, 2, "look")},
			[]capture.Segment{seg(0, 1, "open it"), seg(1, 2, "look")},
		},
		{
			"torn apart",
			[]capture.Segment{seg(0, 2, "Open the"), seg(2, 4, "terminal."), seg(5, 6, "Look.")},
			[]capture.Segment{seg(0, 4, "Open the terminal."), seg(5, 6, "Look.")},
		},
		{
			"a long silence ends a sentence too",
			[]capture.Segment{seg(0, 2, "Open the"), seg(4, 5, "Terminal."), seg(5, 6, "Look.")},
			[]capture.Segment{seg(0, 2, "Open the"), seg(4, 5, "Terminal."), seg(5, 6, "Look.")},
		},
		{
			"two in one",
			[]capture.Segment{seg(0, 4, "Open it now. Look at it.")},
			[]capture.Segment{seg(0, 4*12.0/23, "Open it now."), seg(4*12.0/23, 4, "Look at it.")},
		},
		{
			"abbreviations and versions end none",
			[]capture.Segment{seg(0, 9, "Use e.g. Helm 3.1 vs. Kustomize, Dr. Who.")},
			[]capture.Segment{seg(0, 9, "Use e.g. Helm 3.1 vs. Kustomize, Dr. Who.")},
		},
		{
			"too short to tell apart",
			[]capture.Segment{seg(0, 0.4, "Yes. No.")},
			[]capture.Segment{seg(0, 0.4, "Yes. No.")},
		},
	}
	for _, test := range tests {
		got := Sentences(test.in)
		if !slices.EqualFunc(got, test.want, func(a, b capture.Segment) bool {
			return a.Text == b.Text && (a.Start-b.Start).Abs() < 20*time.Millisecond && (a.End-b.End).Abs() < 20*time.Millisecond
		}) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}
