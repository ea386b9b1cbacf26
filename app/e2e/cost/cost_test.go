//go:build e2e

package cost

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/runreel/runreel/capture/virtual"
)

// shortLength is how long the work takes where RUNREEL_COST_LENGTH does not say
// otherwise.
const shortLength = 16 * time.Second

// TestCost prints what it costs to record.
func TestCost(t *testing.T) {
	bin, err := filepath.Abs(os.Getenv("RUNREEL_BIN"))
	if err != nil || os.Getenv("RUNREEL_BIN") == "" {
		t.Fatal("RUNREEL_BIN names no program")
	}
	length := shortLength
	if text := os.Getenv("RUNREEL_COST_LENGTH"); text != "" {
		if length, err = time.ParseDuration(text); err != nil || length < 8*time.Second {
			t.Fatalf("RUNREEL_COST_LENGTH=%s: want at least 8s: %v", text, err)
		}
	}
	d, err := virtual.Start(t.Context(), virtual.Options{Width: 1920, Height: 1080, WindowManager: true, Accessibility: true, Sound: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	record := func(mic string) []string {
		return []string{bin, "--data-dir", filepath.Join(d.Dir, "data-"+mic), "--json", "record", "--title", "cost", "--display", "0", "--mic", mic}
	}
	silent := measure(t, d, length, "runreel, no microphone", filepath.Join(d.Dir, "data-none"), record("none"))
	sound := measure(t, d, length, "runreel, with microphone", filepath.Join(d.Dir, "data-"), record(""))
	film := filepath.Join(d.Dir, "film")
	if err := os.Mkdir(film, 0o700); err != nil {
		t.Fatal(err)
	}
	ffmpeg := measure(t, d, length, "ffmpeg", film, []string{"ffmpeg", "-loglevel", "error", "-f", "x11grab", "-r", "10",
		"-video_size", "1920x1080", "-i", d.Display, "-c:v", "libx264", "-preset", "ultrafast", filepath.Join(film, "film.mkv")})
	fmt.Print(table(length, silent, sound, ffmpeg))
	for _, f := range []figures{silent, sound, ffmpeg} {
		if f.cpu <= 0 || f.disk <= 0 || f.peak <= 0 {
			t.Errorf("%s was not measured: %+v", f.name, f)
		}
	}
}

// figures are what one recorder cost.
type figures struct {
	name   string
	phases []phase
	cpu    time.Duration // user and system, with ended children, until it was told to stop
	after  time.Duration // from then to its end: the last bytes, and the draft
	peak   int64         // resident bytes while it recorded
	disk   int64         // bytes that it left
}

// phase is a part of the work.
type phase struct {
	name        string
	length, cpu time.Duration
}

// measure runs a recorder over the work.
func measure(t *testing.T, d *virtual.Desktop, length time.Duration, name, folder string, args []string) figures {
	t.Helper()
	w := begin(t, d, length)
	defer w.end()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var printed bytes.Buffer
	cmd := d.Command(ctx, args[0], args[1:]...)
	cmd.Stdout, cmd.Stderr = &printed, &printed
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	f := figures{name: name}
	pid := cmd.Process.Pid
	awaitFile(t, folder)
	last, lastAt := cpuOf(t, pid), time.Now()
	w.run(ctx, func(next string) {
		now, at := cpuOf(t, pid), time.Now()
		if n := len(f.phases); n > 0 {
			f.phases[n-1].cpu, f.phases[n-1].length = now-last, at.Sub(lastAt)
		}
		last, lastAt = now, at
		if next != "" {
			f.phases = append(f.phases, phase{name: next})
		}
	})
	f.cpu, f.peak = last, peakOf(t, pid)
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		const interrupted = 255 // as ffmpeg tells it
		if cmd.ProcessState.ExitCode() != interrupted {
			t.Fatalf("%s: %v: %s", name, err, printed.String())
		}
	}
	f.after = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime() - f.cpu
	f.disk = sizeOf(t, folder)
	t.Logf("%s left %s", name, kindsIn(folder))
	return f
}

// awaitFile waits until a recorder has begun.
func awaitFile(t *testing.T, folder string) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); filesIn(folder) == 0; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("nothing is written to %s", folder)
		}
	}
}

