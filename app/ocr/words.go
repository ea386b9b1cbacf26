package ocr

import (
	"cmp"
	"image"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// sure is the confidence, of 100, from which a word is believed.
	sure = 60
	// far is the distance from the pointer, in pixels, from which a text is
	// about something else.
	far = 40
	// touching is a distance that leaves no doubt.
	touching = 6
	// maxWords and maxWord bound what a picture full of text gives.
	maxWords = 2000
	maxWord  = 200 // bytes
	maxPixel = 1 << 20
)

// word is a word that tesseract saw.
type word struct {
	text       string
	confidence float64
	box        image.Rectangle
}

// parse reads tesseract's TSV (its manual page, "tsv"): level, page, block,
// paragraph, line, word, left, top, width, height, confidence, text. Lines that
// are not words of that form are left out.
func parse(tsv string) []word {
	var words []word
	for line := range strings.Lines(tsv) {
		if len(words) == maxWords {
			break
		}
		if w, ok := parseWord(strings.TrimRight(line, "\r\n")); ok {
			words = append(words, w)
		}
	}
	return words
}

func parseWord(line string) (word, bool) {
	const columns, wordLevel = 12, "5"
	f := strings.SplitN(line, "\t", columns)
	if len(f) != columns || f[0] != wordLevel {
		return word{}, false
	}
	var n [4]int
	for i := range n {
		v, err := strconv.Atoi(f[6+i])
		if err != nil || v < 0 || v > maxPixel {
			return word{}, false
		}
		n[i] = v
	}
	confidence, err := strconv.ParseFloat(f[10], 64)
	if err != nil || !(confidence >= 0 && confidence <= 100) {
		return word{}, false
	}
	text := strings.TrimSpace(f[11])
	if len(text) > maxWord || !utf8.ValidString(text) || !readable(text) || n[2] == 0 || n[3] == 0 {
		return word{}, false
	}
	return word{text, confidence, image.Rect(n[0], n[1], n[0]+n[2], n[1]+n[3])}, true
}

// readable tells words from icons and rules, which are read as marks.
func readable(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
}

// pick returns the run of words at p, or nearest to it, and its box. The text
// is "" where no run is near, where another is about as near, and where one of
// the run's words is uncertain.
func pick(words []word, p image.Point) (string, image.Rectangle) {
	if len(words) == 0 {
		return "", image.Rectangle{}
	}
	nearest := slices.MinFunc(words, func(a, b word) int { return cmp.Compare(distance(a.box, p), distance(b.box, p)) })
	if distance(nearest.box, p) > far {
		return "", image.Rectangle{}
	}
	run, rest := runOf(nearest, words)
	box := run[0].box
	for _, w := range run {
		if w.confidence < sure {
			return "", image.Rectangle{}
		}
		box = box.Union(w.box)
	}
	d := distance(box, p)
	for _, w := range rest {
		if d > touching && distance(w.box, p) < 1.5*d {
			return "", image.Rectangle{}
		}
	}
	return join(run), box
}

// runOf grows the run of words on one line around w, as long as the gap to the
// next is smaller than the line is high.
func runOf(w word, words []word) (run, rest []word) {
	run = []word{w}
	box := w.box
	rest = slices.Clone(words)
	rest = slices.Delete(rest, slices.Index(rest, w), slices.Index(rest, w)+1)
	for grown := true; grown; {
		grown = false
		for i, o := range rest {
			if sameLine(box, o.box) && gap(box, o.box) < max(box.Dy(), o.box.Dy()) {
				run, box = append(run, o), box.Union(o.box)
				rest = slices.Delete(rest, i, i+1)
				grown = true
				break
			}
		}
	}
	slices.SortFunc(run, func(a, b word) int { return cmp.Compare(a.box.Min.X, b.box.Min.X) })
	return run, rest
}

// sameLine tells whether two boxes share half of the lower one's height.
func sameLine(a, b image.Rectangle) bool {
	shared := min(a.Max.Y, b.Max.Y) - max(a.Min.Y, b.Min.Y)
	return 2*shared >= min(a.Dy(), b.Dy()) && shared > 0
}

// gap is the room between two boxes on a line, 0 where they overlap.
func gap(a, b image.Rectangle) int {
	return max(0, max(a.Min.X, b.Min.X)-min(a.Max.X, b.Max.X))
}

func distance(r image.Rectangle, p image.Point) float64 {
	dx := max(r.Min.X-p.X, 0, p.X-r.Max.X+1)
	dy := max(r.Min.Y-p.Y, 0, p.Y-r.Max.Y+1)
	return math.Hypot(float64(dx), float64(dy))
}

func join(run []word) string {
	texts := make([]string, len(run))
	for i, w := range run {
		texts[i] = w.text
	}
	return strings.Join(texts, " ")
}
