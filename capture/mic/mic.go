package mic

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/runreel/runreel/capture"
)

// Name is the name of the source, also in gaps.
const Name = "microphone"

// DefaultChunk is the length of a chunk where Options say nothing: what a cut
// recording may lose stays well under a second.
const DefaultChunk = 500 * time.Millisecond

// maxChunk keeps a promise: at most the last second is lost.
const maxChunk = time.Second

const (
	silentLimit = 2 * time.Second        // without data until the device counts as lost
	stopLimit   = time.Second            // between two looks: the program was stopped
	firstLimit  = 4 * time.Second        // without data after it was opened; PulseAudio's null sinks take two
	watchPeriod = 250 * time.Millisecond // of looking for that
	firstTell   = time.Second            // away until a gap is told
	tellPeriod  = 5 * time.Second        // between gaps while the device is away
	firstRetry  = 200 * time.Millisecond // to open a lost device again
	lastRetry   = 600 * time.Millisecond
	lastPacket  = 5 * period // wait for what was said just before the end; one is enough on an idle machine
)

// Options say what to record. Clock and Media are required.
type Options struct {
	Device string // Device.ID or Device.Name; "" is the default one
	Clock  *capture.Clock
	Media  capture.Media
	Log    *slog.Logger  // nil means none
	Chunk  time.Duration // length of a chunk, at most a second; 0 means DefaultChunk

	// Level gets the largest sample, 0 to 1, of each tenth of a second, also while the
	// clock stands. It is called from one goroutine and must be quick. Nil
	// means none.
	Level func(peak float64)

	// Trouble is told when the microphone has been silent or gone for three
	// seconds, and with nil when that is over; once for each change, while the
	// clock stands too. errors.Is finds ErrSilent where it delivers nothing but
	// silence, as a muted one does (no sample above -80 dB of full scale, which
	// the noise of any room is), ErrNoDevice where it or the sound server is
	// not there any more, and ErrDevice where it delivers nothing or cannot be
	// opened. It is called from the goroutine of Run, never from the audio
	// callback, and must be quick. Nil means none.
	Trouble func(error)
}

// Source records a microphone. It implements capture.Source.
type Source struct {
	opt Options
	log *slog.Logger
}

// New returns a source for what opt says. It does no I/O.
func New(opt Options) *Source {
	if opt.Chunk <= 0 {
		opt.Chunk = DefaultChunk
	}
	opt.Chunk = min(opt.Chunk, maxChunk)
	if opt.Level == nil {
		opt.Level = func(float64) {}
	}
	log := opt.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Source{opt: opt, log: log}
}

// Name implements capture.Source.
func (s *Source) Name() string { return Name }

// Probe implements capture.Source. It opens the device and waits for its first
// sound. The error is ErrNoDevice, ErrDevice or ErrSilent.
func (s *Source) Probe(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	o := <-openAsync(ctx, s.opt.Device, noStamp)
	if o.err != nil {
		return o.err
	}
	defer closeSoon(o.stream)
	select {
	case <-o.stream.packets:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", ErrSilent, ctx.Err())
	case <-time.After(firstLimit):
		return fmt.Errorf("%w: nothing within %v", ErrSilent, firstLimit)
	}
}

func noStamp() (int64, bool) { return 0, false }

// Monitor calls level with the largest sample, 0 to 1, of each tenth of a second of a
// device (as Options.Device) until ctx ends; then it returns nil. It records
// nothing.
func Monitor(ctx context.Context, device string, level func(peak float64)) error {
	o := <-openAsync(ctx, device, noStamp)
	if o.err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return o.err
	}
	defer closeSoon(o.stream)
	silent := time.NewTimer(firstLimit)
	defer silent.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case p := <-o.stream.packets:
			level(peak(p.samples))
			silent.Reset(silentLimit)
		case <-o.stream.stopped:
			return fmt.Errorf("%w: it stopped", ErrSilent)
		case <-silent.C:
			return fmt.Errorf("%w: no more sound", ErrSilent)
		}
	}
}

