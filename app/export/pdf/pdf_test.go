package pdf

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/runreel/runreel/app/export"
	"github.com/runreel/runreel/app/export/exporttest"
	"github.com/runreel/runreel/pipeline/sop"
)

// made writes a document into a file and returns its path.
func made(t testing.TB, doc *sop.Document, figures export.Figures, opts Options) string {
	t.Helper()
	result, err := File(t.Context(), doc, figures, filepath.Join(t.TempDir(), "doc.pdf"), opts)
	if err != nil {
		t.Fatal(err)
	}
	return result.Files[0]
}

// tool runs a program that reads PDFs.
func tool(t testing.TB, name string, args ...string) string {
	t.Helper()
	var stderr bytes.Buffer
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s%s", name, args, err, out, stderr.String())
	}
	if s := stderr.String(); s != "" {
		t.Errorf("%s %v says %s", name, args, s)
	}
	return string(out)
}

// valid checks a file with three independent readers and returns its text.
func valid(t testing.TB, path string) string {
	t.Helper()
	tool(t, "qpdf", "--check", path)
	for line := range strings.Lines(strings.Join(strings.Split(tool(t, "pdffonts", path), "\n")[2:], "\n")) {
		if f := strings.Fields(line); len(f) > 5 && f[len(f)-5] != "yes" {
			t.Errorf("font not embedded: %s", line)
		}
	}
	return tool(t, "pdftotext", "-enc", "UTF-8", path, "-")
}

func TestWholeDocument(t *testing.T) {
	path := made(t, exporttest.Document(), exporttest.Figures{}, Options{Now: time.Date(2026, 8, 4, 9, 0, 0, 0, time.UTC)})
	text := valid(t, path)
	for _, want := range []string{
		"STANDARD OPERATING PROCEDURE", "Roll out payments 2.4 to production", "In review", "2026-08-04 09:30 UTC, 12 min 34 s", "Contents",
		"Step 1 – Run kubectl rollout status deploy/payments", "Look before you leap", "On ana@web-1, in ~/deploy:", "Exit status: 22",
		"1234 bytes of output were not kept.", "Deployments, with version 2.4 chosen", "Never use an old ticket:", "CHG-1077", "Nothing recorded.",
		"Revision history", "B. Reviewer", "Page 1 of 6", "Page 6 of 6", "The old version answers with two point three.",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("missing: %s", want)
		}
	}
	if strings.Contains(text, "Uhm") {
		t.Error("a dropped sentence is exported")
	}
	info := tool(t, "pdfinfo", path)
	for _, want := range []string{`Title: +Roll out payments 2\.4 to production`, `Author: +A\. Person`, `Tagged: +yes`, `Pages: +6`, `Page size: .*\(A4\)`, `CreationDate: .*2026`} {
		if !regexp.MustCompile(want).MatchString(info) {
			t.Errorf("pdfinfo lacks %s:\n%s", want, info)
		}
	}
	tags := tool(t, "pdfinfo", "-struct-text", path)
	for _, want := range []string{"H1 ", "H2 ", "H3 ", "TOCI", "Link", "Table", "TH:", "TD\n", "LBody", "Figure", "Caption", "Code"} {
		if !strings.Contains(tags, want) {
			t.Errorf("no %s in the structure", want)
		}
	}
	source := tool(t, "qpdf", "--qdf", "--object-streams=disable", path, "-")
	for _, want := range []string{"/Lang (en)", "/DisplayDocTitle true", "/Marked true", "/Alt ", "/ActualText"} {
		if !strings.Contains(source, want) {
			t.Errorf("no %s in the file", want)
		}
	}
}

func TestParametersAndReviews(t *testing.T) {
	path := made(t, exporttest.Document(), exporttest.Figures{}, Options{})
	got := strings.Join(strings.Fields(valid(t, path)), " ")
	for _, want := range []string{"Parameter Example Description", "{{HOST}}", "Host of the service", "Needs review. A rule proposes this. So check it."} {
		if !strings.Contains(got, want) {
			t.Errorf("missing: %s", want)
		}
	}
	if strings.Contains(got, "OFFERED") {
		t.Error("a parameter that nobody accepted is exported")
	}
}

func TestCodeCopiesCleanly(t *testing.T) {
	doc := exporttest.Document()
	steps := doc.Sections[2].Steps
	text := valid(t, made(t, doc, exporttest.Figures{}, Options{}))
	lines := strings.Split(text, "\n")
	for _, st := range steps {
		if st.Command == nil {
			continue
		}
		for _, want := range strings.Split(st.Command.Line, "\n") {
			if !slices.Contains(lines, strings.TrimLeft(want, " ")) { // pdftotext drops blanks at the beginning
				t.Errorf("not one exact line of text: %q", want)
			}
		}
	}
}

