package transcribe

import "math"

// Speech is found by loudness, over a floor that follows the room: a frame is
// loud when it stands out of the quietest tenth of the seconds around it. A
// stretch that is loud but never changes, such as a fan, is no speech, nor is
// one without a single vowel, such as typing. That leaves out a person who
// only whispers.
// Wrongly taking noise for speech costs one look of the engine; missing speech
// loses words, so the thresholds lean to the first.

const (
	frameSamples = Rate / 50 // 20 ms
	frameRate    = Rate / frameSamples

	lookBack  = 8 * frameRate // frames before the one to decide on
	lookAhead = 2 * frameRate // frames after it

	quietShare = 0.1   // of the frames around make the floor
	minFloor   = -70.0 // dB of full scale
	minSpeech  = -58.0 // nothing below is speech, however quiet the room
	enterAbove = 6.0   // dB over the floor that begin speech
	stayAbove  = 4.0   // dB over the floor that keep it going

	hangFrames  = 15  // 300 ms of silence end a span
	minVoiced   = 5   // 100 ms: less is a key or a click
	minChange   = 4.0 // dB between the quiet and the loud of a span
	levelBins   = 97
	lowestLevel = -96.0
)

// span is a stretch of speech, in frames.
type span struct {
	start, end int
	cut        bool // it goes on in the next one
}

// finder finds speech in sound that comes bit by bit. Frames are counted from
// the first sample that it was given.
type finder struct {
	filter   highPass
	pitch    pitch
	levels   []float32 // of the frames from first on, in dB of full scale
	vowels   []bool    // which of them are part of a vowel
	first    int       // number of the frame that levels begins with
	next     int       // first frame that is not decided
	bins     [levelBins]int
	counted  part // frames that bins holds
	speaking bool
	start    int // of the current speech
	last     int // last loud frame in it
	voiced   int // loud frames in it
	vowel    int // frames of the current vowel
	longest  int // and of the longest one in it
}

// add takes whole frames and returns the spans that they completed. With final
// set, everything is decided, as no more will come.
func (f *finder) add(samples []int16, final bool) []span {
	for ; len(samples) >= frameSamples; samples = samples[frameSamples:] {
		level := f.filter.level(samples[:frameSamples], f.pitch.next())
		f.levels = append(f.levels, level)
		f.vowels = append(f.vowels, level >= minSpeech && f.pitch.voiced())
	}
	var spans []span
	for total := f.first + len(f.levels); f.next < total && (final || f.next+lookAhead < total); f.next++ {
		if s, ok := f.decide(f.next); ok {
			spans = append(spans, s)
		}
	}
	if final && f.speaking {
		if s, ok := f.end(); ok {
			spans = append(spans, s)
		}
	}
	f.forget()
	return spans
}

// pending is the first frame that a later span may begin with.
func (f *finder) pending() int {
	if f.speaking {
		return f.start
	}
	return f.next
}

func (f *finder) decide(n int) (span, bool) {
	floor := f.floor(n)
	above := enterAbove
	if f.speaking {
		above = stayAbove
	}
	if float64(f.level(n)) >= max(floor+above, minSpeech) {
		if !f.speaking {
			f.speaking, f.start, f.voiced = true, n, 0
			f.vowel, f.longest = 0, 0
		}
		f.sing(f.vowels[n-f.first])
		f.last = n
		f.voiced++
		if n+1-f.start >= maxSpanFrames {
			return f.cut(n)
		}
		return span{}, false
	}
	f.sing(false)
	if f.speaking && n-f.last >= hangFrames {
		return f.end()
	}
	return span{}, false
}

// sing counts the frames of vowels.
func (f *finder) sing(vowel bool) {
	if !vowel {
		f.vowel = 0
		return
	}
	f.vowel++
	f.longest = max(f.longest, f.vowel)
}

func (f *finder) end() (span, bool) {
	f.speaking = false
	s := span{start: f.start, end: f.last + 1}
	return s, f.voiced >= minVoiced && f.longest >= minVowel && f.changes(s)
}

// cut ends speech that has gone on for too long at the quietest place of its
// second half, and goes on with the rest.
func (f *finder) cut(n int) (span, bool) {
	const around = 5 // 100 ms to each side
	at, quietest := n, math.Inf(1)
	for i := f.start + maxSpanFrames/2; i+around <= n; i++ {
		var sum float64
		for j := i - around; j <= i+around && j <= n; j++ {
			sum += float64(f.level(j))
		}
		if sum < quietest {
			at, quietest = i, sum
		}
	}
	s := span{start: f.start, end: at, cut: true}
	f.start, f.voiced = at, n-at
	if f.longest < minVowel {
		return s, false
	}
	// The rest belongs to what was found to be speech.
	return s, f.changes(s)
}

// changes tells whether the loudness in a span moves as speech does.
func (f *finder) changes(s span) bool {
	const edge = 5 // frames that fade in and out
	if s.end-s.start < 4*edge {
		return true
	}
	var bins [levelBins]int
	for n := s.start + edge; n < s.end-edge; n++ {
		bins[levelBin(f.level(n))]++
	}
	count := s.end - s.start - 2*edge
	return percentile(&bins, count, 0.95)-percentile(&bins, count, 0.1) >= minChange
}

func (f *finder) level(n int) float32 { return f.levels[n-f.first] }

// floor is the level of the quiet frames around n. It keeps the frames it
// counts between calls, which come with rising n.
func (f *finder) floor(n int) float64 {
	end := min(n+lookAhead+1, f.first+len(f.levels))
	for ; f.counted.end < end; f.counted.end++ {
		f.bins[levelBin(f.level(f.counted.end))]++
	}
	for start := max(0, n-lookBack); f.counted.start < start; f.counted.start++ {
		f.bins[levelBin(f.level(f.counted.start))]--
	}
	return max(minFloor, percentile(&f.bins, f.counted.end-f.counted.start, quietShare))
}

// forget drops the levels that nothing asks for any more.
func (f *finder) forget() {
	keep := min(f.counted.start, f.pending())
	if n := keep - f.first; n > lookBack {
		f.levels = append(f.levels[:0], f.levels[n:]...)
		f.vowels = append(f.vowels[:0], f.vowels[n:]...)
		f.first = keep
	}
}

// percentile is the level below which share of count frames lie.
func percentile(bins *[levelBins]int, count int, share float64) float64 {
	want := int(share * float64(count))
	for i, n := range bins {
		if want -= n; want < 0 {
			return lowestLevel + float64(i)
		}
	}
	return 0
}

func levelBin(level float32) int {
	return min(levelBins-1, max(0, int(float64(level)-lowestLevel)))
}

// highPass takes away hum and offset below about 80 Hz, which say nothing
// about speech.
type highPass struct{ in, out float64 }

// level is the loudness of samples in dB of full scale. It leaves what it heard
// in filtered.
func (h *highPass) level(samples []int16, filtered []float32) float32 {
	const keep = 0.97
	var sum float64
	for i, s := range samples {
		x := float64(s) / 32768
		h.out = x - h.in + keep*h.out
		h.in = x
		filtered[i] = float32(h.out)
		sum += h.out * h.out
	}
	mean := sum / float64(len(samples))
	return float32(max(lowestLevel, 10*math.Log10(mean+1e-12)))
}