// kindsIn tells how many files of each kind there are, and their bytes.
func kindsIn(folder string) string {
	count, size := map[string]int{}, map[string]int64{}
	_ = filepath.WalkDir(folder, func(_ string, e fs.DirEntry, err error) error { // what went is not counted
		if err == nil && !e.IsDir() {
			if info, err := e.Info(); err == nil {
				count[filepath.Ext(e.Name())]++
				size[filepath.Ext(e.Name())] += info.Size()
			}
		}
		return nil
	})
	var all []string
	for _, kind := range slices.Sorted(maps.Keys(count)) {
		all = append(all, fmt.Sprintf("%d %s of %d kB", count[kind], cmp.Or(kind, "other"), size[kind]/1000))
	}
	return strings.Join(all, ", ")
}

func filesIn(folder string) int {
	n := 0
	_ = filepath.WalkDir(folder, func(_ string, e fs.DirEntry, err error) error { // it may not be there yet
		if err == nil && !e.IsDir() {
			n++
		}
		return nil
	})
	return n
}

// cpuOf returns the time that a process and its ended children have used
// (proc(5): utime, stime, cutime and cstime, in hundredths of a second).
func cpuOf(t *testing.T, pid int) time.Duration {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		t.Fatal(err)
	}
	fields := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	var ticks int64
	for _, i := range []int{11, 12, 13, 14} { // after the name, from field 3
		n, err := strconv.ParseInt(fields[i], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

// peakOf returns the most memory that a process had resident.
func peakOf(t *testing.T, pid int) int64 {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb, err := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			return kb << 10
		}
	}
	t.Fatal("no VmHWM")
	return 0
}

func sizeOf(t *testing.T, folder string) int64 {
	t.Helper()
	var sum int64
	err := filepath.WalkDir(folder, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return nil // it went, or is not there yet
		}
		if info, err := e.Info(); err == nil {
			sum += info.Size()
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

// table is what the README quotes: the figures side by side, with their ratios.
func table(length time.Duration, silent, sound, ffmpeg figures) string {
	var b strings.Builder
	fmt.Fprintf(&b, "\nWhat recording costs: %v of scripted work at 1920x1080, ffmpeg x11grab at 10 pictures a second beside it\n\n", length)
	all := []figures{silent, sound, ffmpeg}
	line := func(cells ...string) { fmt.Fprintf(&b, "| %s |\n", strings.Join(cells, " | ")) }
	row := func(name, goal string, value func(figures) string) {
		cells := []string{name}
		for _, f := range all {
			cells = append(cells, value(f))
		}
		line(append(cells, goal)...)
	}
	ratio := func(name, goal string, value func(figures) float64) {
		row(name, goal, func(f figures) string { return fmt.Sprintf("%.2f", value(f)/value(ffmpeg)) })
	}
	share := func(used, of time.Duration) string { return fmt.Sprintf("%.1f %%", 100*used.Seconds()/of.Seconds()) }
	goals := map[string]string{"idle": "1 %"}

	line("what", silent.name, sound.name, ffmpeg.name, "goal")
	line("---", "---", "---", "---", "---")
	row("processor time while it records", "", func(f figures) string { return seconds(f.cpu) })
	ratio("of ffmpeg's", "0.25", func(f figures) float64 { return f.cpu.Seconds() })
	row("of a core, mean", "5 %", func(f figures) string { return share(f.cpu, length) })
	for i, p := range ffmpeg.phases {
		row("of a core, "+p.name, goals[p.name], func(f figures) string { return share(f.phases[i].cpu, f.phases[i].length) })
	}
	row("processor time after the stop", "", func(f figures) string { return seconds(f.after) })
	row("peak memory", "150 MB", func(f figures) string { return fmt.Sprintf("%.0f MB", float64(f.peak)/1e6) })
	row("on disk", "", func(f figures) string { return fmt.Sprintf("%.2f MB", float64(f.disk)/1e6) })
	ratio("of ffmpeg's", "0.50", func(f figures) float64 { return float64(f.disk) })
	b.WriteString("\nThe film of ffmpeg has no sound: the column to compare is the one without a microphone.\n")
	return b.String()
}
