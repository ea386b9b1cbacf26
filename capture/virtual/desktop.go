package virtual

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// Options tells which parts a Desktop has. The X server is always there.
type Options struct {
	Width, Height int      // of the screen; 0 means 1280x800
	Server        []string // further arguments of Xvfb
	WindowManager bool     // openbox
	Accessibility bool     // a session bus with the AT-SPI bus and registry on it
	Sound         bool     // PulseAudio with the null sink "runreel", whose monitor is the microphone
}

// Desktop is a running virtual desktop.
type Desktop struct {
	Display string   // such as ":97"
	Dir     string   // private folder, removed by Close; also the HOME of what runs here
	Env     []string // the environment for programs on this desktop

	parts []*part // in the order of their start
}

type part struct {
	name string
	cmd  *exec.Cmd
	done chan struct{} // closed when the process has ended
	log  string
}

// startLimit bounds the wait for each part. Parts that work are up in well
// under a second; a laptop under full load needs more.
const startLimit = 30 * time.Second

// Start starts a virtual desktop. A part whose program is missing, or that does
// not come up, is an error that names it and holds what it printed. The caller
// closes the desktop.
func Start(ctx context.Context, o Options) (_ *Desktop, err error) {
	dir, err := os.MkdirTemp("", "runreel-desktop-")
	if err != nil {
		return nil, fmt.Errorf("virtual desktop: %w", err)
	}
	d := &Desktop{Dir: dir}
	defer func() {
		if err != nil {
			_ = d.Close() // the first error is the one that tells why
		}
	}()
	if err := d.folders(); err != nil {
		return nil, err
	}
	if err := d.startServer(ctx, o); err != nil {
		return nil, err
	}
	if o.Accessibility {
		if err := d.startBus(ctx); err != nil {
			return nil, err
		}
	}
	if o.WindowManager {
		if err := d.startWindowManager(ctx); err != nil {
			return nil, err
		}
	}
	if o.Sound {
		if err := d.startSound(ctx); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// Lookup returns a variable of the desktop's environment.
func (d *Desktop) Lookup(name string) string {
	for _, kv := range slices.Backward(d.Env) {
		if v, ok := strings.CutPrefix(kv, name+"="); ok {
			return v
		}
	}
	return ""
}

// Command prepares a program on this desktop, in its folder and with its
// environment.
func (d *Desktop) Command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = d.Env
	cmd.Dir = d.Dir
	return cmd
}

// Run runs a program on this desktop to its end. Its error holds what the
// program printed.
func (d *Desktop) Run(ctx context.Context, name string, args ...string) (string, error) {
	out, err := d.Command(ctx, name, args...).CombinedOutput()
	if err != nil {
		return string(out), fmt.Errorf("%s: %w: %s", name, err, strings.TrimSpace(string(out)))
	}
	return string(out), nil
}

// Close ends the parts, the last first, and removes the folder.
func (d *Desktop) Close() error {
	for _, p := range slices.Backward(d.parts) {
		p.stop()
	}
	d.parts = nil
	if err := os.RemoveAll(d.Dir); err != nil {
		return fmt.Errorf("virtual desktop: %w", err)
	}
	return nil
}

// folders makes the home and the runtime folder, and an environment that keeps
// programs away from the desktop that the caller may be running on.
func (d *Desktop) folders() error {
	runtime := filepath.Join(d.Dir, "run")
	for _, f := range []string{runtime, filepath.Join(d.Dir, "log"), filepath.Join(d.Dir, ".config"), filepath.Join(d.Dir, ".cache")} {
		if err := os.MkdirAll(f, 0o700); err != nil {
			return fmt.Errorf("virtual desktop: %w", err)
		}
	}
	foreign := []string{
		"DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "XDG_", "DBUS_", "PULSE_", "AT_SPI", "HOME",
		"GTK_", "NO_AT_BRIDGE", "GDK_", "LANG", "LC_", "LANGUAGE", "PROMPT_COMMAND", "BASH_ENV", "WINDOWID",
	}
	for _, kv := range os.Environ() {
		if !slices.ContainsFunc(foreign, func(p string) bool { return strings.HasPrefix(kv, p) }) {
			d.Env = append(d.Env, kv)
		}
	}
	d.Env = append(d.Env,
		"HOME="+d.Dir, "XDG_RUNTIME_DIR="+runtime, "XDG_SESSION_TYPE=x11", "LANG=C.UTF-8",
		"GDK_BACKEND=x11", "GTK_THEME=Adwaita", "GSETTINGS_BACKEND=memory", "LIBGL_ALWAYS_SOFTWARE=1")
	return nil
}

// startServer lets Xvfb choose a free display itself, so that desktops started
// at the same moment never meet.
func (d *Desktop) startServer(ctx context.Context, o Options) error {
	w, h := o.Width, o.Height
	if w == 0 || h == 0 {
		w, h = 1280, 800
	}
	read, write, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("virtual desktop: %w", err)
	}
	defer read.Close()
	args := append([]string{"-displayfd", "3", "-screen", "0", fmt.Sprintf("%dx%dx24", w, h),
		"-noreset", "-nolisten", "tcp", "-dpi", "96"}, o.Server...)
	p, err := d.start("Xvfb", args, write)
	_ = write.Close() // the server has its own copy
	if err != nil {
		return err
	}
	number, err := firstLine(ctx, p, read)
	if err != nil {
		return err
	}
	d.Display = ":" + number
	d.Env = append(d.Env, "DISPLAY="+d.Display)
	return nil
}

