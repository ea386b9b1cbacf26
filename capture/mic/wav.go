package mic

import "encoding/binary"

// Rate is the number of samples a second.
const Rate = 16000

const wavHeader = 44

// appendWAV appends a whole WAV file of 16-bit mono samples to b: the RIFF
// header with the chunks "fmt " and "data" of the Microsoft multimedia format.
func appendWAV(b []byte, samples []int16) []byte {
	const (
		pcm      = 1
		channels = 1
		width    = 2
	)
	le := binary.LittleEndian
	size := uint32(len(samples) * width)
	b = append(b, "RIFF"...)
	b = le.AppendUint32(b, wavHeader-8+size)
	b = append(b, "WAVEfmt "...)
	b = le.AppendUint32(b, 16)
	b = le.AppendUint16(b, pcm)
	b = le.AppendUint16(b, channels)
	b = le.AppendUint32(b, Rate)
	b = le.AppendUint32(b, Rate*channels*width)
	b = le.AppendUint16(b, channels*width)
	b = le.AppendUint16(b, 8*width)
	b = append(b, "data"...)
	b = le.AppendUint32(b, size)
	for _, s := range samples {
		b = le.AppendUint16(b, uint16(s))
	}
	return b
}

// peak returns the largest sample, 0 to 1.
func peak(samples []int16) float64 {
	top := 0
	for _, s := range samples {
		top = max(top, int(s), -int(s))
	}
	return min(1, float64(top)/32767)
}
