package app

import (
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/runreel/runreel/pipeline/transcribe"
)

// TestStopToDraft measures how long the draft takes after Stop, speech
// included, with and without transcription while it is recorded, in one run.
// The sound comes as fast as the engine keeps up with it, never more than 30 s
// ahead, which is what one piece of continuous speech takes: what is left at
// Stop is what a recording in real time leaves. RUNREEL_SPEECH_MINUTES sets the length; 3 where it is not set.
func TestStopToDraft(t *testing.T) {
	minutes := 3
	if n, err := strconv.Atoi(os.Getenv("RUNREEL_SPEECH_MINUTES")); err == nil {
		minutes = n
	}
	pcm, _, err := narrations(minutes)
	if err != nil {
		t.Fatal(err)
	}
	pcm = pcm[:min(len(pcm), minutes*60*transcribe.Rate)]

	live := newLiveWorld(t, testModel)
	live.pcm = pcm
	took := live.stopToDraft(t, func() bool {
		return live.mic.clock.Now()-live.jobs.live(live.session).progress() < 30*time.Second
	})
	later := newLiveWorld(t, "")
	later.pcm = pcm
	after := later.stopToDraft(t, func() bool { return true })

	t.Logf("%d minutes of speech: stop to draft %s with live transcription, %s without", minutes, took.Round(time.Millisecond), after.Round(time.Millisecond))
	sameWords(t, spoken(t, live.App, live.session), spoken(t, later.App, later.session))
}

// stopToDraft records all sound, each part when ready says so, and times the
// draft. An app without a model gets one before Stop.
func (w *liveWorld) stopToDraft(t *testing.T, ready func() bool) time.Duration {
	t.Helper()
	w.begin(t)
	for at := time.Duration(0); at < lengthOf(w.pcm); at += 5 * time.Second {
		for limit := time.Now().Add(5 * time.Minute); !ready(); time.Sleep(2 * time.Millisecond) {
			if time.Now().After(limit) {
				t.Fatal("the engine does not keep up")
			}
		}
		w.speak(t, at, at+5*time.Second)
	}
	inTime(t, "it keeps up", ready)
	if w.options.Model == "" {
		addModel(t, w.App)
	}
	began := time.Now()
	w.draft(t)
	return time.Since(began)
}