// startBus starts the session bus and wakes the accessibility registry before
// any program: one that is older than the registry never appears in it.
func (d *Desktop) startBus(ctx context.Context) error {
	read, write, err := os.Pipe()
	if err != nil {
		return fmt.Errorf("virtual desktop: %w", err)
	}
	defer read.Close()
	p, err := d.start("dbus-daemon", []string{"--session", "--nofork", "--nopidfile", "--print-address=3",
		"--address=unix:path=" + filepath.Join(d.Dir, "run", "bus")}, write)
	_ = write.Close() // the bus has its own copy
	if err != nil {
		return err
	}
	address, err := firstLine(ctx, p, read)
	if err != nil {
		return err
	}
	d.Env = append(d.Env, "DBUS_SESSION_BUS_ADDRESS="+address)
	launcher, err := findLauncher()
	if err != nil {
		return err
	}
	p, err = d.start(launcher, []string{"--launch-immediately"}, nil)
	if err != nil {
		return err
	}
	if err := d.until(ctx, p, "gdbus", "call", "--session", "--timeout", "5", "--dest", "org.a11y.Bus",
		"--object-path", "/org/a11y/bus", "--method", "org.a11y.Bus.GetAddress"); err != nil {
		return err
	}
	_, err = d.Run(ctx, "gdbus", "call", "--session", "--dest", "org.a11y.Bus", "--object-path", "/org/a11y/bus",
		"--method", "org.freedesktop.DBus.Properties.Set", "org.a11y.Status", "IsEnabled", "<true>")
	return err
}

// findLauncher finds the accessibility bus launcher, which lies in no PATH.
func findLauncher() (string, error) {
	places := []string{"/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi2-core/at-spi-bus-launcher", "/usr/lib/at-spi-bus-launcher"}
	for _, p := range places {
		if _, err := os.Stat(p); err == nil {
			return p, nil
		}
	}
	return "", fmt.Errorf("virtual desktop: at-spi-bus-launcher is in none of %s: install at-spi2-core", strings.Join(places, ", "))
}

func (d *Desktop) startWindowManager(ctx context.Context) error {
	p, err := d.start("openbox", []string{"--sm-disable"}, nil)
	if err != nil {
		return err
	}
	// A window manager that is ready announces itself on the root window.
	return d.until(ctx, p, "sh", "-c", `xprop -root _NET_SUPPORTING_WM_CHECK | grep -q "window id"`)
}

