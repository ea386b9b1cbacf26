package terminal_test

import (
	"errors"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/capture/capturetest"
	"github.com/runreel/runreel/capture/terminal"
)

func TestSuite(t *testing.T) {
	capturetest.Run(t, func(t *testing.T, clock *capture.Clock, _ *capturetest.Media) (capture.Source, func()) {
		src := terminal.New(terminal.Options{Clock: clock, Spool: filepath.Join(t.TempDir(), "run", "commands")})
		var count atomic.Int64
		return src, func() {
			now := time.Now()
			err := src.Report(terminal.Report{
				ID: strconv.FormatInt(count.Add(1), 10), Done: true, Start: now, End: now,
				Command: capture.Command{Line: "true", Exit: new(0)},
			})
			if err != nil && !errors.Is(err, terminal.ErrNotRecording) {
				t.Error(err)
			}
		}
	})
}
