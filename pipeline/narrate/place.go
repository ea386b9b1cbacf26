package narrate

import (
	"math"
	"sort"
	"time"
)

// What a placement costs. A second between sentence and step costs one rate;
// the other prices are in the same money.
const (
	rate      = 0.45 // a second of distance, up to near
	farRate   = 0.2  // a second beyond
	near      = 4.0  // seconds
	farthest  = 20.0 // seconds; more distance costs no more
	skip      = 2.5  // a step between the two
	against   = 1.8  // per unit of the wrong direction
	word      = 1.2  // gain per unit of shared words
	overlap   = 1.5  // gain for speech while the step is done
	introCost = 2.0  // of a sentence before the first step on no step
	neutral   = 0.4  // of the step ahead, for a sentence that looks nowhere
	band      = 5    // steps before and after a sentence that are looked at
)

// option is a step that a sentence may be about.
type option struct {
	step int // or Intro
	cost float64
}

// place gives each sentence its step by dynamic programming over sentences and
// the few steps near each, the steps never going back.
func place(said []Sentence, steps []Step, lex lexicon) {
	if len(steps) == 0 {
		for i := range said {
			said[i].Step = Intro
		}
		return
	}
	columns := make([][]option, len(said))
	from := make([][]int, len(said)) // per option, the option of the sentence before
	for i := range said {
		columns[i] = options(said[i], steps, lex)
		from[i] = make([]int, len(columns[i]))
		if i == 0 {
			continue
		}
		before := columns[i-1]
		best, next := -1, 0
		for j := range columns[i] {
			o := &columns[i][j]
			for next < len(before) && before[next].step <= o.step {
				if best < 0 || before[next].cost < before[best].cost {
					best = next
				}
				next++
			}
			if best < 0 { // every choice before lies behind: only possible at the edge of a band
				from[i][j] = 0
				o.cost = math.Inf(1)
				continue
			}
			from[i][j] = best
			o.cost += before[best].cost
		}
	}
	last := len(said) - 1
	at := cheapest(columns[last])
	for i := last; i >= 0; i-- {
		said[i].Step = columns[i][at].step
		at = from[i][at]
	}
}

func cheapest(of []option) int {
	best := 0
	for i := range of {
		if of[i].cost < of[best].cost {
			best = i
		}
	}
	return best
}

// options are the steps near s in time, in order, with their own costs.
func options(s Sentence, steps []Step, lex lexicon) []option {
	// The first step that begins after the sentence does.
	ahead := sort.Search(len(steps), func(i int) bool { return steps[i].Start > s.Start })
	toks, lean := tokens(s.Text), direction(s.Text)
	var out []option
	if ahead == 0 {
		cost := introCost
		if opening(s.Text) || s.Role == Prerequisite {
			cost = -6
		}
		out = append(out, option{Intro, cost})
	}
	for j := max(0, ahead-band); j < min(len(steps), ahead+band); j++ {
		out = append(out, option{j, cost(s, steps[j], j, ahead, lean) - word*lex.shared(toks, j)})
	}
	return out
}

func cost(s Sentence, step Step, j, ahead int, lean float64) float64 {
	total := 0.0
	switch {
	case s.End <= step.Start:
		total += distance(step.Start - s.End)
		total += neutral
	case step.End <= s.Start:
		total += distance(s.Start - step.End)
	default:
		total -= overlap * share(s, step)
	}
	if j >= ahead {
		total += skip * float64(j-ahead)
		total += against * max(0, -lean)
		return total
	}
	total += skip * float64(ahead-1-j)
	wrong := against * max(0, lean)
	if s.Start < step.End {
		// What is said while a step still runs may announce it, the less the
		// longer it runs.
		wrong *= min(1, (s.Start-step.Start).Seconds()/3)
	}
	return total + wrong
}

func distance(gap time.Duration) float64 {
	s := min(farthest, gap.Seconds())
	return rate*min(near, s) + farRate*max(0, s-near)
}

// share is how much of s falls into the step.
func share(s Sentence, step Step) float64 {
	both := min(s.End, step.End) - max(s.Start, step.Start)
	if s.End <= s.Start {
		return 1
	}
	return max(0, min(1, both.Seconds()/(s.End-s.Start).Seconds()))
}
