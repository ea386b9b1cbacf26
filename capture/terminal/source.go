package terminal

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/runreel/runreel/capture"
)

const (
	// pollInterval is how often the spool is looked at.
	pollInterval = 100 * time.Millisecond
	// checkEvery is the number of polls between two looks at whether the
	// shells of running commands still live.
	checkEvery = 10
)

// Options are what a Source needs.
type Options struct {
	Clock *capture.Clock
	Media capture.Media // for what recorded shells show; nil keeps none of it
	Log   *slog.Logger  // nil discards
	// Spool is the folder for the records of hooks, as given to Hook. It is
	// made when Run begins and removed when it ends; its parent is private.
	// Empty: no hooks.
	Spool string
}

// Source is the capture.Source "terminal".
//
// It emits each command once, when it has ended, at the time it started. A
// command that still ran when the recording ended is emitted then, with no
// exit status. Commands that started before the recording or during a pause
// are dropped, and so are this program's own verbs, such as the one that ends
// the recording. Of a command that ran through a pause the output is left out,
// for it holds what was typed and printed meanwhile, and its length is that on
// the session clock.
type Source struct {
	log   *slog.Logger
	clock *capture.Clock
	media capture.Media
	casts map[string]*cast // of Run alone
	spool string
	names []string         // of this program
	epoch func() time.Time // as record.epoch, of now

	mu      sync.Mutex
	active  bool
	time    timeline
	pending map[string]*pending
	emitted map[string]bool // IDs, so that a late report makes no second event
	wake    chan struct{}
}

// pending is a command that was not emitted yet.
type pending struct {
	Report
	at    time.Duration
	local time.Time // start
	drop  bool
	pid   int  // of a hook's shell
	gone  bool // the shell ended with it
}

// New returns a source that has done nothing yet.
func New(opts Options) *Source {
	log := opts.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Source{
		log: log, clock: opts.Clock, media: opts.Media, casts: map[string]*cast{}, spool: opts.Spool,
		names:   []string{"runreel", filepath.Base(os.Args[0])},
		epoch:   machineEpoch,
		time:    timeline{clock: opts.Clock, now: time.Now},
		pending: map[string]*pending{},
		emitted: map[string]bool{},
		wake:    make(chan struct{}, 1),
	}
}

// Name implements capture.Source.
func (s *Source) Name() string { return "terminal" }

// Probe implements capture.Source. It fails where the spool could not be made.
func (s *Source) Probe(context.Context) error {
	if s.spool == "" {
		return nil
	}
	parent := filepath.Dir(s.spool)
	info, err := os.Stat(parent)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("commands of shells: %w", err)
	}
	if !info.IsDir() || info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("commands of shells: %s is not a private folder (mode %v)", parent, info.Mode().Perm())
	}
	return nil
}

// Report takes what `runreel shell` told about a command. It does not block on
// the recorder. It is safe for concurrent use; without a running recording it
// returns ErrNotRecording.
func (s *Source) Report(r Report) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.active {
		return ErrNotRecording
	}
	s.take(r, nil)
	return nil
}

// hooked notes what a hook wrote. Where the wall clock was set since, its times
// are told by the new one.
func (s *Source) hooked(r Report, sh *spoolShell) {
	if step := stepped(sh.epoch, s.epoch()); step != 0 {
		r.Start = r.Start.Add(step)
		if r.Done {
			r.End = r.End.Add(step)
		}
	}
	s.take(r, sh)
}

// take notes a report. sh is the hook's shell, else nil.
func (s *Source) take(r Report, sh *spoolShell) {
	s.time.observe()
	if s.emitted[r.ID] {
		return
	}
	p := s.pending[r.ID]
	if p == nil {
		p = &pending{local: s.time.local(r.Start)}
		if sh != nil {
			p.pid = sh.pid
			p.local = sh.inOrder(p.local)
		}
		at, ok := s.time.at(p.local)
		p.at, p.drop = at, !ok || isOwn(r.Command.Line, s.names)
		s.pending[r.ID] = p
	}
	p.Report = r
	if r.Done {
		select {
		case s.wake <- struct{}{}:
		default:
		}
	}
}

// Run implements capture.Source.
func (s *Source) Run(ctx context.Context, emit capture.Emit) error {
	var sp *spool
	if s.spool != "" {
		var err error
		if sp, err = openSpool(s.spool); err != nil {
			return err
		}
	}
	s.setActive(true)
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for n := 1; ctx.Err() == nil; n++ {
		s.poll(sp, n%checkEvery == 0)
		s.emit(emit, s.ready(false))
		s.readCasts()
		if err := s.emitCasts(emit, false); err != nil {
			s.log.Warn("a piece of a shell is lost", "err", err)
		}
		select {
		case <-ctx.Done():
		case <-tick.C:
		case <-s.wake:
		}
	}
	s.poll(sp, true)
	s.setActive(false)
	s.emit(emit, s.ready(true))
	s.readCasts()
	if err := s.emitCasts(emit, true); err != nil {
		s.log.Warn("a piece of a shell is lost", "err", err)
	}
	if sp == nil {
		return nil
	}
	return removeSpool(s.spool)
}

func (s *Source) setActive(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.active = on
	s.time.observe()
}

// poll reads the spool, and looks for shells that have gone where alive is
// set.
func (s *Source) poll(sp *spool, alive bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.time.observe()
	if sp == nil {
		return
	}
	bad, err := sp.read(s.hooked)
	if err != nil {
		s.log.Warn("commands of hooks are lost", "err", err)
	}
	if bad > 0 {
		s.log.Warn("broken records in the spool", "count", bad)
	}
	if alive {
		s.buryShells()
	}
}

// buryShells ends the commands of shells that have gone without a word, such
// as by `exit`.
func (s *Source) buryShells() {
	for _, p := range s.pending {
		if p.pid == 0 || p.Done || processAlive(p.pid) {
			continue
		}
		p.Command.Length = max(0, time.Since(p.local))
		p.gone = true
	}
}

// ready takes out the commands that ended, or all of them, in the order of
// their start.
func (s *Source) ready(all bool) []capture.Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	var events []capture.Event
	for id, p := range s.pending {
		running := !p.Done && !p.gone
		if running && !all {
			continue
		}
		delete(s.pending, id)
		s.emitted[id] = true
		if p.drop {
			continue
		}
		if running {
			p.Command.Length = max(0, time.Since(p.local))
		}
		s.withoutPauses(p)
		events = append(events, capture.Event{At: p.at, Fact: p.Command})
	}
	slices.SortFunc(events, func(a, b capture.Event) int { return int(a.At - b.At) })
	return events
}

// withoutPauses takes out of a command what happened while the clock stood.
func (s *Source) withoutPauses(p *pending) {
	c := &p.Command
	ran, stood := s.time.within(p.local, c.Length)
	if !stood {
		return
	}
	c.Length = ran
	c.Omitted += int64(len(c.Output))
	c.Output = ""
}

func (s *Source) emit(emit capture.Emit, events []capture.Event) {
	for _, e := range events {
		emit(e)
	}
}
