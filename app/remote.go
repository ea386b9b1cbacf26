package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/runreel/runreel/app/control"
	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/capture/terminal"
)

// remote answers the control socket.
type remote struct{ app *App }

// Control implements control.Handler.
func (r remote) Control(ctx context.Context, q control.Request) (control.Response, error) {
	ended := r.app.recorder.Status() // the recording that a stop ends
	ended.State = capture.Idle
	if err := r.do(ctx, q); err != nil {
		f := Describe(err)
		return control.Response{}, fmt.Errorf("%s: %w", q.Verb, &control.Error{Code: f.Code, Message: f.Message, Help: f.Help})
	}
	st := r.app.recorder.Status()
	if q.Verb == control.Stop || q.Verb == control.Discard {
		st = ended
	}
	return control.Response{
		State: st.State, Session: st.Session, Elapsed: st.Elapsed,
		Clicks: st.Clicks, Commands: st.Commands, Frames: st.Frames, Warnings: r.app.RecorderStatus().Warnings, Holds: st.Holds,
	}, nil
}

func (r remote) do(ctx context.Context, q control.Request) error {
	a := r.app
	switch q.Verb {
	case control.Record:
		return a.StartRecording(ctx, a.startOptions(q.Record))
	case control.Pause:
		return a.recorder.Pause()
	case control.Resume:
		return a.recorder.Resume()
	case control.Toggle:
		return a.ToggleRecording(ctx)
	case control.OffRecord:
		return a.OffTheRecord(ctx, q.Back)
	case control.Mark:
		return a.Mark(q.Text)
	case control.Stop:
		_, err := a.StopRecording(ctx)
		return err
	case control.Discard:
		return a.recorder.Discard(ctx)
	case control.Tell:
		return a.report(terminal.Report(*q.Report))
	case control.Status:
		return nil
	}
	return fmt.Errorf("unknown verb %q", q.Verb)
}

// startOptions fills what a request leaves open from the settings.
func (a *App) startOptions(q *control.RecordOptions) StartOptions {
	s := a.settings.get()
	o := StartOptions{Target: s.Target, Microphone: s.Microphone}
	if q == nil {
		return o
	}
	o.Title = q.Title
	o.CountdownSeconds = int(q.Countdown / time.Second)
	switch {
	case q.Target != nil:
		o.Target = *q.Target
	case q.Display != nil:
		o.Target = displayTarget(*q.Display)
	}
	if q.Mic != "" {
		o.Microphone = q.Mic
	}
	return o
}

// displayTarget is one display, or all of them where index is negative.
func displayTarget(index int) capture.Target {
	if index < 0 {
		return capture.Target{Kind: capture.TargetAll}
	}
	return capture.Target{Kind: capture.TargetDisplay, Display: index}
}

// report hands what a shell told to the running recording. Nothing need be
// recorded: a shell tells always.
func (a *App) report(r terminal.Report) error {
	t := a.terminal()
	if t == nil {
		return capture.ErrNotRecording
	}
	if err := t.Report(r); errors.Is(err, terminal.ErrNotRecording) {
		return capture.ErrNotRecording
	} else if err != nil {
		return err
	}
	return nil
}

// Ask asks the process that records, over its control socket. When nobody
// listens the error is control.ErrNotRunning.
func Ask(ctx context.Context, dataDir string, q control.Request) (control.Response, error) {
	paths, err := NewPaths(dataDir)
	if err != nil {
		return control.Response{}, err
	}
	c, err := control.Dial(ctx, paths.Socket)
	if err != nil {
		return control.Response{}, err
	}
	defer c.Close()
	return c.Do(ctx, q)
}
