package app

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/runreel/runreel/app/sqlite"
	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/pipeline/transcribe"
)

// liveWorld is an app that records sound, with all that tests look at.
type liveWorld struct {
	*App
	heard   *heard
	mic     *microphone
	session string
	log     string // of the worker
	pcm     []int16
	script  []line
}

func newLiveWorld(t *testing.T, model string, env ...string) *liveWorld {
	t.Helper()
	privateRuntime(t)
	w := &liveWorld{heard: &heard{}, log: filepath.Join(t.TempDir(), "work")}
	clock := newFastTime()
	w.App = openApp(t, Options{DataDir: t.TempDir(), Model: model, Events: w.heard, Now: clock.Now,
		Worker: workerOf(append(env, workLog+"="+w.log)...)})
	w.mic = &microphone{time: clock}
	var err error
	if w.pcm, w.script, err = narrations(1); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *liveWorld) begin(t *testing.T) {
	t.Helper()
	var err error
	if w.session, err = recordSound(t.Context(), w.App, w.mic); err != nil {
		t.Fatal(err)
	}
}

func (w *liveWorld) speak(t *testing.T, from, to time.Duration) {
	t.Helper()
	index := func(d time.Duration) int { return min(len(w.pcm), int(d*transcribe.Rate/time.Second)) }
	if err := w.mic.speak(t.Context(), w.pcm[index(from):index(to)]); err != nil {
		t.Fatal(err)
	}
}

// draft stops the recording, and returns its job's notes.
func (w *liveWorld) draft(t *testing.T) []string {
	t.Helper()
	s, err := w.StopRecording(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	d, err := w.jobs.start(s.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	if h, err := w.db.Segments().Heard(t.Context(), s.ID); err != nil || !h.Done {
		t.Errorf("%+v, %v: not all was heard", h, err)
	}
	return d.notes
}

func (w *liveWorld) hearing(t *testing.T) sqlite.Hearing {
	t.Helper()
	h, err := w.db.Segments().Heard(t.Context(), w.session)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

const wholeNarration = time.Hour // more than it is

// TestLive speaks, and wants the words while it speaks, and the same words as
// from the whole sound.
func TestLive(t *testing.T) {
	w := newLiveWorld(t, testModel)
	w.begin(t)
	w.speak(t, 0, 50*time.Second)
	inTime(t, "a sentence is shown", func() bool { return len(w.RecorderStatus().Said) > 0 })
	st := w.RecorderStatus()
	if s := st.Said[0]; s.Text == "" || s.EndMs <= s.StartMs || s.EndMs > st.ElapsedMs {
		t.Errorf("%+v", st.Said)
	}
	inTime(t, "most was heard", func() bool { return w.hearing(t).To > 20*time.Second })
	if len(spoken(t, w.App, w.session)) == 0 {
		t.Error("nothing is stored")
	}
	w.speak(t, 50*time.Second, wholeNarration)
	if notes := w.draft(t); len(notes) > 0 {
		t.Errorf("notes %q", notes)
	}
	if st := w.RecorderStatus(); st.Said == nil || len(st.Said) > 0 {
		t.Errorf("after the recording: %+v", st.Said)
	}
	got := spoken(t, w.App, w.session)
	sameWords(t, got, directly(t, w.pcm))
	pids, sound := piecesOf(t, w.log)
	for _, pid := range pids {
		if pid != pids[0] {
			t.Errorf("several workers: %v", pids)
		}
	}
	if sound > lengthOf(w.pcm) {
		t.Errorf("%s of sound were transcribed, %s was recorded", sound, lengthOf(w.pcm))
	}
}

// TestLiveWorkerGoesLast: the recording must have the processor first.
func TestLiveWorkerGoesLast(t *testing.T) {
	w := newLiveWorld(t, testModel, gateEnv+"=/nowhere")
	w.begin(t)
	w.speak(t, 0, 30*time.Second)
	var pids []int
	inTime(t, "the worker works", func() bool { pids, _ = piecesOf(t, w.log); return len(pids) > 0 })
	tasks, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pids[0]))
	if err != nil {
		t.Fatal(err)
	}
	for _, task := range tasks {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/stat", pids[0], task.Name()))
		if err != nil {
			continue // the thread ended
		}
		_, rest, _ := strings.Cut(string(stat), ") ")
		if nice := strings.Fields(rest)[16]; nice != "15" {
			t.Errorf("thread %s has niceness %s", task.Name(), nice)
		}
	}
	// A worker that never answers delays nothing.
	began := time.Now()
	w.speak(t, 30*time.Second, wholeNarration)
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("recording %s took %s", lengthOf(w.pcm)-30*time.Second, took)
	}
	if err := w.recorder.Discard(t.Context()); err != nil {
		t.Error(err)
	}
	if err := syscall.Kill(pids[0], 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("the worker lives on: %v", err)
	}
}

