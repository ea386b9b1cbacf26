package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/runreel/runreel/app/control"
	"github.com/runreel/runreel/app/export/exporttest"
	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/pipeline/sop"
	"github.com/runreel/runreel/pipeline/transcribe"
)

const testModel = "../pipeline/transcribe/whisper/testdata/espeak-devops.bin"

// privateRuntime gives the test a runtime folder with a path that is short
// enough for a socket.
func privateRuntime(t *testing.T) {
	t.Helper()
	dir, err := os.MkdirTemp("", "rr")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	t.Setenv("XDG_RUNTIME_DIR", dir)
}

// noDesktop takes display, sound and buses away from the test.
func noDesktop(t *testing.T) {
	t.Helper()
	privateRuntime(t)
	nothing := filepath.Join(t.TempDir(), "nothing")
	for _, name := range []string{"DISPLAY", "WAYLAND_DISPLAY", "AT_SPI_BUS_ADDRESS"} {
		t.Setenv(name, "")
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+nothing)
	t.Setenv("PULSE_SERVER", "unix:"+nothing)
}

type heard struct {
	mu       sync.Mutex
	jobs     []Job
	statuses []RecorderStatus
	alerts   []Fault
}

func (h *heard) RecorderStatus(s RecorderStatus) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.statuses = append(h.statuses, s)
}
func (h *heard) Level(float64) {}
func (h *heard) Alert(f Fault) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.alerts = append(h.alerts, f)
}
func (h *heard) Job(j Job) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.jobs = append(h.jobs, j)
}

func (h *heard) lastJob(t *testing.T) Job {
	t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	if len(h.jobs) == 0 {
		t.Fatal("no job was told")
	}
	return h.jobs[len(h.jobs)-1]
}

// openApp opens the services on a folder; they are closed with the test.
func openApp(t *testing.T, o Options) *App {
	t.Helper()
	o.Log = slog.New(slog.NewTextHandler(t.Output(), nil))
	a := New(o)
	if err := a.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return a
}

// storeSession stores a finished session with a picture and facts, and returns
// the name of the picture.
func storeSession(t *testing.T, a *App, id string, facts ...capture.Fact) (frame string) {
	t.Helper()
	ctx := t.Context()
	s, err := a.newSession("Restart payments")
	if err != nil {
		t.Fatal(err)
	}
	s.ID = id
	j, err := a.sessions.Begin(ctx, s)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := exporttest.Screen(640, 360, id)
	if err != nil {
		t.Fatal(err)
	}
	if frame, err = j.Put(ctx, "frames", "png", picture); err != nil {
		t.Fatal(err)
	}
	var events []capture.Event
	facts = append(facts, capture.Frame{FrameRef: capture.FrameRef{Media: frame, Bounds: capture.Rect{W: 640, H: 360}}})
	for i, f := range facts {
		events = append(events, capture.Event{Seq: int64(i + 1), At: time.Duration(i) * time.Second, Fact: f})
	}
	if err := j.Append(ctx, events); err != nil {
		t.Fatal(err)
	}
	s.State, s.Length = capture.SessionFinished, 10*time.Second
	if err := j.Finish(ctx, s); err != nil {
		t.Fatal(err)
	}
	return frame
}

// storeDocument stores a session and a document of it whose figures show its
// picture.
func storeDocument(t *testing.T, a *App) *sop.Document {
	t.Helper()
	doc := exporttest.Document()
	doc.ID, doc.Session = "doc-1", "session-1"
	frame := storeSession(t, a, doc.Session)
	for i := range doc.Sections {
		for k := range doc.Sections[i].Steps {
			figures := doc.Sections[i].Steps[k].Figures
			for n := range figures {
				figures[n].Frame, figures[n].Origin = frame, sop.Rect{W: 640, H: 360}
			}
		}
	}
	if _, err := a.db.Documents().Save(t.Context(), doc, 0); err != nil {
		t.Fatal(err)
	}
	return doc
}

// faultOf decodes the error of a bound method.
func faultOf(t *testing.T, err error) Fault {
	t.Helper()
	if err == nil {
		t.Fatal("no error")
	}
	var f Fault
	if jerr := json.Unmarshal([]byte(err.Error()), &f); jerr != nil {
		t.Fatalf("not the JSON of a fault: %q", err)
	}
	return f
}