// Run implements capture.Source. It fails at once where the device cannot be
// opened; a device that is lost later is opened again when it returns, and what
// was missed is a gap.
func (s *Source) Run(ctx context.Context, emit capture.Emit) error {
	if ctx.Err() != nil {
		return nil
	}
	r := &recording{Source: s, emit: emit, mediaCtx: context.WithoutCancel(ctx)}
	r.track = newTrack(s.opt.Clock.Now(), int(index(s.opt.Chunk)))
	r.track.chunk, r.track.gap = r.store, r.tell
	r.looked = time.Now()
	r.trouble = newTrouble(s.opt.Trouble, r.looked)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	err := r.loop(ctx)
	cancel()
	r.closing = append(r.closing, closeAsync(r.stream))
	if r.opening != nil {
		r.closing = append(r.closing, closeAsync((<-r.opening).stream))
	}
	await(r.closing...)
	return err
}

// recording is one Run. One goroutine uses it.
type recording struct {
	*Source
	emit     capture.Emit
	mediaCtx context.Context // of Put: chunks are stored after the end too
	track    *track
	wav      []byte

	stream  *stream       // nil while there is none
	heard   time.Time     // last, or when the stream was opened
	limit   time.Duration // without sound since then
	ever    bool          // there was a stream
	away    bool          // nothing was heard for too long
	told    time.Time     // when a gap was told, or the device was lost
	period  time.Duration // from then to the next gap
	why     error         // the last attempt to open failed
	retry   time.Duration
	opening <-chan opened
	closing []<-chan struct{} // lost devices that are being closed
	again   <-chan time.Time  // when to open

	trouble *trouble
	looked  time.Time // when watch was called
	stopped time.Time // when it showed that the program had been stopped
}

func (r *recording) loop(ctx context.Context) error {
	r.opening = openAsync(ctx, r.opt.Device, r.stamp)
	watch := time.NewTicker(watchPeriod)
	defer watch.Stop()
	for {
		var packets <-chan packet
		var stopped <-chan struct{}
		if r.stream != nil {
			packets, stopped = r.stream.packets, r.stream.stopped
		}
		var err error
		select {
		case <-ctx.Done():
			return r.finish(packets)
		case p := <-packets:
			err = r.hear(p)
		case <-stopped:
			err = r.lose(reasonGone)
		case o := <-r.opening:
			err = r.adopt(ctx, o)
		case <-r.again:
			r.again = nil
			r.opening = openAsync(ctx, r.opt.Device, r.stamp)
		case <-watch.C:
			err = r.watch()
		}
		if err != nil {
			if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
				return r.finish(nil)
			}
			return err
		}
	}
}

// stamp is called by the callback of the device.
func (r *recording) stamp() (int64, bool) {
	running := r.opt.Clock.Running()
	return index(r.opt.Clock.Now()), running
}

func (r *recording) hear(p packet) error {
	now := time.Now()
	r.notice(now)
	r.heard, r.limit = now, silentLimit
	if r.away {
		r.away, r.why = false, nil
		r.log.Info("microphone is back")
	}
	r.retry = 0
	top := peak(p.samples)
	r.opt.Level(top)
	r.trouble.hear(now, top)
	return r.track.add(p)
}

// notice finds out whether the program was stopped: then watch was not called
// in time, and nothing that is late is the device's fault.
func (r *recording) notice(now time.Time) {
	if now.Sub(r.looked) > stopLimit {
		r.looked, r.stopped, r.heard = now, now, now
		r.track.stalled = reasonStopped
		r.trouble.forgive(now)
		return
	}
	if now.Sub(r.stopped) > silentLimit {
		r.track.stalled = reasonLost
	}
}

