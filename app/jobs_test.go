package app

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/runreel/runreel/app/export"
	"github.com/runreel/runreel/app/model"
	"github.com/runreel/runreel/capture"
)

// stopped records nothing for a moment, and returns the session and the draft
// that its end began.
func stopped(t *testing.T, a *App) (session string, d *draft) {
	t.Helper()
	if err := a.StartRecording(t.Context(), StartOptions{Microphone: "none"}); err != nil {
		t.Fatal(err)
	}
	s, err := a.StopRecording(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	a.jobs.mu.Lock()
	defer a.jobs.mu.Unlock()
	return s.ID, a.jobs.kept[s.ID]
}

// TestKeptDraftIsHandedOutOnce: with the same model the draft that Stop began
// is the one that is asked for.
func TestKeptDraftIsHandedOutOnce(t *testing.T) {
	noDesktop(t)
	a := openApp(t, Options{DataDir: t.TempDir()})
	session, d := stopped(t, a)
	first, err := d.wait(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	got, err := a.Draft(t.Context(), session)
	if err != nil || got != first {
		t.Errorf("%q, %v, want %q", got, err, first)
	}
	if next, err := a.Draft(t.Context(), session); err != nil || next == first {
		t.Errorf("asked again: %q, %v", next, err)
	}
}

// TestKeptDraftIsMadeAnewWhenTheModelChanges: somebody reads that a model is
// missing, adds it, and asks for the draft.
func TestKeptDraftIsMadeAnewWhenTheModelChanges(t *testing.T) {
	installed := func(a *App) string { return filepath.Join(a.paths.Models, filepath.Base(testModel)) }
	for _, c := range []struct {
		name          string
		before, after func(t *testing.T, a *App)
	}{
		{"added", nothing, addModel},
		{"removed", addModel, func(t *testing.T, a *App) {
			if err := os.Remove(installed(a)); err != nil {
				t.Fatal(err)
			}
		}},
		{"changed", addModel, func(t *testing.T, a *App) {
			later := time.Now().Add(time.Hour)
			if err := os.Chtimes(installed(a), later, later); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			noDesktop(t)
			a := openApp(t, Options{DataDir: t.TempDir()})
			c.before(t, a)
			session, d := stopped(t, a)
			first, err := d.wait(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			c.after(t, a)
			got, err := a.Draft(t.Context(), session)
			if err != nil || got == first {
				t.Fatalf("%q, %v: the draft of before was handed out", got, err)
			}
			if _, err := a.Document(t.Context(), got); err != nil {
				t.Error(err)
			}
		})
	}
}

func nothing(*testing.T, *App) {}

func addModel(t *testing.T, a *App) {
	t.Helper()
	if _, err := a.AddModel(t.Context(), testModel); err != nil {
		t.Fatal(err)
	}
	if list, err := model.List(a.paths.Models); err != nil || len(list) != 1 {
		t.Fatalf("models %v, %v", list, err)
	}
}

// TestRunningDraftWithAnotherModelIsGivenUp: the draft that Stop began is at
// work with a model that is none any more.
func TestRunningDraftWithAnotherModelIsGivenUp(t *testing.T) {
	privateRuntime(t)
	sound, err := os.ReadFile(filepath.Join(filepath.Dir(testModel), "s000.wav"))
	if err != nil {
		t.Fatal(err)
	}
	started := filepath.Join(t.TempDir(), "started")
	a := openApp(t, Options{DataDir: t.TempDir(), Worker: func(string) *exec.Cmd {
		return exec.Command("sh", "-c", `echo >>"$0"; exec cat >/dev/null`, started) // never answers
	}})
	addModel(t, a)
	storeSpoken(t, a, "spoken", sound)
	d, err := a.jobs.begin("spoken")
	if err != nil {
		t.Fatal(err)
	}
	until(t, "the worker runs", func() bool { _, err := os.Stat(started); return err == nil })
	if err := os.Remove(filepath.Join(a.paths.Models, filepath.Base(testModel))); err != nil {
		t.Fatal(err)
	}
	id, err := a.Draft(t.Context(), "spoken") // without a model: no worker
	if err != nil {
		t.Fatal(err)
	}
	if old, err := d.wait(t.Context()); err == nil {
		t.Errorf("the draft with the old model came to an end: %s", old)
	}
	if _, err := a.Document(t.Context(), id); err != nil {
		t.Error(err)
	}
}

// storeSpoken stores a finished session with sound.
func storeSpoken(t *testing.T, a *App, id string, wav []byte) {
	t.Helper()
	s, err := a.newSession("Spoken")
	if err != nil {
		t.Fatal(err)
	}
	s.ID = id
	j, err := a.sessions.Begin(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	name, err := j.Put(t.Context(), "audio", "wav", wav)
	if err != nil {
		t.Fatal(err)
	}
	length := time.Duration(len(wav)-44) * time.Second / 32000 // 16 kHz, 16 bits
	fact := capture.Audio{Media: name, Rate: 16000, Length: length, Peak: 0.5}
	if err := j.Append(t.Context(), []capture.Event{{Seq: 1, Fact: fact}}); err != nil {
		t.Fatal(err)
	}
	s.State, s.Length = capture.SessionFinished, length
	if err := j.Finish(t.Context(), s); err != nil {
		t.Fatal(err)
	}
}

// exportJobs are the job events of exports.
func (h *heard) exportJobs() []Job {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(h.jobs), func(j Job) bool { return j.Kind != "export" })
}

func TestExportTellsItsProgress(t *testing.T) {
	privateRuntime(t)
	h := &heard{}
	a := openApp(t, Options{DataDir: t.TempDir(), Events: h})
	doc := storeDocument(t, a)
	for n, format := range Formats() {
		before := len(h.exportJobs())
		if _, err := (&ExportAPI{a}).Export(doc.ID, format, t.TempDir()); err != nil {
			t.Fatal(err)
		}
		jobs := h.exportJobs()[before:]
		if figures := len(export.FigureIDs(doc)); figures < 2 || len(jobs) != figures+2 {
			t.Fatalf("%s: %d events for %d figures", format, len(jobs), figures)
		}
		last := -1.0
		for i, j := range jobs {
			state := "running"
			if i == len(jobs)-1 {
				state = "done"
			}
			if j.ID != jobs[0].ID || j.Document != doc.ID || j.Session != doc.Session || j.State != state || j.Progress <= last {
				t.Errorf("%s: event %d after %v is %+v", format, i, last, j)
			}
			last = j.Progress
		}
		if jobs[0].Progress != 0 || last != 1 || n > 0 && jobs[0].ID == h.exportJobs()[0].ID {
			t.Errorf("%s: from %+v to %v", format, jobs[0], last)
		}
	}
}

// canceller cancels an export at its first picture.
type canceller struct {
	heard
	cancel func(job string)
}

func (c *canceller) Job(j Job) {
	c.heard.Job(j)
	if j.State == "running" && j.Progress > 0 {
		c.cancel(j.ID)
	}
}

func TestCancelledExportLeavesNothing(t *testing.T) {
	privateRuntime(t)
	c := &canceller{}
	a := openApp(t, Options{DataDir: t.TempDir(), Events: c})
	api := &ExportAPI{a}
	c.cancel = func(job string) {
		if err := api.Cancel(job); err != nil {
			t.Error(err)
		}
	}
	doc := storeDocument(t, a)
	for _, format := range Formats() {
		folder := t.TempDir()
		_, err := api.Export(doc.ID, format, folder)
		checkFault(t, faultOf(t, err), "cancelled")
		if files := tree(t, folder); files != "" {
			t.Errorf("%s: left behind: %s", format, files)
		}
		if j := c.lastJob(t); j.Kind != "export" || j.State != "cancelled" {
			t.Errorf("%s: %+v", format, j)
		}
	}
	if err := api.Cancel("export-1"); err != nil {
		t.Errorf("one that has ended: %v", err)
	}
}

func TestFailedExportIsTold(t *testing.T) {
	privateRuntime(t)
	h := &heard{}
	a := openApp(t, Options{DataDir: t.TempDir(), Events: h})
	doc := storeDocument(t, a)
	if _, err := a.Export(t.Context(), ExportRequest{Document: doc.ID, Format: "pdf", Path: "/proc/none/x.pdf"}); err == nil {
		t.Fatal("it was written")
	}
	if n := len(h.exportJobs()); n != 0 {
		t.Errorf("%d events of an export that did not begin", n)
	}
	_, err := a.Export(t.Context(), ExportRequest{Document: doc.ID, Format: "pdf", Path: "/proc/x.pdf"})
	if err == nil {
		t.Fatal("it was written")
	}
	if j := h.lastJob(t); j.State != "failed" || j.Message == "" || j.Help == "" || strings.Contains(j.Message, "unexpected") {
		t.Errorf("%v: %+v", err, j)
	}
}

func TestExportWhileClosing(t *testing.T) {
	privateRuntime(t)
	a := openApp(t, Options{DataDir: t.TempDir()})
	doc := storeDocument(t, a)
	a.jobs.close()
	if _, err := a.Export(t.Context(), ExportRequest{Document: doc.ID, Format: "md", Folder: t.TempDir()}); Describe(err).Code != "closing" {
		t.Error(err)
	}
}
