package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/runreel/runreel/app/export"
	"github.com/runreel/runreel/app/export/markdown"
	"github.com/runreel/runreel/app/export/pdf"
	"github.com/runreel/runreel/app/figure"
	"github.com/runreel/runreel/pipeline/sop"
)

// Errors of an export.
var (
	ErrFormat      = errors.New("unknown export format")
	ErrNoDocument  = errors.New("no such document")
	ErrAmbiguous   = errors.New("more than one document")
	ErrNotExported = errors.New("not a file that an export made")
)

// ExportRequest says what to write where.
type ExportRequest struct {
	Document string
	Format   string // "md" or "pdf"
	Folder   string // a name after the title is made in it
	Path     string // the exact place instead; a taken name gets a number
}

// formats is the list of what can be exported. write makes the target, or the
// next free name beside it.
var formats = map[string]struct {
	ext   string // of a file; "" makes a folder
	write func(ctx context.Context, doc *sop.Document, figures export.Figures, target string) (export.Result, error)
}{
	"md": {write: markdown.Write},
	"pdf": {ext: ".pdf", write: func(ctx context.Context, doc *sop.Document, figures export.Figures, target string) (export.Result, error) {
		return pdf.File(ctx, doc, figures, target, pdf.Options{Now: doc.Recorded})
	}},
}

// Formats names the export formats.
func Formats() []string { return []string{"md", "pdf"} }

// Export writes a document. It never overwrites a file. Job events tell how far
// it is.
func (a *App) Export(ctx context.Context, r ExportRequest) (ExportResult, error) {
	format, ok := formats[r.Format]
	if !ok {
		return ExportResult{}, fmt.Errorf("%w: %q", ErrFormat, r.Format)
	}
	doc, _, err := a.db.Documents().Get(ctx, r.Document)
	if err != nil {
		return ExportResult{}, err
	}
	target := r.Path
	if target == "" {
		target = filepath.Join(r.Folder, export.Slug(doc.Title)+format.ext)
	}
	if target, err = filepath.Abs(target); err != nil {
		return ExportResult{}, fmt.Errorf("export %s: %w", r.Format, err)
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return ExportResult{}, fmt.Errorf("export %s: %w", r.Format, err)
	}
	var res export.Result
	err = a.jobs.export(ctx, doc, func(ctx context.Context, progress func(float64)) error {
		figures := &countedFigures{Figures: a.figures(doc), all: len(export.FigureIDs(doc)), tell: progress}
		res, err = format.write(ctx, doc, figures, target)
		return err
	})
	if err != nil {
		return ExportResult{}, fmt.Errorf("export %s: %w", r.Format, err)
	}
	out := ExportResult{Files: res.Files, Warnings: res.Warnings}
	if out.Files == nil {
		out.Files = []string{}
	}
	if out.Warnings == nil {
		out.Warnings = []string{}
	}
	a.exported.add(out.Files)
	return out, nil
}

// figures opens the rendered figures of one document, and nothing else.
func (a *App) figures(doc *sop.Document) export.Figures {
	return documentFigures{doc: doc, renderer: a.renderer(doc.Session)}
}

func (a *App) renderer(session string) figure.Renderer {
	return figure.Renderer{Frames: func(_ context.Context, name string) (io.ReadCloser, error) {
		return a.media.Session(session).Open(name)
	}}
}

// mostly is the share of an export that the pictures are: they take nearly all
// of the time.
const mostly = 0.9

// countedFigures tells how many of a document's figures were opened.
type countedFigures struct {
	export.Figures
	all  int
	tell func(progress float64)

	mu     sync.Mutex // held while telling, so that progress never goes back
	opened int
}

// Open implements export.Figures.
func (f *countedFigures) Open(ctx context.Context, id string) (export.Picture, error) {
	p, err := f.Figures.Open(ctx, id)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.opened++
	f.tell(mostly * float64(min(f.opened, f.all)) / float64(max(f.all, 1)))
	return p, err
}

type documentFigures struct {
	doc      *sop.Document
	renderer figure.Renderer
}

// Open implements export.Figures.
func (f documentFigures) Open(ctx context.Context, id string) (export.Picture, error) {
	fig, ok := findFigure(f.doc, id)
	if !ok {
		return export.Picture{}, fmt.Errorf("figure %s: not in the document", id)
	}
	data, w, h, err := f.renderer.Open(ctx, fig)
	if err != nil {
		return export.Picture{}, err
	}
	return export.Picture{PNG: data, Width: w, Height: h}, nil
}

func findFigure(doc *sop.Document, id string) (sop.Figure, bool) {
	for at := range doc.Numbered() {
		for _, f := range at.Step.Figures {
			if f.ID == id {
				return f, true
			}
		}
	}
	return sop.Figure{}, false
}

// serveFigure answers /figures/<document>/<figure>.png with the picture as an
// export would show it.
func (a *App) serveFigure(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		http.Error(w, "only GET and HEAD", http.StatusMethodNotAllowed)
		return
	}
	parts := strings.Split(strings.TrimPrefix(r.URL.Path, "/figures/"), "/")
	if len(parts) != 2 || !strings.HasSuffix(parts[1], ".png") {
		http.NotFound(w, r)
		return
	}
	doc, err := a.editors.current(r.Context(), parts[0])
	if err != nil {
		http.NotFound(w, r)
		return
	}
	pic, err := a.figures(doc).Open(r.Context(), strings.TrimSuffix(parts[1], ".png"))
	if err != nil {
		a.log.Warn("figure", "document", doc.ID, "figure", parts[1], "err", err)
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "image/png")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Cache-Control", "no-store")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(pic.PNG))
}

// exported remembers what exports made: only that may be revealed.
type exported struct {
	mu    sync.Mutex
	files map[string]bool
}

func (e *exported) add(files []string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.files == nil {
		e.files = map[string]bool{}
	}
	for _, f := range files {
		e.files[f] = true
		e.files[filepath.Dir(f)] = true
	}
}

func (e *exported) has(path string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.files[path]
}

// reveal opens the folder of an exported file in the file manager.
func (a *App) reveal(path string) error {
	if !a.exported.has(path) {
		return fmt.Errorf("%w: %s", ErrNotExported, path)
	}
	if info, err := os.Stat(path); err != nil {
		return fmt.Errorf("reveal: %w", err)
	} else if !info.IsDir() {
		path = filepath.Dir(path)
	}
	opener, args := fileManager(path)
	cmd := exec.Command(opener, args...)
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("reveal: %w", err)
	}
	go func() { _ = cmd.Wait() }() // collects the process; the file manager may run for hours
	return nil
}

// defaultExportFolder is the Documents folder, or the home folder.
func defaultExportFolder() (string, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("find the home folder: %w", err)
	}
	docs := filepath.Join(home, "Documents")
	if info, err := os.Stat(docs); err == nil && info.IsDir() {
		return docs, nil
	}
	return home, nil
}
