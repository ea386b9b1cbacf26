package terminal

import (
	"context"
	"log/slog"
	"os"
	"time"
)

const (
	reportQueue = 256                    // reports that may wait
	reportLimit = time.Second            // for one report
	flushLimit  = time.Second            // for what waits when the shell has ended
	hangupLimit = 3 * time.Second        // for the shell to end after a hang-up
	drainLimit  = 1 << 20                // bytes shown of what came after the shell ended
	drainIdle   = 100 * time.Millisecond // silence after which a dead shell's output is whole
)

// ShellOptions are what Shell needs.
type ShellOptions struct {
	// Command is the shell with its options, such as "bash", "--norc". Empty
	// takes $SHELL, and bash where that is not supported. Only bash, zsh and fish
	// that read their commands from the terminal can be recorded.
	Command []string
	Env     []string // nil takes the environment of this process
	Stdin   *os.File
	Stdout  *os.File
	Stderr  *os.File // for this program's own words
	// Report hands a report to the running recorder. It is called from one
	// goroutine and off the path of the shell's bytes; ctx limits it. Its
	// errors are logged: nothing need be recording. Nil reports nothing.
	Report func(ctx context.Context, r Report) error
	Spool  string       // as Options.Spool: what the shell shows goes there; empty for nowhere
	Log    *slog.Logger // nil discards
}

// reporter hands reports to the recorder without holding up the shell: what
// does not fit into the queue is dropped.
type reporter struct {
	queue chan Report
	done  chan struct{}
	log   *slog.Logger
}

func startReporter(ctx context.Context, opts ShellOptions, log *slog.Logger) *reporter {
	r := &reporter{queue: make(chan Report, reportQueue), done: make(chan struct{}), log: log}
	go func() {
		defer close(r.done)
		for report := range r.queue {
			if opts.Report == nil || ctx.Err() != nil {
				continue
			}
			one, cancel := context.WithTimeout(ctx, reportLimit)
			if err := opts.Report(one, onWall(report)); err != nil {
				log.Debug("command not reported", "err", err)
			}
			cancel()
		}
	}()
	return r
}

// onWall tells the times of a report by the wall clock as it is set now: it may
// have been set since they were taken.
func onWall(r Report) Report {
	now := time.Now()
	r.Start = now.Round(0).Add(-now.Sub(r.Start))
	if !r.End.IsZero() {
		r.End = now.Round(0).Add(-now.Sub(r.End))
	}
	return r
}

func (r *reporter) put(report Report) {
	select {
	case r.queue <- report:
	default:
		r.log.Warn("the recorder is too slow, a command is not recorded")
	}
}

// close waits for what is queued, but not long.
func (r *reporter) close(cancel context.CancelFunc) {
	close(r.queue)
	t := time.AfterFunc(flushLimit, cancel)
	defer t.Stop()
	<-r.done
}
