package replay_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/capture/replay"
)

var sample = capture.Session{
	ID: "s1", Title: "Deploy \u2028 <b>", Started: time.Date(2026, 5, 1, 10, 0, 0, 5, time.UTC), Length: time.Minute,
	State: capture.SessionFinished, Host: "host",
}

// facts holds one of every kind.
func facts() []capture.Fact {
	exit := 3
	win := capture.Window{ID: 7, Title: "a\nb", Program: "XTerm", Bounds: capture.Rect{W: 3}}
	frame := capture.FrameRef{Media: "frames/x.png", Bounds: capture.Rect{W: 8, H: 9}}
	return []capture.Fact{
		capture.Click{Button: 1, Count: 2, Window: win, Element: &capture.Element{Name: "Roll out", Path: []string{"File"}}, Frame: frame},
		capture.Chord{Keys: []string{"Ctrl", "S"}, Window: win},
		capture.Text{Element: capture.Element{Role: "entry"}, Value: "1.2.3", Window: win},
		capture.Scroll{DY: -3, Length: time.Second, Window: win},
		capture.Focus{Window: win},
		capture.Command{Line: "cat <<X\nx\nX", Exit: &exit, Output: "日本\x1b[0m", Length: time.Minute},
		capture.Frame{FrameRef: frame, Display: 1},
		capture.Audio{Media: "audio/x.wav", Rate: 16000, Length: time.Second, Peak: 0.25},
		capture.Mark{Text: "here"},
		capture.Pause{Length: time.Second},
		capture.Gap{Source: "mic", Length: time.Second, Reason: "unplugged"},
	}
}

func events() []capture.Event {
	var list []capture.Event
	for i, f := range facts() {
		list = append(list, capture.Event{Seq: int64(i + 1), At: time.Duration(i%4) * time.Millisecond, Fact: f})
	}
	return list
}

func TestRoundTrip(t *testing.T) {
	var b bytes.Buffer
	mixed := events()
	mixed[0], mixed[5] = mixed[5], mixed[0]
	if err := replay.Write(&b, sample, mixed); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), "\n"); n != len(facts())+1 {
		t.Errorf("%d lines, want %d", n, len(facts())+1)
	}
	s, got, err := replay.Read(iotest.OneByteReader(bytes.NewReader(b.Bytes())))
	if err != nil {
		t.Fatal(err)
	}
	if s != sample || !reflect.DeepEqual(got, events()) {
		t.Errorf("got %+v %+v", s, got)
	}
	first, _, _ := strings.Cut(b.String(), "\n")
	if !strings.HasPrefix(first, `{"format":"runreel-session","version":1,"session":{"id":"s1",`) {
		t.Errorf("header %s", first)
	}
}

func TestWriteRefuses(t *testing.T) {
	for name, list := range map[string][]capture.Event{
		"hole":     {{Seq: 2, Fact: capture.Mark{}}},
		"zero":     {{Fact: capture.Mark{}}},
		"twice":    {{Seq: 1, Fact: capture.Mark{}}, {Seq: 1, Fact: capture.Mark{}}},
		"no fact":  {{Seq: 1}},
		"no fact2": {{Seq: 1}, {Seq: 1}},
	} {
		if err := replay.Write(io.Discard, sample, list); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	full := errors.New("full")
	if err := replay.Write(failing{full}, sample, events()); !errors.Is(err, full) {
		t.Errorf("error %v, want the writer's", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestReadRefuses(t *testing.T) {
	const head = `{"format":"runreel-session","version":1,"session":{"id":"a"}}` + "\n"
	for name, c := range map[string]struct {
		in   string
		line int // 0 is ErrFormat
	}{
		"empty":       {"", 0},
		"text":        {"hello", 0},
		"array":       {"[]", 0},
		"asciicast":   {`{"version":3,"term":{}}`, 0},
		"session":     {`{"format":"runreel-session","version":1,"session":7}`, 1},
		"torn":        {head + `{"seq":1,"at":0,"kind":"mark","fact":{"te`, 2},
		"hole":        {head + `{"seq":2,"at":0,"kind":"mark","fact":{}}`, 2},
		"kind":        {head + "\n" + `{"seq":1,"at":0,"kind":"dance","fact":{}}`, 3},
		"negative":    {head + `{"seq":1,"at":-1,"kind":"mark","fact":{}}`, 2},
		"no fact":     {head + `{"seq":1,"at":1,"kind":"mark"}`, 2},
		"wrong fact":  {head + `{"seq":1,"at":1,"kind":"mark","fact":[]}`, 2},
		"second line": {head + `{"seq":1,"at":1,"kind":"mark","fact":{}}` + "\n" + `{"seq":1,"at":1,"kind":"mark","fact":{}}`, 3},
		"long line":   {head + strings.Repeat(" ", replay.MaxLine+1), 2},
	} {
		_, _, err := replay.Read(strings.NewReader(c.in))
		var le *replay.LineError
		switch {
		case c.line == 0 && !errors.Is(err, replay.ErrFormat):
			t.Errorf("%s: %v, want ErrFormat", name, err)
		case c.line != 0 && (!errors.As(err, &le) || le.Line != c.line || !strings.Contains(err.Error(), fmt.Sprint("line ", c.line))):
			t.Errorf("%s: %v, want line %d", name, err, c.line)
		}
	}
	var ve *replay.VersionError
	if _, _, err := replay.Read(strings.NewReader(strings.Replace(head, `"version":1`, `"version":9`, 1))); !errors.As(err, &ve) || ve.Found != 9 || ve.Known != 1 {
		t.Errorf("newer version: %v", err)
	}
	cable := errors.New("cable")
	if _, _, err := replay.Read(io.MultiReader(strings.NewReader(head), iotest.ErrReader(cable))); !errors.Is(err, cable) {
		t.Errorf("reader's error became %v", err)
	}
}

func FuzzRead(f *testing.F) {
	var b bytes.Buffer
	if err := replay.Write(&b, sample, events()); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte(`{"format":"runreel-session","version":1,"session":{}}`))
	f.Add([]byte("{\"format\":\"runreel-session\",\"version\":1}\r\n\n{\"seq\":1,\"kind\":\"audio\",\"fact\":{\"peak\":-0.0}}\n"))
	f.Add([]byte("\xff\xfe"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, list, err := replay.Read(bytes.NewReader(data))
		if err != nil {
			return
		}
		var once, twice bytes.Buffer
		if err := replay.Write(&once, s, list); err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		s2, list2, err := replay.Read(bytes.NewReader(once.Bytes()))
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		if err := replay.Write(&twice, s2, list2); err != nil || once.String() != twice.String() {
			t.Fatalf("%v\n%s\n%s", err, once.String(), twice.String())
		}
	})
}
