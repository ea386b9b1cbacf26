package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/runreel/runreel/app"
	"github.com/runreel/runreel/app/control"
	"github.com/runreel/runreel/capture"
)

func (p *program) recordCommand() *cobra.Command {
	var o app.StartOptions
	var length time.Duration
	var where target
	c := &cobra.Command{
		Use: "record", Short: "Record until Ctrl-C or `runreel stop`, then draft the document", Args: usage(cobra.NoArgs),
		Long: "Record screen, microphone, clicks and commands until Ctrl-C or `runreel stop`, then make\n" +
			"the draft. Commands are seen in shells that were started by `runreel shell`, or that\n" +
			"load the integration that `runreel hook bash`, `zsh` or `fish` prints.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			options := p.options()
			options.Listen = true
			return p.with(context.WithoutCancel(cmd.Context()), options, func(a *app.App) error {
				chosen := a.Settings()
				o.Target = chosen.Target
				if err := where.set(&o.Target); err != nil {
					return err
				}
				if !cmd.Flags().Changed("mic") {
					o.Microphone = chosen.Microphone
				}
				return p.record(cmd.Context(), a, o, length)
			})
		},
	}
	f := c.Flags()
	f.StringVar(&o.Title, "title", "", "title of the recording")
	where.flags(c)
	f.StringVar(&o.Microphone, "mic", "", "name of the microphone, or none (default as in the settings)")
	f.IntVar(&o.CountdownSeconds, "countdown", 0, "seconds before the recording begins")
	f.DurationVar(&length, "for", 0, "stop by itself after this, such as 10m")
	return c
}

// target are the flags that say what of the screen is recorded.
type target struct {
	display, window, region string
}

func (t *target) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&t.display, "display", "", "display to record, from 0, or \"all\" (default as in the settings)")
	f.StringVar(&t.window, "window", "", "id of the one window to record, such as 0x2a00007 (xwininfo tells it)")
	f.StringVar(&t.region, "region", "", "part of the screen to record, as WxH+X+Y")
	c.MarkFlagsMutuallyExclusive("display", "window", "region")
}

// set puts what the flags say into to.
func (t *target) set(to *capture.Target) error {
	switch {
	case t.window != "":
		id, err := strconv.ParseUint(t.window, 0, 32)
		if err != nil {
			return usageError{fmt.Errorf("--window %q is no id of a window, such as 0x2a00007", t.window)}
		}
		*to = capture.Target{Kind: capture.TargetWindow, Window: uint32(id)}
	case t.region != "":
		r, err := capture.ParseRegion(t.region)
		if err != nil {
			return usageError{err}
		}
		*to = capture.Target{Kind: capture.TargetRegion, Region: r}
	case t.display == "all" || t.display == "-1":
		*to = capture.Target{Kind: capture.TargetAll}
	case t.display != "":
		index, err := strconv.Atoi(t.display)
		if err != nil || index < 0 {
			return usageError{fmt.Errorf("--display %q is no number of a display", t.display)}
		}
		*to = capture.Target{Kind: capture.TargetDisplay, Display: index}
	}
	return to.Validate()
}

// record records until ctx ends, the length is over or somebody stops it by
// the control socket.
func (p *program) record(ctx context.Context, a *app.App, o app.StartOptions, length time.Duration) error {
	for _, r := range a.Recovered() {
		fmt.Fprintf(p.errOut, "Recovered session %s, which was cut off; `runreel draft %s` makes its document.\n", r.Session.ID, r.Session.ID)
	}
	if err := a.StartRecording(ctx, o); err != nil {
		return err
	}
	if !p.json {
		fmt.Fprintln(p.errOut, "Recording. Ctrl-C or `runreel stop` ends it, `runreel mark TEXT` marks a moment.")
		for _, w := range a.RecorderStatus().Warnings {
			fmt.Fprintln(p.errOut, "warning: "+w)
		}
	}
	session := a.RecorderStatus().Session
	if err := p.follow(ctx, a, length); err != nil {
		return err
	}
	if kept, err := a.HasSession(context.WithoutCancel(ctx), session); err != nil || !kept {
		return err
	}
	if !p.json {
		fmt.Fprintln(p.errOut, "Stopped. Making the draft...")
	}
	document, err := a.Draft(context.WithoutCancel(ctx), session)
	if err != nil {
		return err
	}
	if p.json {
		return p.printJSON(map[string]string{"session": session, "document": document})
	}
	return p.made(document)
}

// lookEvery is how often the state is looked at: whoever waits for the end
// waits that much longer.
const lookEvery = 100 * time.Millisecond

// follow waits until the recording is kept or discarded.
func (p *program) follow(ctx context.Context, a *app.App, length time.Duration) error {
	var over <-chan time.Time
	if length > 0 {
		over = time.After(length)
	}
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return p.stop(a)
		case <-over:
			return p.stop(a)
		case <-tick.C:
		}
		if st, err := a.RecordingState(); st == capture.Failed {
			return err
		} else if st == capture.Idle {
			return nil
		}
	}
}

