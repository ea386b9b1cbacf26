package narrate

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/runreel/runreel/capture"
)

// longestJoin is the pause after which a sentence that has no full stop has
// ended all the same.
const longestJoin = 2 * time.Second

// sentences cuts the segments into sentences. Where the recogniser writes full
// stops, they decide, and a segment may end in the middle; where it does not,
// every segment is a sentence.
func sentences(segments []capture.Segment) []Sentence {
	var pieces []Sentence
	for _, s := range segments {
		if text := strings.Join(strings.Fields(strings.ToValidUTF8(s.Text, "\uFFFD")), " "); text != "" {
			pieces = append(pieces, Sentence{Text: text, Start: s.Start, End: max(s.Start, s.End)})
		}
	}
	slices.SortStableFunc(pieces, func(a, b Sentence) int { return cmp.Compare(a.Start, b.Start) })
	if !punctuated(pieces) {
		return pieces
	}
	var (
		out  []Sentence
		open *Sentence
	)
	for _, p := range pieces {
		for _, part := range split(p) {
			if open != nil && part.Start-open.End <= longestJoin {
				open.Text += " " + part.Text
				open.End = part.End
			} else {
				out = append(out, part)
				open = &out[len(out)-1]
			}
			if ends(part.Text) {
				open = nil
			}
		}
	}
	return out
}

func punctuated(pieces []Sentence) bool {
	n := 0
	for _, p := range pieces {
		if strings.ContainsAny(p.Text, ".!?。！？") {
			n++
		}
	}
	return n*3 >= len(pieces) && n > 0
}

func ends(text string) bool {
	r, _ := utf8.DecodeLastRuneInString(text)
	return strings.ContainsRune(".!?。！？…", r)
}

// split cuts a piece after its full stops and shares its time out by length.
func split(p Sentence) []Sentence {
	var out []Sentence
	words := strings.Fields(p.Text)
	total, done, from := len(p.Text), 0, 0
	at := func(n int) time.Duration {
		return p.Start + time.Duration(float64(p.End-p.Start)*float64(n)/float64(total))
	}
	begin := 0
	for i, w := range words {
		done += len(w) + 1
		last := i == len(words)-1
		if !last && !(ends(w) && begins(words[i+1]) && !abbreviation(w)) {
			continue
		}
		out = append(out, Sentence{Text: strings.Join(words[from:i+1], " "), Start: at(begin), End: at(min(done, total))})
		from, begin = i+1, done
	}
	return out
}

func begins(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return !unicode.IsLower(r)
}

func abbreviation(w string) bool {
	switch strings.ToLower(w) {
	case "e.g.", "i.e.", "etc.", "vs.", "no.", "dr.", "mr.", "mrs.":
		return true
	}
	return false
}
