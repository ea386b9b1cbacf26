package cli

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/runreel/runreel/app"
)

func (p *program) listCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List documents and sessions", Args: usage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.with(cmd.Context(), p.options(), func(a *app.App) error { return p.list(cmd, a) })
		},
	}
}

func (p *program) list(cmd *cobra.Command, a *app.App) error {
	docs, err := a.ListDocuments(cmd.Context())
	if err != nil {
		return err
	}
	sessions, err := a.ListSessions(cmd.Context())
	if err != nil {
		return err
	}
	if p.json {
		return p.printJSON(struct {
			Documents []app.DocumentItem `json:"documents"`
			Sessions  []app.SessionItem  `json:"sessions"`
		}{docs, sessions})
	}
	if len(docs)+len(sessions) == 0 {
		p.print("Nothing is recorded yet. `runreel record` begins a recording.\n")
		return nil
	}
	w := tabwriter.NewWriter(p.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "DOCUMENT\tSTEPS\tSTATUS\tTITLE")
	for _, d := range docs {
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\n", d.ID, d.Steps, d.Status, oneLine(d.Title))
	}
	fmt.Fprintln(w, "\nSESSION\tLENGTH\tSTATE\tTITLE")
	for _, s := range sessions {
		length := (time.Duration(s.LengthMs) * time.Millisecond).Round(time.Second)
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", s.ID, length, s.State, oneLine(s.Title))
	}
	return w.Flush()
}

// oneLine keeps a title from outside from moving a terminal's cursor.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return '�'
		}
		return r
	}, s)
}

func (p *program) showCommand() *cobra.Command {
	return &cobra.Command{
		Use: "show DOC", Short: "Print a document, as JSON with --json", Args: usage(cobra.ExactArgs(1)),
		Long: "Print a document. DOC is its id, the beginning of it, the id of its session, or \"last\".\n" +
			"With --json it is printed whole; the schema is described in the package pipeline/sop.",
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.with(cmd.Context(), p.options(), func(a *app.App) error {
				id, err := a.FindDocument(cmd.Context(), args[0])
				if err != nil {
					return err
				}
				doc, err := a.Document(cmd.Context(), id)
				if err != nil {
					return err
				}
				if p.json {
					return p.printJSON(app.Numbered(doc))
				}
				return a.PrintMarkdown(cmd.Context(), p.out, id)
			})
		},
	}
}

func (p *program) searchCommand() *cobra.Command {
	return &cobra.Command{
		Use: "search WORDS", Short: "Find documents by the words in them", Args: usage(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.with(cmd.Context(), p.options(), func(a *app.App) error {
				hits, err := a.Search(cmd.Context(), strings.Join(args, " "))
				if err != nil {
					return err
				}
				if p.json {
					return p.printJSON(hits)
				}
				for _, h := range hits {
					p.print("%s  %s\n    %s\n", h.ID, oneLine(h.Title), oneLine(h.Snippet))
				}
				if len(hits) == 0 {
					p.print("No document has these words.\n")
				}
				return nil
			})
		},
	}
}

func (p *program) draftCommand() *cobra.Command {
	return &cobra.Command{
		Use: "draft SESSION", Short: "Make a new document of a session", Args: usage(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.with(cmd.Context(), p.options(), func(a *app.App) error {
				id, err := a.Draft(cmd.Context(), args[0])
				if err != nil {
					return err
				}
				return p.made(id)
			})
		},
	}
}

func (p *program) made(document string) error {
	if p.json {
		return p.printJSON(map[string]string{"document": document})
	}
	p.print("Draft %s. `runreel show %s` prints it, `runreel export %s --format md --out DIR` exports it.\n", document, document, document)
	return nil
}

func (p *program) deleteCommand() *cobra.Command {
	var session bool
	c := &cobra.Command{
		Use: "delete ID", Short: "Delete a document, or with --session a session with its pictures and sound",
		Args: usage(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return p.with(cmd.Context(), p.options(), func(a *app.App) error {
				if session {
					return a.DeleteSession(cmd.Context(), args[0])
				}
				return a.DeleteDocument(cmd.Context(), args[0])
			})
		},
	}
	c.Flags().BoolVar(&session, "session", false, "delete a session")
	return c
}

func (p *program) exportCommand() *cobra.Command {
	var format, out string
	c := &cobra.Command{
		Use: "export DOC", Short: "Write a document for a wiki", Args: usage(cobra.ExactArgs(1)),
		Long: "Write a document. md makes a folder with README.md and images, pdf a file.\n" +
			"An existing file or folder is never overwritten: the new one gets a number.",
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(app.Formats(), format) {
				return usageError{fmt.Errorf("unknown format %q: give one of %s", format, strings.Join(app.Formats(), ", "))}
			}
			if out == "" {
				return usageError{errors.New("export needs --out, the place to write to")}
			}
			return p.with(cmd.Context(), p.options(), func(a *app.App) error {
				id, err := a.FindDocument(cmd.Context(), args[0])
				if err != nil {
					return err
				}
				r, err := a.Export(cmd.Context(), app.ExportRequest{Document: id, Format: format, Path: exportPath(format, out)})
				if err != nil {
					return err
				}
				return p.printExport(r)
			})
		},
	}
	c.Flags().StringVar(&format, "format", "md", "one of "+strings.Join(app.Formats(), ", "))
	c.Flags().StringVar(&out, "out", "", "folder for md, file for pdf; the new name is taken from it")
	return c
}

// exportPath gives a PDF its ending.
func exportPath(format, out string) string {
	if format == "pdf" && filepath.Ext(out) != ".pdf" {
		return out + ".pdf"
	}
	return out
}

func (p *program) printExport(r app.ExportResult) error {
	if p.json {
		return p.printJSON(r)
	}
	for _, f := range r.Files {
		p.print("%s\n", f)
	}
	for _, w := range r.Warnings {
		fmt.Fprintln(p.errOut, "warning: "+w)
	}
	return nil
}