func (p *program) stop(a *app.App) error {
	_, err := a.StopRecording(context.Background())
	if errors.Is(err, capture.ErrNotRecording) {
		return nil // somebody else was quicker
	}
	return err
}

// ask makes a command that asks the recording process.
func (p *program) ask(use, short string, args cobra.PositionalArgs, q func(args []string) control.Request) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Args: usage(args),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := app.Ask(cmd.Context(), p.dataDir, q(args))
			if err != nil {
				return err
			}
			return p.printStatus(r)
		},
	}
}

func verb(v control.Verb) func([]string) control.Request {
	return func([]string) control.Request { return control.Request{Verb: v} }
}

func (p *program) pauseCommand() *cobra.Command {
	return p.ask("pause", "Pause the recording", cobra.NoArgs, verb(control.Pause))
}

func (p *program) resumeCommand() *cobra.Command {
	return p.ask("resume", "Go on after a pause", cobra.NoArgs, verb(control.Resume))
}

func (p *program) toggleCommand() *cobra.Command {
	return &cobra.Command{
		Use: "toggle", Short: "Start recording, or stop and keep it: for a key of your desktop", Args: usage(cobra.NoArgs),
		Long: "Start a recording as the settings say, or stop the running one and keep it. Bind it to\n" +
			"a key in your desktop's settings where runreel's own hotkeys do not work. Where no\n" +
			"runreel runs it records by itself until it is called again.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			r, err := app.Ask(cmd.Context(), p.dataDir, control.Request{Verb: control.Toggle})
			if err == nil {
				return p.printStatus(r)
			}
			if !errors.Is(err, control.ErrNotRunning) {
				return err
			}
			options := p.options()
			options.Listen = true
			return p.with(context.WithoutCancel(cmd.Context()), options, func(a *app.App) error {
				s := a.Settings()
				o := app.StartOptions{Target: s.Target, Microphone: s.Microphone, CountdownSeconds: s.CountdownSeconds}
				return p.record(cmd.Context(), a, o, 0)
			})
		},
	}
}

func (p *program) offRecordCommand() *cobra.Command {
	var back time.Duration
	c := p.ask("off-record", "Pause, and remove the last seconds of the recording", cobra.NoArgs, func([]string) control.Request {
		return control.Request{Verb: control.OffRecord, Back: back}
	})
	c.Flags().DurationVar(&back, "last", 0, "how much to remove, such as 45s (default as in the settings)")
	return c
}

func (p *program) markCommand() *cobra.Command {
	return p.ask("mark [TEXT]", "Mark this moment; a text becomes a heading of the draft", cobra.ArbitraryArgs,
		func(args []string) control.Request {
			return control.Request{Verb: control.Mark, Text: strings.Join(args, " ")}
		})
}

func (p *program) stopCommand() *cobra.Command {
	return p.ask("stop", "End the recording and keep it", cobra.NoArgs, verb(control.Stop))
}

func (p *program) discardCommand() *cobra.Command {
	return p.ask("discard", "End the recording and remove it", cobra.NoArgs, verb(control.Discard))
}

func (p *program) statusCommand() *cobra.Command {
	return &cobra.Command{
		Use: "status", Short: "Tell what the recorder does", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			r, err := app.Ask(cmd.Context(), p.dataDir, control.Request{Verb: control.Status})
			if errors.Is(err, control.ErrNotRunning) || errors.Is(err, os.ErrNotExist) {
				return p.printStatus(control.Response{State: capture.Idle})
			}
			if err != nil {
				return err
			}
			return p.printStatus(r)
		},
	}
}

func (p *program) printStatus(r control.Response) error {
	if p.json {
		return p.printJSON(struct {
			State     capture.State `json:"state"`
			Session   string        `json:"session"`
			ElapsedMs int64         `json:"elapsedMs"`
			Clicks    int           `json:"clicks"`
			Commands  int           `json:"commands"`
			Frames    int           `json:"frames"`
			Warnings  []string      `json:"warnings"`
		}{r.State, r.Session, r.Elapsed.Milliseconds(), r.Clicks, r.Commands, r.Frames, append([]string{}, r.Warnings...)})
	}
	if r.State == capture.Idle && r.Session != "" {
		p.print("Ended session %s: %s, %d commands, %d clicks.\n", r.Session, r.Elapsed.Round(time.Second), r.Commands, r.Clicks)
		return nil
	}
	if r.State == capture.Idle || r.State == "" {
		p.print("Nothing is being recorded.\n")
		return nil
	}
	p.print("%s: %s, %d commands, %d clicks, %d pictures\n", r.State, r.Elapsed.Round(time.Second), r.Commands, r.Clicks, r.Frames)
	for _, w := range r.Warnings {
		p.print("warning: %s\n", oneLine(w))
	}
	return nil
}
