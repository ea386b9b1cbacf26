package app

import (
	"strings"
	"testing"

	"github.com/runreel/runreel/app/diskspace"
	"github.com/runreel/runreel/capture"
)

const everything = 1 << 60 // bytes: no disk has so much

func TestADiskThatGetsFullIsTold(t *testing.T) {
	noDesktop(t)
	a := openApp(t, Options{DataDir: t.TempDir(), Listen: true, Disk: diskspace.Limits{Low: everything, Out: 1}})
	if err := a.StartRecording(t.Context(), StartOptions{}); err != nil {
		t.Fatal(err)
	}
	until(t, "the disk is a trouble", func() bool {
		for _, trouble := range a.RecorderStatus().Troubles {
			if trouble.Source == "disk" {
				return strings.Contains(trouble.Message, "MB free") && trouble.Help != ""
			}
		}
		return false
	})
	if st := a.RecorderStatus(); st.State != string(capture.Recording) {
		t.Errorf("state %s", st.State)
	}
}

func TestARecordingEndsBeforeTheDiskIsFull(t *testing.T) {
	noDesktop(t)
	h := &heard{}
	a := openApp(t, Options{DataDir: t.TempDir(), Listen: true, Events: h, Disk: diskspace.Limits{Low: everything, Out: everything}})
	if err := a.StartRecording(t.Context(), StartOptions{}); err != nil {
		t.Fatal(err)
	}
	session := a.RecorderStatus().Session
	until(t, "it ends, and says why", func() bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		return len(h.alerts) == 1 && h.alerts[0].Code == "disk-out"
	})
	s, err := a.db.Sessions().Get(t.Context(), session)
	if err != nil || s.State != capture.SessionFinished {
		t.Errorf("session %+v, %v", s, err)
	}
}
