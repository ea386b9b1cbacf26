package ocr

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
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
	Path string // of the program
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
// is not sure of it. Around limits what is looked at, but a label that runs out
// of it is followed; an empty around means the neighbourhood of p. The text
// comes from outside and is hostile.
//
// The errors are those of media.DecodeImage, of the context, and of tesseract.
func (t *Tesseract) Read(ctx context.Context, picture io.Reader, p capture.Point, around capture.Rect) (string, error) {
	img, err := media.DecodeImage(picture)
	if err != nil {
		return "", fmt.Errorf("read text: %w", err)
	}
	at := image.Pt(p.X, p.Y)
	area := near(at, narrow, high).Intersect(img.Bounds())
	if !around.Empty() {
		area = area.Intersect(image.Rect(around.X, around.Y, around.X+around.W, around.Y+around.H))
	}
	if !at.In(area) {
		return "", nil
	}
	ctx, cancel := context.WithTimeout(ctx, timeLimit)
	defer cancel()
	text, cut, err := t.readArea(ctx, img, at, area)
	if err != nil || !cut {
		return text, err
	}
	area = near(at, wide, area.Dy()).Intersect(image.Rect(-maxPixel, area.Min.Y, maxPixel, area.Max.Y)).Intersect(img.Bounds())
	text, cut, err = t.readArea(ctx, img, at, area)
	if err != nil || cut {
		return "", err
	}
	return text, nil
}

// readArea reads one area, and tells whether the text runs out of it.
func (t *Tesseract) readArea(ctx context.Context, img image.Image, at image.Point, area image.Rectangle) (text string, cut bool, err error) {
	g := groundAt(img, at, area)
	// A coloured button may be bright and have white text all the same.
	for _, inverted := range [...]bool{g.dark(), !g.dark()} {
		words, err := t.words(ctx, img, g.extent, inverted)
		if err != nil {
			return "", false, err
		}
		if text, box := pick(words, at); text != "" {
			return text, g.cuts(img, box, area), nil
		}
	}
	return "", false, nil
}

// near is the rectangle of that size with at in its middle.
func near(at image.Point, width, height int) image.Rectangle {
	corner := at.Sub(image.Pt(width/2, height/2))
	return image.Rectangle{Min: corner, Max: corner.Add(image.Pt(width, height))}
}
