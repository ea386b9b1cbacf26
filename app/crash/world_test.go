package crash

import (
	"fmt"
	"maps"
	"slices"
)

// world is what a data folder holds, or must hold.
type world struct {
	sessions map[string]*recorded
	docs     map[string]document
	words    []string // that cannot be read from any file
	pending  *op      // announced and not told to be done
}

// recorded is a session.
type recorded struct {
	open   bool             // its recorder did not end it
	facts  map[int64]string // sums, by number
	speech string
}

type document struct {
	docState
	session string
}

func newWorld() *world {
	return &world{sessions: map[string]*recorded{}, docs: map[string]document{}}
}

func (w *world) clone() *world {
	c := &world{sessions: map[string]*recorded{}, docs: maps.Clone(w.docs), words: slices.Clone(w.words)}
	for id, s := range w.sessions {
		c.sessions[id] = &recorded{open: s.open, facts: maps.Clone(s.facts), speech: s.speech}
	}
	return c
}

// apply takes note of a step.
func (w *world) apply(o op, done bool) {
	switch o.Step {
	case stepOpen, stepRecover, stepPut:
		return // these change nothing that is told
	}
	if !done {
		w.pending = &o
		return
	}
	w.commit(o)
}

func (w *world) commit(o op) {
	s := w.sessions[o.Session]
	switch o.Step {
	case stepBegin:
		w.sessions[o.Session] = &recorded{open: true, facts: map[int64]string{}}
	case stepAppend, stepRewrite:
		maps.Copy(s.facts, o.Facts)
		for _, seq := range o.Gone {
			delete(s.facts, seq)
		}
		w.words = append(w.words, o.Words...)
	case stepFinish:
		s.open = false
	case stepSpeech:
		s.speech = o.Speech
	case stepDraft, stepEdit:
		w.docs[o.Doc] = document{docState: o.State, session: o.Session}
	case stepDelete:
		delete(w.sessions, o.Session)
		maps.DeleteFunc(w.docs, func(_ string, d document) bool { return d.session == o.Session })
	}
}

// facts is how many things are said to be there.
func (w *world) facts() int {
	n := len(w.sessions) + len(w.docs) + len(w.words)
	for _, s := range w.sessions {
		n += len(s.facts)
	}
	return n
}

// differences tells in what found is not as w. What was open is recovered by
// now.
func (w *world) differences(found *world) []string {
	var list []string
	add := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	for id, s := range w.sessions {
		f := found.sessions[id]
		if f == nil {
			add("session %s is gone", id)
			continue
		}
		if s.open != f.open {
			add("session %s: its recorder did not end it: %v, want %v", id, f.open, s.open)
		}
		if s.speech != f.speech {
			add("session %s has the wrong speech", id)
		}
		list = append(list, unequal("event of session "+id, s.facts, f.facts)...)
	}
	for id := range found.sessions {
		if w.sessions[id] == nil {
			add("session %s is there", id)
		}
	}
	return append(list, unequal("document", w.docs, found.docs)...)
}

func unequal[K, V comparable](what string, want, found map[K]V) []string {
	var list []string
	for k, v := range want {
		if f, ok := found[k]; !ok {
			list = append(list, fmt.Sprintf("%s %v is gone", what, k))
		} else if f != v {
			list = append(list, fmt.Sprintf("%s %v is %v, want %v", what, k, f, v))
		}
	}
	for k := range found {
		if _, ok := want[k]; !ok {
			list = append(list, fmt.Sprintf("%s %v is there", what, k))
		}
	}
	return list
}
