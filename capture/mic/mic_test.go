package mic

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/capture/capturetest"
	"github.com/runreel/runreel/capture/virtual"
)

// startSound starts a PulseAudio server with a null sink for this test, and
// points this process at it.
func startSound(t testing.TB) *virtual.Desktop {
	t.Helper()
	d, err := virtual.Start(context.Background(), virtual.Options{Width: 64, Height: 64, Sound: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	t.Setenv("PULSE_SERVER", d.Lookup("PULSE_SERVER"))
	t.Setenv("PULSE_RUNTIME_PATH", d.Lookup("PULSE_RUNTIME_PATH"))
	pactl(t, d, "unload-module", "module-null-sink")
	loadSink(t, d)
	return d
}

// loadSink makes the null sink and its monitor the default ones. Without
// norewinds a null sink works in blocks of two seconds, and its monitor
// delivers nothing for so long.
func loadSink(t testing.TB, d *virtual.Desktop) {
	t.Helper()
	pactl(t, d, "load-module", "module-null-sink", "sink_name=runreel", "rate=48000", "norewinds=1")
	pactl(t, d, "set-default-sink", "runreel")
	pactl(t, d, "set-default-source", "runreel.monitor")
}

func pactl(t testing.TB, d *virtual.Desktop, args ...string) {
	t.Helper()
	if out, err := d.Command(t.Context(), "pactl", args...).CombinedOutput(); err != nil {
		t.Fatalf("pactl %q: %v\n%s", args, err, out)
	}
}

// player plays what it is told at once, and silence otherwise.
type player struct {
	cmd  *exec.Cmd
	in   io.WriteCloser
	tone chan time.Duration
	quit chan struct{}
	done chan struct{}
}

func startPlayer(t testing.TB, d *virtual.Desktop) *player {
	t.Helper()
	p := &player{
		cmd: d.Command(context.Background(), "pacat", "--playback", "--raw", "--rate=16000", "--channels=1",
			"--format=s16le", "--latency-msec=20", "--process-time-msec=10"),
		tone: make(chan time.Duration), quit: make(chan struct{}), done: make(chan struct{}),
	}
	out, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	// A usual pipe holds two seconds of sound, which a busy machine fills.
	if _, _, errno := syscall.Syscall(syscall.SYS_FCNTL, in.Fd(), syscall.F_SETPIPE_SZ, 4096); errno != 0 {
		t.Fatal(errno)
	}
	p.in, p.cmd.Stdin = in, out
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = out.Close()
	go p.feed()
	t.Cleanup(func() {
		close(p.quit)
		_ = p.cmd.Process.Kill() // feed may wait for it to read
		_ = p.cmd.Wait()
		<-p.done
		_ = p.in.Close()
	})
	return p
}

// feed writes ten milliseconds every ten milliseconds, so that nothing queues.
func (p *player) feed() {
	defer close(p.done)
	const step = 10 * time.Millisecond
	tick := time.NewTicker(step)
	defer tick.Stop()
	block := make([]byte, 2*Rate/100)
	var left time.Duration
	for {
		select {
		case <-p.quit:
			return
		case left = <-p.tone:
			continue
		case <-tick.C:
		}
		for i := 0; i < len(block); i += 2 {
			v := int16(0)
			if left > 0 {
				v = int16(20000 * math.Sin(2*math.Pi*1000*float64(i/2)/Rate))
			}
			binary.LittleEndian.PutUint16(block[i:], uint16(v))
		}
		left -= step
		if _, err := p.in.Write(block); err != nil {
			return
		}
	}
}

// beep plays a tone and returns its session time.
func (p *player) beep(clock *capture.Clock, length time.Duration) time.Duration {
	p.tone <- length
	return clock.Now()
}

// recorded puts the chunks together and checks that each is a whole WAV file
// that begins where the one before it ended.
func recorded(t *testing.T, r *capturetest.Running) (start time.Duration, samples []int16) {
	t.Helper()
	next := time.Duration(-1)
	for _, e := range r.Collector.Events() {
		a, ok := e.Fact.(capture.Audio)
		if !ok {
			continue
		}
		if next < 0 {
			start, next = e.At, e.At
		}
		if e.At != next {
			t.Errorf("chunk at %v, the one before ended at %v", e.At, next)
		}
		b, _ := r.Media.Get(a.Media)
		if len(b) < wavHeader || string(b[:4]) != "RIFF" || string(b[8:16]) != "WAVEfmt " ||
			int(binary.LittleEndian.Uint32(b[4:])) != len(b)-8 ||
			int(binary.LittleEndian.Uint32(b[40:])) != len(b)-wavHeader {
			t.Fatalf("chunk at %v is no WAV file of %d bytes", e.At, len(b))
		}
		var chunk []int16
		for i := wavHeader; i < len(b); i += 2 {
			chunk = append(chunk, int16(binary.LittleEndian.Uint16(b[i:])))
		}
		if a.Rate != Rate || a.Length != timeOf(int64(len(chunk))) || a.Peak != peak(chunk) || a.Length > time.Second {
			t.Errorf("chunk at %v: %+v for %d samples", e.At, a, len(chunk))
		}
		next += a.Length
		samples = append(samples, chunk...)
	}
	return start, samples
}

// onsets returns the times at which sound begins after 450 ms of silence: a busy
// player may tear one apart.
func onsets(start time.Duration, samples []int16) []time.Duration {
	var all []time.Duration
	quiet := Rate
	for i, s := range samples {
		if s < 2000 && s > -2000 {
			quiet++
			continue
		}
		if quiet > Rate*45/100 {
			all = append(all, start+timeOf(int64(i)))
		}
		quiet = 0
	}
	return all
}

// wantOnsets wants sounds where they were played. The way from the player to
// the monitor takes a while, and longer on a busy machine; that audio time is
// exact is the matter of TestFourHours.
func wantOnsets(t *testing.T, got, want []time.Duration) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("sounds at %v, want %v", got, want)
		return
	}
	for i := range got {
		if diff := got[i] - want[i]; diff < -50*time.Millisecond || diff > 400*time.Millisecond {
			t.Errorf("sound %d at %v, played at %v", i, got[i], want[i])
		} else {
			t.Logf("sound %d is %v off", i, diff)
		}
	}
}

