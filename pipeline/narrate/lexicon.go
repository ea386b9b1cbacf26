package narrate

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// lexicon knows which words are told by which steps, and how rare they are.
type lexicon struct {
	steps []map[string]bool
	in    map[string]int // number of steps with the word
}

func newLexicon(steps []Step) lexicon {
	lex := lexicon{steps: make([]map[string]bool, len(steps)), in: map[string]int{}}
	for i, s := range steps {
		lex.steps[i] = tokens(s.Words)
		for w := range lex.steps[i] {
			lex.in[w]++
		}
	}
	return lex
}

// shared is the weight of the words that both have: rare ones weigh more.
func (l lexicon) shared(said map[string]bool, step int) float64 {
	sum := 0.0
	for w := range said {
		if !l.steps[step][w] {
			continue
		}
		sum += math.Log(1+float64(len(l.steps))/float64(l.in[w])) + 0.3
	}
	return min(sum, 6)
}

const maxTokens = 400 // of one step or sentence

// tokens is the set of words of text that tell something, with the other ways
// to say them: numbers in digits, and neighbours as one ("roll out").
func tokens(text string) map[string]bool {
	const most = 8 << 10
	words := wordsOf(text[:min(len(text), most)])
	words = words[:min(len(words), maxTokens)]
	set := map[string]bool{}
	for i, w := range words {
		if !slices.Contains(stop, w) {
			set[stem(w)] = true
		}
		if i+1 < len(words) && len(w)+len(words[i+1]) > 4 && isLetters(w) && isLetters(words[i+1]) {
			set[stem(w+words[i+1])] = true
		}
	}
	for _, n := range numbers(words) {
		set[n] = true
	}
	return set
}

func isLetters(w string) bool { return !strings.ContainsAny(w, "0123456789'") }

// stem takes the endings off that a speaker adds.
func stem(w string) string {
	for _, end := range []string{"ing", "ies", "es", "ed", "s"} {
		if root, ok := strings.CutSuffix(w, end); ok && len(root) >= 3 {
			w = root
			break
		}
	}
	return strings.TrimSuffix(w, "e")
}

// numbers gives the numbers that words spell: "eight zero eight zero" is 8080,
// "twenty five" 25, and the words of digits themselves.
func numbers(words []string) []string {
	var (
		out  []string
		run  strings.Builder
		tens int
	)
	flush := func() {
		if tens > 0 {
			out = append(out, strconv.Itoa(tens))
		}
		if run.Len() > 0 {
			out = append(out, run.String())
		}
		run.Reset()
		tens = 0
	}
	for _, w := range words {
		n, ok := spelt[w]
		switch {
		case ok && n >= 20 && n%10 == 0 && n < 100:
			flush()
			tens = n
		case ok && tens > 0 && n < 10:
			out = append(out, strconv.Itoa(tens+n))
			tens = 0
		case ok:
			run.WriteString(strconv.Itoa(n))
		default:
			flush()
		}
	}
	flush()
	return out
}

var spelt = map[string]int{
	"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
	"eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19,
	"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}

var stop = strings.Fields(`a an and are as at be been before but by can could did do does for from had has have he here how i if in is it its
	just let like me my no not now of on or our out see she should so some such than that the their them then there these they this those to
	up us very was we were what when where which while who why will with would you your all after again about also into over under please`)
