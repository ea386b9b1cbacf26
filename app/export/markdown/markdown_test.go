package markdown

import (
	"bytes"
	"context"
	"errors"
	"image/png"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"

	"github.com/runreel/runreel/app/export"
	"github.com/runreel/runreel/app/export/exporttest"
	"github.com/runreel/runreel/pipeline/sop"
)

// reading is what a GitHub-flavoured reader finds in a text.
type reading struct {
	headings, cells, alts, codes, paragraphs, links, images, html []string
	words                                                         string // all text but code blocks
}

func read(source []byte) reading {
	doc := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(source))
	var r reading
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Heading:
			r.headings = append(r.headings, content(n, source))
		case *extast.TableCell:
			r.cells = append(r.cells, content(n, source))
		case *ast.Paragraph:
			r.paragraphs = append(r.paragraphs, content(n, source))
		case *ast.TextBlock:
			r.paragraphs = append(r.paragraphs, content(n, source))
		case *ast.FencedCodeBlock:
			r.codes = append(r.codes, strings.TrimSuffix(string(n.Lines().Value(source)), "\n"))
		case *ast.CodeBlock:
			r.codes = append(r.codes, "INDENTED")
		case *ast.Image:
			r.images = append(r.images, string(n.Destination))
			r.alts = append(r.alts, content(n, source))
		case *ast.Link:
			r.links = append(r.links, string(n.Destination))
		case *ast.AutoLink:
			r.links = append(r.links, string(n.URL(source)))
		case *ast.HTMLBlock:
			html := string(n.Lines().Value(source))
			if n.HasClosure() {
				html += string(n.ClosureLine.Value(source))
			}
			r.html = append(r.html, strings.TrimSpace(html))
		case *ast.RawHTML:
			r.html = append(r.html, string(n.Segments.Value(source)))
		}
		return ast.WalkContinue, nil
	})
	return r
}

// content is the text that a reader sees in a node: escapes and references are
// resolved, as the HTML renderer of goldmark does.
func content(n ast.Node, source []byte) string {
	var b strings.Builder
	var walk func(ast.Node, bool)
	walk = func(n ast.Node, raw bool) {
		for c := n.FirstChild(); c != nil; c = c.NextSibling() {
			switch c := c.(type) {
			case *ast.Text:
				value := c.Segment.Value(source)
				if !raw {
					value = resolve(value)
				}
				b.Write(value)
				if c.SoftLineBreak() || c.HardLineBreak() {
					b.WriteByte(' ')
				}
			case *ast.String:
				b.Write(c.Value)
			case *ast.CodeSpan:
				walk(c, true)
			default:
				walk(c, raw)
			}
		}
	}
	walk(n, false)
	return b.String()
}

var reEscape = regexp.MustCompile("\\\\([!-/:-@\\[-`{-~])")

func resolve(b []byte) []byte { return reEscape.ReplaceAll(b, []byte("$1")) }

func encode(doc *sop.Document) (string, *encoder) {
	e := &encoder{images: images{path: fileNames(doc)}}
	return string(e.document(doc)), e
}

// collapsed is how a reader sees white space.
func collapsed(s string) string { return strings.Join(strings.Fields(s), " ") }

func checkHostile(t *testing.T, s string) {
	t.Helper()
	source, _ := encode(exporttest.HostileDocument(s))
	if strings.ContainsAny(source, "\r\x00\x1b") || !strings.HasSuffix(source, "\n") || strings.HasSuffix(source, "\n\n") {
		t.Errorf("control characters, or no single line feed at the end, for %q", s)
	}
	r := read([]byte(source))
	for _, h := range r.html {
		if !regexp.MustCompile(`^(<details><summary>Output \(\d+ lines\)</summary>|</details>)$`).MatchString(h) {
			t.Errorf("%q gives HTML %q", s, h)
		}
	}
	for _, l := range r.links {
		if !strings.HasPrefix(l, "#") {
			t.Errorf("%q gives a link to %q", s, l)
		}
	}
	if !slices.Equal(r.images, []string{"images/step-001.png"}) {
		t.Errorf("%q gives the images %q", s, r.images)
	}
	line := collapsed(export.Line(s))
	expect := func(where string, list []string, want string) {
		t.Helper()
		if want == "" {
			return
		}
		if !slices.ContainsFunc(list, func(got string) bool { return strings.Contains(collapsed(got), want) }) {
			t.Errorf("%q is not literal in a %s: %q\n%s", want, where, list, source)
		}
	}
	expect("heading", r.headings, line)
	expect("table cell", r.cells, line)
	expect("alternative text", r.alts, line)
	expect("paragraph", r.paragraphs, line)
	title := collapsed(export.Plain(export.Spans("Press " + sop.StrongInline(s) + " and " + sop.CodeInline(s))))
	expect("step title", r.headings, title)
	code := export.Code(s)
	if code != "" && !slices.Contains(r.codes, code) {
		t.Errorf("command %q is not exact: %q", code, r.codes)
	}
}

