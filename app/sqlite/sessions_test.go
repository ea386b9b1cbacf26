package sqlite

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/runreel/runreel/capture"
)

func TestSessions(t *testing.T) {
	db := fresh(t)
	want := capture.Session{
		ID: "a", Title: "Ünïcode \x00 <b>", Started: time.Date(2026, 5, 1, 10, 0, 0, 123, time.UTC), Length: 0,
		State: capture.SessionRecording, Host: "host", User: "ada", Home: "/home/ada", System: "Debian GNU/Linux 12",
	}
	if err := db.Sessions().Create(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	if err := db.Sessions().Create(t.Context(), want); !errors.Is(err, ErrExists) {
		t.Errorf("second Create gives %v, want ErrExists", err)
	}
	if got, err := db.Sessions().Get(t.Context(), "a"); err != nil || got != want {
		t.Errorf("Get gives %+v, %v; want %+v", got, err, want)
	}
	if _, err := db.Sessions().Get(t.Context(), "b"); !errors.Is(err, ErrNotFound) {
		t.Errorf("Get of an unknown session gives %v, want ErrNotFound", err)
	}
	later := want
	later.ID, later.Started, later.State = "b", want.Started.Add(time.Nanosecond), capture.SessionFinished
	if err := db.Sessions().Create(t.Context(), later); err != nil {
		t.Fatal(err)
	}
	if list, err := db.Sessions().Unfinished(t.Context()); err != nil || len(list) != 1 || list[0].ID != "a" {
		t.Errorf("Unfinished gives %v, %v", list, err)
	}
	if ended, err := db.Sessions().Close(t.Context(), "a", capture.SessionFinished, time.Minute); err != nil || !ended {
		t.Errorf("Close gives %v, %v", ended, err)
	}
	if ended, err := db.Sessions().Close(t.Context(), "a", capture.SessionRecovered, time.Hour); err != nil || ended {
		t.Errorf("Close of a closed session gives %v, %v", ended, err)
	}
	if _, err := db.Sessions().Close(t.Context(), "z", capture.SessionRecovered, 0); !errors.Is(err, ErrNotFound) {
		t.Errorf("Close of an unknown session gives %v", err)
	}
	if err := db.Sessions().SetTitle(t.Context(), "a", "New"); err != nil {
		t.Fatal(err)
	}
	if err := db.Sessions().SetTitle(t.Context(), "z", "New"); !errors.Is(err, ErrNotFound) {
		t.Errorf("SetTitle of an unknown session gives %v", err)
	}
	list, err := db.Sessions().List(t.Context())
	if err != nil || len(list) != 2 || list[0].ID != "b" || list[1].Title != "New" || list[1].Length != time.Minute || list[1].State != capture.SessionFinished {
		t.Errorf("List gives %+v, %v", list, err)
	}
}

// facts holds one of every kind.
func facts() []capture.Fact {
	exit := 3
	win := capture.Window{ID: 7, Title: "t\u2028\x00", Program: "XTerm", PID: 9, Bounds: capture.Rect{X: 1, Y: 2, W: 3, H: 4}}
	frame := capture.FrameRef{Media: "frames/x.png", Bounds: capture.Rect{W: 8, H: 9}}
	return []capture.Fact{
		capture.Click{Button: 1, Count: 2, Point: capture.Point{X: 5, Y: 6}, Window: win, Element: &capture.Element{Role: "push button", Name: "Roll out", States: []string{"checked"}, Path: []string{"File"}}, Frame: frame},
		capture.Chord{Keys: []string{"Ctrl", "S"}, Window: win},
		capture.Text{Element: capture.Element{Role: "entry"}, Value: "1.2.3", Window: win},
		capture.Scroll{DY: -3, Length: time.Second, Window: win},
		capture.Focus{Window: win},
		capture.Command{Line: "kubectl get pods | grep x\n", Dir: "/srv", Exit: &exit, Output: "日本\x1b[0m", Length: time.Minute, Omitted: 4},
		capture.Frame{FrameRef: frame, Display: 1},
		capture.Audio{Media: "audio/x.wav", Rate: 16000, Length: time.Second, Peak: 0.25},
		capture.Mark{Text: "here"},
		capture.Pause{Length: time.Second},
		capture.Gap{Source: "mic", Length: time.Second, Reason: "unplugged"},
	}
}

func TestEventsKeepEverything(t *testing.T) {
	db := fresh(t)
	addSession(t, db, "s1")
	addSession(t, db, "s2")
	var want []capture.Event
	for i, f := range facts() {
		want = append(want, capture.Event{Seq: int64(i + 1), At: time.Duration(i) * time.Second, Fact: f})
	}
	for _, part := range [][]capture.Event{want[:4], {}, want[4:]} {
		if err := db.Events().Append(t.Context(), "s1", part); err != nil {
			t.Fatal(err)
		}
	}
	got, err := db.Events().List(t.Context(), "s1")
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	if got, err := db.Events().List(t.Context(), "s2"); err != nil || len(got) != 0 {
		t.Errorf("the other session has %d events, %v", len(got), err)
	}
	list, err := db.Sessions().List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		if s.ID == "s1" && (s.Events != 11 || s.Commands != 1 || s.Clicks != 1 || s.Length != 10*time.Second) {
			t.Errorf("counts %+v", s)
		}
	}
}

