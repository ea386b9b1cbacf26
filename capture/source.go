package capture

import "context"

// Source produces events: the screen, the microphone, input, a terminal.
//
// Probe tells whether the source could run now; its error is the reason, and
// says what would help. Run blocks, emits events until ctx ends, then hands
// over what it still holds and returns nil; any other return is a failure that
// the recorder shows while the other sources go on. Run is called once.
type Source interface {
	Name() string
	Probe(ctx context.Context) error
	Run(ctx context.Context, emit Emit) error
}

// Emit hands an event to the recorder. It may block when the writer is behind,
// so an operating system's callback never calls it: it hands over to a
// goroutine of the source first. It may be called from several goroutines, and
// until Run returns. While the clock stands, paused or stopped, it takes what
// was captured before and drops what carries the time at which the clock stands.
type Emit func(Event)

// Media keeps the bytes that events name: pictures, sound and terminals.
type Media interface {
	// Put stores data durably before it returns, and returns the name that
	// an event may then carry: "<dir>/<sha256 of data>.<ext>". The same bytes
	// give the same name and are stored once. dir is "frames", "audio" or
	// "cast", ext has no dot. Put keeps no reference to data. It is safe for concurrent
	// use.
	Put(ctx context.Context, dir, ext string, data []byte) (string, error)
}

// Journal is where a Recorder writes one session. Its methods are called by
// one goroutine, except Media, which sources call.
type Journal interface {
	Media
	// Append stores events durably, in order, before it returns; their Seq is
	// already set. An error ends the recording.
	Append(ctx context.Context, events []Event) error
	// Rewrite visits each stored event, in order of Seq. edit returns what is
	// stored instead, with the same Seq, and false where the event goes; the
	// numbers of events that went are not given again. Media that only they
	// named goes as well, and nothing of either can be read from the disk
	// afterwards. It is durable when it returns, and all or nothing.
	Rewrite(ctx context.Context, edit func(Event) (Event, bool)) error
	// Finish closes the session as complete. Discard removes it and its media.
	// Media that no event names does not outlive either.
	Finish(ctx context.Context, s Session) error
	Discard(ctx context.Context) error
}
