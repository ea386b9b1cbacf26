package terminal

import (
	"bytes"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func newTestFar(report func(Report)) *far {
	at := time.Unix(1000, 0)
	return &far{
		outer: &screen{}, grid: newGrid(80, 24), report: report, id: func() string { return "x" },
		now: func() time.Time { at = at.Add(time.Millisecond); return at }, base: place{host: "h", user: "u"},
	}
}

// FuzzFar feeds what a far host prints and what is typed meanwhile: it does not
// crash, and what it reports is text.
func FuzzFar(f *testing.F) {
	f.Add([]byte("u@h:~$ \x1b]133;A\a$ \x1b]133;B\aecho x\r\n\x1b]133;C\aout\r\n\x1b]133;D;3\a"), []byte("echo x\r"), uint8(3), uint8(80))
	f.Add([]byte("ann@far:~$ ls -l\r\nout\r\nann@far:~$ "), []byte("ls -l\r"), uint8(11), uint8(20))
	f.Add([]byte("\x1b]7;file://h/%zz\a\x1b]1337;SetUserVar=WEZTERM_HOST=!!\x1b\\\x1b]633;E;a\\x3b\\;n\a\x1b]133;C;cmdline_url=%zz;cmdline=$'x\a"), []byte("\r\r\x03a"), uint8(1), uint8(1))
	f.Add([]byte("\x1b[?1049h\x1b[1;999999999999r\x1b[999L\x1b[999M\x1b[999S\x1b[999T\x1b[999@\x1b[999P\x1b[9999b│\x1b(0x\x1b[H"), []byte("q\r"), uint8(9), uint8(5))
	f.Fuzz(func(t *testing.T, out, in []byte, at, cols uint8) {
		fr := newTestFar(func(r Report) {
			if !utf8.ValidString(r.Command.Line) || r.Command.Line == "" || r.Done && r.Command.Exit == nil && !r.Command.Inferred || strings.ContainsAny(r.Command.Output, "\x1b\x00") {
				t.Errorf("%+v", r)
			}
		})
		fr.grid.resize(int(cols), int(cols)/3)
		cut := min(int(at), len(out))
		fr.write(out[:cut])
		for i := range in {
			fr.keys(in[i : i+1])
		}
		fr.write(out[cut:])
		fr.grid.resize(int(at), int(cols))
		fr.keys(in)
		fr.write(out)
		fr.close()
	})
}

// FuzzGrid cuts a stream in two ways: the same stands there.
func FuzzGrid(f *testing.F) {
	f.Add([]byte("a\x1b[2J\x1b[H日本\x1b[3;4Hx\x1b[A\x1b[P\x1b[@\x1b[1K\x1b[J\x1b[?1049hx\x1b[?1049l\x1b]0;t\x1b\\e\u0301\xff"), uint8(7), uint8(3))
	f.Add([]byte(strings.Repeat("long line ", 30)+"\x1b[2L\x1b[5M\x1bM\x1bD\x1bE\x1bc"), uint8(1), uint8(1))
	f.Fuzz(func(t *testing.T, b []byte, cols, rows uint8) {
		one, two := newGrid(int(cols), int(rows)), newGrid(int(cols), int(rows))
		for rest := b; len(rest) > 0; {
			n, _ := one.next(rest)
			rest = rest[n:]
		}
		for i := range b {
			two.next(b[i : i+1])
		}
		if one.row != two.row || one.col != two.col || one.before() != two.before() || len(one.rows) != one.rowsN {
			t.Fatalf("%d:%d %q, byte by byte %d:%d %q", one.row, one.col, one.before(), two.row, two.col, two.before())
		}
		for _, r := range one.rows {
			if len(r.cells) > one.cols {
				t.Fatalf("row of %d cells, %d columns", len(r.cells), one.cols)
			}
		}
	})
}

// TestGridBounds checks that no stream makes the grid grow.
func TestGridBounds(t *testing.T) {
	for _, unit := range []string{"x", "é\u0301\u0301", "\x1b]0;x", "\x1b[1;2;3", "\x1bP", "\x1b[999@y", "日\x1b[D"} {
		g := newGrid(1<<30, 1<<30)
		for range 100000 {
			g.next([]byte(unit))
		}
		cells := 0
		for _, r := range g.rows {
			cells += len(r.cells)
		}
		if len(g.rows) > maxGridRows || cells > maxGridCols*maxGridRows || len(g.osc) > maxOSC || len(g.params) > maxParam || len(g.before()) > maxChain*maxGridCols*40 {
			t.Errorf("%q: %d rows, %d cells", unit, len(g.rows), cells)
		}
	}
}

func FuzzStream(f *testing.F) {
	good := streamRecord{time.Second, streamResize, []byte("80x24")}.append(nil)
	good = streamRecord{2 * time.Second, streamOutput, []byte("gr\xc3")}.append(good)
	good = streamRecord{3 * time.Second, streamOutput, []byte("\xbc\xff\n")}.append(good)
	f.Add(good)
	f.Add([]byte("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xffo"))
	f.Add([]byte("\x00\x00\x00\x05\xff\xff\xff\xff\xff\xff\xff\xffoabcde"))
	f.Fuzz(func(t *testing.T, b []byte) {
		c := &cast{}
		rest, ok := decodeStream(bytes.Clone(b), func(r streamRecord) {
			c.record(r, time.Unix(0, 0), func(t time.Time) (time.Duration, bool) { return t.Sub(time.Unix(0, 0)), true })
		})
		if ok && len(rest) > len(b) {
			t.Fatal("more is left than there was")
		}
		if !c.due(true) {
			return
		}
		file, fact, at := c.take(func(from, to time.Duration) bool { return false })
		if !utf8.Valid(file) || !bytes.HasPrefix(file, []byte(`{"version":3,"term":{"cols":`)) || fact.Length < 0 || at < 0 {
			t.Fatalf("%q, %+v, %v", file, fact, at)
		}
	})
}

func TestExpandAliases(t *testing.T) {
	aliases := map[string]string{"ll": "ls -l", "ls": "ls --color", "k": "kubectl", "s": "sudo ", "kg": "k get", "loop": "loop x", "a.b": "echo"}
	for line, want := range map[string]string{
		"ll":                            "ls --color -l",
		"ls; echo ll | ll":              "ls --color; echo ll | ls --color -l",
		"kg pods && k x":                "kubectl get pods && kubectl x",
		"s k get":                       "sudo kubectl get",
		"'ll' \\ll \"ll\" ll":           "'ll' \\ll \"ll\" ll",
		"FOO=1 ll":                      "FOO=1 ls --color -l",
		"if ll; then ll; fi":            "if ls --color -l; then ls --color -l; fi",
		"echo $(ll) `ll`":               "echo $(ll) `ll`",
		"cat <<E\nll\nE":                "cat <<E\nll\nE",
		"2>f ll >ll":                    "2>f ls --color -l >ll",
		"loop":                          "loop x",
		"echo a # ll":                   "echo a # ll",
		"a.b x":                         "echo x",
		"(ll)":                          "(ls --color -l)",
		"ll &":                          "ls --color -l &",
		"echo 'unclosed ll":             "echo 'unclosed ll",
		"x=$((1+1)) ll 'a; ll' && s ll": "x=$((1+1)) ls --color -l 'a; ll' && sudo ls --color -l",
	} {
		if got := expandAliases(line, aliases); got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}

func FuzzExpandAliases(f *testing.F) {
	f.Add("k get; 'k' $(k) <<E", "k", "kubectl ")
	f.Add("a\\", "a", "b c")
	f.Fuzz(func(t *testing.T, line, name, value string) {
		if got := expandAliases(line, map[string]string{name: value, "b": name + " x", value: "b"}); got == "" && line != "" && value != "" && strings.TrimSpace(value) != "" && name != "" {
			t.Errorf("%q became empty", line)
		}
		carries(line)
	})
}

func TestCarries(t *testing.T) {
	for line, want := range map[string]carrier{
		"ssh web-1":                               {found: true, host: "web-1"},
		"ssh -p 22 -o X=y ann@web-1":              {found: true, host: "web-1", user: "ann"},
		"ssh -l ann -t web-1 sudo -i":             {found: true, host: "web-1", user: "ann"},
		"ssh web-1 uptime":                        {},
		"cd /x && ssh ssh://ann@web-1":            {found: true, host: "web-1", user: "ann"},
		"sudo -i":                                 {found: true, user: "root"},
		"sudo -u app -s":                          {found: true, user: "app"},
		"sudo systemctl restart x":                {},
		"sudo su - app":                           {found: true, user: "app"},
		"sudo ssh web-1":                          {found: true, host: "web-1", user: "root"},
		"su -":                                    {found: true, user: "root"},
		"su ann -c ls":                            {},
		"docker exec -it -u app web bash":         {found: true, host: "web", user: "app"},
		"docker exec web ls":                      {},
		"docker run --rm -it debian:12 bash":      {found: true, host: "debian:12"},
		"docker compose exec db psql":             {found: true, host: "db"},
		"kubectl -n pay exec -it pod/api-0 -- sh": {found: true, host: "api-0"},
		"kubectl get pods":                        {},
		"tmux new -s x":                           {found: true, mux: true},
		"FOO=1 bash":                              {found: true},
		"bash -c ls":                              {},
		"bash deploy.sh":                          {found: true},
		"echo ssh web-1":                          {},
		"":                                        {},
	} {
		if got := carries(line); got != want {
			t.Errorf("%q: %+v, want %+v", line, got, want)
		}
	}
}
