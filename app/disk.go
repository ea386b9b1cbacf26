package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/runreel/runreel/app/diskspace"
	"github.com/runreel/runreel/capture"
)

// Errors of a disk that fills while something is recorded.
var (
	ErrDiskLow = errors.New("the disk is getting full")
	ErrDiskOut = errors.New("the recording was stopped because the disk is nearly full")
)

// watchDisk warns while the disk is getting full, and stops the recording while
// there is still room to finish it.
func (a *App) watchDisk(ctx context.Context) {
	trouble := a.troubles.of("disk")
	err := diskspace.Watch(ctx, diskspace.Options{
		Paths: []string{a.paths.Data, a.paths.Sessions}, Written: a.sessions.Written, Limits: a.options.Disk,
		Tell: func(s diskspace.State) {
			switch s.Level {
			case diskspace.OK:
				trouble(nil)
			case diskspace.Low:
				trouble(&roomError{ErrDiskLow, room(s)})
			case diskspace.Out:
				trouble(&roomError{ErrDiskLow, room(s)})
				a.wg.Go(func() { a.stopForDisk(s) })
			}
		},
	})
	if err != nil {
		a.log.Warn("watch the disk", "err", err)
	}
}

func (a *App) stopForDisk(s diskspace.State) {
	if _, err := a.StopRecording(a.ctx); errors.Is(err, capture.ErrNotRecording) {
		return // it is stopping already
	} else if err != nil {
		a.log.Error("stop the recording before the disk is full", "err", err)
	}
	f := Describe(&roomError{ErrDiskOut, room(s)})
	a.events.Alert(f)
	a.attendants.show(f.Message, f.Help, 0)
}

// roomError is ErrDiskLow or ErrDiskOut; its text is what is left alone, for the
// message that goes before it says the rest.
type roomError struct {
	kind error
	room string
}

func (e *roomError) Error() string { return e.room }
func (e *roomError) Unwrap() error { return e.kind }

// room says what is left.
func room(s diskspace.State) string {
	text := fmt.Sprintf("%d MB free", s.Free>>20)
	if s.Left > 0 {
		text += fmt.Sprintf(", about %d minutes at the present rate", int(s.Left/time.Minute))
	}
	return text
}