func record(t *testing.T, opt Options) *capturetest.Running {
	t.Helper()
	clock, media := capture.NewClock(time.Now), new(capturetest.Media)
	opt.Clock, opt.Media = clock, media
	return capturetest.Start(t, New(opt), clock, media)
}

// until waits for audio that reaches a time of the session.
func until(t *testing.T, r *capturetest.Running, at time.Duration) {
	t.Helper()
	r.WaitFor(t, 0, nil, func(e capture.Event) bool {
		a, ok := e.Fact.(capture.Audio)
		return ok && e.At+a.Length >= at
	})
}

// stop stands the clock, as the recorder does, and ends the source.
func stop(t *testing.T, r *capturetest.Running) {
	t.Helper()
	r.Clock.Pause()
	began := time.Now()
	if err := r.Stop(t); err != nil {
		t.Fatal(err)
	}
	t.Logf("stopped within %v", time.Since(began))
	for _, f := range r.Collector.Faults() {
		t.Error(f)
	}
}

func wantLength(t *testing.T, r *capturetest.Running, start time.Duration, samples []int16) {
	t.Helper()
	end := start + timeOf(int64(len(samples)))
	if diff := r.Clock.Now() - end; diff < -50*time.Millisecond || diff > 50*time.Millisecond {
		t.Errorf("sound ends at %v, session at %v", end, r.Clock.Now())
	}
	if start > 50*time.Millisecond {
		t.Errorf("sound begins at %v", start)
	}
}

// gaps returns what was told to be missing, but for the start: a busy machine
// may be slow there.
func gaps(r *capturetest.Running) []capture.Event {
	var all []capture.Event
	for _, e := range r.Collector.Events() {
		if g, ok := e.Fact.(capture.Gap); ok && g.Reason != reasonStart {
			all = append(all, e)
		}
	}
	return all
}

