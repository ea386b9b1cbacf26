package mic

import (
	"fmt"
	"time"
)

const (
	// troubleLimit is how long there is no sound, or no sample, until it is
	// told.
	troubleLimit = 3 * time.Second
	// heardLimit is how old the last sample may be for silence to be told: what
	// delivers nothing is going to be told as gone.
	heardLimit = 500 * time.Millisecond
	// floor is the largest sample that counts as silence: -80 dB of full scale.
	floor = 3.3 / 32768
)

type condition int

const (
	fine condition = iota
	silent
	gone
)

// trouble tells what is wrong with the microphone, once for each change. It is
// used by one goroutine.
//
// A muted microphone delivers zeros, or a last bit that flickers. A person who
// makes a pause does not: the noise of the room and of the microphone itself is
// at -75 to -50 dB, so one sample in three seconds above floor is enough.
type trouble struct {
	tell   func(error)
	now    condition
	sample time.Time // the last that came
	sound  time.Time // the last sample that was no silence
}

func newTrouble(tell func(error), at time.Time) *trouble {
	if tell == nil {
		tell = func(error) {}
	}
	return &trouble{tell: tell, sample: at, sound: at}
}

// hear takes the largest sample of what came.
func (t *trouble) hear(at time.Time, peak float64) {
	t.sample = at
	if peak > floor || t.now == gone { // one that comes back has its time again
		t.sound = at
	}
	t.look(at, nil)
}

// look tells what changed up to at. why is what keeps a device away, if that is
// known.
func (t *trouble) look(at time.Time, why error) {
	c := fine
	switch {
	case at.Sub(t.sample) >= troubleLimit:
		c = gone
	case at.Sub(t.sound) >= troubleLimit && (t.now == silent || at.Sub(t.sample) < heardLimit):
		c = silent
	}
	if c == t.now {
		return
	}
	t.now = c
	switch {
	case c == fine:
		t.tell(nil)
	case c == silent:
		t.tell(fmt.Errorf("%w: it may be muted", ErrSilent))
	case why != nil:
		t.tell(why)
	default:
		t.tell(fmt.Errorf("%w: no more sound comes from it", ErrDevice))
	}
}

// forgive takes it that sound came until at: nobody was there to hear it.
func (t *trouble) forgive(at time.Time) { t.sample, t.sound = at, at }
