package ocr

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"log/slog"
	"os/exec"
	"time"

	"github.com/runreel/runreel/app/media"
	"github.com/runreel/runreel/capture"
)

// ErrMissing tells that tesseract is not installed.
var ErrMissing = errors.New("the tesseract program is not installed")

// timeLimit bounds one Read, whatever number of attempts it makes.
const timeLimit = 5 * time.Second

// The part that is read, in pixels of the picture. A label that runs out of the
// narrow part is read again in the wide one, so that it is never cut.
const (
	narrow = 400
	wide   = 1200
	high   = 120
)

// Tesseract reads text with the tesseract program. Its methods may be called
// from several goroutines.
type Tesseract struct {
	Path string       // of the program
	Log  *slog.Logger // nil discards
}

// Find looks tesseract up in PATH. The error is ErrMissing, wrapped.
func Find() (*Tesseract, error) {
	path, err := exec.LookPath("tesseract")
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMissing, err)
	}
	return &Tesseract{Path: path}, nil
}

// Read returns the line of text at p of an encoded PNG or JPEG picture, or the
// one nearest to it, and "" where there is none near enough or where tesseract
// is not sure of it. Nothing outside around is looked at; an empty around means
// the whole picture. The text comes from outside and is hostile.
//
// The errors are those of media.DecodeImage, of the context, and of tesseract.
func (t *Tesseract) Read(ctx context.Context, picture io.Reader, p capture.Point, around capture.Rect) (string, error) {
	img, err := media.DecodeImage(picture)
	if err != nil {
		return "", fmt.Errorf("read text: %w", err)
	}
	at := image.Pt(p.X, p.Y)
	part := img.Bounds()
	if !around.Empty() {
		part = part.Intersect(image.Rect(around.X, around.Y, around.X+around.W, around.Y+around.H))
	}
	if !at.In(part) {
		return "", nil
	}
	ctx, cancel := context.WithTimeout(ctx, timeLimit)
	defer cancel()
	dark := isDark(img, near(at, 80, 28).Intersect(part))
	// A coloured button may be bright and have white text all the same.
	for _, inverted := range [...]bool{dark, !dark} {
		text, err := t.readPolarity(ctx, img, at, part, inverted)
		if text != "" || err != nil {
			return text, err
		}
	}
	return "", nil
}

func (t *Tesseract) readPolarity(ctx context.Context, img image.Image, at image.Point, part image.Rectangle, inverted bool) (string, error) {
	for _, width := range [...]int{narrow, wide} {
		crop := near(at, width, high).Intersect(part)
		words, err := t.words(ctx, img, crop, inverted)
		if err != nil {
			return "", err
		}
		text, box := pick(words, at)
		// At the edge of what there is, nothing more can come.
		cut := box.Min.X <= crop.Min.X+1 && crop.Min.X > part.Min.X || box.Max.X >= crop.Max.X-1 && crop.Max.X < part.Max.X
		if text == "" || !cut {
			return text, nil
		}
		t.log().DebugContext(ctx, "label runs out of the part that was read", "width", width)
	}
	return "", nil
}

// near is the rectangle of that size with at in its middle.
func near(at image.Point, width, height int) image.Rectangle {
	corner := at.Sub(image.Pt(width/2, height/2))
	return image.Rectangle{Min: corner, Max: corner.Add(image.Pt(width, height))}
}

func (t *Tesseract) log() *slog.Logger {
	if t.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return t.Log
}
