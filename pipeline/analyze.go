package pipeline

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/pipeline/detect"
	"github.com/runreel/runreel/pipeline/name"
	"github.com/runreel/runreel/pipeline/narrate"
	"github.com/runreel/runreel/pipeline/sop"
)

// Recording is what a document is made of.
type Recording struct {
	Session  capture.Session
	Events   []capture.Event   // in any order
	Segments []capture.Segment // of all speech, in any order
	// Media opens the stored bytes that an event names, for OCR. Nil does
	// without.
	Media func(ctx context.Context, name string) (io.ReadCloser, error)
}

// Options configures Analyze. All fields may be zero.
type Options struct {
	Author string
	// NewID gives the ids of the document, its steps and figures; nil counts.
	NewID func() string
	// Now is the date of the first revision; zero is the start of the recording.
	Now time.Time
	// Progress is told how many steps are named, from the calling goroutine.
	Progress func(done, total int)
	// OCR reads names that no program told; nil leaves them to the place.
	OCR name.Reader
}

// Analyze drafts the document of a recording. It fails only when ctx ends: a
// recording without events gives a document without steps.
func Analyze(ctx context.Context, r Recording, o Options) (*sop.Document, error) {
	o = o.withDefaults(r)
	candidates := detect.Steps(r.Events)
	steps, err := nameSteps(ctx, candidates, r, o)
	if err != nil {
		return nil, fmt.Errorf("analyze session %s: %w", r.Session.ID, err)
	}
	said := narrate.Place(r.Segments, narrated(steps, candidates))
	if len(steps) == 0 {
		steps = spokenSteps(said, o.NewID)
	} else {
		tell(steps, said)
	}
	steps = limited(steps, o.NewID)

	d := sop.New(o.NewID(), titleOf(r, steps, said))
	d.Session = r.Session.ID
	d.Author = text(o.Author)
	d.AppliesTo = text(r.Session.System)
	d.Recorded = r.Session.Started
	d.Length = sop.MillisOf(r.Session.Length)
	d.Revisions = []sop.Revision{{Version: d.Version, Date: o.Now, Author: d.Author, Change: "Drafted from the recording."}}
	d.SectionOf(sop.Procedure).Steps = steps
	fill(d, sop.Purpose, purpose(r, steps, said))
	fill(d, sop.Prerequisites, prerequisites(steps, said))
	fill(d, sop.Verification, verification(steps))
	fill(d, sop.Rollback, rollback(steps, said))
	d.SectionOf(sop.Rollback).Steps = undoSteps(steps, o.NewID)
	d.Parameters = offers(steps)
	d.Tidy()
	return d, ctx.Err()
}

func (o Options) withDefaults(r Recording) Options {
	if o.NewID == nil {
		n := 0
		o.NewID = func() string { n++; return "n" + strconv.Itoa(n) }
	}
	if o.Now.IsZero() {
		o.Now = r.Session.Started
	}
	if o.Progress == nil {
		o.Progress = func(int, int) {}
	}
	return o
}

// section is the body of a section with where it came from.
type section struct {
	body   string
	source sop.Source
}

func fill(d *sop.Document, kind sop.SectionKind, s section) {
	if s.body == "" {
		return
	}
	sec := d.SectionOf(kind)
	sec.Body = text(s.body)
	sec.Sources = map[string]sop.Source{"body": s.source}
}
