package transcribe

import (
	"slices"
	"time"

	"github.com/runreel/runreel/capture"
)

const (
	maxPieceFrames = int(MaxPiece / time.Second * frameRate)
	leadFrames     = 10 // 200 ms of silence are kept before speech
	tailFrames     = 15 // and 300 ms after it
	maxSpanFrames  = maxPieceFrames - leadFrames - tailFrames

	// A piece that holds this much ends at the next pause. A model that gets
	// many sentences with pauses between them in one window leaves words out,
	// mostly the last ones of a long sentence; few sentences it takes down
	// whole. Each piece costs a window, however little it holds, so a piece is
	// no shorter than it must be.
	enoughFrames = 12 * frameRate

	// Silence up to this is kept as it is between two spans of a piece; of a
	// longer one only tail and lead stay, so that a piece holds as much speech
	// as it can and the engine has little silence to make things up on.
	keepSilence = 50 // 1 s
)

// part is a stretch of sound in a piece, in frames of the sound it comes from.
type part struct{ start, end int }

// piece is what is sent to the engine at once: speech with a little silence
// around it, out of one run of sound without a hole.
type piece struct {
	parts   []part
	spans   []span
	samples []int16
}

// sound is what is kept of a run of samples, from the frame first on.
type sound struct {
	samples []int16
	first   int
}

func (s *sound) slice(start, end int) []int16 {
	return s.samples[(start-s.first)*frameSamples : (end-s.first)*frameSamples]
}

// forget drops what lies before a frame.
func (s *sound) forget(before int) {
	if n := before - s.first; n > frameRate {
		s.samples = slices.Delete(s.samples, 0, n*frameSamples)
		s.first = before
	}
}

func (p *piece) frames() int {
	var n int
	for _, q := range p.parts {
		n += q.end - q.start
	}
	return n
}

// fits tells whether s should still be added. What goes on without a pause
// belongs together, as long as there is room.
func (p *piece) fits(s span) bool {
	if len(p.parts) == 0 {
		return true
	}
	if p.frames() >= enoughFrames && !p.spans[len(p.spans)-1].cut {
		return false
	}
	last := p.parts[len(p.parts)-1]
	gap := min(max(0, s.start-last.end), keepSilence)
	return p.frames()+gap+s.end-s.start+tailFrames <= maxPieceFrames
}

// add appends speech of from, of which total frames are whole. What lies before
// used belongs to other speech.
func (p *piece) add(s span, from *sound, used, total int) {
	p.spans = append(p.spans, s)
	next := part{max(used, s.start-leadFrames, from.first), min(total, s.end+tailFrames)}
	if s.cut {
		next.end = s.end
	}
	if n := len(p.parts); n > 0 && next.start-p.parts[n-1].end <= keepSilence {
		next.start = p.parts[n-1].end
		p.parts[n-1].end = max(next.start, next.end)
	} else {
		p.parts = append(p.parts, next)
	}
	if next.start < next.end {
		p.samples = append(p.samples, from.slice(next.start, next.end)...)
	}
}

// inSession turns the times of a segment within the piece into frames of the
// sound. A segment that only touches a part at its edge does not belong to it:
// engines place borders within the silence they hear, and the silence between
// two parts is mostly taken out.
func (p *piece) inSession(seg capture.Segment) (start, end int) {
	const edge = leadFrames + tailFrames
	a, b := framesOf(seg.Start), framesOf(seg.End)
	b = max(a, b)
	start, end = -1, -1
	offset := 0
	for i, q := range p.parts {
		n := q.end - q.start
		from, to := max(a-offset, 0), min(b-offset, n)
		last := i == len(p.parts)-1
		offset += n
		if start < 0 {
			touches := n-from <= edge && to-from < b-a && !last
			if from >= n && !last || touches {
				continue
			}
			start = q.start + min(from, n)
			end = start
		}
		if to > edge || start >= q.start {
			end = max(end, q.start+max(to, 0))
		}
	}
	return start, end
}

// trim moves the borders of a segment that lie in silence to the speech they
// mean. It tells how many frames of speech lie within.
func (p *piece) trim(start, end int) (int, int, int) {
	var speech int
	first, last := -1, -1
	for _, s := range p.spans {
		a, b := max(s.start, start), min(s.end, end)
		if b <= a {
			continue
		}
		speech += b - a
		if first < 0 {
			first = a
		}
		last = b
	}
	if first < 0 {
		return start, end, 0
	}
	return first, last, speech
}

func framesOf(d time.Duration) int { return int(d * frameRate / time.Second) }

func durationOf(frames int) time.Duration { return time.Duration(frames) * time.Second / frameRate }
