// Runreel records a piece of work on this machine - screen, microphone, clicks
// and commands - and drafts the procedure that another engineer can follow.
//
// Without arguments it opens the window; with arguments it is the command line.
package main

import (
	"embed"
	"fmt"
	"os"

	"github.com/runreel/runreel/app"
	"github.com/runreel/runreel/app/cli"
)

//go:embed all:frontend/dist
var assets embed.FS

func main() {
	if len(os.Args) > 1 {
		os.Exit(cli.Main(os.Args[1:], app.Window(assets)))
	}
	if err := app.RunWindow(app.Options{}, assets); err != nil {
		fmt.Fprintln(os.Stderr, app.Explain(err))
		os.Exit(1)
	}
}