// adopt takes over what openAsync brought.
func (r *recording) adopt(ctx context.Context, o opened) error {
	r.opening = nil
	if o.err == nil {
		r.stream, r.ever = o.stream, true
		r.heard, r.limit = time.Now(), firstLimit
		return nil
	}
	if !r.ever || ctx.Err() != nil {
		return o.err
	}
	r.log.Debug("microphone not opened", "err", o.err)
	r.why = o.err
	r.track.reason = reasonOf(o.err)
	r.reopen()
	return nil
}

// reasonOf is the reason of a gap where a device cannot be opened again.
func reasonOf(err error) string {
	switch {
	case errors.Is(err, errNoServer):
		return reasonServer
	case errors.Is(err, ErrNoDevice):
		return reasonGone
	}
	return reasonDevice
}

// reopen makes the next attempt after a while that grows.
func (r *recording) reopen() {
	r.retry = min(max(firstRetry, 2*r.retry), lastRetry)
	r.again = time.After(r.retry)
}

// lose gives the device up.
func (r *recording) lose(why string) error {
	r.log.Warn("microphone lost", "why", why)
	packets := r.stream.packets
	r.closing = slices.DeleteFunc(r.closing, isClosed)
	r.closing = append(r.closing, closeAsync(r.stream))
	r.stream = nil
	for { // what it delivered before
		select {
		case p := <-packets:
			if err := r.track.add(p); err != nil {
				return err
			}
			continue
		default:
		}
		break
	}
	if !r.away {
		r.away, r.told, r.period = true, time.Now(), firstTell
	}
	r.reopen()
	return r.track.lose(why)
}

func isClosed(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}

// watch finds out that nothing comes, and tells gaps while it does not.
func (r *recording) watch() error {
	now := time.Now()
	r.notice(now)
	r.looked = now
	if r.stream != nil && now.Sub(r.heard) > r.limit {
		if err := r.lose(reasonQuiet); err != nil {
			return err
		}
	}
	r.trouble.look(now, r.why)
	if !r.away {
		return nil
	}
	if !r.opt.Clock.Running() {
		return r.track.flush()
	}
	if now.Sub(r.told) < r.period {
		return nil
	}
	r.told, r.period = now, tellPeriod
	if err := r.track.fill(index(r.opt.Clock.Now()), r.track.reason); err != nil {
		return err
	}
	return r.track.flush()
}

// finish takes what was said up to now, so that the sound is as long as the
// session.
func (r *recording) finish(packets <-chan packet) error {
	end := index(r.opt.Clock.Now())
	limit := time.After(lastPacket)
	for packets != nil && r.track.pos < end {
		select {
		case p := <-packets:
			if err := r.track.add(p.until(end)); err != nil {
				return err
			}
		case <-limit:
			packets = nil
		}
	}
	if err := r.track.settle(); err != nil {
		return err
	}
	// A failed start left nothing to be filled.
	if missing := end - r.track.pos; r.ever && missing > driftLimit {
		if err := r.track.fill(end, r.track.missing()); err != nil {
			return err
		}
	}
	return r.track.flush()
}

// store makes a chunk durable, then emits its event.
func (r *recording) store(at time.Duration, samples []int16) error {
	r.wav = appendWAV(r.wav[:0], samples)
	ctx, cancel := context.WithTimeout(r.mediaCtx, 20*time.Second)
	defer cancel()
	name, err := r.opt.Media.Put(ctx, "audio", "wav", r.wav)
	if err != nil {
		return fmt.Errorf("store sound: %w", err)
	}
	r.emit(capture.Event{At: at, Fact: capture.Audio{
		Media: name, Rate: Rate, Length: timeOf(int64(len(samples))), Peak: peak(samples),
	}})
	return nil
}

func (r *recording) tell(at time.Duration, g capture.Gap) {
	r.log.Warn("sound is missing", "at", at, "length", g.Length, "reason", g.Reason)
	r.emit(capture.Event{At: at, Fact: g})
}
