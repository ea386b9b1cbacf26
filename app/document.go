package app

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/runreel/runreel/app/export/markdown"
	"github.com/runreel/runreel/pipeline/sop"
)

// Document returns a stored document.
func (a *App) Document(ctx context.Context, id string) (*sop.Document, error) {
	doc, _, err := a.db.Documents().Get(ctx, id)
	return doc, err
}

// NumberedDocument is a document with the numbers that its steps have in print.
type NumberedDocument struct {
	*sop.Document
	Numbers map[string]int `json:"numbers"` // by the ids of the steps; headings have none
}

// Numbered adds the numbers of the steps.
func Numbered(doc *sop.Document) NumberedDocument {
	n := map[string]int{}
	for at := range doc.Numbered() {
		if at.Number > 0 {
			n[at.Step.ID] = at.Number
		}
	}
	return NumberedDocument{Document: doc, Numbers: n}
}

// PrintMarkdown writes the text of a document as its Markdown export has it.
func (a *App) PrintMarkdown(ctx context.Context, w io.Writer, id string) error {
	doc, err := a.Document(ctx, id)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "runreel-show-")
	if err != nil {
		return fmt.Errorf("print document: %w", err)
	}
	defer os.RemoveAll(dir)
	res, err := markdown.Write(ctx, doc, a.figures(doc), filepath.Join(dir, "document"))
	if err != nil {
		return fmt.Errorf("print document: %w", err)
	}
	text, err := os.ReadFile(res.Files[0])
	if err != nil {
		return fmt.Errorf("print document: %w", err)
	}
	_, err = w.Write(text)
	return err
}
