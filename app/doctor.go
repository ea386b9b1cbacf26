package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/runreel/runreel/app/diskspace"
	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/capture/input"
	"github.com/runreel/runreel/capture/mic"
	"github.com/runreel/runreel/capture/screen"
	"github.com/runreel/runreel/capture/uitree"
	"github.com/runreel/runreel/capture/window"
	"github.com/runreel/runreel/pipeline/transcribe"
)

// Check is what Doctor found about one part.
type Check struct {
	Part   string `json:"part"`
	State  string `json:"state"` // "ok", "missing", "broken"
	Detail string `json:"detail"`
	Fix    string `json:"fix"` // "" when ok
}

// The states of a Check.
const (
	CheckOK      = "ok"
	CheckMissing = "missing"
	CheckBroken  = "broken"
)

// doctorLimit bounds each check: a part that hangs is broken.
const doctorLimit = 5 * time.Second

// Doctor looks at every part that a recording needs. The parts are looked at
// together, and listed in a fixed order.
func (a *App) Doctor(ctx context.Context) []Check {
	list := []func(context.Context) Check{
		a.checkDisplay, a.checkWindows, a.checkInput, a.checkAccessibility, a.checkMicrophones,
		a.checkModel, a.checkTesseract, a.checkFFmpeg, a.checkDisk,
	}
	out := make([]Check, len(list))
	var wg sync.WaitGroup
	for i, check := range list {
		wg.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, doctorLimit)
			defer cancel()
			out[i] = check(ctx)
		})
	}
	wg.Wait()
	return out
}

func (a *App) checkDisplay(context.Context) Check {
	c := Check{Part: "Display server"}
	displays, err := screen.Displays()
	if err != nil {
		state := CheckBroken
		if os.Getenv("DISPLAY") == "" {
			state = CheckMissing
		}
		return c.bad(state, err.Error(), "Log in to an X11 session, or set DISPLAY. Without a screen, `runreel demo` makes a virtual one.")
	}
	var sizes []string
	for _, d := range displays {
		sizes = append(sizes, fmt.Sprintf("%dx%d", d.Bounds.W, d.Bounds.H))
	}
	detail := fmt.Sprintf("%d displays: %s", len(displays), strings.Join(sizes, ", "))
	if len(displays) == 1 {
		detail = "1 display: " + sizes[0]
	}
	if os.Getenv("WAYLAND_DISPLAY") != "" {
		return c.bad(CheckBroken, detail+"; this is a Wayland session, where only programs under XWayland are seen",
			`Log in with "Xorg" chosen at the login screen.`)
	}
	return c.good(detail)
}

// probe asks a source whether it could run now.
func probe(ctx context.Context, c Check, s capture.Source, works, fix string) Check {
	if err := s.Probe(ctx); err != nil {
		return c.bad(CheckBroken, err.Error(), fix)
	}
	return c.good(works)
}

func (a *App) checkWindows(ctx context.Context) Check {
	s := window.New(window.Options{Clock: capture.NewClock(time.Now)})
	return probe(ctx, Check{Part: "Window titles"}, s, "the window manager tells the active window",
		"Run a window manager that supports EWMH, as every common desktop does.")
}

func (a *App) checkInput(ctx context.Context) Check {
	s := input.New(input.Options{Clock: capture.NewClock(time.Now)})
	return probe(ctx, Check{Part: "Input events"}, s, "clicks and key chords can be seen (X RECORD)",
		"Start the X server with its RECORD extension; Xorg has it by default.")
}

func (a *App) checkAccessibility(ctx context.Context) Check {
	c := Check{Part: "Accessibility bus"}
	err := uitree.New(uitree.Options{Clock: capture.NewClock(time.Now)}).Probe(ctx)
	if errors.Is(err, uitree.ErrNoBus) {
		return c.bad(CheckMissing, err.Error(), "Install at-spi2-core and log in again; until then buttons are not named.")
	}
	if err != nil {
		return c.bad(CheckBroken, err.Error(), "Log out and in again; programs that were started before the accessibility bus are not seen.")
	}
	return c.good("names of buttons and fields can be read (AT-SPI)")
}