// TestContentsNameTheRightPages compares each page number of the contents with
// where the heading really is.
func TestContentsNameTheRightPages(t *testing.T) {
	path := made(t, exporttest.Long(30), exporttest.Figures{}, Options{Paper: Letter})
	pages := strings.Split(tool(t, "pdftotext", "-layout", path, "-"), "\f")
	entry := regexp.MustCompile(`(?m)^ *Step (\d+) – .*? {2,}(\d+)$`)
	found := entry.FindAllStringSubmatch(strings.Join(pages, "\n"), -1)
	if len(found) != 31 {
		t.Fatalf("%d steps in the contents", len(found))
	}
	for _, m := range found {
		n, err := strconv.Atoi(m[2])
		if err != nil || !regexp.MustCompile(`(?m)^ *Step `+m[1]+` [^–]`).MatchString(pages[n-1]) {
			t.Errorf("step %s is not on page %s", m[1], m[2])
		}
	}
	outline := tool(t, "qpdf", "--json=2", "--json-key=outlines", path)
	if n := strings.Count(outline, `"title": "Step `); n != 31 {
		t.Errorf("%d steps in the bookmarks", n)
	}
}

// TestHeadingsStayWithWhatFollows looks for a heading at the bottom of a page.
func TestHeadingsStayWithWhatFollows(t *testing.T) {
	path := made(t, exporttest.Long(60), exporttest.Figures{Width: 1280, Height: 720}, Options{})
	pages := strings.Split(tool(t, "pdftotext", "-layout", path, "-"), "\f")
	heading := regexp.MustCompile(`^ *Step \d+ [^–]`)
	for i, p := range pages {
		var lines []string
		for line := range strings.Lines(p) {
			if line = strings.TrimRight(line, "\n"); strings.TrimSpace(line) != "" {
				lines = append(lines, line)
			}
		}
		if len(lines) > 2 && heading.MatchString(lines[len(lines)-2]) { // the last line is the page number
			t.Errorf("page %d ends with %q", i+1, lines[len(lines)-2])
		}
	}
}

// letters are what has to be found again of a text: poppler puts text that runs
// from right to left, blanks and composed letters in forms of its own.
func letters(s string) map[rune]int {
	set := map[rune]int{}
	for _, r := range norm.NFKD.String(s) {
		if !unicode.IsSpace(r) && !joiner(r) {
			set[r]++
		}
	}
	return set
}

func TestHostileTextsNeitherBreakNorVanish(t *testing.T) {
	for i, s := range exporttest.Hostile {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			text := valid(t, made(t, exporttest.HostileDocument(s), exporttest.Figures{}, Options{}))
			got := letters(text)
			for r, n := range letters(export.Clean(s)) { // it stands in many fields
				if got[r] < 6*n && !strings.Contains(text, number(r)) {
					t.Errorf("%q: %q is there %d times, not %d", s, r, got[r], 6*n)
				}
			}
		})
	}
}

func TestForeignScriptsAreSearchable(t *testing.T) {
	doc := exporttest.Document()
	doc.Title = "部署 payments 日本語 한국어 🚀"
	doc.Sections[0].Body = "Привет, κόσμε. مرحبا بالعالم. שלום. ❤️ family 👨‍👩‍👧 flag 🇩🇪"
	text := valid(t, made(t, doc, exporttest.Figures{}, Options{}))
	for _, want := range []string{"部署 payments 日本語 한국어", "🚀", "Привет, κόσμε.", "👨‍👩‍👧", "🇩🇪", "❤"} {
		if !strings.Contains(text, want) {
			t.Errorf("not found again: %s", want)
		}
	}
	if !strings.Contains(norm.NFKC.String(text), "مرحبا") {
		t.Error("Arabic is not found again")
	}
}

func TestUnknownCharacterIsWrittenAsItsNumber(t *testing.T) {
	doc := exporttest.Document()
	doc.Title = "plane \U00012345 private \ue123"
	text := valid(t, made(t, doc, exporttest.Figures{}, Options{}))
	if !strings.Contains(text, "[U+E123]") {
		t.Errorf("the private character has vanished: %.200s", text)
	}
}

func TestPicturesAreEmbeddedOnceAndScaled(t *testing.T) {
	path := made(t, exporttest.Document(), exporttest.Figures{Same: true, Width: 2400, Height: 1200}, Options{})
	images := strings.Split(strings.TrimSpace(tool(t, "pdfimages", "-list", path)), "\n")[2:]
	objects := map[string]bool{}
	for _, line := range images {
		f := strings.Fields(line)
		if f[3] != "1600" || f[4] != "800" || f[5] != "rgb" {
			t.Errorf("image %s", line)
		}
		objects[f[10]] = true
	}
	if len(images) != 3 || len(objects) != 1 {
		t.Errorf("%d pictures of %d objects", len(images), len(objects))
	}
}

type onePicture export.Picture

func (f onePicture) Open(context.Context, string) (export.Picture, error) {
	return export.Picture(f), nil
}

