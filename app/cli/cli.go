package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/runreel/runreel/app"
)

// Exit codes of the command line.
const (
	exitFailed = 1
	exitUsage  = 2
)

// program is what the commands share.
type program struct {
	out    io.Writer
	errOut io.Writer
	window func(app.Options) error

	dataDir string
	model   string
	json    bool
	verbose bool
}

// Main runs the command line and returns the exit code. window opens the window.
func Main(args []string, window func(app.Options) error) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	p := &program{out: os.Stdout, errOut: os.Stderr, window: window}
	return p.run(ctx, args)
}

func (p *program) run(ctx context.Context, args []string) int {
	root := p.root()
	root.SetArgs(args)
	root.SetOut(p.out)
	root.SetErr(p.errOut)
	err := root.ExecuteContext(ctx)
	var code exitError
	var usage usageError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &code):
		return int(code)
	case errors.As(err, &usage):
		fmt.Fprintf(p.errOut, "runreel: %v\nRun `runreel --help` for what it understands.\n", usage.err)
		return exitUsage
	}
	fmt.Fprintln(p.errOut, "runreel: "+app.Explain(err))
	return exitFailed
}

// exitError ends the program with a status of its own, and nothing more to say.
type exitError int

func (e exitError) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// usageError is a command line that was not understood.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }

// usage makes a cobra check of arguments a usage error.
func usage(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return usageError{err}
		}
		return nil
	}
}

func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "runreel",
		Short: "Record a piece of work and get the procedure that another engineer can follow",
		Long: "Runreel records screen, microphone, clicks and commands on this machine and drafts\n" +
			"a procedure: numbered steps with the exact command or the named button, the right\n" +
			"picture and what was said. Nothing leaves the machine.\n\n" +
			"Without a command it opens the window.",
		Args:              usage(cobra.NoArgs),
		SilenceErrors:     true,
		SilenceUsage:      true,
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
		RunE: func(*cobra.Command, []string) error {
			return p.window(p.options())
		},
	}
	f := root.PersistentFlags()
	f.StringVar(&p.dataDir, "data-dir", "", "folder of everything that runreel keeps (default $XDG_DATA_HOME/runreel)")
	f.BoolVar(&p.json, "json", false, "print data as JSON")
	f.BoolVarP(&p.verbose, "verbose", "v", false, "log what happens to standard error")
	f.StringVar(&p.model, "model", "", "file of the speech model, instead of the installed ones")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.AddCommand(
		p.recordCommand(), p.pauseCommand(), p.resumeCommand(), p.toggleCommand(), p.markCommand(), p.offRecordCommand(),
		p.stopCommand(), p.discardCommand(), p.statusCommand(),
		p.shellCommand(), p.hookCommand(),
		p.draftCommand(), p.listCommand(), p.showCommand(), p.searchCommand(), p.deleteCommand(), p.exportCommand(),
		p.modelsCommand(), p.doctorCommand(), p.demoCommand(), p.demoServiceCommand(), p.workerCommand(),
	)
	return root
}

func (p *program) options() app.Options {
	return app.Options{DataDir: p.dataDir, Model: p.model, Log: p.log()}
}

func (p *program) log() *slog.Logger {
	level := slog.LevelError
	if p.verbose {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(p.errOut, &slog.HandlerOptions{Level: level}))
}

// with opens the services for one command, and closes them after it.
func (p *program) with(ctx context.Context, o app.Options, do func(*app.App) error) (err error) {
	a := app.New(o)
	if err := a.Open(ctx); err != nil {
		return err
	}
	defer func() {
		if cerr := a.Close(context.WithoutCancel(ctx)); err == nil {
			err = cerr
		}
	}()
	return do(a)
}

func (p *program) print(format string, args ...any) { fmt.Fprintf(p.out, format, args...) }

// printJSON prints data for programs.
func (p *program) printJSON(v any) error {
	enc := json.NewEncoder(p.out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