func TestSuite(t *testing.T) {
	startSound(t)
	capturetest.Run(t, func(_ *testing.T, clock *capture.Clock, media *capturetest.Media) (capture.Source, func()) {
		return New(Options{Clock: clock, Media: media}), nil
	})
}

func TestDevices(t *testing.T) {
	d := startSound(t)
	all, err := Devices()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 1 || all[0].ID != "runreel.monitor" || !all[0].Default || !all[0].Monitor || all[0].Name == "" {
		t.Errorf("devices %+v, want runreel.monitor", all)
	}
	pactl(t, d, "load-module", "module-null-sink", "sink_name=speaker")
	pactl(t, d, "load-module", "module-remap-source", "source_name=headset", "master=runreel.monitor",
		`source_properties=device.description="Headset"`)
	pactl(t, d, "set-default-source", "headset")
	if all, err = Devices(); err != nil {
		t.Fatal(err)
	}
	if len(all) != 3 || all[0] != (Device{ID: "headset", Name: "Headset", Default: true}) || !all[1].Monitor || !all[2].Monitor {
		t.Errorf("devices %+v, want the headset first", all)
	}
}

func TestArrange(t *testing.T) {
	got := arrange([]Device{
		{ID: "a.monitor", Name: "Monitor of A", Monitor: true},
		{ID: "b", Name: "Webcam"},
		{ID: "c", Name: "Webcam"},
		{ID: "d"},
		{ID: "e", Name: "Headset", Default: true},
	})
	want := []Device{
		{ID: "e", Name: "Headset", Default: true},
		{ID: "b", Name: "Webcam (b)"},
		{ID: "c", Name: "Webcam (c)"},
		{ID: "d", Name: "d"},
		{ID: "a.monitor", Name: "Monitor of A", Monitor: true},
	}
	if !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestNoDevice(t *testing.T) {
	d := startSound(t)
	s := New(Options{Device: "missing", Clock: capture.NewClock(time.Now)})
	if err := s.Probe(t.Context()); !errors.Is(err, ErrNoDevice) || !strings.Contains(err.Error(), "missing") {
		t.Errorf("Probe of a missing device: %v", err)
	}
	pactl(t, d, "unload-module", "module-null-sink")
	s = New(Options{Clock: capture.NewClock(time.Now), Media: new(capturetest.Media)})
	if err := s.Probe(t.Context()); !errors.Is(err, ErrNoDevice) {
		t.Errorf("Probe without any device: %v", err)
	}
	if err := s.Run(t.Context(), func(capture.Event) {}); !errors.Is(err, ErrNoDevice) {
		t.Errorf("Run without any device: %v", err)
	}
	t.Setenv("PULSE_SERVER", "unix:/nonexistent")
	if err := s.Probe(t.Context()); !errors.Is(err, ErrNoDevice) && !errors.Is(err, ErrDevice) {
		t.Errorf("Probe without a sound server: %v", err)
	}
}

func TestSoundIsFoundWhereItWasPlayed(t *testing.T) {
	d := startSound(t)
	p := startPlayer(t, d)
	var levels atomic.Int64
	r := record(t, Options{Device: "runreel.monitor", Level: func(float64) { levels.Add(1) }})
	until(t, r, time.Second)
	var want []time.Duration
	for i := range 4 {
		want = append(want, p.beep(r.Clock, 200*time.Millisecond))
		until(t, r, want[i]+time.Duration(700+137*i)*time.Millisecond)
	}
	stop(t, r)
	start, samples := recorded(t, r)
	wantOnsets(t, onsets(start, samples), want)
	wantLength(t, r, start, samples)
	if g := gaps(r); len(g) > 0 {
		t.Errorf("gaps %+v", g)
	}
	if perSecond := float64(levels.Load()) / r.Clock.Now().Seconds(); perSecond < 7 || perSecond > 15 {
		t.Errorf("level told %.0f times a second", perSecond)
	}
}

func TestPauseIsCutOut(t *testing.T) {
	d := startSound(t)
	p := startPlayer(t, d)
	var heard atomic.Int64
	r := record(t, Options{Level: func(v float64) {
		if v > 0.3 {
			heard.Add(1)
		}
	}})
	until(t, r, time.Second)
	want := []time.Duration{p.beep(r.Clock, 100*time.Millisecond)}
	until(t, r, 2*time.Second)

	r.Clock.Pause()
	paused := r.Clock.Now()
	before := heard.Load()
	p.beep(r.Clock, 300*time.Millisecond)
	end := time.After(10 * time.Second)
	for quiet := 0; quiet < 30; { // the tone is over and was heard by the level only
		select {
		case <-time.After(20 * time.Millisecond):
		case <-end:
			t.Fatal("tone of the pause never heard")
		}
		if now := heard.Load(); now != before {
			before, quiet = now, 0
		} else if now > 0 {
			quiet++
		}
	}
	if r.Clock.Now() != paused {
		t.Fatal("clock ran")
	}
	r.Clock.Resume()
	want = append(want, p.beep(r.Clock, 100*time.Millisecond))
	until(t, r, paused+time.Second)
	stop(t, r)
	start, samples := recorded(t, r)
	wantOnsets(t, onsets(start, samples), want)
	wantLength(t, r, start, samples)
	if g := gaps(r); len(g) > 0 {
		t.Errorf("gaps %+v", g)
	}
}

// serverPID finds the sound server of d.
func serverPID(t testing.TB, d *virtual.Desktop) int {
	t.Helper()
	procs, err := filepath.Glob("/proc/[0-9]*/cmdline")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range procs {
		b, err := os.ReadFile(p)
		if err != nil || !strings.HasPrefix(filepath.Base(strings.SplitN(string(b), "\x00", 2)[0]), "pulseaudio") ||
			!strings.Contains(string(b), d.Dir) {
			continue
		}
		pid := 0
		for _, c := range filepath.Base(filepath.Dir(p)) {
			pid = pid*10 + int(c-'0')
		}
		return pid
	}
	t.Fatal("no sound server")
	return 0
}

func TestHungServerDoesNotHangTheEnd(t *testing.T) {
	d := startSound(t)
	r := record(t, Options{})
	until(t, r, time.Second)
	pid := serverPID(t, d)
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Kill(pid, syscall.SIGCONT) }()
	r.WaitFor(t, 0, nil, capturetest.OfKind(capture.KindGap))
	stop(t, r)
	start, samples := recorded(t, r)
	wantLength(t, r, start, samples)
}

