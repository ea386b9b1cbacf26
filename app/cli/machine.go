package cli

import (
	"context"
	"os"
	"text/tabwriter"

	"fmt"

	"github.com/spf13/cobra"

	"github.com/runreel/runreel/app"
)

func (p *program) doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use: "doctor", Short: "Tell what works on this machine and what is missing, with the fix", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.with(cmd.Context(), p.options(), func(a *app.App) error {
				checks := a.Doctor(cmd.Context())
				if p.json {
					return p.printJSON(checks)
				}
				w := tabwriter.NewWriter(p.out, 0, 4, 2, ' ', 0)
				for _, c := range checks {
					fmt.Fprintf(w, "%s\t%s\t%s\n", c.Part, c.State, oneLine(c.Detail))
					if c.Fix != "" {
						fmt.Fprintf(w, "\t\t%s\n", c.Fix)
					}
				}
				return w.Flush()
			})
		},
	}
}

func (p *program) modelsCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "models", Short: "Manage the speech models", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.AddCommand(&cobra.Command{
		Use: "list", Short: "List the installed speech models", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.with(cmd.Context(), p.options(), func(a *app.App) error {
				items, err := a.Models()
				if err != nil {
					return err
				}
				if p.json {
					return p.printJSON(items)
				}
				if len(items) == 0 {
					p.print("No speech model is installed. Fetch one of the Whisper family in ggml format and run `runreel models add FILE`.\n")
				}
				for _, m := range items {
					mark := " "
					if m.Current {
						mark = "*"
					}
					p.print("%s %s  %d MB  %s\n", mark, m.Name, m.SizeBytes>>20, m.Description)
				}
				return nil
			})
		},
	}, &cobra.Command{
		Use: "add FILE", Short: "Check a model file and install it", Args: usage(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.with(cmd.Context(), p.options(), func(a *app.App) error {
				m, err := a.AddModel(cmd.Context(), args[0])
				if err != nil {
					return err
				}
				if p.json {
					return p.printJSON(m)
				}
				p.print("Installed %s (%s).\n", m.Name, m.Description)
				return nil
			})
		},
	}, &cobra.Command{
		Use: "use NAME", Short: "Choose the speech model", Args: usage(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.with(cmd.Context(), p.options(), func(a *app.App) error { return a.UseModel(args[0]) })
		},
	})
	return c
}

func (p *program) shellCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "shell [-- SHELL OPTIONS]", Short: "Run your shell, with its commands, output and exit statuses recorded",
		Long: "Run your shell until it ends, and pass its exit status on. What runs in it is recorded\n" +
			"while a recording runs, whether that began before or begins later.\n" +
			"Behind -- stands another shell with its options, such as `runreel shell -- bash --norc`.\n" +
			"Bash, zsh and fish can be recorded; start any other program in one of them.",
		RunE: func(cmd *cobra.Command, args []string) error {
			// Ctrl-C belongs to what runs in the shell.
			code, err := app.Shell(context.WithoutCancel(cmd.Context()), p.dataDir, args, p.log())
			if err != nil {
				return err
			}
			if code != 0 {
				return exitError(code)
			}
			return nil
		},
	}
	c.Flags().SetInterspersed(false) // the options behind the shell's name are the shell's
	return c
}

func (p *program) hookCommand() *cobra.Command {
	return &cobra.Command{
		Use: "hook bash|zsh|fish", Short: "Print the shell integration for an existing shell", Args: usage(cobra.ExactArgs(1)),
		Long: "Print a script that makes an existing shell report its commands while something is recorded.\n" +
			"Put this at the end of ~/.bashrc:\n\n    eval \"$(runreel hook bash)\"\n\n" +
			"or of ~/.zshrc:\n\n    eval \"$(runreel hook zsh)\"\n\n" +
			"or of ~/.config/fish/config.fish:\n\n    runreel hook fish | source",
		RunE: func(_ *cobra.Command, args []string) error {
			script, err := app.Hook(p.dataDir, args[0])
			if err != nil {
				return err
			}
			p.print("%s", script)
			return nil
		},
	}
}

func (p *program) workerCommand() *cobra.Command {
	return &cobra.Command{
		Use: "transcribe-worker", Hidden: true, Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return app.ServeWorker(cmd.Context(), p.model, os.Stdin, os.Stdout)
		},
	}
}