func (d *Desktop) startSound(ctx context.Context) error {
	socket := filepath.Join(d.Dir, "run", "pulse.sock")
	config := filepath.Join(d.Dir, "pulse.pa")
	text := "load-module module-native-protocol-unix auth-anonymous=1 socket=" + socket + "\n" +
		"load-module module-null-sink sink_name=runreel rate=48000 norewinds=1\n" +
		"set-default-sink runreel\nset-default-source runreel.monitor\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return fmt.Errorf("virtual desktop: %w", err)
	}
	d.Env = append(d.Env, "PULSE_SERVER=unix:"+socket, "PULSE_STATE_PATH="+d.Dir, "PULSE_RUNTIME_PATH="+filepath.Join(d.Dir, "run"))
	p, err := d.start("pulseaudio", []string{"-n", "-F", config, "--daemonize=no", "--use-pid-file=no",
		"--exit-idle-time=-1", "--disallow-exit", "--realtime=no", "--high-priority=no"}, nil)
	if err != nil {
		return err
	}
	return d.until(ctx, p, "pactl", "info")
}

// start starts a part in its own process group, with extra as file descriptor 3.
func (d *Desktop) start(program string, args []string, extra *os.File) (*part, error) {
	name := filepath.Base(program)
	log := filepath.Join(d.Dir, "log", name+".log")
	out, err := os.Create(log)
	if err != nil {
		return nil, fmt.Errorf("virtual desktop: %w", err)
	}
	defer out.Close()
	cmd := exec.Command(program, args...)
	cmd.Env, cmd.Dir, cmd.Stdout, cmd.Stderr = d.Env, d.Dir, out, out
	ownGroup(cmd)
	if extra != nil {
		cmd.ExtraFiles = []*os.File{extra}
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("virtual desktop: start %s: %w", name, err)
	}
	p := &part{name: name, cmd: cmd, log: log, done: make(chan struct{})}
	go func() {
		_ = cmd.Wait() // how it ended does not matter, only that it did
		close(p.done)
	}()
	d.parts = append(d.parts, p)
	return p, nil
}

// until runs a check again and again until it succeeds, the part dies or the
// limit passes.
func (d *Desktop) until(ctx context.Context, p *part, name string, args ...string) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	for {
		_, err := d.Run(ctx, name, args...)
		if err == nil {
			return nil
		}
		if errors.Is(err, exec.ErrNotFound) {
			return fmt.Errorf("virtual desktop: %w", err)
		}
		select {
		case <-p.done:
			return p.failure("ended at once")
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", p.failure("did not come up"), err)
		case <-time.After(30 * time.Millisecond):
		}
	}
}

// firstLine reads the line by which a part tells that it is ready.
func firstLine(ctx context.Context, p *part, r *os.File) (string, error) {
	limit := time.Now().Add(startLimit)
	if dl, ok := ctx.Deadline(); ok && dl.Before(limit) {
		limit = dl
	}
	if err := r.SetReadDeadline(limit); err != nil {
		return "", fmt.Errorf("virtual desktop: %w", err)
	}
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		if errors.Is(err, io.EOF) {
			return "", p.failure("ended at once")
		}
		return "", p.failure("did not come up")
	}
	return strings.TrimSpace(line), nil
}

// failure is an error that holds the end of what the part printed.
func (p *part) failure(what string) error {
	b, err := os.ReadFile(p.log)
	if err != nil {
		return fmt.Errorf("virtual desktop: %s %s", p.name, what)
	}
	return fmt.Errorf("virtual desktop: %s %s: %s", p.name, what, strings.TrimSpace(string(b[max(0, len(b)-2000):])))
}

// stop asks the part's process group to end, and kills what has not ended
// after two seconds.
func (p *part) stop() {
	signalGroup(p.cmd, syscall.SIGTERM)
	select {
	case <-p.done:
	case <-time.After(2 * time.Second):
	}
	signalGroup(p.cmd, syscall.SIGKILL)
	<-p.done
}
