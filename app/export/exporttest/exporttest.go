package exporttest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"strings"
	"time"

	"github.com/runreel/runreel/app/export"
	"github.com/runreel/runreel/pipeline/sop"
)

// ErrMissing is why a figure of Figures.Missing cannot be opened.
var ErrMissing = errors.New("frame 000123.png is damaged")

// Figures draws a picture for every figure, which differs by its ID.
type Figures struct {
	Width, Height int             // 640x360 when zero
	Missing       map[string]bool // these fail with ErrMissing
	Same          bool            // all figures look alike
}

// Open implements export.Figures.
func (f Figures) Open(ctx context.Context, id string) (export.Picture, error) {
	if err := ctx.Err(); err != nil {
		return export.Picture{}, err
	}
	if f.Missing[id] {
		return export.Picture{}, ErrMissing
	}
	w, h := f.Width, f.Height
	if w == 0 {
		w, h = 640, 360
	}
	seed := id
	if f.Same {
		seed = ""
	}
	data, err := Screen(w, h, seed)
	return export.Picture{PNG: data, Width: w, Height: h}, err
}

// Screen draws a window of w x h pixels as a PNG. The seed changes it.
func Screen(w, h int, seed string) ([]byte, error) {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	fill := func(r image.Rectangle, c color.RGBA) {
		draw.Draw(img, r, image.NewUniform(c), image.Point{}, draw.Src)
	}
	fill(img.Bounds(), color.RGBA{0xf4, 0xf5, 0xf7, 0xff})
	fill(image.Rect(0, 0, w, 28), color.RGBA{0x2d, 0x33, 0x3b, 0xff})
	for i := range 12 {
		fill(image.Rect(24, 50+i*24, 24+(i*97)%(w/2)+80, 60+i*24), color.RGBA{0xc8, 0xce, 0xd6, 0xff})
	}
	fill(image.Rect(w-160, h-60, w-30, h-26), color.RGBA{0x1f, 0x6f, 0xeb, 0xff})
	sum := 0
	for i, c := range []byte(seed) {
		sum += int(c) * (i + 1)
	}
	fill(image.Rect(30+sum%200, 70, 90+sum%200, 110), color.RGBA{uint8(sum), uint8(sum / 3), 0x99, 0xff})
	var buf bytes.Buffer
	enc := png.Encoder{CompressionLevel: png.BestSpeed}
	err := enc.Encode(&buf, img)
	return buf.Bytes(), err
}

