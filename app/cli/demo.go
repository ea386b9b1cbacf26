package cli

import (
	"github.com/spf13/cobra"

	"github.com/runreel/runreel/app/demo"
)

func (p *program) demoCommand() *cobra.Command { return &cobra.Command{Use: "demo"} }

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
