package transcribe

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/runreel/runreel/capture"
)

const (
	minRepeats  = 4                      // of one phrase in a row are no speech
	maxPhrase   = 8                      // words
	joinWithin  = time.Second            // of silence, a sentence may go on
	maxSentence = 20 * time.Second       // longer ones are left apart
	minShare    = 0.3                    // of segments end a sentence where an engine writes punctuation
	terminals   = ".?!。？！"               //
	notes       = "♪♫🎵🎶"                 // stand for music
	ellipsis    = "..."                  //
	minPart     = 300 * time.Millisecond // a sentence takes that long
)

// clean is the text of a segment with its white space in order, and false
// where it is nothing that was said: a remark about a sound, or the loops that
// models fall into on noise. A phrase within it that repeats over and over is
// kept once.
func clean(text string) (string, bool) {
	text = strings.Map(func(r rune) rune {
		// The joiners are letters' business in Persian and in emoji.
		if joiner := r == 0x200C || r == 0x200D; r == utf8.RuneError || unicode.Is(unicode.Cf, r) && !joiner || unicode.IsControl(r) && !unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text)
	words := strings.Fields(text)
	if len(words) == 0 || isRemark(strings.Join(words, " ")) {
		return "", false
	}
	kept := collapse(words)
	if len(kept) == 1 && len(words) >= minRepeats {
		return "", false
	}
	text = strings.Join(kept, " ")
	return text, strings.IndexFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) >= 0
}

// isRemark tells whether all of text stands in brackets or is music.
func isRemark(text string) bool {
	if strings.ContainsAny(text, notes) {
		return true
	}
	for _, pair := range []string{"[]", "()", "**", "<>", "【】", "（）"} {
		open, size := utf8.DecodeRuneInString(pair)
		end, _ := utf8.DecodeRuneInString(pair[size:])
		first, n := utf8.DecodeRuneInString(text)
		last, _ := utf8.DecodeLastRuneInString(strings.TrimRight(text, terminals))
		if first == open && last == end && !strings.ContainsRune(strings.TrimRight(text[n:], terminals+string(end)), end) {
			return true
		}
	}
	return false
}

// collapse keeps one of a phrase that comes minRepeats times or more in a row.
func collapse(words []string) []string {
	out := make([]string, 0, len(words))
	for i := 0; i < len(words); {
		n, times := repeats(words[i:])
		out = append(out, words[i:i+n]...)
		i += n * times
	}
	return out
}

// repeats is the length of the shortest phrase that words begin with minRepeats
// times or more, and how often; 1 and 1 where there is none.
func repeats(words []string) (length, times int) {
	for n := 1; n <= maxPhrase && n*minRepeats <= len(words); n++ {
		times := 1
		for (times+1)*n <= len(words) && samePhrase(words[:n], words[times*n:(times+1)*n]) {
			times++
		}
		if times >= minRepeats {
			return n, times
		}
	}
	return 1, 1
}

func samePhrase(a, b []string) bool {
	for i := range a {
		if bare(a[i]) != bare(b[i]) {
			return false
		}
	}
	return !isNumber(a[0]) // "zero zero zero zero" and "10 10 10 10" are said
}

func bare(word string) string {
	return strings.ToLower(strings.TrimFunc(word, func(r rune) bool { return unicode.IsPunct(r) }))
}

func isNumber(word string) bool {
	switch bare(word) {
	case "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "dot":
		return true
	}
	return strings.IndexFunc(word, unicode.IsDigit) >= 0
}

// Sentences returns a copy of segments with sentences put together that were
// torn apart, and apart that came together. An engine that writes no
// punctuation gives no hold for either, and keeps its segments.
func Sentences(segments []capture.Segment) []capture.Segment {
	var ends int
	for _, s := range segments {
		if endsSentence(s.Text) {
			ends++
		}
	}
	punctuated := ends > 0 && float64(ends) >= minShare*float64(len(segments))
	var out []capture.Segment
	for _, s := range segments {
		if n := len(out); punctuated && n > 0 && goesOn(out[n-1], s) {
			out[n-1].Text += " " + s.Text
			out[n-1].End = s.End
			continue
		}
		out = append(out, s)
	}
	if !punctuated {
		return out
	}
	var apart []capture.Segment
	for _, s := range out {
		apart = append(apart, split(s)...)
	}
	return apart
}

func goesOn(a, b capture.Segment) bool {
	return !endsSentence(a.Text) && b.Start-a.End <= joinWithin && b.End-a.Start <= maxSentence
}

func endsSentence(text string) bool {
	text = strings.TrimRight(text, "\"')]”’ ")
	r, _ := utf8.DecodeLastRuneInString(text)
	return strings.ContainsRune(terminals, r) && !strings.HasSuffix(text, ellipsis)
}

// split gives each sentence of a segment a share of its time by its letters.
func split(s capture.Segment) []capture.Segment {
	texts := splitText(s.Text)
	length := s.End - s.Start
	if len(texts) < 2 || length < time.Duration(len(texts))*minPart {
		return []capture.Segment{s}
	}
	out := make([]capture.Segment, 0, len(texts))
	total, before := len(strings.Join(texts, "")), 0
	for _, t := range texts {
		start := s.Start + length*time.Duration(before)/time.Duration(total)
		before += len(t)
		end := s.Start + length*time.Duration(before)/time.Duration(total)
		out = append(out, capture.Segment{Start: start, End: end, Text: t})
	}
	return out
}

// splitText cuts text after a word that ends a sentence, where the next one
// begins with a capital letter. Abbreviations end none.
func splitText(text string) []string {
	words := strings.Fields(text)
	var out []string
	from := 0
	for i := 0; i+1 < len(words); i++ {
		next, _ := utf8.DecodeRuneInString(words[i+1])
		if !endsSentence(words[i]) || !unicode.IsUpper(next) || isShort(words[i]) {
			continue
		}
		out = append(out, strings.Join(words[from:i+1], " "))
		from = i + 1
	}
	return append(out, strings.Join(words[from:], " "))
}

// isShort tells whether a word with a dot is an abbreviation such as "e.g.",
// "Dr." or "S."
func isShort(word string) bool {
	switch strings.ToLower(word) {
	case "dr.", "mr.", "mrs.", "ms.", "vs.", "etc.", "no.", "st.", "inc.", "fig.":
		return true
	}
	stem := strings.TrimRight(word, ".")
	return strings.Contains(stem, ".") && !strings.ContainsFunc(stem, unicode.IsDigit) && len(stem) <= 5 || utf8.RuneCountInString(stem) == 1
}
