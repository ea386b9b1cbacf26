package transcribe

import "math"

// A vowel repeats itself with the pitch of the voice, many times in a row. Keys
// and clicks do not, however fast they come.
const (
	shortestPitch = Rate / 400 // samples; children speak at 400 Hz
	longestPitch  = Rate / 60  // and men at 60 at the lowest
	minAlike      = 0.5        // how much a period must be like the next one
	minVowel      = 2          // frames in a row; the shortest vowels, as in "six", have that
)

// pitch finds vowels in the filtered samples of two frames.
type pitch struct {
	samples [2 * frameSamples]float32
}

// next makes room for the next frame, and returns where it goes.
func (p *pitch) next() []float32 {
	copy(p.samples[:], p.samples[frameSamples:])
	return p.samples[frameSamples:]
}

// voiced tells whether what the two frames hold repeats itself: whether the
// normalised autocorrelation has a high peak at a pitch that voices have.
func (p *pitch) voiced() bool {
	const n = len(p.samples) - longestPitch - 1
	var energy, shifted float64
	for i := range n {
		energy += square(p.samples[i])
		shifted += square(p.samples[i+shortestPitch-1])
	}
	var before, last float64
	for lag := shortestPitch - 1; lag <= longestPitch+1; lag++ {
		var sum float64
		for i, v := range p.samples[:n] {
			sum += float64(v * p.samples[i+lag])
		}
		alike := sum / (math.Sqrt(energy*shifted) + 1e-12)
		// Slow hum is like itself at all short distances, without a peak.
		if lag > shortestPitch && last >= minAlike && last > before && last >= alike {
			return true
		}
		before, last = last, alike
		if lag <= longestPitch {
			shifted += square(p.samples[lag+n]) - square(p.samples[lag])
		}
	}
	return false
}

func square(v float32) float64 { return float64(v) * float64(v) }
