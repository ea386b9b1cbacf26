package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/runreel/runreel/app/notice"
	"github.com/runreel/runreel/app/presence"
	"github.com/runreel/runreel/app/tray"
	"github.com/runreel/runreel/capture"
)

// attendants are what runs beside a recording: they hold it while nobody may be
// recorded, end it before the disk is full, and tell the desktop of it.
type attendants struct {
	app   *App
	board notice.Board
	notes chan func(context.Context) error

	mu     sync.Mutex
	state  capture.State
	cancel context.CancelFunc // of those that run; nil while nothing is recorded
	wg     sync.WaitGroup
}

func newAttendants(a *App) *attendants {
	return &attendants{app: a, notes: make(chan func(context.Context) error, 8)}
}

// follow is told the recorder's state after changes, by one goroutine. Of changes
// in quick succession it sees the last one only.
func (t *attendants) follow(st capture.Status) {
	t.mu.Lock()
	defer t.mu.Unlock()
	before := t.state
	if t.state = st.State; before == st.State {
		return
	}
	t.announce(before, st)
	t.app.tray.Set(trayState(st.State))
	running := st.State == capture.Recording || st.State == capture.Paused
	switch {
	case running && t.cancel == nil:
		ctx, cancel := context.WithCancel(t.app.ctx)
		t.cancel = cancel
		t.wg.Go(func() { presence.Watch(ctx, presence.Options{Log: t.app.log}, holder{t.app.recorder, t.app.log}) })
		t.wg.Go(func() { t.app.watchDisk(ctx) })
	case !running && t.cancel != nil:
		t.cancel()
		t.cancel = nil
	}
}

func trayState(s capture.State) tray.State {
	switch s {
	case capture.Countdown, capture.Recording, capture.Finishing:
		return tray.Recording
	case capture.Paused:
		return tray.Paused
	}
	return tray.Idle
}

// announce tells the desktop that a recording started or ended. A desktop that
// shows no messages is no trouble: the window and the tray tell it, too.
func (t *attendants) announce(before capture.State, st capture.Status) {
	if !t.app.settings.get().Notifications {
		return
	}
	switch st.State {
	case capture.Countdown:
		t.show(fmt.Sprintf("Recording starts in %d s", int(st.Countdown.Round(time.Second)/time.Second)), "", st.Countdown)
	case capture.Recording:
		if before == capture.Countdown {
			// It must not be in the pictures.
			t.background(func(ctx context.Context) error { return t.board.Hide(ctx) })
		} else if before != capture.Paused {
			t.show("Recording", "", 2*time.Second)
		}
	case capture.Idle:
		switch before {
		case capture.Recording, capture.Paused, capture.Finishing:
			t.show("Recording ended", "", 0)
		}
	case capture.Failed:
		f := Describe(st.Err)
		t.show("Recording ended: "+f.Message, f.Help, 0)
	}
}

func (t *attendants) show(title, text string, d time.Duration) {
	t.background(func(ctx context.Context) error { return t.board.Show(ctx, title, text, d) })
}

// background does what must not hold up the recorder. A desktop that takes no
// messages is skipped when it is behind.
func (t *attendants) background(do func(context.Context) error) {
	select {
	case t.notes <- do:
	default:
		t.app.log.Info("notifications are behind, one is left out")
	}
}

// run shows messages, one after the other, until ctx ends.
func (t *attendants) run(ctx context.Context) {
	defer t.board.Close()
	for {
		select {
		case <-ctx.Done():
			return
		case do := <-t.notes:
			if err := do(ctx); err != nil && ctx.Err() == nil {
				t.app.log.Info("notification", "err", err)
			}
		}
	}
}

// close waits for all that runs.
func (t *attendants) close() {
	t.mu.Lock()
	if t.cancel != nil {
		t.cancel()
	}
	t.mu.Unlock()
	t.wg.Wait()
}

// holder holds the recording while the screen is locked or the machine sleeps.
type holder struct {
	recorder *capture.Recorder
	log      *slog.Logger
}

// Away implements presence.Handler.
func (h holder) Away(r presence.Reason) { h.note(h.recorder.Hold(string(r))) }

// Back implements presence.Handler.
func (h holder) Back(r presence.Reason) { h.note(h.recorder.Release(string(r))) }

// Slept implements presence.Handler.
func (h holder) Slept(d time.Duration) { h.note(h.recorder.Missed(d, string(presence.Asleep))) }

func (h holder) note(err error) {
	if err != nil && !errors.Is(err, capture.ErrNotRecording) {
		h.log.Error("hold the recording", "err", err)
	}
}
