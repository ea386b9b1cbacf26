package app

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"strings"

	"github.com/wailsapp/wails/v2"
	"github.com/wailsapp/wails/v2/pkg/logger"
	"github.com/wailsapp/wails/v2/pkg/options"
	"github.com/wailsapp/wails/v2/pkg/options/assetserver"
	"github.com/wailsapp/wails/v2/pkg/options/linux"
	"github.com/wailsapp/wails/v2/pkg/runtime"

	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/capture/screen"
)

// policy lets the window load nothing but the program's own files.
const policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; media-src 'self'; " +
	"font-src 'self' data:; frame-src 'none'; connect-src 'self'; base-uri 'none'; form-action 'none'; object-src 'none'"

// Window returns a function that opens the window, for callers that do not know
// Wails.
func Window(assets embed.FS) func(Options) error {
	return func(o Options) error { return RunWindow(o, assets) }
}

// RunWindow opens the window and returns when it is closed.
func RunWindow(o Options, assets embed.FS) (err error) {
	defer func() {
		// Wails panics where GTK finds no display.
		if p := recover(); p != nil {
			if !strings.Contains(fmt.Sprint(p), "GTK") {
				panic(p)
			}
			err = fmt.Errorf("%w: %v", screen.ErrNoServer, p)
		}
	}()
	dist, err := fs.Sub(assets, "frontend/dist")
	if err != nil {
		return fmt.Errorf("find the pages of the window: %w", err)
	}
	w := &desktopWindow{}
	o.Events, o.Listen = w, true
	a := New(o)
	a.dialogs, a.face = w, w
	w.app = a
	var opened error
	err = wails.Run(&options.App{
		Title: "Runreel", Width: 1180, Height: 780, MinWidth: minWidth, MinHeight: minHeight,
		BackgroundColour: options.NewRGB(250, 250, 249),
		AssetServer:      &assetserver.Options{Assets: dist, Middleware: a.middleware},
		LogLevel:         logger.ERROR,
		OnStartup: func(ctx context.Context) {
			// No I/O before this point: generating the bindings runs up to it.
			w.ctx = ctx
			if opened = a.Open(ctx); opened != nil {
				w.fail(opened)
			}
		},
		OnBeforeClose: w.beforeClose,
		OnShutdown: func(ctx context.Context) {
			if opened == nil {
				opened = a.Close(ctx)
			}
		},
		Bind: []any{
			&RecorderAPI{a}, &LibraryAPI{a}, &EditorAPI{a}, &ExportAPI{a}, &SettingsAPI{a},
		},
		Linux: &linux.Options{ProgramName: "runreel", WebviewGpuPolicy: linux.WebviewGpuPolicyNever},
	})
	return errors.Join(err, opened)
}

// middleware serves pictures and sound, and sends the security policy with
// every answer.
func (a *App) middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", policy)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "no-referrer")
		switch {
		case a.media == nil: // not open
			next.ServeHTTP(w, r)
		case strings.HasPrefix(r.URL.Path, "/media/"):
			a.media.ServeHTTP(w, r)
		case strings.HasPrefix(r.URL.Path, "/figures/"):
			a.serveFigure(w, r)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// desktopWindow is the Wails side of an App: events to the page and the
// dialogs of the system.
type desktopWindow struct {
	app *App
	ctx context.Context // of Wails, valid after OnStartup
	bar bar
}

// RecorderStatus implements Events.
func (w *desktopWindow) RecorderStatus(s RecorderStatus) {
	w.shape(s)
	s.Compact = w.compact()
	runtime.EventsEmit(w.ctx, "recorder:status", s)
}

// Alert implements Events.
func (w *desktopWindow) Alert(f Fault) { runtime.EventsEmit(w.ctx, "alert", f) }

// Level implements Events.
func (w *desktopWindow) Level(peak float64) { runtime.EventsEmit(w.ctx, "recorder:level", peak) }

// Job implements Events.
func (w *desktopWindow) Job(j Job) { runtime.EventsEmit(w.ctx, "job", j) }

// fail tells why the program cannot be used, and ends it.
func (w *desktopWindow) fail(err error) {
	f := Describe(err)
	w.app.log.Error("open", "err", err)
	go func() { // a dialog that waits must not hold up the start of the window
		_, _ = runtime.MessageDialog(w.ctx, runtime.MessageDialogOptions{
			Type: runtime.ErrorDialog, Title: "Runreel cannot start", Message: f.Message + "\n\n" + f.Help,
		})
		runtime.Quit(w.ctx)
	}()
}

// beforeClose asks before a recording is ended by closing the window.
func (w *desktopWindow) beforeClose(ctx context.Context) (prevent bool) {
	switch w.app.recorder.Status().State {
	case capture.Idle, capture.Failed:
		return false
	}
	answer, err := runtime.MessageDialog(ctx, runtime.MessageDialogOptions{
		Type: runtime.QuestionDialog, Title: "A recording is running",
		Message: "Stop the recording and keep it?\n\nIt will be in the library the next time.",
		Buttons: []string{"Yes", "No"}, DefaultButton: "Yes",
	})
	return err != nil || answer != "Yes"
}

func (w *desktopWindow) chooseFolder() (string, error) {
	start, err := defaultExportFolder()
	if err != nil {
		start = ""
	}
	return runtime.OpenDirectoryDialog(w.ctx, runtime.OpenDialogOptions{
		Title: "Choose a folder for the export", DefaultDirectory: start, CanCreateDirectories: true,
	})
}

func (w *desktopWindow) chooseModel() (string, error) {
	return runtime.OpenFileDialog(w.ctx, runtime.OpenDialogOptions{
		Title:   "Choose a speech model",
		Filters: []runtime.FileFilter{{DisplayName: "Whisper models (*.bin)", Pattern: "*.bin"}},
	})
}

// dialogs are what the system's window asks the person. "" is cancelled.
type dialogs interface {
	chooseFolder() (string, error)
	chooseModel() (string, error)
}

// noDialogs is for an App without a window.
type noDialogs struct{}

var errNoWindow = errors.New("there is no window to ask in")

func (noDialogs) chooseFolder() (string, error) { return "", errNoWindow }
func (noDialogs) chooseModel() (string, error)  { return "", errNoWindow }
