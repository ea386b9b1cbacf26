package export

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/runreel/runreel/pipeline/sop"
)

func TestCleanShowsWhatWouldVanish(t *testing.T) {
	for in, want := range map[string]string{
		"plain":                "plain",
		"a\x00b\x1b[0m\x7f":    "a␀b␛[0m␡",
		"x\r\ny\rz\n":          "x\ny␍z\n",
		"bad\xffend":           "bad\ufffdend",
		"r\u202eev\u2066x":     "r[U+202E]ev[U+2066]x",
		"z\u200bw\ufeff\u00ad": "z[U+200B]w[U+FEFF][U+00AD]",
		"a\u2028b":             "a\nb",
		"\u0085":               "[U+0085]",
		"👨‍👩‍👧 می‌خواهم ❤️": "👨‍👩‍👧 می‌خواهم ❤️",
		"\U0010ffff": "[U+10FFFF]",
	} {
		if got := Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzClean(f *testing.F) {
	f.Add("a\x00\u202e\xff\r\n")
	f.Fuzz(func(t *testing.T, s string) {
		got := Clean(s)
		if !utf8.ValidString(got) || !isClean(strings.ReplaceAll(got, "\ufffd", "")) {
			t.Errorf("Clean(%q) = %q", s, got)
		}
		if Clean(got) != got {
			t.Errorf("Clean is not stable on %q", s)
		}
		if strings.ContainsAny(Line(s), "\n\t") {
			t.Errorf("Line(%q) = %q", s, Line(s))
		}
	})
}

var slug = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func TestSlug(t *testing.T) {
	for in, want := range map[string]string{
		"Roll out payments 2.4!": "roll-out-payments-2-4", "Über Größe": "uber-gro-e", "../../etc/passwd": "etc-passwd",
		"": "procedure", "🚀": "procedure", "CON": "con-procedure", "lpt1": "lpt1-procedure", "a\x00b": "a-b",
	} {
		if got := Slug(in); got != want {
			t.Errorf("Slug(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzSlug(f *testing.F) {
	f.Add("C:\\x\xff ﬁ")
	f.Fuzz(func(t *testing.T, s string) {
		if got := Slug(s); !slug.MatchString(got) || len(got) > maxName+len("-procedure") || device(got) {
			t.Errorf("Slug(%q) = %q", s, got)
		}
	})
}

func TestOutlineNumbersThroughSections(t *testing.T) {
	exit := 1
	doc := &sop.Document{Sections: []sop.Section{
		{Kind: sop.Procedure, Steps: []sop.Step{
			{Kind: sop.StepCommand, Title: "Run `a`", Command: &sop.Command{Line: "a", Host: "h", Dir: "/d", Exit: &exit}},
			{Kind: sop.Heading, Title: "Part"},
			{Kind: sop.StepCommand, Command: &sop.Command{Line: "b", Host: "h", Dir: "/d"}},
			{Kind: sop.StepCommand, Title: "c", Command: &sop.Command{Line: "c", Host: "h", Dir: "/e"}},
		}},
		{Kind: sop.Rollback, Steps: []sop.Step{{Kind: sop.StepNote, Title: "x"}}},
	}}
	got := Outline(doc)
	var numbers, levels []int
	var places []string
	for _, s := range got {
		for _, st := range s.Steps {
			numbers, levels = append(numbers, st.Number), append(levels, st.Level)
			places = append(places, Plain(st.Place))
		}
	}
	if !slices.Equal(numbers, []int{1, 0, 2, 3, 4}) || !slices.Equal(levels, []int{1, 1, 2, 2, 1}) {
		t.Errorf("numbers %v, levels %v", numbers, levels)
	}
	if want := []string{"On h, in /d:", "", "", "In /e:", ""}; !slices.Equal(places, want) {
		t.Errorf("places %q", places)
	}
	if got[0].Title != "Procedure" || Plain(got[0].Steps[2].Title) != "Untitled" {
		t.Errorf("titles %q, %q", got[0].Title, Plain(got[0].Steps[2].Title))
	}
}

func TestBlocks(t *testing.T) {
	got := Blocks("one\ntwo\n\n- a\n- **b**\n\n- c\n\\- not a list\r\n\r\nend")
	var kinds []string
	for _, b := range got {
		if b.Items == nil {
			kinds = append(kinds, Plain(b.Text))
			continue
		}
		kinds = append(kinds, "list")
	}
	if want := []string{"one two", "list", "list", "- not a list", "end"}; !slices.Equal(kinds, want) {
		t.Errorf("blocks %q, want %q", kinds, want)
	}
}

func fillWith(name, text string) func(string) error {
	return func(dir string) error { return os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644) }
}

// entries returns the names in a folder, hidden ones too.
func entries(t *testing.T, dir string) []string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}

func TestNothingIsOverwritten(t *testing.T) {
	dir := t.TempDir()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := Folder(t.Context(), filepath.Join(dir, "doc"), fillWith("a", "x")); err != nil {
				t.Error(err)
			}
			_, err := File(t.Context(), filepath.Join(dir, "doc.pdf"), func(w io.Writer) error {
				_, err := io.WriteString(w, "x")
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	want := []string{"doc", "doc-2", "doc-2.pdf", "doc-3", "doc-3.pdf", "doc-4", "doc-4.pdf", "doc-5", "doc-5.pdf", "doc-6", "doc-6.pdf",
		"doc-7", "doc-7.pdf", "doc-8", "doc-8.pdf", "doc.pdf"}
	if got := entries(t, dir); !slices.Equal(got, want) {
		t.Errorf("made %q", got)
	}
}

func TestExistingTargetsOfAnyKindAreKept(t *testing.T) {
	dir := t.TempDir()
	target := filepath.Join(dir, "doc")
	if err := os.Symlink("/nowhere", target); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(target+"-2", 0o755); err != nil { // empty: rename(2) would replace it
		t.Fatal(err)
	}
	got, err := Folder(t.Context(), target, fillWith("a", "x"))
	if err != nil || got != target+"-3" {
		t.Errorf("made %q, %v", got, err)
	}
	if list := entries(t, target+"-2"); len(list) != 0 {
		t.Errorf("the empty folder now holds %q", list)
	}
}

func TestFailureLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	broken := errors.New("broken")
	ctx, cancel := context.WithCancel(t.Context())
	_, err := Folder(ctx, filepath.Join(dir, "a"), func(d string) error {
		return errors.Join(fillWith("half", "x")(d), broken)
	})
	if !errors.Is(err, broken) {
		t.Errorf("fill failed: %v", err)
	}
	_, err = Folder(ctx, filepath.Join(dir, "b"), func(d string) error { cancel(); return fillWith("half", "x")(d) })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err = File(ctx, filepath.Join(dir, "c"), func(io.Writer) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled file: %v", err)
	}
	if list := entries(t, dir); len(list) != 0 {
		t.Errorf("left behind: %q", list)
	}
	if _, err := Folder(t.Context(), filepath.Join(os.DevNull, "x"), fillWith("a", "x")); err == nil {
		t.Error("a target below a file gives no error")
	}
}

type figureFunc func(ctx context.Context, id string) (Picture, error)

func (f figureFunc) Open(ctx context.Context, id string) (Picture, error) { return f(ctx, id) }

func TestLoadKeepsOrderAndReportsEach(t *testing.T) {
	ids := strings.Split("a b c d e f g h i j k l", " ")
	figures := figureFunc(func(_ context.Context, id string) (Picture, error) {
		switch id {
		case "c":
			return Picture{}, os.ErrNotExist
		case "d":
			panic("decoder")
		case "e":
			return Picture{}, nil
		}
		return Picture{PNG: []byte(id), Width: 1, Height: 1}, nil
	})
	var got []string
	err := Load(t.Context(), figures, ids, func(id string, p Picture, err error) error {
		if err != nil {
			id = "!" + id
		} else if string(p.PNG) != id {
			t.Errorf("%s has the picture of %s", id, p.PNG)
		}
		got = append(got, id)
		return nil
	})
	if err != nil || strings.Join(got, " ") != "a b !c !d !e f g h i j k l" {
		t.Errorf("%q, %v", got, err)
	}
	stop := errors.New("stop")
	if err := Load(t.Context(), figures, ids, func(string, Picture, error) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("error of use: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err = Load(ctx, figures, ids, func(string, Picture, error) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestWhatStandsInACalloutIsNotSaidTwice(t *testing.T) {
	s := sop.Step{
		Spoken:   []sop.Sentence{{Text: "make sure it is green"}, {Text: "now go on"}, {Text: "oops", Dropped: true}},
		Callouts: []sop.Callout{{Kind: sop.Warning, Text: "Make sure it is green."}},
	}
	var got []string
	for _, b := range narration(s) {
		for _, span := range b.Text {
			got = append(got, span.Text)
		}
	}
	if want := []string{"Now go on."}; !slices.Equal(got, want) {
		t.Errorf("the step says %q, want %q", got, want)
	}
}
