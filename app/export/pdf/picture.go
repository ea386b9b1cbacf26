package pdf

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/png"

	"golang.org/x/image/draw"

	"github.com/runreel/runreel/app/export"
	"github.com/runreel/runreel/app/export/pdf/pdffile"
)

// maxWidth is the width in pixels from which pictures are scaled down. On a page
// of A4 that is about 230 dots an inch.
const maxWidth = 1600

// maxPixels is the largest picture that is decoded.
const maxPixels = 50_000_000

// errLarge is returned for a picture of more than maxPixels.
var errLarge = errors.New("the picture is larger than 50 megapixels")

// picture is an image of the file.
type picture struct {
	name          string // of the resource
	ref           pdffile.Ref
	width, height int // pixels of the figure, also where fewer are embedded
}

// pictures are the images of one file: those that look the same are embedded
// once.
type pictures struct {
	byFigure map[string]picture
	failed   map[string]error
	bySum    map[[sha256.Size]byte]picture
	list     []picture
}

// load writes all pictures, and remembers which failed.
func (ps *pictures) load(ctx context.Context, w *pdffile.Writer, figures export.Figures, ids []string) error {
	return export.Load(ctx, figures, ids, func(id string, p export.Picture, err error) error {
		if err == nil {
			err = ps.add(w, id, p)
		}
		if err != nil {
			ps.failed[id] = err
		}
		return w.Err()
	})
}

func (ps *pictures) get(id string) (picture, error) {
	if err := ps.failed[id]; err != nil {
		return picture{}, err
	}
	return ps.byFigure[id], nil
}

func (ps *pictures) add(w *pdffile.Writer, id string, p export.Picture) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("decode its picture: %v", v)
		}
	}()
	sum := sha256.Sum256(p.PNG)
	pic, ok := ps.bySum[sum]
	if !ok {
		pic, err = embedPNG(w, p.PNG)
		if err != nil {
			return err
		}
		pic.name = fmt.Sprintf("P%d", len(ps.list))
		ps.bySum[sum] = pic
		ps.list = append(ps.list, pic)
	}
	ps.byFigure[id] = pic
	return nil
}

// embedPNG writes a picture as opaque RGB. The rows of a PNG that is that
// already go into the file as they are: PDF knows its filters.
func embedPNG(w *pdffile.Writer, data []byte) (picture, error) {
	config, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return picture{}, fmt.Errorf("read its picture: %w", err)
	}
	if int64(config.Width)*int64(config.Height) > maxPixels {
		return picture{}, errLarge
	}
	pic := picture{width: config.Width, height: config.Height}
	if config.Width > maxWidth || !plainPNG(data) {
		if data, err = reencode(data); err != nil {
			return picture{}, err
		}
		if config, err = png.DecodeConfig(bytes.NewReader(data)); err != nil {
			return picture{}, fmt.Errorf("read its picture: %w", err)
		}
	}
	rows, err := pixelData(data)
	if err != nil {
		return picture{}, err
	}
	pic.ref = w.Alloc()
	w.Raw(pic.ref, fmt.Sprintf("/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /FlateDecode /DecodeParms << /Predictor 15 /Colors 3 /BitsPerComponent 8 /Columns %d >>",
		config.Width, config.Height, config.Width), rows)
	return pic, nil
}

// plainPNG reports whether a PNG holds opaque RGB of eight bits, not interlaced
// (PNG, 11.2.2).
func plainPNG(data []byte) bool {
	const ihdr = 16 // after the signature, the length and the name
	return len(data) > ihdr+13 && data[ihdr+8] == 8 && data[ihdr+9] == 2 && data[ihdr+12] == 0
}

// pixelData joins the IDAT chunks of a PNG, and checks them.
func pixelData(data []byte) ([]byte, error) {
	var out []byte
	for at := 8; at+12 <= len(data); {
		n := int(binary.BigEndian.Uint32(data[at:]))
		if n < 0 || n > len(data)-at-12 {
			break
		}
		chunk := data[at+4 : at+8+n]
		if crc32.ChecksumIEEE(chunk) != binary.BigEndian.Uint32(data[at+8+n:]) {
			return nil, errors.New("its picture is damaged")
		}
		switch string(chunk[:4]) {
		case "IDAT":
			out = append(out, chunk[4:]...)
		case "IEND":
			return out, nil
		}
		at += 12 + n
	}
	return nil, errors.New("its picture is cut off")
}

// reencode flattens a picture on white and scales it down to maxWidth.
func reencode(data []byte) ([]byte, error) {
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("decode its picture: %w", err)
	}
	b := img.Bounds()
	size := image.Rect(0, 0, b.Dx(), b.Dy())
	if b.Dx() > maxWidth {
		size = image.Rect(0, 0, maxWidth, max(b.Dy()*maxWidth/b.Dx(), 1))
	}
	flat := image.NewRGBA(size)
	draw.Draw(flat, size, image.White, image.Point{}, draw.Src)
	if size.Dx() == b.Dx() {
		draw.Draw(flat, size, img, b.Min, draw.Over)
	} else {
		draw.ApproxBiLinear.Scale(flat, size, img, b, draw.Over, nil)
	}
	var buf bytes.Buffer
	enc := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := enc.Encode(&buf, flat); err != nil {
		return nil, fmt.Errorf("encode its picture: %w", err)
	}
	return buf.Bytes(), nil
}
