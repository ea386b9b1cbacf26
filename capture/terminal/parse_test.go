package terminal

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/runreel/runreel/capture"
)

// stream is what the integration prints around two commands.
const stream = "\x1b]133;A;N\a$ \x1b]133;B;N\aecho hi\r\n" +
	"\x1b]633;P;Cwd=/a\\x3bb;N\a\x1b]633;P;Host=h;N\a\x1b]633;P;User=u;N\a\x1b]633;E;echo 'x\\x0ay\\x3b\\\\';N\a\x1b]133;C;N\a" +
	"out\x1b]133;D;0;forged\a\x1b]0;t\x1b\\ é\r\n\x1b]133;D;7;N\a\x1b]133;A;N\a$ \x1b]133;B;N\a" +
	"\x1b]633;E;sleep;N\a\x1b]133;C;N\a\x1b"

func parse(nonce string, chunks [][]byte) (pass []byte, reports []Report) {
	at := time.Unix(1000, 0)
	p := NewParser(nonce, func() time.Time { at = at.Add(time.Second); return at }, func(r Report) {
		r.ID = r.ID[strings.LastIndexByte(r.ID, '-')+1:]
		reports = append(reports, r)
	})
	for _, c := range chunks {
		pass = append(pass, p.Write(c)...)
	}
	return append(pass, p.Close(9)...), reports
}

