package media_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"testing"
	"testing/iotest"

	"github.com/runreel/runreel/app/media"
)

func picture(t testing.TB, encode func(io.Writer, image.Image) error) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 20, 10))
	img.Set(3, 3, color.White)
	var b bytes.Buffer
	if err := encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func asJPEG(w io.Writer, m image.Image) error { return jpeg.Encode(w, m, nil) }

// resized gives a PNG that claims another size, with a right checksum.
func resized(data []byte, w, h uint32) []byte {
	data = bytes.Clone(data)
	binary.BigEndian.PutUint32(data[16:], w)
	binary.BigEndian.PutUint32(data[20:], h)
	binary.BigEndian.PutUint32(data[29:], crc32.ChecksumIEEE(data[12:29]))
	return data
}

func TestDecodeImage(t *testing.T) {
	whole := picture(t, png.Encode)
	for name, data := range map[string][]byte{"png": whole, "jpeg": picture(t, asJPEG)} {
		img, err := media.DecodeImage(bytes.NewReader(data))
		if err != nil || img.Bounds().Dx() != 20 || img.Bounds().Dy() != 10 {
			t.Errorf("%s: %v, %v", name, img, err)
		}
	}
	var g bytes.Buffer
	if err := gif.Encode(&g, image.NewPaletted(image.Rect(0, 0, 2, 2), color.Palette{color.Black}), nil); err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(whole)
	flipped[len(flipped)-20] ^= 0xff
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"empty":       {nil, media.ErrImage},
		"text":        {[]byte("hello"), media.ErrImage},
		"gif":         {g.Bytes(), media.ErrImage},
		"truncated":   {whole[:len(whole)-16], media.ErrImage},
		"flipped":     {flipped, media.ErrImage},
		"no pixels":   {resized(whole, 0, 10), media.ErrImage},
		"bomb":        {resized(whole, 20000, 20000), media.ErrTooLarge},
		"overflow":    {resized(whole, 0x7fffffff, 0x7fffffff), media.ErrTooLarge},
		"wide":        {resized(whole, media.MaxPixels+1, 1), media.ErrTooLarge},
		"too long":    {append(bytes.Clone(whole), make([]byte, media.MaxBytes)...), media.ErrTooLarge},
		"wrong size":  {resized(whole, 21, 11), media.ErrImage},
		"only a mark": {[]byte("\xff\xd8\xff"), media.ErrImage},
	} {
		img, err := media.DecodeImage(bytes.NewReader(c.data))
		// A PNG whose claimed size overflows is refused by the decoder itself.
		if name == "overflow" && errors.Is(err, media.ErrImage) {
			continue
		}
		if img != nil || !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	broken := errors.New("cable")
	if _, err := media.DecodeImage(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("reader's error became %v", err)
	}
}

func FuzzDecodeImage(f *testing.F) {
	f.Add(picture(f, png.Encode))
	f.Add(picture(f, asJPEG))
	f.Add(resized(picture(f, png.Encode), 7000, 7000))
	f.Add([]byte("\x89PNG\r\n\x1a\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		img, err := media.DecodeImage(bytes.NewReader(data))
		if (img == nil) == (err == nil) {
			t.Fatalf("%v, %v", img, err)
		}
		if img != nil && img.Bounds().Dx()*img.Bounds().Dy() > media.MaxPixels {
			t.Fatalf("%v", img.Bounds())
		}
	})
}
