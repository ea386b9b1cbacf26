package markdown

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"

	"github.com/runreel/runreel/app/export"
	"github.com/runreel/runreel/pipeline/sop"
)

// Write makes a folder with README.md and the pictures, at target or, when
// target exists, under the next free name beside it. The first file of the
// result is the README.md. A picture that cannot be opened leaves a visible line
// in the text and a warning; any other failure leaves nothing on the disk.
func Write(ctx context.Context, doc *sop.Document, figures export.Figures, target string) (export.Result, error) {
	var names, warnings []string
	folder, err := export.Folder(ctx, target, func(dir string) error {
		images, missing, err := writeImages(ctx, doc, figures, dir)
		if err != nil {
			return err
		}
		e := &encoder{images: images, missing: missing}
		text := e.document(doc)
		warnings = e.warnings
		names = append([]string{"README.md"}, images.files...)
		return writeFile(filepath.Join(dir, "README.md"), text)
	})
	if err != nil {
		return export.Result{}, fmt.Errorf("export Markdown: %w", err)
	}
	result := export.Result{Warnings: warnings}
	for _, name := range names {
		result.Files = append(result.Files, filepath.Join(folder, filepath.FromSlash(name)))
	}
	return result, nil
}

// images tells the path of each figure's picture, relative to README.md.
type images struct {
	files []string          // in the order they were written
	path  map[string]string // by figure
}

// writeImages writes each picture once: figures that look the same share it.
func writeImages(ctx context.Context, doc *sop.Document, figures export.Figures, dir string) (images, map[string]error, error) {
	out := images{path: map[string]string{}}
	missing := map[string]error{}
	names := fileNames(doc)
	written := map[[sha256.Size]byte]string{}
	err := export.Load(ctx, figures, export.FigureIDs(doc), func(id string, p export.Picture, err error) error {
		if err != nil {
			missing[id] = err
			return nil
		}
		sum := sha256.Sum256(p.PNG)
		if same, ok := written[sum]; ok {
			out.path[id] = same
			return nil
		}
		name := names[id]
		if len(written) == 0 {
			if err := os.Mkdir(filepath.Join(dir, "images"), 0o755); err != nil {
				return fmt.Errorf("make folder of images: %w", err)
			}
		}
		if err := writeFile(filepath.Join(dir, filepath.FromSlash(name)), p.PNG); err != nil {
			return err
		}
		written[sum] = name
		out.path[id] = name
		out.files = append(out.files, name)
		return nil
	})
	return out, missing, err
}

// fileNames names each figure after the first step that shows it:
// images/step-001.png, and images/step-001-2.png for a second one.
func fileNames(doc *sop.Document) map[string]string {
	names := map[string]string{}
	headings := 0
	for _, section := range export.Outline(doc) {
		for _, step := range section.Steps {
			stem := fmt.Sprintf("step-%03d", step.Number)
			if step.Number == 0 {
				headings++
				stem = fmt.Sprintf("heading-%03d", headings)
			}
			for i, f := range step.Figures {
				if names[f.ID] != "" {
					continue
				}
				suffix := ""
				if i > 0 {
					suffix = fmt.Sprintf("-%d", i+1)
				}
				names[f.ID] = path.Join("images", stem+suffix+".png")
			}
		}
	}
	return names
}

func writeFile(name string, data []byte) (err error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("make file: %w", err)
	}
	_, err = f.Write(data)
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write file: %w", err)
	}
	return nil
}

// encoder writes one document.
type encoder struct {
	buf      bytes.Buffer
	images   images
	missing  map[string]error
	anchors  anchors
	warnings []string
}