// Hostile holds texts that attack an exporter.
var Hostile = []string{
	"<script>alert(1)</script>", "</details><img src=x onerror=alert(1)>", "a & b &amp; &#60; &lt;",
	"*bold* **x** _em_ __y__ `code` ``", "# heading", "1. one", "12) twelve", "- item", "+ item", "> quote", "===", "---", "***",
	"| a | b |", `back\slash \* end\`, "[link](javascript:alert(1))", "![img](http://x/y.png)", "[^1]: note", "<https://evil.example>",
	"https://evil.example/x", "www.evil.example", "mail@evil.example", "~~gone~~ ~/src", "$x$ and $$y$$", "```\nfence\n```", "~~~", "````",
	"a\x00b\x1b[31mred\x1b[0m\x07", "bad \xff\xfe utf8 \xc3", "rtl \u202e evil \u2066x\u2069", "zero\u200bwidth\ufeff",
	"rocket 🚀 family 👨‍👩‍👧 flag 🇩🇪 skin 👍🏽 heart ❤️", "中文字符 日本語 한국어", "مرحبا بالعالم 123 abc", "שלום עולם", "नमस्ते", "ไทย",
	"line one\nline two\r\nline three\rfour", "tab\there", "C#", "C #", "under_score_d name _x_", "Click**(x)**y", "a\u2028b\u2029c", "(ligature: office ffi)",
	strings.Repeat("x", 400), "{{< shortcode >}}", "\U0010ffff\U000e0041", "e\u0301 a\u0308\u0323", "\u0627\u0644\u0644\u0647 (ص)", "Ⅷ ½ → ✓ █▓ ┌─┐",
}

func ptr[T any](v T) *T { return &v }

// Document uses every field of a document.
func Document() *sop.Document {
	date := time.Date(2026, 8, 4, 9, 30, 0, 0, time.UTC)
	return &sop.Document{
		Schema: sop.Schema, ID: "SOP-0042", Session: "s1", Kind: sop.SOP,
		Title: "Roll out payments 2.4 to production", Owner: "Team Payments", Author: "A. Person", Version: "0.3",
		Status: sop.InReview, AppliesTo: "payments-api on web-1 (Debian 12)", Recorded: date, Length: 754_000,
		Sections: []sop.Section{
			{ID: "a", Kind: sop.Purpose, Title: "Purpose", Body: "Replaces the running **payments** service by version 2.4 without losing requests.\n\nUse it for every minor version."},
			{ID: "b", Kind: sop.Prerequisites, Title: "Prerequisites", Body: "You need:\n- access to `web-1`\n- the _release notes_ of 2.4\n- a maintenance window"},
			{ID: "c", Kind: sop.Procedure, Title: "Procedure", Steps: []sop.Step{
				{ID: "s0", Kind: sop.Heading, Title: "Look before you leap"},
				{ID: "s1", Kind: sop.StepCommand, Title: "Run `kubectl rollout status deploy/payments`",
					Body: "First we make sure that nothing else is being rolled out at the moment.",
					Command: &sop.Command{Line: "kubectl rollout status deploy/payments", Dir: "~/deploy", Host: "web-1", User: "ana", Shell: "bash", Exit: ptr(0),
						Output: "deployment \"payments\" successfully rolled out\n"},
					Callouts: []sop.Callout{{Kind: sop.Warning, Text: "Do **not** go on while another rollout runs."}}},
				{ID: "s2", Kind: sop.StepCommand, Title: "Run `curl`",
					Spoken: []sop.Sentence{{Text: "The old version answers with two point three."}, {Text: "Uhm, wait.", Dropped: true}},
					Command: &sop.Command{Line: "curl --silent --show-error --fail --header 'Accept: application/json' --max-time 5 https://payments.internal.example.com/v1/health/readiness?verbose=true | jq -r '.version'",
						Dir: "~/deploy", Host: "web-1", User: "ana", Shell: "bash", Exit: ptr(22), Output: "curl: (22) The requested URL returned error: 503", Omitted: 1234}},
				{ID: "s3", Kind: sop.Heading, Title: "Roll out"},
				{ID: "s4", Kind: sop.StepClick, Title: "Click **Roll out**", Body: "The button is at the bottom right.", Label: "Roll out", Role: "push button",
					Window: "Deployments", Program: "console", Figures: []sop.Figure{{ID: "f1", Alt: "The Deployments window with Roll out marked", Caption: "Deployments, with version 2.4 chosen"}}},
				{ID: "s5", Kind: sop.StepType, Title: "Fill in **Change ticket**", Typed: "CHG-1077", Figures: []sop.Figure{{ID: "f2"}, {ID: "f3", Alt: "The ticket"}},
					Callouts: []sop.Callout{{Kind: sop.Tip, Text: "The number is in the calendar entry."}, {Kind: sop.Caution, Text: "Never use an old ticket:\n- it is closed\n- it is audited"}, {Kind: sop.Note, Text: "Any case will do."}}},
				{ID: "s6", Kind: sop.StepCommand, Title: "Write the ticket down",
					Command: &sop.Command{Line: "cat > ticket.txt <<'EOF'\nticket: CHG-1077\n\tby: ana\nEOF", Dir: "/tmp", Host: "web-2", Shell: "zsh",
						Output: strings.Repeat("2026-08-04T09:31:12Z INFO  payments started on port 8080\n", 34)}},
			}},
			{ID: "d", Kind: sop.Verification, Title: "Verification", Steps: []sop.Step{{ID: "v1", Kind: sop.StepNote, Title: "Watch the error rate for ten minutes", Body: "It stays below 0.1 %.", Review: "A rule proposes this. So check it."}}},
			{ID: "e", Kind: sop.Rollback, Title: "Rollback"},
			{ID: "g", Kind: sop.Custom, Title: "Contacts", Body: "Call the _payments_ on-call."},
		},
		Revisions: []sop.Revision{
			{Version: "0.1", Date: date, Author: "A. Person", Change: "Recorded"},
			{Version: "0.3", Date: date.AddDate(0, 0, 3), Author: "B. Reviewer", Change: "Warning before the first step; ticket number as a step of its own"},
		},
		Parameters: []sop.Parameter{
			{Name: "HOST", Example: "web-1", Description: "Host of the service", Accepted: true},
			{Name: "OFFERED", Example: "2.4"},
		},
	}
}

// HostileDocument has the text s in every field that holds text.
func HostileDocument(s string) *sop.Document {
	return &sop.Document{
		Schema: sop.Schema, ID: s, Kind: sop.Kind(s), Title: s, Owner: s, Author: s, Version: s, Status: sop.Status(s), AppliesTo: s,
		Sections: []sop.Section{{ID: "p", Kind: sop.Prerequisites, Title: s}, {ID: "x", Kind: sop.SectionKind(s), Title: s, Body: sop.EscapeInline(s), Steps: []sop.Step{
			{ID: "h", Kind: sop.Heading, Title: sop.EscapeInline(s)},
			{ID: "y", Kind: sop.StepType, Title: "Press " + sop.StrongInline(s) + " and " + sop.CodeInline(s), Body: sop.EscapeInline(s), Label: s, Typed: s,
				Command:  &sop.Command{Line: s, Dir: s, Host: s, User: s, Shell: s, Output: s, Exit: ptr(3)},
				Figures:  []sop.Figure{{ID: "f", Alt: s, Caption: s}},
				Callouts: []sop.Callout{{Kind: sop.CalloutKind(s), Text: sop.EscapeInline(s)}}},
			{ID: "z", Kind: sop.StepNote, Title: sop.CodeInline(s), Review: s, Spoken: []sop.Sentence{{Text: s}}},
		}}},
		Revisions:  []sop.Revision{{Version: s, Author: s, Change: s}},
		Parameters: []sop.Parameter{{Name: s, Example: s, Description: s, Accepted: true}},
	}
}

// Long is a document of n steps: every second one a command with output, the
// others clicks with a figure each.
func Long(n int) *sop.Document {
	doc := Document()
	var steps []sop.Step
	for i := range n {
		st := sop.Step{ID: fmt.Sprint("n", i), Kind: sop.StepClick, Title: fmt.Sprintf("Click **Node %d**", i),
			Body:    "Here we choose the next node of the cluster, and wait until the table shows it as drained before going on with the one after it.",
			Figures: []sop.Figure{{ID: fmt.Sprint("fig", i), Alt: fmt.Sprintf("The node table with node %d marked", i)}}}
		if i%2 == 0 {
			st.Kind, st.Figures = sop.StepCommand, nil
			st.Title = fmt.Sprintf("Run `kubectl drain node-%d`", i)
			st.Command = &sop.Command{Line: fmt.Sprintf("kubectl drain node-%d --ignore-daemonsets --delete-emptydir-data", i), Dir: "~/deploy", Host: "web-1", Exit: ptr(0),
				Output: strings.Repeat("evicting pod payments/payments-7c9f8d\n", 8)}
		}
		steps = append(steps, st)
	}
	doc.Sections[2].Steps = steps
	return doc
}
