package virtual_test

import (
	"context"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/runreel/runreel/capture/virtual"
)

func TestDesktopHasItsParts(t *testing.T) {
	ctx := context.Background()
	d, err := virtual.Start(ctx, virtual.Options{Width: 1024, Height: 768, WindowManager: true, Accessibility: true, Sound: true})
	if err != nil {
		t.Fatal(err)
	}
	checks := []struct{ want, name, args string }{
		{"1024x768", "xdpyinfo", ""},
		{"Openbox", "sh", "xprop -id $(xprop -root -notype _NET_SUPPORTING_WM_CHECK | sed 's/.*# //') _NET_WM_NAME"},
		{"unix:path=", "sh", "gdbus call --session --dest org.a11y.Bus --object-path /org/a11y/bus --method org.a11y.Bus.GetAddress"},
		{"runreel.monitor", "sh", "pactl get-default-source"},
	}
	for _, c := range checks {
		args := []string{"-c", c.args}
		if c.args == "" {
			args = nil
		}
		out, err := d.Run(ctx, c.name, args...)
		if err != nil || !strings.Contains(out, c.want) {
			t.Errorf("%s %s: got %q, %v; want %q in it", c.name, c.args, out, err, c.want)
		}
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(d.Dir); !os.IsNotExist(err) {
		t.Errorf("the folder is still there: %v", err)
	}
}

func TestDesktopsAtOnceDoNotMeet(t *testing.T) {
	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		seen = map[string]bool{}
	)
	for range 4 {
		wg.Go(func() {
			d, err := virtual.Start(context.Background(), virtual.Options{Width: 320, Height: 200})
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			if seen[d.Display] {
				t.Errorf("two desktops on %s", d.Display)
			}
			seen[d.Display] = true
			t.Cleanup(func() { _ = d.Close() })
		})
	}
	wg.Wait()
}

func TestDesktopFailsWithTheReason(t *testing.T) {
	_, err := virtual.Start(context.Background(), virtual.Options{Server: []string{"-no-such-option"}})
	if err == nil || !strings.Contains(err.Error(), "Xvfb ended at once") || !strings.Contains(err.Error(), "no-such-option") {
		t.Errorf("got %v", err)
	}
}
