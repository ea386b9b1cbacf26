package app

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"os/user"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/runreel/runreel/app/diskspace"
	"github.com/runreel/runreel/app/pick"
	"github.com/runreel/runreel/app/sqlite"
	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/capture/mic"
	"github.com/runreel/runreel/capture/screen"
	"github.com/runreel/runreel/capture/window"
)

// ErrDiskFull tells that there is too little room to begin a recording.
var ErrDiskFull = errors.New("too little free disk space")

const (
	// leastFree is the room that a recording needs to begin: some minutes of
	// work, and the way to a finished session.
	leastFree = 500 << 20
	// bytesPerHour is a cautious estimate: sound is 115 MB, and a picture of
	// 200 kB each five seconds is 144 MB.
	bytesPerHour = 300 << 20
)

// StartRecording begins a recording, or its countdown.
func (a *App) StartRecording(ctx context.Context, o StartOptions) error {
	a.monitor.stop()
	if free, err := diskspace.Free(a.paths.Data); err == nil && free < leastFree {
		return fmt.Errorf("%w: %d MB", ErrDiskFull, free>>20)
	}
	s, err := a.newSession(o.Title)
	if err != nil {
		return err
	}
	if err := o.Target.Validate(); err != nil {
		return err
	}
	a.level.Store(0)
	return a.recorder.Start(ctx, capture.Plan{
		Session:   s,
		Countdown: time.Duration(max(0, o.CountdownSeconds)) * time.Second,
		Open:      a.openJournal,
		Sources: func(clock *capture.Clock, media capture.Media) []capture.Source {
			a.troubles.reset(clock)
			return a.sources(o, clock, media)
		},
	})
}

// openJournal begins a session in the store. What is said in it is transcribed
// while it is recorded.
func (a *App) openJournal(ctx context.Context, s capture.Session) (capture.Journal, error) {
	s.Started = a.now()
	j, err := a.sessions.Begin(ctx, s)
	if err != nil {
		return nil, err
	}
	return a.jobs.listen(s.ID, j), nil
}

// StopRecording ends the recording, keeps it and begins its draft.
func (a *App) StopRecording(ctx context.Context) (capture.Session, error) {
	s, err := a.recorder.Stop(ctx)
	if err != nil {
		return s, err
	}
	if _, err := a.jobs.begin(s.ID); err != nil {
		a.log.Error("draft not begun", "session", s.ID, "err", err)
	}
	return s, nil
}

// OffTheRecord pauses the recording and removes its last part; 0 removes as much
// as the settings say.
func (a *App) OffTheRecord(ctx context.Context, back time.Duration) error {
	if back <= 0 {
		back = time.Duration(a.settings.get().OffRecordSeconds) * time.Second
	}
	if err := a.recorder.OffTheRecord(ctx, back); err != nil {
		return err
	}
	st := a.recorder.Status()
	a.removed.Store(&removal{session: st.Session, at: st.Elapsed, length: min(back, st.Elapsed)})
	a.wake()
	return nil
}

// removal is what was taken off the record last.
type removal struct {
	session    string
	at, length time.Duration // of the session clock, which stands from then until Resume
}

// removedBefore is how much was taken off the record before the pause that the
// recorder is in.
func (a *App) removedBefore(st capture.Status) time.Duration {
	r := a.removed.Load()
	if r == nil || st.State != capture.Paused || r.session != st.Session || r.at != st.Elapsed {
		return 0
	}
	return r.length
}

// Mark marks this moment, and keeps the picture of it.
func (a *App) Mark(text string) error {
	a.mu.Lock()
	pictures := a.pictures
	a.mu.Unlock()
	if pictures != nil {
		pictures.Touched(a.recorder.Status().Elapsed)
	}
	return a.recorder.Mark(text)
}