func TestMissingAndDamagedPicturesAreSaid(t *testing.T) {
	data, err := exporttest.Screen(300, 200, "")
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(data)
	flipped[len(flipped)/2] ^= 0xff
	for name, figures := range map[string]export.Figures{
		"missing":   exporttest.Figures{Missing: map[string]bool{"f1": true, "f2": true, "f3": true}},
		"no PNG":    onePicture{PNG: []byte("x"), Width: 1, Height: 1},
		"cut off":   onePicture{PNG: data[:len(data)-30], Width: 300, Height: 200},
		"damaged":   onePicture{PNG: flipped, Width: 300, Height: 200},
		"no pixels": onePicture{PNG: data},
	} {
		var out bytes.Buffer
		warnings, err := Write(t.Context(), exporttest.Document(), figures, &out, Options{})
		if err != nil || len(warnings) != 3 || !strings.HasPrefix(warnings[0], "The picture of step 3 is missing: ") {
			t.Errorf("%s: %q, %v", name, warnings, err)
		}
		path := filepath.Join(t.TempDir(), "x.pdf")
		if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		if text := valid(t, path); strings.Count(text, "Picture missing: ") != 3 {
			t.Errorf("%s: the text does not say it", name)
		}
	}
}

func TestEmptyDocument(t *testing.T) {
	text := valid(t, made(t, &sop.Document{}, exporttest.Figures{}, Options{}))
	if !strings.Contains(text, "Untitled procedure") || !strings.Contains(text, "Nothing recorded.") {
		t.Errorf("text: %s", text)
	}
}

// The number and the version of a document stand whole on each page but the
// first, however long its title is.
func TestHeaderNamesTheVersion(t *testing.T) {
	doc := exporttest.Document()
	doc.ID, doc.Version = "20261123-134502-xpj73opz", "0.1"
	for _, title := range []string{"Short", strings.Repeat("A title that does not end ", 20)} {
		doc.Title = title
		path := made(t, doc, exporttest.Figures{}, Options{})
		if page := tool(t, "pdftotext", "-f", "2", "-l", "2", path, "-"); !strings.Contains(page, "20261123-134502-xpj73opz · Version 0.1") {
			t.Errorf("title of %d bytes: page 2 begins with %.200q", len(title), page)
		}
	}
}

func TestNothingIsOverwritten(t *testing.T) {
	target := filepath.Join(t.TempDir(), "doc.pdf")
	if err := os.WriteFile(target, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	result, err := File(t.Context(), exporttest.Document(), exporttest.Figures{}, target, Options{})
	if err != nil || result.Files[0] != strings.TrimSuffix(target, ".pdf")+"-2.pdf" {
		t.Errorf("made %q, %v", result.Files, err)
	}
	if data, err := os.ReadFile(target); err != nil || string(data) != "mine" {
		t.Errorf("the old file holds %.20q, %v", data, err)
	}
}

// failing fails after n bytes.
type failing struct{ n int }

var errFull = errors.New("disk is full")

func (f *failing) Write(b []byte) (int, error) {
	if f.n -= len(b); f.n < 0 {
		return 0, errFull
	}
	return len(b), nil
}

func TestFailureIsReported(t *testing.T) {
	for _, n := range []int{0, 1000, 70000} {
		if _, err := Write(t.Context(), exporttest.Document(), exporttest.Figures{}, &failing{n}, Options{}); !errors.Is(err, errFull) {
			t.Errorf("after %d bytes: %v", n, err)
		}
	}
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := File(ctx, exporttest.Document(), exporttest.Figures{}, filepath.Join(dir, "d.pdf"), Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if list, _ := os.ReadDir(dir); len(list) != 0 {
		t.Errorf("left behind: %v", list)
	}
}

func TestSameDocumentSameBytes(t *testing.T) {
	var a, b bytes.Buffer
	for _, w := range []io.Writer{&a, &b} {
		if _, err := Write(t.Context(), exporttest.Document(), exporttest.Figures{}, w, Options{}); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("two exports differ")
	}
}

func FuzzPDF(f *testing.F) {
	for _, s := range exporttest.Hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 500 {
			return
		}
		var out bytes.Buffer
		if _, err := Write(t.Context(), exporttest.HostileDocument(s), exporttest.Figures{Width: 20, Height: 20}, &out, Options{}); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("qpdf", "--check", "-")
		path := filepath.Join(t.TempDir(), "f.pdf")
		if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		cmd.Args[2] = path
		if report, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%q: %s", s, report)
		}
	})
}

func BenchmarkHundredSteps(b *testing.B) {
	data, err := exporttest.Screen(1280, 720, "")
	if err != nil {
		b.Fatal(err)
	}
	doc := exporttest.Long(100)
	start, size := time.Now(), 0
	for b.Loop() {
		var out bytes.Buffer
		if _, err := Write(b.Context(), doc, onePicture{PNG: data, Width: 1280, Height: 720}, &out, Options{}); err != nil {
			b.Fatal(err)
		}
		size = out.Len()
	}
	b.Logf("100 steps, 50 pictures: %v each, %d bytes", time.Since(start)/time.Duration(b.N), size)
}
