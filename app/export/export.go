package export

import (
	"context"
	"fmt"
	"runtime"

	"github.com/runreel/runreel/pipeline/sop"
)

// Figures opens the rendered pictures of a document. It is used from several
// goroutines at once.
type Figures interface {
	// Open returns the picture of a figure, with crop, marks and redactions
	// burnt in. The caller owns the bytes.
	Open(ctx context.Context, figureID string) (Picture, error)
}

// Picture is a rendered figure.
type Picture struct {
	PNG           []byte
	Width, Height int // pixels
}

// Result is what an export made.
type Result struct {
	Files    []string // paths, the document first
	Warnings []string // what the reader of the export will not find in it, one sentence each
}

// FigureIDs returns the figures of a document in reading order, each once.
func FigureIDs(doc *sop.Document) []string {
	var ids []string
	seen := map[string]bool{}
	for _, section := range doc.Sections {
		for _, step := range section.Steps {
			for _, f := range step.Figures {
				if !seen[f.ID] {
					seen[f.ID] = true
					ids = append(ids, f.ID)
				}
			}
		}
	}
	return ids
}

// Load opens the figures ids, several at a time, and calls use for each in
// order, from the caller's goroutine, with its picture or the error of opening
// it. It returns when use returns an error, or with ctx.Err() when ctx is done;
// all its goroutines have ended by then.
func Load(ctx context.Context, figures Figures, ids []string, use func(id string, p Picture, err error) error) error {
	type opened struct {
		picture Picture
		err     error
	}
	ctx, cancel := context.WithCancel(ctx)
	workers := min(runtime.GOMAXPROCS(0)+1, 8)
	slots := make(chan chan opened, workers)
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer close(slots)
		for _, id := range ids {
			slot := make(chan opened, 1)
			select {
			case slots <- slot:
			case <-ctx.Done():
				return
			}
			go func() {
				p, err := open(ctx, figures, id)
				slot <- opened{p, err}
			}()
		}
	}()
	defer func() {
		cancel()
		for slot := range slots {
			<-slot
		}
		<-done
	}()
	for _, id := range ids {
		slot, ok := <-slots
		if !ok {
			return ctx.Err()
		}
		o := <-slot
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := use(id, o.picture, o.err); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// open opens a figure. A panic under it, such as that of a decoder, is an error
// of this figure alone.
func open(ctx context.Context, figures Figures, id string) (p Picture, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("open figure %q: %v", id, v)
		}
	}()
	p, err = figures.Open(ctx, id)
	if err == nil && (len(p.PNG) == 0 || p.Width <= 0 || p.Height <= 0) {
		err = fmt.Errorf("figure %q has no pixels", id)
	}
	return p, err
}

// Missing is the sentence that stands where a picture could not be opened, and
// the warning about it.
func Missing(where string, err error) (placeholder, warning string) {
	reason := Line(err.Error())
	return "Picture missing: " + reason, fmt.Sprintf("The picture of %s is missing: %s.", where, reason)
}