// HasSession tells whether a session is stored.
func (a *App) HasSession(ctx context.Context, id string) (bool, error) {
	_, err := a.db.Sessions().Get(ctx, id)
	if errors.Is(err, sqlite.ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}

// RecordingState tells the recorder's state, and the error of a failed one.
func (a *App) RecordingState() (capture.State, error) {
	st := a.recorder.Status()
	return st.State, st.Err
}

// newSession describes a session that begins now.
func (a *App) newSession(title string) (capture.Session, error) {
	now := a.now()
	if title = strings.TrimSpace(title); title == "" {
		title = defaultTitle(now)
	}
	s := capture.Session{ID: newID(), Title: title, Started: now, State: capture.SessionRecording, System: system()}
	if host, err := os.Hostname(); err == nil {
		s.Host = host
	}
	if u, err := user.Current(); err == nil {
		s.User, s.Home = u.Username, u.HomeDir
	}
	return s, nil
}

// defaultTitle is the title of a recording that nobody named. Analysis knows it
// again, and looks for a better one.
func defaultTitle(t time.Time) string { return "Recording of " + t.Format("2006-01-02 15:04") }

// RecorderStatus tells what the recorder does.
func (a *App) RecorderStatus() RecorderStatus {
	st := a.recorder.Status()
	out := RecorderStatus{
		State:       string(st.State),
		Session:     st.Session,
		ElapsedMs:   st.Elapsed.Milliseconds(),
		CountdownMs: st.Countdown.Milliseconds(),
		Level:       a.level.Load(),
		Clicks:      st.Clicks,
		Commands:    st.Commands,
		Frames:      st.Frames,
		Troubles:    a.troubles.list(st.Failures),
		Holds:       append([]string{}, st.Holds...),
		RemovedMs:   a.removedBefore(st).Milliseconds(),
		Warnings:    []string{}, // null would reach the window
		Compact:     a.face.compact(),
	}
	said, waiting := a.said(st.Session)
	out.Said, out.UnheardMs = said, waiting.Milliseconds()
	for _, t := range out.Troubles {
		out.Warnings = append(out.Warnings, t.sentence())
	}
	if st.Err != nil {
		f := Describe(st.Err)
		out.Error = strings.TrimSpace(f.Message + " " + f.Help)
	}
	return out
}

// Preflight looks at what could be recorded.
func (a *App) Preflight(ctx context.Context) (Preflight, error) {
	p := Preflight{
		Displays: []DisplayItem{}, Microphones: []MicrophoneItem{},
		Checks: a.Doctor(ctx), DefaultTitle: defaultTitle(a.now()),
		Windows: []WindowItem{}, Never: denied(a.settings.get().Deny),
	}
	if displays, err := screen.Displays(); err != nil {
		a.log.Warn("list displays", "err", err)
	} else {
		for _, d := range displays {
			p.Displays = append(p.Displays, DisplayItem{Index: d.Index, Name: d.Name,
				X: d.Bounds.X, Y: d.Bounds.Y, W: d.Bounds.W, H: d.Bounds.H})
		}
	}
	p.Windows = a.windows()
	if devices, err := mic.Devices(); err != nil {
		a.log.Warn("list microphones", "err", err)
	} else {
		for _, d := range devices {
			p.Microphones = append(p.Microphones, MicrophoneItem{ID: d.ID, Name: d.Name, IsDefault: d.Default, IsMonitor: d.Monitor})
		}
	}
	free, err := diskspace.Free(a.paths.Data)
	if err != nil {
		return p, fmt.Errorf("free space of the data folder: %w", err)
	}
	p.FreeBytes = free
	p.Hours = math.Round(float64(max(0, free-leastFree))/bytesPerHour*10) / 10
	return p, nil
}

// windows lists the windows that may be chosen, topmost first.
func (a *App) windows() []WindowItem {
	out := []WindowItem{} // null would reach the window
	list, err := window.Choices("", a.scope().Hidden)
	if err != nil {
		a.log.Warn("list windows", "err", err)
		return out
	}
	for _, w := range list {
		out = append(out, WindowItem{ID: w.ID, Title: w.Title, Program: w.Program, W: w.Bounds.W, H: w.Bounds.H})
	}
	return out
}

// pickLimit is how long the mouse is held for a region that nobody draws.
const pickLimit = time.Minute

// PickRegion lets the person draw a part of the screen, and hides the window
// meanwhile.
func (a *App) PickRegion(ctx context.Context) (capture.Rect, error) {
	ctx, cancel := context.WithTimeout(ctx, pickLimit)
	defer cancel()
	a.face.hide()
	defer a.face.show()
	return pick.Region(ctx, "")
}

// publishEvery is how often the window is told of a running recording.
const publishEvery = 200 * time.Millisecond

// publish tells the status after each change, and while something runs at a
// steady pace. It wakes for nothing else.
func (a *App) publish(ctx context.Context) {
	var tick <-chan time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.changed:
		case <-tick:
		}
		a.attendants.follow(a.recorder.Status())
		st := a.RecorderStatus()
		a.events.RecorderStatus(st)
		tick = nil
		if s := capture.State(st.State); s != capture.Idle && s != capture.Failed {
			tick = time.After(publishEvery)
		}
	}
}

// level is the peak of the microphone, 0 to 1, written by a driver's goroutine
// and read by whoever shows it.
type level struct{ bits atomic.Uint64 }

func (l *level) Store(v float64) { l.bits.Store(math.Float64bits(v)) }
func (l *level) Load() float64   { return math.Float64frombits(l.bits.Load()) }

// monitor publishes the level of a microphone before a recording.
type monitor struct {
	listen func(ctx context.Context, device string, level func(float64)) error
	tell   func(float64)
	log    interface{ Warn(msg string, args ...any) }

	mu     sync.Mutex
	cancel context.CancelFunc
	done   chan struct{}
}

// start begins to listen, instead of what it listened to before.
func (m *monitor) start(ctx context.Context, device string) error {
	m.stop()
	if device == "none" {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	ctx, m.cancel = context.WithCancel(ctx)
	done := make(chan struct{})
	m.done = done
	go func() {
		defer close(done)
		if err := m.listen(ctx, device, m.tell); err != nil && ctx.Err() == nil {
			m.log.Warn("monitor microphone", "device", device, "err", err)
		}
	}()
	return nil
}

// stop returns when the microphone is free again.
func (m *monitor) stop() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.cancel == nil {
		return
	}
	m.cancel()
	<-m.done
	m.cancel = nil
}