func TestParser(t *testing.T) {
	pass, reports := parse("N", [][]byte{[]byte(stream)})
	if want := "$ echo hi\r\nout\x1b]133;D;0;forged\a\x1b]0;t\x1b\\ é\r\n$ \x1b"; string(pass) != want {
		t.Errorf("passed %q, want %q", pass, want)
	}
	if len(reports) != 4 {
		t.Fatalf("%d reports: %+v", len(reports), reports)
	}
	want := capture.Command{Line: "echo 'x\ny;\\'", Dir: "/a;b", Host: "h", User: "u", Shell: "bash", Via: "shell", Length: time.Second, Exit: new(7), Output: "out é"}
	if got := reports[1]; !got.Done || got.ID != "1" || !reflect.DeepEqual(got.Command, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := reports[3]; !got.Done || got.ID != "2" || got.Command.Line != "sleep" || *got.Command.Exit != 9 {
		t.Errorf("the command that ended the shell: %+v", got)
	}
}

// FuzzParser cuts a stream in two ways: the result is the same, and nothing of
// what is not ours is lost.
func FuzzParser(f *testing.F) {
	f.Add([]byte(stream), uint8(1))
	f.Add([]byte("\x1b]133;\x1b]633;E;a;N\a\x1b]633;E;a\x1b\\;N\a"), uint8(3))
	f.Add([]byte("\x1b]633;N\a\x1b]133;A;N\a"), uint8(0))
	f.Add([]byte("\x1b]133;C;N\ax\x1b]133;D;x;N\a\x1b]133;;N\a\x1b]633;P;More=a\\;N\a"), uint8(2))
	f.Fuzz(func(t *testing.T, b []byte, size uint8) {
		pass, reports := parse("N", [][]byte{bytes.Clone(b)})
		var chunks [][]byte
		for rest := bytes.Clone(b); len(rest) > 0; {
			n := min(int(size)+1, len(rest))
			chunks = append(chunks, rest[:n])
			rest = rest[n:]
		}
		pass2, reports2 := parse("N", chunks)
		if !bytes.Equal(pass, pass2) || !reflect.DeepEqual(reports, reports2) {
			t.Fatalf("cut at %d: %q\n%q\n%+v\n%+v", size, pass, pass2, reports, reports2)
		}
		if plain, reports := parse("other", [][]byte{bytes.Clone(b)}); !bytes.Equal(plain, b) || len(reports) > 0 {
			t.Fatalf("without our nonce %q became %q", b, plain)
		}
	})
}

func show(s string) string {
	var sc screen
	sc.write([]byte(s))
	out, _ := sc.text()
	return out
}

func TestScreen(t *testing.T) {
	for in, want := range map[string]string{
		"":                                  "",
		"a\r\nb\r\n":                        "a\nb",
		"\r\n\r\n":                          "\n",
		"abc\rX":                            "Xbc",
		"abc\b\bX\tY":                       "aX\tY",
		"abc\r\x1b[Kx":                      "x",
		"10%\r20%\r100%\n":                  "100%",
		"a\nb\nc\x1b[2A\rX\x1b[2BY":         "X\nb\ncY",
		"a\nb\x1b[1A\x1b[2Kc\n":             "  c\nb"[1:],
		"abc\x1b[2DX\x1b[1PY":               "aXY",
		"ab\x1b[1D\x1b[1@X":                 "aXb",
		"ab\x1b[5CX":                        "ab     X",
		"x\x1b[2J\x1b[Hy":                   "y",
		"x\ny\x1b[H\x1b[Jz":                 "z",
		"\x1b[31mred\x1b[0m":                "red",
		"\x1b]0;title\a\x1b]8;;u\x1b\\l":    "l",
		"\x1bPdcs\x1b\\x\x1b(By":            "xy",
		"a\x1b[?1049hhidden\x1b[?1049lb":    "ab",
		"\x1b[?1049hhidden":                 "",
		"\x00\x01\x7f\xff\xc3\xc3\xa9\xe2x": "␀␁␡\uFFFD\uFFFDé\uFFFDx",
		"\xe2\x82":                          "\uFFFD",
		"日本\b語":                             "日語",
		"\x1b7abc\x1b8X":                    "Xbc",
		"a\x1b[999999999999Cb":              "ab",
	} {
		if got := show(in); got != want {
			t.Errorf("%q: %.80q, want %.80q", in, got, want)
		}
	}
}

// TestScreenBounds checks that no stream makes the screen grow.
func TestScreenBounds(t *testing.T) {
	for _, unit := range []string{"x", "x\n", "\n", "é", "\x1b[99B\n", "\x1b[9999Cx", "\x1b[9999;9999Hx", "\x1b[9999@", "\x1b[1;2;3;4", "\x1b]0;", "\x1b[C\x1b[@y"} {
		var s screen
		for range 20000 {
			s.write([]byte(unit))
		}
		cells := 0
		for _, r := range s.rows {
			cells += len(r)
		}
		if len(s.rows) > maxRows || cells > maxRows*(maxCols+1) || cap(s.params) > 2*maxParam || len(s.done.head)+cap(s.done.tail) > 1<<20 {
			t.Errorf("%q: %d rows, %d cells, %d kept", unit, len(s.rows), cells, cap(s.done.tail))
		}
		out, omitted := s.text()
		if len(out) > headSize+tailSize+100 || omitted < 0 {
			t.Errorf("%q: %d bytes, %d left out", unit, len(out), omitted)
		}
	}
}

func FuzzScreen(f *testing.F) {
	f.Add([]byte("a\x1b[2J\x1b[H\x1b[3;4Hx\x1b[A\x1b[P\x1b[@\x1b[1K\x1b[J\x1b[?1049h"))
	f.Add([]byte("\x1b7\n\n\x1b8\x1bM\x1bc\xff\xe2\x82"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var one, two screen
		one.write(b)
		for _, c := range b {
			two.write([]byte{c})
		}
		out, _ := one.text()
		again, _ := two.text()
		if out != again {
			t.Fatalf("%q: %q, byte by byte %q", b, out, again)
		}
		if out != valid(out) || strings.ContainsAny(out, "\x1b\x00\a\r") {
			t.Fatalf("%q: %q", b, out)
		}
	})
}

func TestTypist(t *testing.T) {
	for _, c := range []struct {
		more []string
		last string
		want string
	}{
		{nil, "a\n", "a"},
		{[]string{"for i", "for i in 1"}, "for i in 1; do", "for i\nin 1\ndo"},
		{[]string{`a \`, `a   b \`}, `a   b \c`, "a \\\n  b \\\n\\c"},
		{[]string{`a "\`}, "a \"\\\nb\"", "a \"\\\nb\""},
		{[]string{"cat <<E", "cat <<E\n", "cat <<E\n\n x"}, "cat <<E\n\n x\nE\n", "cat <<E\n\n x\nE"},
		{[]string{"a"}, "b", "b"},
	} {
		var ty typist
		for _, m := range c.more {
			ty.add(m)
		}
		if got := ty.take(c.last); got != c.want {
			t.Errorf("%q, %q: %q, want %q", c.more, c.last, got, c.want)
		}
	}
}

func FuzzSpool(f *testing.F) {
	f.Add([]byte("1\x1fstart\x1f1\x1f5\x1f0\x1f\x1fh\x1fu\x1f/d\x1fecho\x1e\n1\x1fend\x1f1\x1f5\x1f9\x1f3\x1fh\x1fu\x1f\x1f\x1e\n"), uint8(3))
	f.Add([]byte("2\x1fwhole\x1f1\x1f5\x1f9\x1f0\x1fh\x1fu\x1f/d\x1f1800000000000000\x1f12.34\x1fecho\x1e\n2\x1fend\x1f1\x1f5\x1f9\x1f3\x1fh\x1fu\x1f\x1fx\x1fNaN\x1f\x1e\n"), uint8(9))
	f.Add([]byte("1\x1fwhole\x1fx\x1e\n\x1e\n2\x1f"), uint8(0))
	f.Fuzz(func(t *testing.T, b []byte, size uint8) {
		read := func(size int) (reports []Report, bad int) {
			sh := &spoolShell{}
			for rest := b; len(rest) > 0; {
				n := min(size, len(rest))
				bad += sh.take(rest[:n], "1-x", func(r Report, _ *spoolShell) { reports = append(reports, r) })
				rest = rest[n:]
			}
			return reports, bad
		}
		reports, bad := read(len(b) + 1)
		reports2, bad2 := read(int(size) + 1)
		if bad != bad2 || !reflect.DeepEqual(reports, reports2) {
			t.Fatalf("%+v, %d bad; cut: %+v, %d bad", reports, bad, reports2, bad2)
		}
		for _, r := range reports {
			if r.Done != (r.Command.Exit != nil) || r.Command.Line != valid(r.Command.Line) {
				t.Fatalf("report %+v", r)
			}
		}
	})
}

func TestOpenSpool(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run", "commands")
	for range 2 { // the second time there is an old one
		if _, err := openSpool(path); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(path, "1-x"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	b, err := os.ReadFile(filepath.Join(path, recorderID))
	if err != nil || strings.TrimSpace(string(b)) != strconv.Itoa(os.Getpid()) {
		t.Errorf("recorder %q, %v", b, err)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	if _, err := openSpool(link); err == nil {
		t.Error("a link was followed")
	}
	if _, err := os.Stat(filepath.Join(path, recorderID)); err != nil {
		t.Error(err)
	}
}

func TestTimeline(t *testing.T) {
	now := time.Now()
	clock := capture.NewClock(func() time.Time { return now })
	tl := timeline{clock: clock, now: func() time.Time { return now }}
	start := now
	pass := func(d time.Duration) { now = now.Add(d); tl.observe() }
	pass(time.Second) // not started
	clock.Start()
	pass(2 * time.Second) // session 2 s
	clock.Pause()
	now = now.Add(300 * time.Millisecond)
	pass(700 * time.Millisecond)
	clock.Resume()
	pass(3 * time.Second)
	clock.Pause()
	now = now.Add(time.Second)
	clock.Resume() // between two looks
	pass(time.Second)
	pass(time.Second)
	for _, c := range []struct {
		at   time.Duration // real
		want time.Duration
		ok   bool
	}{
		{500 * time.Millisecond, 0, false},
		{1500 * time.Millisecond, 500 * time.Millisecond, true},
		{3500 * time.Millisecond, 0, false},
		{5 * time.Second, 3 * time.Second, true},
		{8500 * time.Millisecond, 0, false}, // the pause was from 7 to 8, but who knows
		{9500 * time.Millisecond, 6500 * time.Millisecond, true},
	} {
		got, ok := tl.at(tl.local(start.Add(c.at).Round(0)))
		if ok != c.ok || got.Round(time.Millisecond) != c.want {
			t.Errorf("%v: %v %v, want %v %v", c.at, got, ok, c.want, c.ok)
		}
	}
}
