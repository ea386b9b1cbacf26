package ocr

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"os"
	"os/exec"
	"strings"
	"time"
)

// maxOutput bounds what is kept of the program's output; the words of a crop
// are some kilobytes.
const maxOutput = 1 << 20

// words reads what stands in a part of img. The boxes are in pixels of img.
func (t *Tesseract) words(ctx context.Context, img image.Image, part image.Rectangle, inverted bool) ([]word, error) {
	// Sparse text (11) takes a user interface for what it is: words anywhere.
	cmd := exec.CommandContext(ctx, t.Path, "stdin", "stdout", "--psm", "11", "--dpi", "300", "tsv")
	cmd.Env = append(os.Environ(), "OMP_THREAD_LIMIT=1")
	cmd.Stdin = pgm(prepare(img, part, inverted))
	var out, complaints limited
	cmd.Stdout, cmd.Stderr = &out, &complaints
	cmd.WaitDelay = time.Second
	err := cmd.Run()
	if ctx.Err() != nil {
		return nil, fmt.Errorf("read text: %w", ctx.Err())
	}
	if err != nil {
		return nil, fmt.Errorf("read text with %s: %w: %s", t.Path, err, complaints.firstLine())
	}
	words := parse(out.String())
	for i := range words {
		words[i].box = toPicture(words[i].box, part)
	}
	return words, nil
}

// toPicture undoes prepare for a box, rounded outwards, and cuts it to part.
func toPicture(box, part image.Rectangle) image.Rectangle {
	up := func(n int) int { return (n + scale - 1) / scale }
	return image.Rect(
		(box.Min.X-margin)/scale, (box.Min.Y-margin)/scale, up(box.Max.X-margin), up(box.Max.Y-margin),
	).Add(part.Min).Intersect(part)
}

// limited keeps the beginning of what is written to it.
type limited struct{ b bytes.Buffer }

func (l *limited) Write(p []byte) (int, error) {
	l.b.Write(p[:min(len(p), max(0, maxOutput-l.b.Len()))])
	return len(p), nil
}

func (l *limited) String() string { return l.b.String() }

func (l *limited) firstLine() string {
	line, _, _ := strings.Cut(strings.TrimSpace(l.String()), "\n")
	return strings.ToValidUTF8(line[:min(len(line), 200)], "")
}
