package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/runreel/runreel/app/demo"
)

func (p *program) demoCommand() *cobra.Command {
	o := demo.Options{Log: p.errOut}
	c := &cobra.Command{
		Use: "demo", Short: "Record and draft a scripted deployment on a virtual desktop", Args: usage(cobra.NoArgs),
		Long: "Start a virtual desktop, deploy a small service on it while a voice explains, record\n" +
			"that, export the draft as Markdown and PDF, and compare it with what the script did.\n" +
			"It fails when the draft leaves something out or tells what was not done. It needs\n" +
			"Xvfb, openbox, xdotool, xterm, zenity, at-spi2-core, pulseaudio and espeak-ng.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.Model = p.model
			err := demo.Run(cmd.Context(), o)
			switch {
			case errors.Is(err, demo.ErrDiffers):
				fmt.Fprintln(p.errOut, "runreel: the draft differs from what the script did; the table above says where.")
				return exitError(exitFailed)
			case cmd.Context().Err() != nil:
				fmt.Fprintln(p.errOut, "runreel: the demo was interrupted; all that it had started has ended.")
				return exitError(exitFailed)
			}
			return err
		},
	}
	c.Flags().StringVar(&o.Out, "out", "", "folder of the exports")
	_ = c.MarkFlagRequired("out") // the flag is there: it stands one line above
	return c
}

func (p *program) demoServiceCommand() *cobra.Command {
	var s demo.Service
	c := &cobra.Command{
		Use: "demo-service", Hidden: true, Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return s.Run(cmd.Context()) },
	}
	c.Flags().StringVar(&s.Dir, "release", "", "folder of the release")
	c.Flags().IntVar(&s.Port, "port", 0, "port on the loopback interface")
	return c
}
