//go:build unix

package terminal_test

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"

	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/capture/capturetest"
)

// piece is a Cast with its file, taken apart.
type piece struct {
	at     time.Duration
	fact   capture.Cast
	shown  string
	events []string // kind and data
	length time.Duration
}

// pieces reads the casts of a recording as a player would.
func pieces(t *testing.T, d *desk, media *capturetest.Media) (list []piece) {
	t.Helper()
	for _, e := range d.events {
		fact, ok := e.Fact.(capture.Cast)
		if !ok {
			continue
		}
		file, ok := media.Get(fact.Media)
		if !ok {
			t.Fatalf("%+v is not stored", fact)
		}
		p := piece{at: e.At, fact: fact}
		for i, row := range bytes.Split(bytes.TrimSuffix(file, []byte("\n")), []byte("\n")) {
			if i == 0 {
				var head struct {
					Version int
					Term    struct{ Cols, Rows int }
				}
				if err := json.Unmarshal(row, &head); err != nil || head.Version != 3 || head.Term.Cols != fact.Cols || head.Term.Rows != fact.Rows {
					t.Fatalf("header %s, %v, of %+v", row, err, fact)
				}
				continue
			}
			var event []any
			if err := json.Unmarshal(row, &event); err != nil || len(event) != 3 || event[0].(float64) < 0 {
				t.Fatalf("event %s, %v", row, err)
			}
			p.length += time.Duration(event[0].(float64) * float64(time.Second))
			p.events = append(p.events, event[1].(string)+event[2].(string))
			if event[1] == "o" {
				p.shown += event[2].(string)
			}
		}
		if (p.length - fact.Length).Abs() > time.Millisecond {
			t.Errorf("%v long, told %v", p.length, fact.Length)
		}
		list = append(list, p)
	}
	return list
}

func all(list []piece) (shown string) {
	for _, p := range list {
		shown += p.shown
	}
	return shown
}

// sitCast is sit with the stream kept.
func sitCast(t *testing.T, shell string) (*desk, *capturetest.Media) {
	t.Helper()
	d, media := prepare(t), new(capturetest.Media)
	d.shell, d.media = shell, media
	spool := filepath.Join(d.home, "run", "commands")
	d.record(spool)
	d.start("shell", "", spool)
	d.await(d.prompt(), 1)
	return d, media
}

func TestCast(t *testing.T) {
	for _, shell := range []string{"bash", "zsh", "fish"} {
		t.Run(shell, func(t *testing.T) {
			t.Parallel()
			d, media := sitCast(t, shell)
			ready := d.prompt()
			d.do("echo grüße\r", ready)
			d.do(" echo secret-space\r", ready)
			d.do("bash -c 'read -sp \"pa\"\"ss? \" x; echo; echo got'\r", "pass? ")
			d.do("hunter2\r", ready)
			if err := pty.Setsize(d.tty, &pty.Winsize{Rows: 30, Cols: 120}); err != nil {
				t.Fatal(err)
			}
			d.do("sh -c 'while test \"$(stty size)\" != \"30 120\"; do sleep 0.01; done; echo resized'\r", "resized\r\n")
			d.leave("exit\r")
			list := pieces(t, d, media)
			shown := all(list)
			for _, want := range []string{"grüße\r\n", "pass? ", "got\r\n", "resized\r\n"} {
				if !strings.Contains(shown, want) {
					t.Errorf("no %q in %q", want, shown)
				}
			}
			for _, never := range []string{"secret-space", "hunter2", "]133;", "]633;", "\uFFFD"} {
				if strings.Contains(shown, never) {
					t.Errorf("%q in %q", never, shown)
				}
			}
			resized, last := false, time.Duration(0)
			for _, p := range list {
				if p.at < last || p.at+p.length > d.clock.Now() || p.fact.Shell != list[0].fact.Shell {
					t.Errorf("at %v after %v, %+v", p.at, last, p.fact)
				}
				last = p.at + p.length
				for _, e := range p.events {
					resized = resized || e == "r120x30"
				}
			}
			if !resized {
				t.Errorf("no change of size: %+v", list)
			}
		})
	}
}

// TestCastOfAPause: neither a pause nor what was taken off the record is kept.
func TestCastOfAPause(t *testing.T) {
	d, media := sitCast(t, "bash")
	d.do("echo before\r", ps1)
	d.clock.Pause()
	paused := time.Now()
	d.do("echo private\r", ps1)
	for time.Since(paused) < 300*time.Millisecond {
		d.do("\r", ps1)
	}
	d.clock.Resume()
	d.do("echo after\r", ps1)
	voided := time.Now()
	d.do("echo regretted\r", ps1)
	d.do("\r", ps1) // what was held back until here is written
	d.clock.Pause()
	d.clock.Forget(time.Since(voided) + 5*time.Millisecond)
	d.clock.Resume()
	d.do("echo last\r", ps1)
	d.leave("\x04")
	shown := all(pieces(t, d, media))
	for _, want := range []string{"before\r\n", "last\r\n"} {
		if !strings.Contains(shown, want) {
			t.Errorf("no %q in %q", want, shown)
		}
	}
	for _, never := range []string{"private", "regretted"} {
		if strings.Contains(shown, never) {
			t.Errorf("%q in %q", never, shown)
		}
	}
}

// TestCastOfAFlood bounds what is kept of a flood, however long it lasts, and
// goes on after it.
func TestCastOfAFlood(t *testing.T) {
	d, media := sitCast(t, "bash")
	began := time.Now()
	d.do("seq 900000\r", "\n900000\r\n")
	d.await(ps1, 2)
	d.do("echo later\r", ps1)
	d.leave("\x04")
	const burst, rate = 4 << 20, 512 << 10 // as the streamer has them
	most := burst + int(time.Since(began).Seconds()*rate)*3/2
	size := 0
	list := pieces(t, d, media)
	for _, p := range list {
		size += len(p.shown)
	}
	if size > most || !strings.Contains(all(list), "later\r\n") {
		t.Errorf("%d bytes of at most %d", size, most)
	}
}
