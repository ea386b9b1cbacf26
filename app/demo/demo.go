package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/runreel/runreel/capture/virtual"
	"github.com/runreel/runreel/pipeline/sop"
)

// ErrDiffers tells that the draft does not say what the script did. The table
// that Run prints says where.
var ErrDiffers = errors.New("the draft differs from what the script did")

// documentTitle is the title of the recording, and exportName what the exports
// are called after it.
const (
	documentTitle = "Deploy the payment service"
	exportName    = "deploy-the-payment-service"
)

// Options of Run.
type Options struct {
	Out   string    // folder of the exports; made where it is missing
	Model string    // file of the speech model; "" takes the installed one
	Self  string    // the runreel binary; "" takes the running one
	Log   io.Writer // what happens, for a person to read; nil discards it
}

// Run performs the deployment on a virtual desktop, records it, exports the
// draft into o.Out and compares it with the script. It returns ErrDiffers where
// the draft is not what the script did. All that Run started has ended when it
// returns, and nothing but the exports is kept.
func Run(ctx context.Context, o Options) (err error) {
	if o.Log == nil {
		o.Log = io.Discard
	}
	if o.Self == "" {
		if o.Self, err = os.Executable(); err != nil {
			return fmt.Errorf("demo: %w", err)
		}
	}
	for _, p := range []*string{&o.Out, &o.Self, &o.Model} {
		if *p == "" {
			continue
		}
		if *p, err = filepath.Abs(*p); err != nil {
			return fmt.Errorf("demo: %w", err)
		}
	}
	if err := os.MkdirAll(o.Out, 0o755); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	fmt.Fprintln(o.Log, "Starting a virtual desktop.")
	d, err := virtual.Start(ctx, virtual.Options{Width: 1280, Height: 800, WindowManager: true, Accessibility: true, Sound: true})
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	defer func() {
		if cerr := d.Close(); err == nil && cerr != nil {
			err = fmt.Errorf("demo: %w", cerr)
		}
	}()
	s, err := newStage(d, o)
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	if err := s.record(ctx, script()); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	return s.judge(ctx)
}

// record performs the script while the recorder runs, and waits for the draft.
func (s *stage) record(ctx context.Context, actions []Action) (err error) {
	defer s.end()
	if err := s.startRecorder(ctx); err != nil {
		return err
	}
	if err := s.startTerminal(ctx); err != nil {
		return err
	}
	for _, a := range actions {
		if err := s.perform(ctx, a); err != nil {
			return s.because(err)
		}
	}
	if err := s.settled(ctx); err != nil {
		return s.because(err)
	}
	if _, err := s.self(ctx, "stop"); err != nil {
		return err
	}
	fmt.Fprintln(s.log, "Stopped. Making the draft.")
	return s.recorderEnds(ctx)
}

// judge exports the draft and compares it with the script.
func (s *stage) judge(ctx context.Context) error {
	shown, err := s.self(ctx, "--json", "show", "last")
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	var doc sop.Document
	if err := json.Unmarshal(shown, &doc); err != nil {
		return fmt.Errorf("demo: read the draft: %w", err)
	}
	source := filepath.Join(s.out, "document.json")
	if err := os.WriteFile(source, shown, 0o644); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	folder := filepath.Join(s.out, exportName)
	var files []string
	for _, e := range []struct{ format, path string }{{"md", folder}, {"pdf", folder + ".pdf"}} {
		printed, err := s.self(ctx, "--json", "export", "last", "--format", e.format, "--out", e.path)
		if err != nil {
			return fmt.Errorf("demo: %w", err)
		}
		var made struct{ Files []string }
		if err := json.Unmarshal(printed, &made); err != nil || len(made.Files) == 0 {
			return fmt.Errorf("demo: export %s printed %q: %w", e.format, printed, errors.Join(err, errNoFile))
		}
		if e.format == "md" {
			folder = commonFolder(made.Files)
		}
		files = append(files, made.Files...)
	}
	exported, err := readExport(folder)
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	report := Compare(script(), s.home, &doc, exported)
	var table bytes.Buffer
	report.Print(&table)
	path := filepath.Join(s.out, "comparison.txt")
	if err := os.WriteFile(path, table.Bytes(), 0o644); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	fmt.Fprint(s.log, table.String(), "\n")
	for _, f := range append(files, source, path) {
		fmt.Fprintln(s.log, f)
	}
	if !report.OK() {
		return fmt.Errorf("demo: %w", ErrDiffers)
	}
	return nil
}

var errNoFile = errors.New("no file was made")

// commonFolder is the folder of the README among the files of an export.
func commonFolder(files []string) string {
	for _, f := range files {
		if filepath.Base(f) == "README.md" {
			return filepath.Dir(f)
		}
	}
	return filepath.Dir(files[0])
}

// readExport reads what the comparison looks at.
func readExport(folder string) (Exported, error) {
	text, err := os.ReadFile(filepath.Join(folder, "README.md"))
	if err != nil {
		return Exported{}, fmt.Errorf("read the export: %w", err)
	}
	images, err := os.ReadDir(filepath.Join(folder, "images"))
	if err != nil {
		return Exported{}, fmt.Errorf("read the export: %w", err)
	}
	e := Exported{Readme: string(text)}
	for _, i := range images {
		e.Images = append(e.Images, "images/"+i.Name())
	}
	return e, nil
}
