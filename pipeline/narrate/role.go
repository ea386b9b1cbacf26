package narrate

import (
	"slices"
	"strings"
	"unicode"
)

// rule gives the sentences with a phrase a role. Phrases are lower-case words;
// one that begins with "^" must begin the sentence, apart from filler.
type rule struct {
	role    Role
	phrases []string
}

// rules, the first that fits decides.
var rules = []rule{
	{Aside, []string{
		"^let me see", "^um", "^uh", "^hmm", "^hm", "^oops", "^sorry", "^thank you for watching", "^thanks for watching", "^that is all",
		"^that's all", "^that is the end", "^okay so", "where was i", "^wait what", "^good morning", "^good afternoon", "^hello and welcome", "^hello everyone",
		"^never mind", "^nevermind",
	}},
	{Rollback, []string{
		"roll back", "roll it back", "run the rollback", "undo the rollout", "go back to the old version", "revert the change",
	}},
	{Prerequisite, []string{
		"before you start", "before you begin", "before we start", "before we begin", "^you need a", "^you need an", "^you need the", "^you need access",
		"^you will need", "^you must have", "^make sure you have", "^make sure that you have", "^we need access", "^ask for access",
	}},
	{Warning, []string{
		"make sure", "be sure", "^never", "never run", "never do", "never use", "^always", "^do not", "^don't", "please do not", "please don't", "be careful",
		"careful with", "watch out", "^important", "^warning", "^caution", "do not forget", "don't forget", "^remember", "^attention",
	}},
}

// conditions are what a way back begins with: without one, rolling back is
// what the recording does.
var conditions = []string{"if", "when", "in case", "should", "otherwise"}

// roleOf reads the role off the words. Sentences of nothing but filler are
// asides too.
func roleOf(text string) Role {
	all := wordsOf(text)
	words := skipFiller(all)
	if len(words) == 0 {
		return Aside
	}
	for _, r := range rules {
		if !slices.ContainsFunc(r.phrases, func(p string) bool { return hasPhrase(all, words, p) }) {
			continue
		}
		if r.role == Rollback && !conditional(words) {
			continue
		}
		return r.role
	}
	return Plain
}

func conditional(words []string) bool {
	return slices.ContainsFunc(conditions, func(c string) bool { return contains(words, strings.Fields(c)) })
}

func hasPhrase(all, words []string, phrase string) bool {
	if start, ok := strings.CutPrefix(phrase, "^"); ok {
		p := strings.Fields(start)
		return startsWith(all, p) || startsWith(words, p)
	}
	return contains(all, strings.Fields(phrase))
}

func startsWith(words, phrase []string) bool {
	return len(words) >= len(phrase) && slices.Equal(words[:len(phrase)], phrase)
}

func contains(words, phrase []string) bool {
	for i := range words {
		if startsWith(words[i:], phrase) {
			return true
		}
	}
	return false
}

var filler = []string{"and", "so", "okay", "ok", "well", "right", "now", "then", "also", "but", "please", "um", "uh", "alright", "yes"}

func skipFiller(words []string) []string {
	for len(words) > 0 && slices.Contains(filler, words[0]) {
		words = words[1:]
	}
	return words
}

// wordsOf is the words in lower case without punctuation.
func wordsOf(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\''
	})
}

// direction tells whether a sentence looks forward (an announcement, above 0)
// or back (a comment, below 0).
func direction(text string) float64 {
	all := wordsOf(text)
	words := skipFiller(all)
	asks := slices.ContainsFunc(requests, func(p string) bool { return hasPhrase(all, words, p) })
	sum := 0.0
	for _, d := range directions {
		if asks && d.weight < 0 {
			continue // "make sure that it is green" tells of nothing yet
		}
		if slices.ContainsFunc(d.phrases, func(p string) bool { return hasPhrase(all, words, p) }) {
			sum += d.weight
		}
	}
	if len(words) > 0 && slices.Contains(imperatives, words[0]) {
		sum += 1.5
	}
	return max(-3, min(3, sum))
}

// requests begin a sentence that asks for a state and does not report it.
var requests = []string{"^make sure", "^be sure", "^ensure", "^verify", "^check", "^wait until", "^wait for"}

type leaning struct {
	weight  float64
	phrases []string
}

var directions = []leaning{
	{2, []string{
		"^now i", "^now we", "^now run", "^now let", "^now the", "^next", "^then", "^and then", "^first", "^after that", "^finally", "^at the end", "^let us", "^let's",
		"^let me", "^i will", "^we will", "^i'll", "^we'll", "going to", "^here i", "^now", "^so now", "^to", "^in order to",
	}},
	{1, []string{
		"^i", "^we", "^before", "^please", "^type", "^enter", "^in the", "^after", "make sure",
	}},
	{-2.5, []string{
		"as you can see", "^you can see", "^here you can see", "^you see", "^here you see", "^the output", "output shows", "^this is", "^that is", "^that was",
		"^it is", "^it's", "^it was", "^this was", "^that worked", "^it worked", "^now it is", "^now the service is", "^now it", "^there it is", "^there are", "^there is",
		"^this shows", "^it shows", "^it says", "^done", "^all of them", "^we see", "^here we see", "^we can see", "^you should see", "^now you see", "^nothing is",
		"^the new version is", "is running now", "is finished", "are running", "was deployed", "is back", "has finished", "is done", "is green", "is healthy",
		"are gone", "^this means", "^it takes", "^it took", "^this took", "was successful", "is up",
	}},
	{-0.4, []string{
		"^the", "^all", "^only", "again", "^one", "^as",
	}},
}

// imperatives are the verbs that instructions begin with.
var imperatives = []string{
	"run", "click", "open", "type", "enter", "press", "select", "choose", "check", "look", "go", "start", "stop", "restart", "deploy", "scale", "set",
	"apply", "delete", "create", "copy", "move", "edit", "wait", "scroll", "paste", "save", "connect", "log", "use", "verify", "watch", "call", "tell", "write",
	"install", "build", "push", "pull", "reload", "test", "update", "remove", "switch", "tick", "fill", "pick", "drain", "upgrade", "download", "upload", "confirm",
}

// opening tells of what is said to begin with: what the recording is about.
func opening(text string) bool {
	words := wordsOf(text)
	return slices.ContainsFunc(openings, func(p string) bool { return hasPhrase(words, words, p) })
}

var openings = []string{
	"welcome", "^hello", "^hi", "^today", "this recording", "this video", "this procedure", "this runbook", "this document", "in this part", "show you how",
	"i will show", "i show you", "^sometimes", "^this is how", "^we use", "before you start", "before you begin", "before we start",
}
