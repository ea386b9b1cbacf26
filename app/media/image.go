package media

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"io"
)

// What is decoded at most: a picture of two 8K displays side by side is 66
// megapixels and is refused, one of three 4K displays is 25 and is not.
const (
	MaxPixels = 50_000_000
	MaxBytes  = 64 << 20
)

// format is one kind of picture that is decoded. The list is fixed here, so
// that a package that registers another with image does not widen it.
type format struct {
	magic  string
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
}

var formats = [...]format{
	{"\x89PNG\r\n\x1a\n", png.DecodeConfig, png.Decode},
	{"\xff\xd8\xff", jpeg.DecodeConfig, jpeg.Decode},
}

// DecodeImage decodes a PNG or JPEG picture that may be hostile. It reads at
// most MaxBytes and looks at the size that the picture claims before it makes
// room for the pixels. The errors are ErrTooLarge, ErrImage, and those of r.
func DecodeImage(r io.Reader) (image.Image, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read picture: %w", err)
	}
	if len(data) > MaxBytes {
		return nil, fmt.Errorf("%w: more than %d MB", ErrTooLarge, MaxBytes>>20)
	}
	for _, f := range formats {
		if bytes.HasPrefix(data, []byte(f.magic)) {
			return f.guarded(data)
		}
	}
	return nil, fmt.Errorf("%w: neither PNG nor JPEG", ErrImage)
}

// guarded turns a panic of a decoder into an error: the decoders are not ours
// and have panicked on crafted files.
func (f format) guarded(data []byte) (img image.Image, err error) {
	defer func() {
		if p := recover(); p != nil {
			img, err = nil, fmt.Errorf("%w: decoder failed: %v", ErrImage, p)
		}
	}()
	c, err := f.config(bytes.NewReader(data))
	if err != nil {
		return nil, unreadable(err)
	}
	if c.Width <= 0 || c.Height <= 0 {
		return nil, fmt.Errorf("%w: %d x %d pixels", ErrImage, c.Width, c.Height)
	}
	if int64(c.Width)*int64(c.Height) > MaxPixels {
		return nil, fmt.Errorf("%w: %d x %d pixels", ErrTooLarge, c.Width, c.Height)
	}
	if img, err = f.decode(bytes.NewReader(data)); err != nil {
		return nil, unreadable(err)
	}
	return img, nil
}

func unreadable(err error) error {
	return fmt.Errorf("%w: %w", ErrImage, err)
}
