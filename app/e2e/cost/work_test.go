//go:build e2e

package cost

import (
	"context"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/runreel/runreel/capture/virtual"
)

// work is what the recorders watch: windows, and what is done with them.
type work struct {
	t       *testing.T
	d       *virtual.Desktop
	length  time.Duration
	windows []string // IDs: terminal, pager, dialog
	stop    context.CancelFunc
	ended   []chan struct{}
}

// begin opens the same windows in the same places each time.
func begin(t *testing.T, d *virtual.Desktop, length time.Duration) *work {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	w := &work{t: t, d: d, length: length, stop: stop}
	// A prompt of its own, and nothing that depends on the time or the machine.
	shell := "PS1='$ ' HISTFILE= exec bash --norc -i"
	pager := "seq 1 4000 | sed 's/$/ the quick brown fox jumps over the lazy dog, and on and on it goes/' | less"
	w.open(ctx, "terminal", "xterm", "-title", "terminal", "-fa", "DejaVu Sans Mono", "-fs", "11", "-geometry", "110x40+40+60", "-e", "bash", "-c", shell)
	w.open(ctx, "pager", "xterm", "-title", "pager", "-fa", "DejaVu Sans Mono", "-fs", "11", "-geometry", "120x45+700+120", "-e", "bash", "-c", pager)
	w.open(ctx, "dialog", "zenity", "--list", "--title=dialog", "--width=700", "--height=500", "--column=Service", "--column=State",
		"payments", "running", "search", "stopped", "mail", "running", "queue", "failed", "auth", "running")
	w.do(ctx, "windowactivate", "--sync", w.windows[0])
	return w
}

func (w *work) open(ctx context.Context, title, name string, args ...string) {
	w.t.Helper()
	cmd := w.d.Command(ctx, name, args...)
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait() // it is killed in the end
	}()
	w.ended = append(w.ended, ended)
	w.windows = append(w.windows, w.find(ctx, title))
}

// find waits for a window. The search fails where another window goes meanwhile.
func (w *work) find(ctx context.Context, title string) string {
	w.t.Helper()
	for end := time.Now().Add(20 * time.Second); ; {
		out, err := w.d.Run(ctx, "xdotool", "search", "--sync", "--onlyvisible", "--name", "^"+title+"$")
		if id, _, _ := strings.Cut(strings.TrimSpace(out), "\n"); err == nil && id != "" {
			return id
		}
		if time.Now().After(end) {
			w.t.Fatalf("window %s: %v", title, err)
		}
	}
}

// end closes the windows.
func (w *work) end() {
	w.stop()
	for _, ended := range w.ended {
		<-ended
	}
}

func (w *work) do(ctx context.Context, args ...string) {
	w.t.Helper()
	var cmd *exec.Cmd = w.d.Command(ctx, "xdotool", args...)
	if out, err := cmd.CombinedOutput(); err != nil && ctx.Err() == nil {
		w.t.Errorf("xdotool %v: %v: %s", args, err, out)
	}
}

// run does the work: a fifth of the time each of nothing, typing, scrolling,
// changing windows and clicking. phase is called before each and at the end.
// Steps stand at fixed times, so that a slow machine does not make it longer.
func (w *work) run(ctx context.Context, phase func(name string)) {
	began := time.Now()
	fifth := w.length / 5
	at := func(d time.Duration) { w.until(ctx, began.Add(d)) }

	phase("idle")
	at(fifth)
	phase("typing")
	commands := []string{"ls -l /usr/share", "cat /etc/services", "echo deploy payments to staging", "seq 100 180", "df -h /", "clear", "uname -a", "head -30 /etc/protocols"}
	for i, step := 0, 2*time.Second; fifth+time.Duration(i+1)*step <= 2*fifth; i++ {
		at(fifth + time.Duration(i)*step)
		w.do(ctx, "type", "--delay", "60", commands[i%len(commands)]+"\n")
	}
	at(2 * fifth)
	phase("scrolling")
	w.do(ctx, "windowactivate", "--sync", w.windows[1], "mousemove", "1100", "600")
	for i, step := 1, 250*time.Millisecond; 2*fifth+time.Duration(i)*step < 3*fifth; i++ {
		at(2*fifth + time.Duration(i)*step)
		button := "5"
		if i%12 > 8 {
			button = "4"
		}
		w.do(ctx, "click", button)
		if i%8 == 0 {
			w.do(ctx, "key", "Next")
		}
	}
	at(3 * fifth)
	phase("window switches")
	for i, step := 0, 1500*time.Millisecond; time.Duration(i)*step < fifth; i++ {
		at(3*fifth + time.Duration(i)*step)
		w.do(ctx, "windowactivate", w.windows[i%len(w.windows)])
	}
	at(4 * fifth)
	phase("clicks")
	// Rows of the list, one after the other: each is marked where it is pressed.
	w.do(ctx, "windowactivate", "--sync", w.windows[2])
	for i, step := 0, 1500*time.Millisecond; time.Duration(i)*step < fifth; i++ {
		at(4*fifth + time.Duration(i)*step)
		w.do(ctx, "mousemove", "--window", w.windows[2], "200", strconv.Itoa(80+i%5*25), "click", "1")
	}
	at(w.length)
	phase("")
}

func (w *work) until(ctx context.Context, t time.Time) {
	select {
	case <-time.After(time.Until(t)):
	case <-ctx.Done():
	}
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }
