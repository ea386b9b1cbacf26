package transcribe

import (
	"encoding/binary"
	"errors"
	"slices"
	"testing"
)

// riff is a WAV file with the sizes that it claims to have.
func riff(format []uint16, claimed uint32, data ...int16) []byte {
	b := []byte("RIFF\xff\xff\xff\xffWAVELIST\x03\x00\x00\x00abc\x00fmt \x10\x00\x00\x00")
	for _, v := range format {
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	b = append(b, "data"...)
	b = binary.LittleEndian.AppendUint32(b, claimed)
	for _, s := range data {
		b = binary.LittleEndian.AppendUint16(b, uint16(s))
	}
	return b
}

func mono() []uint16   { return []uint16{1, 1, 16000, 0, 32000, 0, 2, 16} }
func stereo() []uint16 { return []uint16{1, 2, 16000, 0, 64000, 0, 4, 16} }

func TestDecodeWAV(t *testing.T) {
	tests := []struct {
		name string
		in   []byte
		want []int16 // nil is an error
	}{
		{"mono", riff(mono(), 6, 1, -2, 3), []int16{1, -2, 3}},
		{"stereo is mixed", riff(stereo(), 8, 10, 20, -30000, -32000), []int16{15, -31000}},
		{"a length that was never filled in", riff(mono(), 0, 1, 2), []int16{1, 2}},
		{"a length that lies", riff(mono(), 0xFFFFFFFF, 1, 2), []int16{1, 2}},
		{"half a sample", append(riff(mono(), 5, 1, 2), 9), []int16{1, 2}},
		{"empty sound", riff(mono(), 0), []int16{}},
		{"nothing", nil, nil},
		{"text", []byte("RIFF but no more"), nil},
		{"no sound", riff(mono(), 0)[:40], nil},
		{"sound before the format", []byte("RIFF____WAVEdata\x02\x00\x00\x00ab"), nil},
		{"no channels", riff([]uint16{1, 0, 16000, 0, 0, 0, 0, 16}, 2, 1), nil},
		{"65535 channels", riff([]uint16{1, 65535, 16000, 0, 0, 0, 0, 16}, 2, 1), nil},
		{"floats", riff([]uint16{3, 1, 16000, 0, 0, 0, 0, 32}, 4, 1, 1), nil},
		{"8 bits", riff([]uint16{1, 1, 16000, 0, 0, 0, 0, 8}, 2, 1), nil},
		{"no rate", riff([]uint16{1, 1, 0, 0, 0, 0, 0, 16}, 2, 1), nil},
		{"short format", []byte("RIFF____WAVEfmt \x02\x00\x00\x00ab"), nil},
	}
	for _, test := range tests {
		got, err := DecodeWAV(test.in)
		if test.want == nil {
			if !errors.Is(err, ErrWAV) {
				t.Errorf("%s: %v", test.name, err)
			}
			continue
		}
		if err != nil || got.Rate != 16000 || !slices.Equal(got.Samples, test.want) {
			t.Errorf("%s: %v, %v, want %v", test.name, got, err, test.want)
		}
	}
}

func FuzzDecodeWAV(f *testing.F) {
	f.Add(riff(mono(), 6, 1, 2, 3))
	f.Add(riff(stereo(), 0xFFFFFFFF, 1, 2, 3))
	f.Add([]byte("RIFF____WAVEfmt \xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		w, err := DecodeWAV(data)
		if err != nil && !errors.Is(err, ErrWAV) {
			t.Errorf("error %v", err)
		}
		if err == nil && (w.Rate < minRate || w.Rate > maxRate || 2*len(w.Samples) > len(data)) {
			t.Errorf("%d samples at %d out of %d bytes", len(w.Samples), w.Rate, len(data))
		}
	})
}