func (a *App) checkMicrophones(context.Context) Check {
	c := Check{Part: "Microphones"}
	devices, err := mic.Devices()
	if err != nil && !errors.Is(err, mic.ErrNoDevice) {
		return c.bad(CheckBroken, err.Error(), "Start PulseAudio or PipeWire, or check ALSA.")
	}
	if len(devices) == 0 {
		return c.bad(CheckMissing, "no microphone", "Plug in a microphone. Recording works without one, but nothing that you say is kept.")
	}
	var names []string
	for _, d := range devices {
		names = append(names, d.Name)
	}
	return c.good(strings.Join(names, ", "))
}

func (a *App) checkModel(context.Context) Check {
	c := Check{Part: "Speech model"}
	path, err := a.modelPath()
	if errors.Is(err, ErrNoModel) {
		return c.bad(CheckMissing, "none installed", "Fetch a model of the Whisper family in ggml format, such as ggml-base.en.bin, "+
			"and run `runreel models add FILE`. Until then recordings keep their sound, and drafts have no narration.")
	}
	if err != nil {
		return c.bad(CheckBroken, err.Error(), "Check the data folder.")
	}
	info, err := transcribe.CheckModel(path)
	if err != nil {
		return c.bad(CheckBroken, err.Error(), "Add the file again with `runreel models add FILE`.")
	}
	return c.good(fmt.Sprintf("%s, %d MB, %s", path, info.Size>>20, info.Encoding))
}

// program checks an optional program by asking for its version.
func program(ctx context.Context, part, name, arg, missing string) Check {
	c := Check{Part: part}
	path, err := exec.LookPath(name)
	if err != nil {
		return c.bad(CheckMissing, name+" is not installed", "Install "+name+". "+missing)
	}
	out, err := exec.CommandContext(ctx, path, arg).CombinedOutput()
	if err != nil {
		return c.bad(CheckBroken, fmt.Sprintf("%s: %v", path, err), "Install "+name+" again.")
	}
	first, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	first, _, _ = strings.Cut(first, " Copyright") // ffmpeg's
	return c.good(first)
}

func (a *App) checkTesseract(ctx context.Context) Check {
	return program(ctx, "Text recognition", "tesseract", "--version", "Without it, buttons without an accessible name are told by their place only.")
}

func (a *App) checkFFmpeg(ctx context.Context) Check {
	return program(ctx, "Video", "ffmpeg", "-version", "It is needed for videos only; recording works without it.")
}

func (a *App) checkDisk(context.Context) Check {
	c := Check{Part: "Disk"}
	free, err := diskspace.Free(a.paths.Data)
	if err != nil {
		return c.bad(CheckBroken, err.Error(), "Check the data folder "+a.paths.Data+".")
	}
	detail := fmt.Sprintf("%s free at %s", diskSize(free), a.paths.Data)
	if free < leastFree {
		return c.bad(CheckBroken, detail, "Free at least 500 MB, or choose another folder with --data-dir.")
	}
	return c.good(detail)
}

// diskSize is a size as the window says it: in powers of ten.
func diskSize(n int64) string {
	const mb, gb = 1e6, 1e9
	switch {
	case n < gb:
		return fmt.Sprintf("%.0f MB", float64(n)/mb)
	case n < 10*gb:
		return fmt.Sprintf("%.1f GB", float64(n)/gb)
	}
	return fmt.Sprintf("%.0f GB", float64(n)/gb)
}

func (c Check) good(detail string) Check {
	c.State, c.Detail = CheckOK, detail
	return c
}

func (c Check) bad(state, detail, fix string) Check {
	c.State, c.Detail, c.Fix = state, detail, fix
	return c
}