func TestHostileTextsShowLiterally(t *testing.T) {
	for _, s := range exporttest.Hostile {
		t.Run("", func(t *testing.T) { checkHostile(t, s) })
	}
}

func FuzzMarkdown(f *testing.F) {
	for _, s := range exporttest.Hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 2000 {
			return
		}
		checkHostile(t, s)
	})
}

func TestWholeDocument(t *testing.T) {
	source, _ := encode(exporttest.Document())
	for _, want := range []string{
		"# Roll out payments 2.4 to production\n", "| Status | In review |", "| Recorded | 2026-08-04 09:30 UTC, 12 min 34 s |",
		"- [Procedure](#procedure)\n  - [Look before you leap](#look-before-you-leap)\n    - [Step 1 – Run `kubectl rollout status deploy/payments`](#step-1--run-kubectl-rollout-status-deploypayments)",
		"#### Step 1 – Run `kubectl rollout status deploy/payments`\n\n> [!WARNING]\n> Do **not** go on while another rollout runs.\n",
		"On `ana@web-1`, in `~/deploy`:\n\n```bash\nkubectl rollout status deploy/payments\n```\n",
		"Exit status: **22**", "*1234 bytes of output were not kept.*", "The old version answers with two point three.",
		"![The Deployments window with Roll out marked](images/step-003.png)\n\n_Deployments, with version 2.4 chosen_\n",
		"images/step-004.png", "images/step-004-2.png", "Enter:\n\n```text\nCHG-1077\n```",
		"```zsh\ncat > ticket.txt <<'EOF'\nticket: CHG-1077\n\tby: ana\nEOF\n```",
		"<details><summary>Output (34 lines)</summary>\n\n```text\n", "## Rollback\n\n*Nothing recorded.*\n", "> - it is closed\n",
		"| 0.3 | 2026-08-07 | B. Reviewer |",
		"recorded values.\n\n| Parameter | Example | Description |\n|---|---|---|\n| {{HOST}} | web-1 | Host of the service |\n\n## Procedure",
		"> [!NOTE]\n> **Needs review.** A rule proposes this. So check it.\n",
	} {
		if !strings.Contains(source, want) {
			t.Errorf("missing:\n%s", want)
		}
	}
	if strings.Contains(source, "Uhm") {
		t.Error("a dropped sentence is exported")
	}
	if strings.Contains(source, "OFFERED") {
		t.Error("a parameter that nobody accepted is exported")
	}
	if strings.Count(source, "`web-1`") != 1 { // the prerequisites; the second command is in the same place
		t.Error("the host is said again though it did not change")
	}
}

// TestContentsLead checks that every line of the contents leads to a heading.
func TestContentsLead(t *testing.T) {
	doc := exporttest.Document()
	for _, title := range []string{"Same", "Same", "`Same`", "same!", "Über ä 中文", "a_b-c  d"} {
		doc.Sections = append(doc.Sections, sop.Section{Kind: sop.Custom, Title: title, Steps: []sop.Step{{Kind: sop.Heading, Title: title}}})
	}
	source, _ := encode(doc)
	r := read([]byte(source))
	var have anchors
	var targets []string
	for _, h := range r.headings {
		targets = append(targets, "#"+have.add(h))
	}
	if !slices.Equal(r.links, targets[2:]) {
		t.Errorf("contents\n%q\nheadings\n%q", r.links, targets[2:])
	}
}