func TestFullDiskEndsTheSource(t *testing.T) {
	startSound(t)
	r := record(t, Options{})
	until(t, r, time.Second)
	full := errors.New("no space left on device")
	r.Media.Fail(full)
	select {
	case <-r.Done():
	case <-time.After(10 * time.Second):
		t.Fatal("Run goes on")
	}
	if !errors.Is(r.Err(), full) {
		t.Errorf("Run returned %v, want %v", r.Err(), full)
	}
}

func TestMonitor(t *testing.T) {
	d := startSound(t)
	p := startPlayer(t, d)
	ctx, cancel := context.WithTimeout(t.Context(), 15*time.Second)
	defer cancel()
	go func() {
		for ctx.Err() == nil {
			select {
			case p.tone <- 200 * time.Millisecond:
			case <-ctx.Done():
			}
		}
	}()
	top := 0.0
	err := Monitor(ctx, "", func(v float64) {
		if top = max(top, v); top > 0.3 {
			cancel()
		}
	})
	if err != nil || top < 0.3 || top > 0.9 {
		t.Errorf("Monitor: %v, top level %.2f", err, top)
	}
	if err := Monitor(t.Context(), "missing", func(float64) {}); !errors.Is(err, ErrNoDevice) {
		t.Errorf("Monitor of a missing device: %v", err)
	}
}