func TestOpenMakesPrivateFoldersAndAnswers(t *testing.T) {
	privateRuntime(t)
	dir := filepath.Join(t.TempDir(), "data")
	a := openApp(t, Options{DataDir: dir, Listen: true})
	for _, path := range []string{dir, a.paths.Sessions, a.paths.Models, filepath.Dir(a.paths.Socket)} {
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s: %v, %v", path, info, err)
		}
	}
	r, err := Ask(t.Context(), dir, control.Request{Verb: control.Status})
	if err != nil || r.State != capture.Idle {
		t.Errorf("status: %+v, %v", r, err)
	}
	_, err = Ask(t.Context(), dir, control.Request{Verb: control.Pause})
	var told *control.Error
	if !errors.As(err, &told) || told.Code != "not-recording" || Describe(err).Code != "not-recording" {
		t.Errorf("pause: %v", err)
	}

	second := New(Options{DataDir: dir, Listen: true, Log: a.log})
	if err := second.Open(t.Context()); Describe(err).Code != "running" {
		t.Errorf("a second one that listens: %v", err)
	}
	reader := openApp(t, Options{DataDir: dir}) // the command line beside the window
	if _, err := reader.ListSessions(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestCloseEndsTheSocket(t *testing.T) {
	privateRuntime(t)
	dir := t.TempDir()
	a := New(Options{DataDir: dir, Listen: true, Log: slog.New(slog.DiscardHandler)})
	if err := a.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := Ask(t.Context(), dir, control.Request{Verb: control.Status}); !errors.Is(err, control.ErrNotRunning) {
		t.Errorf("after the end: %v", err)
	}
}

// TestRecordWithoutDesktop: commands can be recorded where there is neither a
// screen nor a microphone, as on a server.
func TestRecordWithoutDesktop(t *testing.T) {
	noDesktop(t)
	h := &heard{}
	dir := t.TempDir()
	a := openApp(t, Options{DataDir: dir, Listen: true, Events: h})
	if err := a.StartRecording(t.Context(), StartOptions{}); err != nil {
		t.Fatal(err)
	}
	warnings := strings.Join(a.RecorderStatus().Warnings, "\n")
	if !strings.Contains(warnings, "screen") {
		t.Errorf("the missing screen is not told: %q", warnings)
	}
	report := control.Report{ID: "c1", Done: true, Start: a.now(), End: a.now(), Command: capture.Command{Line: "systemctl restart payments", Dir: "/srv", Shell: "bash"}}
	until(t, "the command is taken", func() bool {
		_, err := Ask(t.Context(), dir, control.Request{Verb: control.Tell, Report: &report})
		return err == nil
	})
	if err := a.StartRecording(t.Context(), StartOptions{}); Describe(err).Code != "busy" {
		t.Errorf("a second recording: %v", err)
	}
	s, err := a.StopRecording(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	id, err := a.Draft(t.Context(), s.ID)
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := a.PrintMarkdown(t.Context(), &text, id); err != nil || !strings.Contains(text.String(), "systemctl restart payments") {
		t.Errorf("%v: draft without the command:\n%s", err, text.String())
	}
	if found, err := a.FindDocument(t.Context(), s.ID); err != nil || found != id {
		t.Errorf("found %q, %v", found, err)
	}
	if j := h.lastJob(t); j.State != "done" || j.Document != id {
		t.Errorf("last job %+v", j)
	}
}

// TestDraftAfterTheFirstWasDeleted: the draft that the end of a recording
// began is handed out once, and not when it is gone.
func TestDraftAfterTheFirstWasDeleted(t *testing.T) {
	noDesktop(t)
	h := &heard{}
	a := openApp(t, Options{DataDir: t.TempDir(), Events: h})
	if err := a.StartRecording(t.Context(), StartOptions{Microphone: "none"}); err != nil {
		t.Fatal(err)
	}
	s, err := a.StopRecording(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	d := a.jobs.kept[s.ID]
	first, err := d.wait(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := a.DeleteDocument(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	second, err := a.Draft(t.Context(), s.ID)
	if err != nil || second == first {
		t.Fatalf("%q, %v", second, err)
	}
	if _, err := a.Document(t.Context(), second); err != nil {
		t.Error(err)
	}
}

// until waits for a condition.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	limit := time.After(20 * time.Second)
	for !ok() {
		select {
		case <-limit:
			t.Fatalf("not within 20 s: %s", what)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// TestDraftWithoutModel: speech that cannot be transcribed does not keep the
// rest from being drafted, and the job says what is missing.
func TestDraftWithoutModel(t *testing.T) {
	privateRuntime(t)
	h := &heard{}
	a := openApp(t, Options{DataDir: t.TempDir(), Events: h})
	exit := 0
	storeSession(t, a, "spoken",
		capture.Command{Line: "uptime", Exit: &exit, Length: time.Second},
		capture.Audio{Media: "sound/000001.wav", Rate: 16000, Length: time.Second})
	id, err := a.Draft(t.Context(), "spoken")
	if err != nil {
		t.Fatal(err)
	}
	until(t, "the end of the job is told", func() bool { return h.lastJob(t).State == "done" })
	if j := h.lastJob(t); !strings.Contains(j.Message, "No speech model") || j.Document != id || j.Progress != 1 {
		t.Errorf("%+v", j)
	}
	if doc, err := a.Document(t.Context(), id); err != nil || doc.Session != "spoken" {
		t.Errorf("%+v, %v", doc, err)
	}
}

func TestDraftOfNothing(t *testing.T) {
	privateRuntime(t)
	a := openApp(t, Options{DataDir: t.TempDir()})
	if _, err := a.Draft(t.Context(), "nowhere"); Describe(err).Code != "not-found" {
		t.Errorf("%v", err)
	}
}

func TestAddModelRefusesATruncatedOne(t *testing.T) {
	privateRuntime(t)
	a := openApp(t, Options{DataDir: t.TempDir()})
	whole, err := os.ReadFile(testModel)
	if err != nil {
		t.Fatal(err)
	}
	cut := filepath.Join(t.TempDir(), "cut.bin")
	if err := os.WriteFile(cut, whole[:len(whole)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = a.AddModel(t.Context(), cut)
	if !errors.Is(err, transcribe.ErrModelTruncated) || Describe(err).Code != "model" {
		t.Errorf("a truncated model: %v, %+v", err, Describe(err))
	}
	if entries, err := os.ReadDir(a.paths.Models); err != nil || len(entries) > 0 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
	if _, err := a.modelPath(); !errors.Is(err, ErrNoModel) {
		t.Errorf("a model to use: %v", err)
	}
	m, err := a.AddModel(t.Context(), testModel)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.UseModel("nothing"); Describe(err).Code != "no-model" {
		t.Errorf("an unknown model: %v", err)
	}
	if err := a.UseModel(m.Name); err != nil {
		t.Error(err)
	}
	if path, err := a.modelPath(); err != nil || path != m.Path {
		t.Errorf("model %q, %v", path, err)
	}
}