func TestAppendIsAllOrNothing(t *testing.T) {
	db := fresh(t)
	addSession(t, db, "s1")
	mark := func(seq int64) capture.Event {
		return capture.Event{Seq: seq, At: time.Duration(100 - seq), Fact: capture.Mark{Text: fmt.Sprint(seq)}}
	}
	if err := db.Events().Append(t.Context(), "s1", []capture.Event{mark(1), mark(2)}); err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string][]capture.Event{
		"hole":     {mark(4)},
		"repeated": {mark(2)},
		"late":     {mark(3), mark(5)},
	} {
		if err := db.Events().Append(t.Context(), "s1", bad); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if err := db.Events().Append(t.Context(), "nobody", []capture.Event{mark(1)}); !errors.Is(err, ErrNotFound) {
		t.Errorf("unknown session: %v", err)
	}
	got, err := db.Events().List(t.Context(), "s1")
	if err != nil || len(got) != 2 || got[0].Seq != 2 || got[1].Seq != 1 {
		t.Errorf("log %+v, %v; want 2 then 1, by At", got, err)
	}
}

func TestSegments(t *testing.T) {
	db := fresh(t)
	addSession(t, db, "s1")
	want := []capture.Segment{{Start: 1, End: 2, Text: "first"}, {Start: 2, End: 9, Text: "second"}}
	for _, segs := range [][]capture.Segment{{{Text: "old"}, {Text: "older"}, {}}, want} {
		if err := db.Segments().Replace(t.Context(), "s1", segs); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := db.Segments().List(t.Context(), "s1"); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, %v", got, err)
	}
	if err := db.Segments().Replace(t.Context(), "s9", want); !errors.Is(err, ErrNotFound) {
		t.Errorf("unknown session: %v", err)
	}
}

func TestDeleteSessionTakesEverything(t *testing.T) {
	db := fresh(t)
	addSession(t, db, "s1")
	if err := db.Events().Append(t.Context(), "s1", []capture.Event{{Seq: 1, Fact: capture.Mark{Text: "canary-event"}}}); err != nil {
		t.Fatal(err)
	}
	doc := document("d1", "canarydoc")
	doc.Session = "s1"
	if _, err := db.Documents().Save(t.Context(), doc, 0); err != nil {
		t.Fatal(err)
	}
	if err := db.Sessions().Delete(t.Context(), "s1"); err != nil {
		t.Fatal(err)
	}
	if err := db.Sessions().Delete(t.Context(), "s1"); !errors.Is(err, ErrNotFound) {
		t.Errorf("second Delete gives %v", err)
	}
	for _, table := range []string{"sessions", "events", "documents", "search"} {
		var n int
		if err := db.writer.QueryRowContext(t.Context(), "SELECT count(*) FROM "+table).Scan(&n); err != nil || n != 0 {
			t.Errorf("%s has %d rows, %v", table, n, err)
		}
	}
	if hits, err := db.Documents().Search(t.Context(), "canarydoc", 10); err != nil || len(hits) != 0 {
		t.Errorf("search still finds %v, %v", hits, err)
	}
}
