package app

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/runreel/runreel/app/hotkey"
	"github.com/runreel/runreel/app/tray"
	"github.com/runreel/runreel/capture"
)

// bindings are the global hotkeys. Those that cannot be read are none.
func (s Settings) bindings() hotkey.Bindings {
	b := hotkey.Bindings{}
	for _, action := range hotkey.Actions() {
		if keys, err := hotkey.Parse(s.Hotkeys[string(action)]); err == nil {
			b[action] = keys
		}
	}
	return b
}

// defaultHotkeys are the keys of a new installation.
func defaultHotkeys() map[string]string {
	out := map[string]string{}
	for action, keys := range hotkey.Defaults() {
		out[string(action)] = keys.String()
	}
	return out
}

// saneHotkeys has every action, with what was chosen for it; an action that
// nobody chose keys for has the usual ones, and one with "" has none.
func saneHotkeys(chosen map[string]string) map[string]string {
	out := defaultHotkeys()
	for action := range out {
		text, ok := chosen[action]
		if !ok {
			continue
		}
		keys, err := hotkey.Parse(text)
		if err == nil {
			out[action] = keys.String()
		} else if strings.TrimSpace(text) == "" {
			out[action] = ""
		}
	}
	return out
}

// hotkeys lets the recorder be used by global hotkeys until ctx ends.
func (a *App) hotkeys(ctx context.Context) {
	pressed := make(chan hotkey.Action, 16) // in the order of pressing
	h := hotkey.New(hotkey.Options{
		Log: a.log,
		Fire: func(do hotkey.Action) {
			select {
			case pressed <- do:
			default:
				a.log.Warn("a hotkey came while others were still at work", "action", do)
			}
		},
	})
	if err := h.Open(ctx); err != nil {
		a.log.Info("hotkeys", "err", err)
		a.setHotkeys(nil, err)
		return
	}
	defer h.Close()
	a.setHotkeys(h, nil)
	if err := h.Bind(a.settings.get().bindings()); err != nil {
		a.log.Warn("hotkeys", "err", err)
	}
	for {
		select {
		case do := <-pressed:
			a.act(ctx, do)
		case <-h.Done():
			a.setHotkeys(nil, hotkey.ErrClosed)
			return
		case <-ctx.Done():
			return
		}
	}
}

func (a *App) setHotkeys(h *hotkey.Hotkeys, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.keys, a.keysErr = h, err
}

// bindHotkeys takes over what the settings say now.
func (a *App) bindHotkeys() {
	a.mu.Lock()
	h := a.keys
	a.mu.Unlock()
	if h == nil {
		return
	}
	if err := h.Bind(a.settings.get().bindings()); err != nil {
		a.log.Warn("hotkeys", "err", err) // HotkeyProblems tells it
	}
}

// holdHotkeys gives all hotkeys back, or takes them again.
func (a *App) holdHotkeys(hold bool) {
	if !hold {
		a.bindHotkeys()
		return
	}
	a.mu.Lock()
	h := a.keys
	a.mu.Unlock()
	if h == nil {
		return
	}
	if err := h.Bind(hotkey.Bindings{}); err != nil {
		a.log.Warn("give hotkeys back", "err", err)
	}
}

// HotkeyProblems tells why hotkeys do not work, by action; "" stands for all of
// them.
func (a *App) HotkeyProblems() map[string]string {
	a.mu.Lock()
	h, err := a.keys, a.keysErr
	a.mu.Unlock()
	out := map[string]string{}
	if err != nil {
		out[""] = err.Error()
	}
	if h != nil {
		for _, c := range h.Conflicts() {
			out[string(c.Action)] = c.Reason.Error()
		}
	}
	return out
}

// remotes lets the recorder be used from everywhere: by global hotkeys, and by
// an icon in the tray where a window is there to show.
func (a *App) remotes(ctx context.Context) {
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() { a.hotkeys(ctx) })
	if _, headless := a.face.(noFace); headless || !a.settings.get().Tray {
		return
	}
	wg.Go(func() {
		err := a.tray.Run(ctx, tray.Options{Log: a.log, Fire: func(t tray.Action, opened time.Time) {
			a.wg.Go(func() { a.fireTray(ctx, t, opened) })
		}})
		if err != nil {
			a.log.Info("tray", "err", err)
		}
	})
}

// trayGesture is how long choosing from the tray takes where the panel does not
// tell when its menu was opened.
const trayGesture = 4 * time.Second

// fireTray does what was chosen from the tray. The clicks on the panel are no
// part of the recording.
func (a *App) fireTray(ctx context.Context, t tray.Action, opened time.Time) {
	gesture := trayGesture
	if !opened.IsZero() {
		gesture = min(trayGesture, a.now().Sub(opened)+500*time.Millisecond)
	}
	if err := a.recorder.Dismiss(ctx, gesture); err != nil && !errors.Is(err, capture.ErrNotRecording) {
		a.log.Error("remove the clicks on the tray", "err", err)
	}
	switch t {
	case tray.Show:
		a.face.show()
	case tray.Record, tray.Stop:
		a.act(ctx, hotkey.Toggle)
	case tray.Pause, tray.Resume:
		a.act(ctx, hotkey.Pause)
	case tray.Mark:
		a.act(ctx, hotkey.Mark)
	case tray.OffTheRecord:
		a.act(ctx, hotkey.OffTheRecord)
	}
}

// act does what a hotkey or the tray asks for. What goes wrong is shown, for
// whoever pressed a key looks at something else.
func (a *App) act(ctx context.Context, do hotkey.Action) {
	if err := a.try(ctx, do); err != nil && ctx.Err() == nil {
		a.log.Warn("not done", "action", do, "err", err)
		f := Describe(err)
		a.events.Alert(f)
		a.attendants.show(f.Message, f.Help, 0)
	}
}

func (a *App) try(ctx context.Context, do hotkey.Action) error {
	state := a.recorder.Status().State
	switch do {
	case hotkey.Toggle:
		return a.ToggleRecording(ctx)
	case hotkey.Pause:
		if state == capture.Paused {
			return a.recorder.Resume()
		}
		return a.recorder.Pause()
	case hotkey.Mark:
		return a.Mark("")
	case hotkey.OffTheRecord:
		return a.OffTheRecord(ctx, 0)
	}
	return nil
}

// ToggleRecording starts a recording as the settings say, or ends the running
// one and keeps it. During a countdown it calls the recording off.
func (a *App) ToggleRecording(ctx context.Context) error {
	switch a.recorder.Status().State {
	case capture.Idle, capture.Failed:
		o := a.startOptions(nil)
		o.CountdownSeconds = a.settings.get().CountdownSeconds
		return a.StartRecording(a.ctx, o)
	case capture.Countdown:
		return a.recorder.Discard(ctx)
	}
	_, err := a.StopRecording(ctx)
	return err
}
