package mic

import "slices"

// slewOf tells by how many samples a packet is to be longer, or shorter where
// it is negative, when audio time is late by so many samples.
func slewOf(late int64) int {
	if late > -tolerance && late < tolerance {
		return 0
	}
	n := min(maxSlew, max(1, abs(late)/64))
	if late < 0 {
		n = -n
	}
	return int(n)
}

func abs(v int64) int64 { return max(v, -v) }

// slew makes samples longer by n, or shorter where n is negative: one sample in
// each n-th of them, at the place where it is heard least. It uses the memory
// of samples.
func slew(samples []int16, n int) []int16 {
	parts := max(n, -n)
	for i := parts - 1; i >= 0; i-- { // from the end, so that what lies before keeps its place
		from, to := len(samples)*i/parts, len(samples)*(i+1)/parts
		to = min(to, len(samples)-1)
		if from >= to {
			continue
		}
		at := calmest(samples, from, to)
		if n < 0 {
			samples = slices.Delete(samples, at, at+1)
			continue
		}
		between := int16((int(samples[at]) + int(samples[at+1])) / 2)
		samples = slices.Insert(samples, at+1, between)
	}
	return samples
}

// calmest is the place from from up to to at which a sample and its step to the
// next one are smallest.
func calmest(samples []int16, from, to int) int {
	at, least := from, int64(1)<<62
	for i := from; i < to; i++ {
		a, b := int64(samples[i]), int64(samples[i+1])
		if v := abs(a) + 2*abs(b-a); v < least {
			at, least = i, v
		}
	}
	return at
}