func TestAnchorsAreGitHubs(t *testing.T) {
	var a anchors
	for _, c := range [][2]string{
		{"Step 3 – Run `kubectl`", "step-3--run-kubectl"}, {"What's new?", "whats-new"}, {"Same", "same"}, {"Same", "same-1"}, {"same", "same-2"},
		{"C++ & Go", "c--go"}, {"Größe 中文", "größe-中文"}, {"snake_case", "snake_case"}, {"🚀 Launch", "-launch"},
	} {
		if got := a.add(c[0]); got != c[1] {
			t.Errorf("%q gives %q, want %q", c[0], got, c[1])
		}
	}
}

func TestWriteMakesOneFolder(t *testing.T) {
	target := filepath.Join(t.TempDir(), "roll-out")
	doc := exporttest.Document()
	for _, want := range []string{target, target + "-2"} {
		result, err := Write(t.Context(), doc, exporttest.Figures{}, target)
		if err != nil || len(result.Warnings) != 0 {
			t.Fatal(err, result.Warnings)
		}
		names := []string{"README.md", "images/step-003.png", "images/step-004.png", "images/step-004-2.png"}
		for i, name := range names {
			if result.Files[i] != filepath.Join(want, name) {
				t.Errorf("file %d is %s", i, result.Files[i])
			}
		}
		source, err := os.ReadFile(result.Files[0])
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range read(source).images {
			data, err := os.ReadFile(filepath.Join(want, name))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := png.DecodeConfig(bytes.NewReader(data)); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestSamePictureIsWrittenOnce(t *testing.T) {
	result, err := Write(t.Context(), exporttest.Document(), exporttest.Figures{Same: true}, filepath.Join(t.TempDir(), "d"))
	if err != nil || len(result.Files) != 2 {
		t.Errorf("files %q, %v", result.Files, err)
	}
}

func TestMissingPictureIsSaid(t *testing.T) {
	result, err := Write(t.Context(), exporttest.Document(), exporttest.Figures{Missing: map[string]bool{"f1": true}}, filepath.Join(t.TempDir(), "d"))
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"The picture of step 3 is missing: frame 000123.png is damaged."}; !slices.Equal(result.Warnings, want) {
		t.Errorf("warnings %q", result.Warnings)
	}
	source, err := os.ReadFile(result.Files[0])
	if err != nil || !strings.Contains(string(source), "*Picture missing: frame 000123.png is damaged*") {
		t.Errorf("the text does not say it (%v)", err)
	}
}

func TestEmptyDocument(t *testing.T) {
	result, err := Write(t.Context(), &sop.Document{}, exporttest.Figures{}, filepath.Join(t.TempDir(), "d"))
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(result.Files[0])
	if err != nil || !strings.HasPrefix(string(source), "# Untitled procedure\n") {
		t.Errorf("%s, %v", source, err)
	}
}

type cancelling struct {
	exporttest.Figures
	cancel context.CancelFunc
}

func (c cancelling) Open(ctx context.Context, id string) (export.Picture, error) {
	c.cancel()
	return c.Figures.Open(ctx, id)
}

func TestCancelLeavesNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	dir := t.TempDir()
	_, err := Write(ctx, exporttest.Document(), cancelling{cancel: cancel}, filepath.Join(dir, "d"))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if list, _ := os.ReadDir(dir); len(list) != 0 {
		t.Errorf("left behind: %v", list)
	}
}

// ready yields one picture without drawing it, to measure the exporter alone.
type ready export.Picture

func (r ready) Open(context.Context, string) (export.Picture, error) { return export.Picture(r), nil }

func BenchmarkHundredSteps(b *testing.B) {
	data, err := exporttest.Screen(1280, 720, "")
	if err != nil {
		b.Fatal(err)
	}
	dir := b.TempDir()
	doc := exporttest.Long(100)
	start := time.Now()
	for b.Loop() {
		if _, err := Write(b.Context(), doc, ready{data, 1280, 720}, filepath.Join(dir, "d")); err != nil {
			b.Fatal(err)
		}
	}
	b.Logf("100 steps, 50 pictures: %v each", time.Since(start)/time.Duration(b.N))
}