// TestLiveOffTheRecord takes a part away that the worker is at, and one that it
// has done, and lets it answer late.
func TestLiveOffTheRecord(t *testing.T) {
	gate := filepath.Join(t.TempDir(), "gate")
	open := func() {
		if err := os.WriteFile(gate, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, late := range []bool{true, false} {
		t.Run(fmt.Sprint("late ", late), func(t *testing.T) {
			os.Remove(gate)
			w := newLiveWorld(t, testModel, gateEnv+"="+gate)
			w.begin(t)
			w.speak(t, 0, 30*time.Second)
			inTime(t, "the worker is at it", func() bool { pids, _ := piecesOf(t, w.log); return len(pids) > 0 })
			if !late {
				open()
				inTime(t, "it was heard", func() bool { return len(w.RecorderStatus().Said) > 0 })
			}
			const back = 25 * time.Second
			from, to := 5*time.Second, 30*time.Second
			if err := w.OffTheRecord(t.Context(), back); err != nil {
				t.Fatal(err)
			}
			check := func(when string, list []capture.Segment) {
				for _, s := range list {
					if s.Start < to && s.End > from {
						t.Errorf("%s: %+v was said off the record", when, s)
					}
				}
			}
			if said := w.RecorderStatus().Said; len(said) > 0 {
				t.Errorf("shown after it: %v", said)
			}
			check("at once", spoken(t, w.App, w.session))
			open()
			if err := w.recorder.Resume(); err != nil {
				t.Fatal(err)
			}
			w.speak(t, 30*time.Second, wholeNarration)
			inTime(t, "it goes on", func() bool { return w.hearing(t).To > to })
			check("later", spoken(t, w.App, w.session))
			w.draft(t)
			got := spoken(t, w.App, w.session)
			check("in the draft", got)
			words := strings.Join(wordsOf(got), " ")
			for _, l := range w.script {
				if l.start > from && l.start < to-5*time.Second && strings.Contains(words, l.words) {
					t.Errorf("%q was taken off the record", l.words)
				}
			}
			var rest []capture.Segment
			for _, s := range directly(t, w.pcm) {
				if s.Start > to {
					rest = append(rest, s)
				}
			}
			after := got[:0:0]
			for _, s := range got {
				if s.Start > to {
					after = append(after, s)
				}
			}
			if ref := wordsOf(rest); wordErrors(ref, wordsOf(after)) > 3 {
				t.Errorf("after it: %v, want %v", after, rest)
			}
		})
	}
}

// TestLiveWorkerKilled kills the worker at several pieces, as a machine without
// memory does.
func TestLiveWorkerKilled(t *testing.T) {
	gate := filepath.Join(t.TempDir(), "gate")
	w := newLiveWorld(t, testModel, gateEnv+"="+gate)
	w.begin(t)
	w.speak(t, 0, wholeNarration)
	for n := 1; n <= 3; n++ { // one piece twice, another one once
		var pids []int
		inTime(t, "the worker is at a piece", func() bool { pids, _ = piecesOf(t, w.log); return len(pids) >= n })
		if err := syscall.Kill(pids[n-1], syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
	inTime(t, "it is tried again", func() bool { pids, _ := piecesOf(t, w.log); return len(pids) == 4 })
	if err := os.WriteFile(gate, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	inTime(t, "it goes on", func() bool { return len(w.hearing(t).Pieces) > 1 })
	if h := w.hearing(t); !h.Pieces[0].Lost || h.Pieces[1].Lost {
		t.Errorf("pieces %+v", h.Pieces)
	}
	if st := w.RecorderStatus(); st.State != string(capture.Recording) || len(st.Warnings) > 0 {
		t.Errorf("%+v", st)
	}
	if notes := w.draft(t); len(notes) > 0 {
		t.Errorf("notes %q", notes)
	}
	sameWords(t, spoken(t, w.App, w.session), directly(t, w.pcm))
}

// TestLiveBadModel: the worker never starts. The recording is unharmed, and its
// draft tells as it does without live transcription.
func TestLiveBadModel(t *testing.T) {
	bad := filepath.Join(t.TempDir(), "bad.bin")
	if err := os.WriteFile(bad, []byte("no model"), 0o600); err != nil {
		t.Fatal(err)
	}
	w := newLiveWorld(t, bad)
	w.begin(t)
	w.speak(t, 0, wholeNarration)
	inTime(t, "it is given up", func() bool { return w.jobs.live(w.session).ctx.Err() != nil })
	s, err := w.StopRecording(t.Context())
	if err != nil || s.State != capture.SessionFinished {
		t.Fatalf("%+v, %v", s, err)
	}
	if _, err := w.Draft(t.Context(), s.ID); Describe(err).Code != "engine" {
		t.Errorf("%+v", Describe(err))
	}
	w.options.Model = testModel // a good one is chosen
	if _, err := w.Draft(t.Context(), s.ID); err != nil {
		t.Fatal(err)
	}
	sameWords(t, spoken(t, w.App, s.ID), directly(t, w.pcm))
}

// TestLivePause: time stands while nothing is recorded.
func TestLivePause(t *testing.T) {
	w := newLiveWorld(t, testModel)
	w.begin(t)
	pause := 9500 * time.Millisecond // between two sentences
	w.speak(t, 0, pause)
	if err := w.recorder.Pause(); err != nil {
		t.Fatal(err)
	}
	w.mic.time.add(3 * time.Minute)
	if err := w.recorder.Resume(); err != nil {
		t.Fatal(err)
	}
	w.speak(t, pause, wholeNarration)
	w.draft(t)
	got, want := spoken(t, w.App, w.session), directly(t, w.pcm)
	sameWords(t, got, want)
	for i := range min(len(got), len(want)) {
		if d := (got[i].Start - want[i].Start).Abs(); d > 500*time.Millisecond {
			t.Errorf("%q is %s off", got[i].Text, d)
		}
	}
}

// TestLiveWithoutModel: nothing is heard live, and all of it when a model comes.
func TestLiveWithoutModel(t *testing.T) {
	w := newLiveWorld(t, "")
	w.begin(t)
	w.speak(t, 0, wholeNarration)
	if w.jobs.live(w.session) != nil || len(w.RecorderStatus().Said) > 0 {
		t.Error("something listens")
	}
	s, err := w.StopRecording(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	d, err := w.jobs.start(s.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.wait(t.Context()); err != nil || len(d.notes) != 1 {
		t.Fatalf("%q, %v", d.notes, err)
	}
	addModel(t, w.App)
	if _, err := w.Draft(t.Context(), s.ID); err != nil {
		t.Fatal(err)
	}
	sameWords(t, spoken(t, w.App, s.ID), directly(t, w.pcm))
}

// TestLiveSlow: the worker is slower than speech. What is left goes on after
// Stop as a job, can be cancelled, and goes on from there.
func TestLiveSlow(t *testing.T) {
	gate := filepath.Join(t.TempDir(), "gate")
	w := newLiveWorld(t, testModel, gateEnv+"="+gate)
	w.begin(t)
	w.speak(t, 0, wholeNarration)
	if _, err := w.StopRecording(t.Context()); err != nil {
		t.Fatal(err)
	}
	inTime(t, "the job runs", func() bool {
		w.heard.mu.Lock()
		defer w.heard.mu.Unlock()
		for _, j := range w.heard.jobs {
			if j.Kind == "transcribe" && j.State == "running" {
				return true
			}
		}
		return false
	})
	if err := os.WriteFile(gate, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	inTime(t, "two pieces were heard", func() bool { return len(w.hearing(t).Pieces) >= 2 })
	w.jobs.cancelSession(w.session)
	if j := w.heard.lastJob(t); j.State != "cancelled" && j.State != "done" {
		t.Errorf("%+v", j)
	}
	h := w.hearing(t)
	t.Logf("cancelled at %s with %d pieces, done %v", h.To, len(h.Pieces), h.Done)
	_, before := piecesOf(t, w.log)
	if _, err := w.jobs.startAgain(t, w.session); err != nil {
		t.Fatal(err)
	}
	sameWords(t, spoken(t, w.App, w.session), directly(t, w.pcm))
	if _, all := piecesOf(t, w.log); all-before > lengthOf(w.pcm)-h.To+time.Second {
		t.Errorf("%s were transcribed after the cancel at %s of %s", all-before, h.To, lengthOf(w.pcm))
	}
}

// startAgain drafts anew what was cancelled.
func (j *jobs) startAgain(t *testing.T, session string) (string, error) {
	t.Helper()
	j.mu.Lock()
	delete(j.kept, session)
	j.mu.Unlock()
	d, err := j.start(session)
	if err != nil {
		return "", err
	}
	return d.wait(t.Context())
}

// recordForEver records the narrations until somebody kills the process. The
// session is the first line that it prints; a line follows for each piece.
func recordForEver(dir string) error {
	clock := newFastTime()
	a := New(Options{DataDir: dir, Model: os.Getenv("RUNREEL_TEST_MODEL"), Now: clock.Now, Log: slog.New(slog.DiscardHandler),
		Worker: workerOf(workLog + "=" + filepath.Join(dir, "work"))})
	ctx := context.Background()
	if err := a.Open(ctx); err != nil {
		return err
	}
	m := &microphone{time: clock}
	session, err := recordSound(ctx, a, m)
	if err != nil {
		return err
	}
	fmt.Println(session)
	pcm, _, err := narrations(1)
	if err != nil {
		return err
	}
	if err := m.speak(ctx, pcm); err != nil {
		return err
	}
	for told := 0; ; time.Sleep(5 * time.Millisecond) {
		h, err := a.db.Segments().Heard(ctx, session)
		if err != nil {
			return err
		}
		for ; told < len(h.Pieces); told++ {
			fmt.Println("piece", told)
		}
	}
}

// TestLiveKill kills the recorder after some pieces, and wants them kept, and
// only the rest transcribed.
func TestLiveKill(t *testing.T) {
	privateRuntime(t)
	dir := t.TempDir()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), recordEnv+"="+dir, "RUNREEL_TEST_MODEL="+testModel)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	session, err := lines.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	session = strings.TrimSpace(session)
	for range 2 {
		if _, err := lines.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	log := filepath.Join(dir, "work")
	a := openApp(t, Options{DataDir: dir, Model: testModel, Worker: workerOf(workLog + "=" + log)})
	h, err := a.db.Segments().Heard(t.Context(), session)
	if err != nil || len(h.Pieces) < 2 || h.Done {
		t.Fatalf("after the kill: %+v, %v", h, err)
	}
	if len(spoken(t, a, session)) == 0 {
		t.Error("what was transcribed is lost")
	}
	_, before := piecesOf(t, log)
	if _, err := a.Draft(t.Context(), session); err != nil {
		t.Fatal(err)
	}
	pcm, _, err := narrations(1)
	if err != nil {
		t.Fatal(err)
	}
	sameWords(t, spoken(t, a, session), directly(t, pcm))
	if _, all := piecesOf(t, log); all-before > lengthOf(pcm)-h.To+time.Second {
		t.Errorf("%s were transcribed after the kill at %s of %s", all-before, h.To, lengthOf(pcm))
	}
}
