package app

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/runreel/runreel/app/control"
	"github.com/runreel/runreel/capture/terminal"
	"github.com/runreel/runreel/pipeline/transcribe"
	"github.com/runreel/runreel/pipeline/transcribe/whisper"
)

// Hook is the script that makes a shell report its commands.
func Hook(dataDir, shell string) (string, error) {
	paths, err := NewPaths(dataDir)
	if err != nil {
		return "", err
	}
	return terminal.Hook(shell, paths.Spool)
}

// Shell runs the person's shell, or the one that command names with its options,
// reports its commands to whichever process records, and returns the shell's
// exit status.
func Shell(ctx context.Context, dataDir string, command []string, log *slog.Logger) (int, error) {
	paths, err := NewPaths(dataDir)
	if err != nil {
		return 1, err
	}
	return terminal.Shell(ctx, terminal.ShellOptions{
		Command: command, Spool: paths.Spool, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Log: log,
		Report: func(ctx context.Context, r terminal.Report) error {
			told := control.Report(r)
			_, err := Ask(ctx, dataDir, control.Request{Verb: control.Tell, Report: &told})
			return err
		},
	})
}

// ServeWorker is the transcription worker: it answers what comes from in until
// in ends. It runs in a process of its own, because a failed assertion in the
// speech library ends the process.
func ServeWorker(ctx context.Context, model string, in io.Reader, out io.Writer) error {
	engine, err := whisper.Open(model, whisper.Options{})
	if err != nil {
		return fmt.Errorf("transcription worker: %w", err)
	}
	defer engine.Close()
	return transcribe.Serve(ctx, engine, in, out)
}
