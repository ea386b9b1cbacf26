package figure

import (
	"bytes"
	"context"
	"fmt"
	"image"
	_ "image/jpeg" // frames of an imported video may be JPEG
	"image/png"
	"io"

	"github.com/runreel/runreel/pipeline/sop"
)

// maxBytes is the largest frame file that is read.
const maxBytes = 256 << 20

// Renderer reads frames and draws figures over them. It keeps nothing, and is
// safe for use from many goroutines if its functions are.
type Renderer struct {
	// Frames opens a frame by its media name. The renderer closes it.
	Frames func(ctx context.Context, name string) (io.ReadCloser, error)
	// Decode decodes a frame, and refuses one that is too large before it
	// takes memory for it. Nil means Decode of this package.
	Decode func(io.Reader) (image.Image, error)
}

// Open returns the rendered picture of f as an opaque PNG, with its width and
// height in pixels. It returns ctx.Err() as soon as ctx is done.
func (r Renderer) Open(ctx context.Context, f sop.Figure) (data []byte, width, height int, err error) {
	img, err := r.frame(ctx, f.Frame)
	if err != nil {
		return nil, 0, 0, err
	}
	if err := ctx.Err(); err != nil {
		return nil, 0, 0, err
	}
	out, err := Render(img, f)
	if err != nil {
		return nil, 0, 0, fmt.Errorf("draw figure %q: %w", f.ID, err)
	}
	if err := ctx.Err(); err != nil {
		return nil, 0, 0, err
	}
	var buf bytes.Buffer
	enc := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := enc.Encode(&buf, out); err != nil {
		return nil, 0, 0, fmt.Errorf("encode figure %q: %w", f.ID, err)
	}
	return buf.Bytes(), out.Rect.Dx(), out.Rect.Dy(), nil
}

func (r Renderer) frame(ctx context.Context, name string) (image.Image, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	file, err := r.Frames(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("open frame %q: %w", name, err)
	}
	defer file.Close()
	decode := r.Decode
	if decode == nil {
		decode = Decode
	}
	img, err := decode(file)
	if err != nil {
		return nil, fmt.Errorf("decode frame %q: %w", name, err)
	}
	return img, nil
}

// Decode decodes a PNG or JPEG picture of at most MaxPixels. The size is read
// from the header first, so a file that only claims to be huge costs nothing,
// and a decoder that panics gives an error.
func Decode(src io.Reader) (img image.Image, err error) {
	defer func() {
		if p := recover(); p != nil {
			img, err = nil, fmt.Errorf("the decoder gave up: %v", p)
		}
	}()
	var head bytes.Buffer
	src = io.LimitReader(src, maxBytes)
	config, _, err := image.DecodeConfig(io.TeeReader(src, &head))
	if err != nil {
		return nil, fmt.Errorf("read its header: %w", err)
	}
	if config.Width <= 0 || config.Height <= 0 {
		return nil, ErrEmpty
	}
	if int64(config.Width)*int64(config.Height) > MaxPixels {
		return nil, fmt.Errorf("%dx%d: %w", config.Width, config.Height, ErrTooLarge)
	}
	img, _, err = image.Decode(io.MultiReader(&head, src))
	return img, err
}
