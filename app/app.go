package app

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"time"

	"github.com/runreel/runreel/app/control"
	"github.com/runreel/runreel/app/diskspace"
	"github.com/runreel/runreel/app/hotkey"
	"github.com/runreel/runreel/app/media"
	"github.com/runreel/runreel/app/session"
	"github.com/runreel/runreel/app/sqlite"
	"github.com/runreel/runreel/app/tray"
	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/capture/mic"
	"github.com/runreel/runreel/capture/screen"
	"github.com/runreel/runreel/capture/terminal"
)

// Options configures an App. The zero value is a person's own installation.
type Options struct {
	DataDir string           // "" is the user's own
	Model   string           // file of the speech model, instead of the installed ones
	Listen  bool             // answer the control socket: this process may record
	Log     *slog.Logger     // nil logs warnings to standard error
	Events  Events           // nil for none
	Now     func() time.Time // nil is time.Now
	Disk    diskspace.Limits // of the room that a recording leaves
	// Worker makes the command of the transcription worker; nil is this
	// program with "transcribe-worker".
	Worker func(model string) *exec.Cmd
}

// App is runreel without its face: the window and the command line call it.
type App struct {
	options  Options
	log      *slog.Logger
	events   Events
	now      func() time.Time
	paths    Paths
	settings settingsFile

	db         *sqlite.DB
	media      *media.Store
	sessions   *session.Store
	recorder   *capture.Recorder
	control    *control.Server
	held       *control.Held // the data folder, in a process that may record
	jobs       *jobs
	engines    *engines
	editors    *editors
	monitor    *monitor
	dialogs    dialogs
	face       face
	tray       *tray.Tray
	attendants *attendants
	troubles   troubles
	exported   exported

	level   level
	removed atomic.Pointer[removal]
	changed chan struct{} // wakes publish

	ctx    context.Context // of everything that runs in the background
	cancel context.CancelFunc
	wg     sync.WaitGroup

	mu        sync.Mutex
	commands  *terminal.Source // of the current recording
	pictures  *screen.Source   // of the current recording
	keys      *hotkey.Hotkeys  // nil where there are none
	keysErr   error            // why
	recovered []session.Recovered
}

// New assembles an App. It does no I/O.
func New(o Options) *App {
	a := &App{options: o, log: o.Log, events: o.Events, now: o.Now, changed: make(chan struct{}, 1), dialogs: noDialogs{}, face: noFace{}, tray: tray.New()}
	if a.log == nil {
		a.log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	}
	if a.events == nil {
		a.events = noEvents{}
	}
	if a.now == nil {
		a.now = time.Now
	}
	a.recorder = capture.NewRecorder(capture.RecorderOptions{Now: a.now, Log: a.log, Changed: a.wake})
	a.monitor = &monitor{listen: mic.Monitor, tell: func(v float64) { a.events.Level(v) }, log: a.log}
	a.jobs = newJobs(a)
	a.engines = newEngines(a)
	a.attendants = newAttendants(a)
	a.troubles = troubles{changed: a.wake, now: map[string]complaint{}}
	return a
}

// wake tells publish that the recorder changed.
func (a *App) wake() {
	select {
	case a.changed <- struct{}{}:
	default: // it will look anyway
	}
}

// Open opens the store, recovers sessions that were cut off, and begins to
// answer the control socket. After an error there is nothing to close.
func (a *App) Open(ctx context.Context) (err error) {
	a.ctx, a.cancel = context.WithCancel(context.WithoutCancel(ctx))
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Close(ctx))
		}
	}()
	if a.paths, err = NewPaths(a.options.DataDir); err != nil {
		return err
	}
	if err := a.paths.make(); err != nil {
		return err
	}
	a.settings.path = a.paths.Settings
	if err := a.settings.load(); err != nil {
		a.log.Warn("settings not read, defaults are used", "err", err)
	}
	if a.options.Listen {
		if a.held, err = control.Hold(a.paths.Data); err != nil {
			return err
		}
	}
	if a.db, err = sqlite.Open(ctx, sqlite.Options{
		Path: a.paths.Database, Log: a.log, Now: a.now, Careful: a.options.Listen,
	}); err != nil {
		return err
	}
	if a.media, err = media.Open(a.paths.Sessions); err != nil {
		return err
	}
	a.sessions = session.New(a.db, a.media, session.Options{Log: a.log})
	a.editors = &editors{documents: a.db.Documents(), now: a.now, opened: map[string]*editing{}}
	if a.recovered, err = a.sessions.Recover(ctx); err != nil {
		// What is stored can be read all the same, also when the disk is full.
		a.log.Error("recover sessions", "err", err)
	}
	if a.options.Listen {
		if err := a.listen(ctx); err != nil {
			return err
		}
		a.wg.Go(func() { a.publish(a.ctx) })
		a.wg.Go(func() { a.attendants.run(a.ctx) })
		a.wg.Go(func() { a.remotes(a.ctx) })
	}
	return nil
}

// listen answers the control socket.
func (a *App) listen(ctx context.Context) error {
	server, err := control.Listen(ctx, control.Options{Path: a.paths.Socket, Log: a.log})
	if err != nil {
		return err
	}
	a.control = server
	a.wg.Go(func() {
		if err := server.Serve(a.ctx, remote{a}); err != nil && a.ctx.Err() == nil {
			a.log.Error("control socket", "err", err)
		}
	})
	return nil
}

// Close ends what runs, keeps a recording that is under way, and closes in the
// reverse order of Open.
func (a *App) Close(ctx context.Context) error {
	a.monitor.stop()
	var errs []error
	if a.sessions != nil {
		if _, err := a.recorder.Stop(ctx); err != nil && !errors.Is(err, capture.ErrNotRecording) {
			errs = append(errs, err)
		}
	}
	a.jobs.close()
	a.cancel()
	a.attendants.close()
	if a.control != nil {
		errs = append(errs, a.control.Close())
	}
	a.wg.Wait()
	if a.media != nil {
		errs = append(errs, a.media.Close())
	}
	if a.db != nil {
		errs = append(errs, a.db.Close(ctx))
	}
	if a.held != nil {
		errs = append(errs, a.held.Close())
	}
	return errors.Join(errs...)
}

// Recovered tells which sessions Open found cut off.
func (a *App) Recovered() []session.Recovered { return a.recovered }

func (a *App) setTerminal(t *terminal.Source) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.commands = t
}

func (a *App) setPictures(p *screen.Source) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.pictures = p
}

func (a *App) terminal() *terminal.Source {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.commands
}
