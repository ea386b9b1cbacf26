package pipeline

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/pipeline/sop"
)

var update = flag.Bool("update", false, "write the golden files")

var (
	screen  = capture.Rect{W: 1280, H: 800}
	started = time.Date(2026, 3, 4, 9, 30, 0, 0, time.UTC)
	xterm   = capture.Window{ID: 1, Title: "root@desk: ~", Program: "XTerm", Bounds: capture.Rect{X: 10, Y: 10, W: 600, H: 400}}
	desk    = capture.Window{ID: 2, Title: "Release desk", Program: "Zenity", Bounds: capture.Rect{X: 700, Y: 100, W: 400, H: 300}}
)

// script builds the events of a session; times are in seconds.
type script struct {
	events   []capture.Event
	segments []capture.Segment
}

func (s *script) add(at float64, f capture.Fact) {
	s.events = append(s.events, capture.Event{Seq: int64(len(s.events) + 1), At: seconds(at), Fact: f})
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

func (s *script) command(at, length float64, line string, exit int, output string) {
	s.add(at, capture.Command{Line: line, Dir: "/srv", Host: "desk", User: "root", Shell: "bash", Via: "shell", Length: seconds(length), Exit: &exit, Output: output})
}

func (s *script) click(at float64, w capture.Window, role, name string, states ...string) {
	bounds := capture.Rect{X: w.Bounds.X + 100, Y: w.Bounds.Y + 200, W: 80, H: 30}
	s.add(at, capture.Click{
		Button: 1, Count: 1, Point: capture.Point{X: bounds.X + 40, Y: bounds.Y + 15}, Window: w, Frame: frame,
		Element: &capture.Element{Role: role, Name: name, States: states, Bounds: bounds, Window: w.Title, Program: w.Program},
	})
}

func (s *script) say(start, end float64, text string) {
	s.segments = append(s.segments, capture.Segment{Start: seconds(start), End: seconds(end), Text: text})
}

var frame = capture.FrameRef{Media: "frames/aa.png", Bounds: screen}

func analyze(t *testing.T, session capture.Session, s script) *sop.Document {
	t.Helper()
	d, err := Analyze(t.Context(), Recording{Session: session, Events: s.events, Segments: s.segments}, Options{Author: "Ada", Now: started.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	if p := sop.Validate(d); len(p) > 0 {
		t.Fatalf("document is not valid: %v", p)
	}
	return d
}

// deployment is a whole recording: commands, a window, speech, marks.
func deployment() script {
	var s script
	s.say(0.3, 2.8, "hello and welcome to this recording")
	s.say(3.3, 8.0, "today i will show you how we deploy a new version of the payment service")
	s.say(8.5, 11, "before you start you need access to the cluster")
	s.add(12, capture.Frame{FrameRef: frame})
	s.say(12.2, 14.5, "first i look at the pods")
	s.add(15, capture.Click{Button: 1, Count: 1, Point: capture.Point{X: 50, Y: 50}, Window: xterm, Frame: frame})
	s.command(16, 1, "kubectl get pods", 0, "payments-1 Running\n")
	s.say(17.4, 19.5, "all four pods are running")
	s.add(20, capture.Mark{Text: "Roll out"})
	s.say(20.5, 23.5, "now i roll out the new version to staging")
	s.command(24, 0.3, "kubectl set imag deployment/payments payments=registry/payments:2.5 -n staging", 1, "error: unknown command\n")
	s.command(30, 1, "kubectl set image deployment/payments payments=registry/payments:2.5 -n staging", 0, "deployment.apps/payments image updated\n")
	s.say(31.5, 34, "make sure the health check is green before you continue")
	s.command(36, 9, "kubectl rollout status deployment/payments -n staging", 0, "successfully rolled out\n")
	s.say(46, 49, "next i enter the version in the release desk")
	entry := capture.Element{Role: "entry", Label: "Version:", Bounds: capture.Rect{X: 800, Y: 150, W: 200, H: 30}, Window: "Release desk"}
	s.add(50, capture.Click{Button: 1, Count: 1, Point: capture.Point{X: 850, Y: 160}, Window: desk, Element: &entry, Frame: frame})
	s.say(53, 55, "and i confirm")
	s.click(56, desk, "check box", "Notify the team")
	s.add(56.1, capture.Text{Element: entry, Value: "2.5", Window: desk, Frame: frame})
	s.click(58, desk, "push button", "Roll out")
	s.say(59, 61.5, "the output shows that it is done")
	s.add(63, capture.Mark{})
	s.add(64, capture.Chord{Keys: []string{"Ctrl", "S"}, Window: desk, Frame: frame})
	s.say(65, 68, "if the rollout fails run the rollback")
	s.command(70, 1, "curl -s http://localhost:8080/version", 0, "2.5\n")
	s.say(72, 74, "thank you for watching")
	return s
}

var session = capture.Session{ID: "ses", Started: started, Length: 75 * time.Second, Host: "desk", User: "root", System: "Debian GNU/Linux 12"}

func TestWholeRecording(t *testing.T) {
	got := twin(analyze(t, session, deployment()))
	golden(t, "deployment.txt", got)
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	path := filepath.Join("testdata", file)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs:\n%s", path, got)
	}
}

// twin writes a document as text, one fact a line.
func twin(d *sop.Document) string {
	var b strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	p("%s %q v%s %s by %s, applies to %s, %s long", d.Kind, d.Title, d.Version, d.Status, d.Author, d.AppliesTo, d.Length.Duration())
	for _, r := range d.Revisions {
		p("revision %s %s %s: %s", r.Version, r.Date.Format(time.RFC3339), r.Author, r.Change)
	}
	for _, one := range d.Parameters {
		p("parameter %s, such as %q: %s, accepted %v", one.Name, one.Example, one.Description, one.Accepted)
	}
	for i := range d.Sections {
		sec := &d.Sections[i]
		p("\n== %s", sec.Title)
		if sec.Body != "" {
			p("(%s) %s", sec.Sources["body"], sec.Body)
		}
		for _, s := range sec.Steps {
			twinStep(p, d, s)
		}
	}
	return b.String()
}

func twinStep(p func(string, ...any), d *sop.Document, s sop.Step) {
	p("\n%d. [%s] %s", d.Number(s.ID), s.Kind, s.Title)
	p("   %s to %s, events %v, sources %v", s.Start.Duration(), s.End.Duration(), s.Events, s.Sources)
	if s.Label+s.Role+s.Window+s.Typed != "" {
		p("   label %q role %q window %q program %q typed %q", s.Label, s.Role, s.Window, s.Program, s.Typed)
	}
	if c := s.Command; c != nil {
		exit := "?"
		if c.Exit != nil {
			exit = fmt.Sprint(*c.Exit)
		}
		p("   $ %s\n   in %s on %s@%s, exit %s, output %q", c.Line, c.Dir, c.User, c.Host, exit, c.Output)
		p("   %s, production %v %q, context %v", c.Class, c.Production, c.ProductionBy, c.Context)
	}
	if s.Review != "" {
		p("   review: %s", s.Review)
	}
	if s.Box != nil {
		p("   box %v", *s.Box)
	}
	if s.Body != "" {
		p("   body: %s", s.Body)
	}
	for _, c := range s.Callouts {
		p("   %s: %s", c.Kind, c.Text)
		if c.Rule != "" {
			p("      by the %s %q", c.Source, c.Rule)
		}
	}
	for _, said := range s.Spoken {
		p("   said %s to %s: %q dropped %v", said.Start.Duration(), said.End.Duration(), said.Text, said.Dropped)
	}
	for _, f := range s.Figures {
		crop := "whole"
		if f.Crop != nil {
			crop = fmt.Sprint(*f.Crop)
		}
		p("   figure %s crop %s marks %v alt %q", f.Frame, crop, f.Marks, f.Alt)
	}
}

func TestEmptyRecording(t *testing.T) {
	d := analyze(t, capture.Session{ID: "s", Started: started}, script{})
	if d.Title != "Recorded procedure of 2026-03-04" || len(d.Sections) != 5 || d.SectionOf(sop.Procedure).Steps != nil {
		t.Errorf("%s", twin(d))
	}
	for _, sec := range d.Sections {
		if sec.Body != "" {
			t.Errorf("section %s of nothing says %q", sec.Kind, sec.Body)
		}
	}
}

func TestOnlySpeech(t *testing.T) {
	var s script
	s.say(1, 3, "the queue is growing again")
	s.say(3.5, 5, "i restart the worker")
	s.say(20, 23, "never do this on the primary")
	d := analyze(t, session, s)
	steps := d.SectionOf(sop.Procedure).Steps
	if len(steps) != 2 || steps[0].Title != "The queue is growing again" || len(steps[0].Spoken) != 2 || steps[1].Kind != sop.StepNote {
		t.Errorf("%s", twin(d))
	}
	if !strings.Contains(steps[0].Body, "I restart the worker.") {
		t.Errorf("body %q", steps[0].Body)
	}
}

func TestOnlyCommands(t *testing.T) {
	var s script
	lines := []string{"cd /srv/app", "make build", "cat > conf <<'EOF'\na: `b`\nEOF", "exit"}
	for i, line := range lines {
		s.command(float64(i*10), 1, line, 0, "")
	}
	d := analyze(t, session, s)
	steps := d.SectionOf(sop.Procedure).Steps
	if len(steps) != 3 {
		t.Fatalf("%s", twin(d))
	}
	for i, want := range lines[:3] {
		if steps[i].Command.Line != want {
			t.Errorf("line %q, want %q", steps[i].Command.Line, want)
		}
	}
	if got := steps[2].Title; got != "Run `cat` with a here-document" {
		t.Errorf("title %q", got)
	}
}

func TestMarksWithoutSteps(t *testing.T) {
	var s script
	s.add(1, capture.Mark{Text: "Deploy"})
	s.say(2, 3, "look here")
	d := analyze(t, session, s)
	steps := d.SectionOf(sop.Procedure).Steps
	if len(steps) != 1 || steps[0].Kind != sop.StepNote || steps[0].Title != "Deploy" || len(steps[0].Spoken) != 1 {
		t.Errorf("%s", twin(d))
	}
}

func TestHostileNames(t *testing.T) {
	names := []string{
		"\x1b[31mRed\x1b[0m", "a\u202eb\u2066c", "**bold** `code` _it_ \\", "<script>alert(1)</script>", strings.Repeat("long ", 2048),
		"line\nbreak\ttab", "\xff\xfe", "\x00\x01", "- dash", "日本語 🚀", "\x1b]0;title\x07after", "```", "",
	}
	var s script
	for i, n := range names {
		at := float64(i * 40)
		w := desk
		w.Title, w.Program, w.ID = n, n, uint32(i+10)
		s.click(at, w, "push button", n)
		s.click(at+2, w, n, n)
		s.add(at+4, capture.Mark{Text: n})
		s.add(at+5, capture.Text{Element: capture.Element{Role: "entry", Name: n, Label: n}, Value: n, Window: w, Frame: frame})
		s.add(at+6, capture.Chord{Keys: []string{n, n}, Window: w})
		s.add(at+8, capture.Command{Line: n, Dir: n, Host: n, User: n, Output: n})
		s.say(at+9, at+10, n)
	}
	d := analyze(t, capture.Session{ID: "s", Title: names[0] + names[4], Host: names[2], System: names[6]}, s)
	raw := twin(d)
	for st := range d.Numbered() {
		title := sop.PlainInline(st.Step.Title)
		if strings.ContainsAny(title, "\x1b\x00\n\t\u202e\u2066") || len([]rune(title)) > 300 {
			t.Errorf("title %q", title)
		}
		if len([]rune(st.Step.Label)) > 80 {
			t.Errorf("label of %d runes", len([]rune(st.Step.Label)))
		}
	}
	if strings.ContainsAny(d.Title, "\x1b") || !strings.HasPrefix(d.Title, "Red") {
		t.Errorf("title %q", d.Title)
	}
	if !strings.Contains(raw, "Click **\\*\\*bold\\*\\* \\`code\\` \\_it\\_ \\\\**") && !strings.Contains(raw, `click **\*\*bold`) {
		t.Errorf("markup is not escaped:\n%s", raw)
	}
}

// reading is a reader that says what it was asked, and the picture's text.
type reading struct{ asked []string }

func (r *reading) Read(_ context.Context, picture io.Reader, p capture.Point, around capture.Rect) (string, error) {
	b, err := io.ReadAll(picture)
	if err != nil {
		return "", err
	}
	r.asked = append(r.asked, fmt.Sprint(p, around))
	if string(b) == "broken" {
		return "", errors.New("no text")
	}
	return string(b), nil
}

func TestReaderNamesWhatNoProgramTold(t *testing.T) {
	var s script
	bounds := capture.Rect{X: 1000, W: 800, H: 600}
	for i, media := range []string{"Thunar item", "broken", "gone"} {
		s.add(float64(i*5), capture.Click{
			Button: 1, Count: 1, Point: capture.Point{X: 1300, Y: 200}, Window: capture.Window{ID: 3, Title: "Files", Bounds: bounds},
			Frame: capture.FrameRef{Media: media, Bounds: bounds},
		})
	}
	s.click(20, desk, "push button", "Told")
	var r reading
	d, err := Analyze(t.Context(), Recording{Events: s.events, Media: func(_ context.Context, name string) (io.ReadCloser, error) {
		if name == "gone" {
			return nil, os.ErrNotExist
		}
		return io.NopCloser(strings.NewReader(name)), nil
	}}, Options{OCR: &r})
	if err != nil {
		t.Fatal(err)
	}
	steps := d.SectionOf(sop.Procedure).Steps
	for i, want := range []string{"In **Files**, click **Thunar item**", "Click in the middle of **Files**", "Click in the middle of **Files**", "In **Release desk**, click **Told**"} {
		if steps[i].Title != want {
			t.Errorf("title %q, want %q", steps[i].Title, want)
		}
	}
	if steps[0].Sources["label"] != sop.FromScreen || steps[1].Sources["label"] != sop.FromPointer {
		t.Errorf("sources %v, %v", steps[0].Sources, steps[1].Sources)
	}
	if len(r.asked) != 2 || r.asked[0] != "{300 200} {140 164 320 72}" {
		t.Errorf("asked %v", r.asked)
	}
}

func TestCancelledAnalysis(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := deployment()
	if _, err := Analyze(ctx, Recording{Session: session, Events: s.events}, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// longDay is four hours of work: 20,000 events and 2,400 sentences.
func longDay() script {
	var s script
	for i := 0; len(s.events) < 20_000; i++ {
		at := float64(i) * 4 * 3600 / 3400
		s.add(at, capture.Frame{FrameRef: frame})
		s.add(at+0.1, capture.Audio{Rate: 16000, Length: time.Second})
		s.add(at+0.2, capture.Focus{Window: desk})
		s.add(at+0.3, capture.Scroll{DY: 3, Window: desk})
		s.click(at+1, desk, "push button", fmt.Sprintf("Button %d", i))
		s.command(at+2, 0.5, fmt.Sprintf("kubectl get pods -n team%d", i), i%7, strings.Repeat("line\n", 50))
		if i%3 != 0 {
			s.say(at+2.5, at+3, fmt.Sprintf("now i look at the pods of team number %d", i))
		}
	}
	return s
}

func TestLongDayIsQuick(t *testing.T) {
	s := longDay()
	start := time.Now()
	d := analyze(t, session, s)
	took := time.Since(start)
	if n := len(d.SectionOf(sop.Procedure).Steps); n != sop.MaxSteps {
		t.Errorf("%d steps, want the limit", n)
	}
	t.Logf("%d events, %d sentences: %v", len(s.events), len(s.segments), took)
	if took > 10*time.Second {
		t.Errorf("took %v", took)
	}
}

func BenchmarkAnalyzeLongDay(b *testing.B) {
	s := longDay()
	for b.Loop() {
		if _, err := Analyze(b.Context(), Recording{Session: session, Events: s.events, Segments: s.segments}, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
