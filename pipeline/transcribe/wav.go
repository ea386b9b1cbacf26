package transcribe

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// ErrWAV is wrapped by every error of DecodeWAV.
var ErrWAV = errors.New("not a readable WAV file")

// WAV is decoded sound, mixed down to one channel.
type WAV struct {
	Rate    int // samples a second
	Samples []int16
}

const (
	maxChannels = 8
	minRate     = 8000
	maxRate     = 192000
	wavPCM      = 1
	wavExtended = 0xFFFE
)

// DecodeWAV reads a RIFF WAVE file of 16-bit PCM. Sizes in it are not
// believed: the data ends where the file does, also where its length was never
// filled in, as in a file whose writer died. The result holds no more samples
// than data has bytes for.
func DecodeWAV(data []byte) (WAV, error) {
	if len(data) < 12 || string(data[:4]) != "RIFF" || string(data[8:12]) != "WAVE" {
		return WAV{}, fmt.Errorf("%w: no RIFF WAVE header", ErrWAV)
	}
	var format wavFormat
	for rest := data[12:]; len(rest) >= 8; {
		id, size := string(rest[:4]), uint64(binary.LittleEndian.Uint32(rest[4:]))
		rest = rest[8:]
		body := rest[:min(size, uint64(len(rest)))]
		switch id {
		case "fmt ":
			var err error
			if format, err = parseWAVFormat(body); err != nil {
				return WAV{}, err
			}
		case "data":
			if format.channels == 0 {
				return WAV{}, fmt.Errorf("%w: sound before its format", ErrWAV)
			}
			if size == 0 { // the writer never came back to fill it in
				body = rest
			}
			return WAV{Rate: format.rate, Samples: mixDown(body, format.channels)}, nil
		}
		size += size & 1 // chunks are padded to even length
		rest = rest[min(size, uint64(len(rest))):]
	}
	return WAV{}, fmt.Errorf("%w: no sound in it", ErrWAV)
}

type wavFormat struct{ channels, rate int }

func parseWAVFormat(b []byte) (wavFormat, error) {
	if len(b) < 16 {
		return wavFormat{}, fmt.Errorf("%w: format of %d bytes", ErrWAV, len(b))
	}
	tag := binary.LittleEndian.Uint16(b)
	channels := int(binary.LittleEndian.Uint16(b[2:]))
	rate := binary.LittleEndian.Uint32(b[4:])
	bits := binary.LittleEndian.Uint16(b[14:])
	switch {
	case tag != wavPCM && tag != wavExtended:
		return wavFormat{}, fmt.Errorf("%w: encoding %d, want PCM", ErrWAV, tag)
	case bits != 16:
		return wavFormat{}, fmt.Errorf("%w: %d bits a sample, want 16", ErrWAV, bits)
	case channels < 1 || channels > maxChannels:
		return wavFormat{}, fmt.Errorf("%w: %d channels, want 1 to %d", ErrWAV, channels, maxChannels)
	case rate < minRate || rate > maxRate:
		return wavFormat{}, fmt.Errorf("%w: %d samples a second", ErrWAV, rate)
	}
	return wavFormat{channels: channels, rate: int(rate)}, nil
}

func mixDown(b []byte, channels int) []int16 {
	out := make([]int16, len(b)/(2*channels))
	for i := range out {
		var sum int
		for c := range channels {
			sum += int(int16(binary.LittleEndian.Uint16(b[2*(i*channels+c):])))
		}
		out[i] = int16(sum / channels)
	}
	return out
}
