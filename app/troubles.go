package app

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/runreel/runreel/capture"
)

// Trouble is what keeps a part of a running recording from being recorded, for
// as long as it lasts.
type Trouble struct {
	Source  string `json:"source"` // such as "microphone"
	Message string `json:"message"`
	Help    string `json:"help"`
	SinceMs int64  `json:"sinceMs"` // on the session clock
}

// troubles are what the sources of the running recording complain of now.
type troubles struct {
	changed func()

	mu    sync.Mutex
	clock *capture.Clock // of the recording; nil before the first one
	now   map[string]complaint
}

type complaint struct {
	err   error
	since time.Duration
}

// reset begins a recording.
func (t *troubles) reset(clock *capture.Clock) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.clock, t.now = clock, map[string]complaint{}
}

// of returns the function by which a source tells its trouble: an error when it
// begins or changes, and nil when it is over.
func (t *troubles) of(source string) func(error) {
	return func(err error) {
		t.mu.Lock()
		if err == nil {
			delete(t.now, source)
		} else {
			c := complaint{err: err}
			if t.clock != nil {
				c.since = t.clock.Now()
			}
			t.now[source] = c
		}
		t.mu.Unlock()
		t.changed()
	}
}

// list is what is wrong now, with the sources that failed for good.
func (t *troubles) list(failures []capture.Failure) []Trouble {
	out := []Trouble{} // null would reach the window
	t.mu.Lock()
	for source, c := range t.now {
		out = append(out, newTrouble(source, c.err, c.since))
	}
	t.mu.Unlock()
	for _, f := range failures {
		if !slices.ContainsFunc(out, func(o Trouble) bool { return o.Source == f.Source }) {
			out = append(out, newTrouble(f.Source, f.Err, f.At))
		}
	}
	slices.SortFunc(out, func(a, b Trouble) int { return cmp.Compare(a.Source, b.Source) })
	return out
}

func newTrouble(source string, err error, since time.Duration) Trouble {
	f := Describe(err)
	t := Trouble{Source: source, Message: f.Message, Help: f.Help, SinceMs: since.Milliseconds()}
	if f.Code == "unexpected" {
		// What a driver says of itself tells more than that it was not expected.
		t.Message, t.Help = source+": "+err.Error()+".", "Run `runreel doctor`. The recording goes on without it."
	}
	return t
}

// sentence is the trouble in one line.
func (t Trouble) sentence() string {
	return strings.TrimSpace(t.Source + ": " + strings.TrimPrefix(t.Message, t.Source+": ") + " " + t.Help)
}
