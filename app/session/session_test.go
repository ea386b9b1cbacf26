package session_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/runreel/runreel/app/media"
	"github.com/runreel/runreel/app/session"
	"github.com/runreel/runreel/app/sqlite"
	"github.com/runreel/runreel/capture"
)

// stored is an open data folder.
type stored struct {
	*session.Store
	db    *sqlite.DB
	media *media.Store
}

func openData(dir string) (s stored, err error) {
	if s.db, err = sqlite.Open(context.Background(), sqlite.Options{Path: filepath.Join(dir, "runreel.db")}); err != nil {
		return s, err
	}
	if s.media, err = media.Open(filepath.Join(dir, "sessions")); err != nil {
		return s, errors.Join(err, s.db.Close(context.Background()))
	}
	s.Store = session.New(s.db, s.media, session.Options{})
	return s, nil
}

func open(t testing.TB, dir string) stored {
	t.Helper()
	s, err := openData(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.close(t) })
	return s
}

func (s stored) close(t testing.TB) {
	t.Helper()
	if err := errors.Join(s.media.Close(), s.db.Close(context.Background())); err != nil {
		t.Error(err)
	}
}

func begin(t testing.TB, s stored, id string) capture.Journal {
	t.Helper()
	j, err := s.Begin(t.Context(), capture.Session{ID: id, Title: "Deploy", Started: time.Unix(1_800_000_000, 0).UTC()})
	if err != nil {
		t.Fatal(err)
	}
	return j
}

func mark(seq int64, at time.Duration) capture.Event {
	return capture.Event{Seq: seq, At: at, Fact: capture.Mark{Text: fmt.Sprint("mark ", seq)}}
}

// sessionsFolder is what lies beside each other in the folder of all sessions.
func (s stored) sessionsFolder(t testing.TB) []string {
	t.Helper()
	entries, err := os.ReadDir(s.media.Dir())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestRecordAndLoad(t *testing.T) {
	s := open(t, t.TempDir())
	j := begin(t, s, "a")
	name, err := j.Put(t.Context(), "frames", "png", []byte("picture"))
	if err != nil {
		t.Fatal(err)
	}
	frame := capture.Event{Seq: 2, At: time.Second, Fact: capture.Frame{FrameRef: capture.FrameRef{Media: name}}}
	if err := j.Append(t.Context(), []capture.Event{mark(1, 2*time.Second), frame}); err != nil {
		t.Fatal(err)
	}
	running, err := s.Load(t.Context(), "a")
	if err != nil || running.Session.State != capture.SessionRecording || running.Session.Length != 2*time.Second || len(running.Events) != 2 {
		t.Errorf("while it runs: %+v, %v", running, err)
	}
	if err := s.Delete(t.Context(), "a"); !errors.Is(err, session.ErrRecording) {
		t.Errorf("Delete while it runs: %v, want ErrRecording", err)
	}
	if list, err := s.Recover(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("Recover while it runs: %v, %v", list, err)
	}
	if _, err := s.Begin(t.Context(), capture.Session{ID: "a"}); !errors.Is(err, sqlite.ErrExists) {
		t.Errorf("Begin of the same id: %v, want ErrExists", err)
	}
	if err := j.Finish(t.Context(), capture.Session{ID: "a", Length: 3 * time.Second}); err != nil {
		t.Fatal(err)
	}
	if err := s.db.Segments().Replace(t.Context(), "a", []capture.Segment{{Text: "hello", End: 1}}); err != nil {
		t.Fatal(err)
	}
	r, err := s.Load(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	want := session.Recording{
		Session:  capture.Session{ID: "a", Title: "Deploy", Started: time.Unix(1_800_000_000, 0).UTC(), Length: 3 * time.Second, State: capture.SessionFinished},
		Events:   []capture.Event{frame, mark(1, 2*time.Second)},
		Segments: []capture.Segment{{Text: "hello", End: 1}},
	}
	if !reflect.DeepEqual(r, want) {
		t.Errorf("got %+v\nwant %+v", r, want)
	}
	if _, err := os.Stat(filepath.Join(s.Media("a").Path(), "reserve")); err == nil {
		t.Error("the reserve is still there")
	}
	for what, err := range map[string]error{
		"Finish":  j.Finish(t.Context(), capture.Session{}),
		"Append":  j.Append(t.Context(), []capture.Event{mark(3, 0)}),
		"Discard": j.Discard(t.Context()),
	} {
		if !errors.Is(err, session.ErrClosed) {
			t.Errorf("%s after Finish: %v, want ErrClosed", what, err)
		}
	}
	if _, err := j.Put(t.Context(), "frames", "png", nil); !errors.Is(err, session.ErrClosed) {
		t.Errorf("Put after Finish: %v, want ErrClosed", err)
	}
}

func TestDiscardAndDelete(t *testing.T) {
	s := open(t, t.TempDir())
	for _, id := range []string{"a", "b"} {
		j := begin(t, s, id)
		if _, err := j.Put(t.Context(), "frames", "png", []byte("picture")); err != nil {
			t.Fatal(err)
		}
		if err := j.Append(t.Context(), []capture.Event{mark(1, 0)}); err != nil {
			t.Fatal(err)
		}
		if id == "a" {
			if err := j.Discard(t.Context()); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := j.Finish(t.Context(), capture.Session{}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Load(t.Context(), "a"); !errors.Is(err, sqlite.ErrNotFound) {
		t.Errorf("Load of a discarded session: %v", err)
	}
	if err := s.Delete(t.Context(), "b"); err != nil {
		t.Fatal(err)
	}
	if err := s.Delete(t.Context(), "b"); !errors.Is(err, sqlite.ErrNotFound) {
		t.Errorf("second Delete: %v", err)
	}
	if names := s.sessionsFolder(t); !slices.Equal(names, []string{".lock"}) {
		t.Errorf("left: %v", names)
	}
}

func TestBeginRefusesBadIDs(t *testing.T) {
	s := open(t, t.TempDir())
	for _, id := range []string{"", "..", "a/b", ".x"} {
		if _, err := s.Begin(t.Context(), capture.Session{ID: id}); !errors.Is(err, media.ErrName) {
			t.Errorf("Begin(%q): %v, want ErrName", id, err)
		}
	}
	if list, err := s.db.Sessions().List(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("sessions %v, %v", list, err)
	}
}

// abandon leaves a session as a process that dies does: the row says recording,
// nobody holds the lock, and half a file lies about.
func abandon(t *testing.T, s stored, id string, events []capture.Event) {
	t.Helper()
	c := capture.Session{ID: id, Started: time.Unix(1_800_000_000, 0).UTC(), State: capture.SessionRecording}
	if err := s.db.Sessions().Create(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if err := s.db.Events().Append(t.Context(), id, events); err != nil {
		t.Fatal(err)
	}
	if err := s.Media(id).Reserve(100); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.Media(id).Path(), "audio", ".tmp-X"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestRecover(t *testing.T) {
	s := open(t, t.TempDir())
	name, err := s.Media("dead").Put(t.Context(), "frames", "png", []byte("picture"))
	if err != nil {
		t.Fatal(err)
	}
	gone := "audio/" + strings.Repeat("ab", 32) + ".wav"
	second := time.Second
	facts := []capture.Event{
		{At: 1 * second, Fact: capture.Click{Frame: capture.FrameRef{Media: name}}},
		{At: 2 * second, Fact: capture.Audio{Media: gone, Length: 5 * second}},
		{At: 3 * second, Fact: capture.Command{Line: "make", Length: 10 * second}},
		{At: 4 * second, Fact: capture.Pause{Length: 4 * second}},
		{At: 5 * second, Fact: capture.Frame{FrameRef: capture.FrameRef{Media: gone}}},
	}
	for i := range facts {
		facts[i].Seq = int64(i + 1)
	}
	abandon(t, s, "dead", facts)
	abandon(t, s, "empty", nil)
	live := begin(t, s, "live")
	list, err := s.Recover(t.Context())
	if err != nil || len(list) != 2 {
		t.Fatalf("Recover gives %+v, %v", list, err)
	}
	slices.SortFunc(list, func(a, b session.Recovered) int { return strings.Compare(a.Session.ID, b.Session.ID) })
	want := session.Recovered{
		Session: capture.Session{ID: "dead", Started: time.Unix(1_800_000_000, 0).UTC(), State: capture.SessionRecovered, Length: 9 * second},
		Events:  5, Missing: []string{gone}, Temporary: 1,
	}
	if !reflect.DeepEqual(list[0], want) {
		t.Errorf("got %+v\nwant %+v", list[0], want)
	}
	r, err := s.Load(t.Context(), "dead")
	if err != nil || r.Session != want.Session || len(r.Events) != 5 {
		t.Errorf("Load gives %+v, %v", r, err)
	}
	for _, left := range []string{"reserve", "audio/.tmp-X"} {
		if _, err := os.Stat(filepath.Join(s.Media("dead").Path(), left)); err == nil {
			t.Errorf("%s is still there", left)
		}
	}
	if list, err := s.Recover(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("a second Recover gives %+v, %v", list, err)
	}
	if err := live.Append(t.Context(), []capture.Event{mark(1, 0)}); err != nil {
		t.Errorf("the live session: %v", err)
	}
	if err := live.Finish(t.Context(), capture.Session{}); err != nil {
		t.Error(err)
	}
}

// A deletion that was cut off after each of its steps is completed.
func TestRecoverCompletesDeletions(t *testing.T) {
	s := open(t, t.TempDir())
	abandon(t, s, "a", nil)
	abandon(t, s, "b", nil)
	for _, id := range []string{"a", "b"} {
		if err := s.media.Condemn(id); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.db.Sessions().Delete(t.Context(), "b"); err != nil {
		t.Fatal(err)
	}
	begin(t, s, "b").Finish(t.Context(), capture.Session{})
	if list, err := s.Recover(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("Recover gives %+v, %v", list, err)
	}
	if list, err := s.db.Sessions().List(t.Context()); err != nil || len(list) != 1 || list[0].ID != "b" {
		t.Errorf("sessions %+v, %v; want the new b", list, err)
	}
	if names := s.sessionsFolder(t); !slices.Equal(names, []string{".lock", "b"}) {
		t.Errorf("left: %v", names)
	}
}

func TestRecoverGoesOnAfterOneThatFails(t *testing.T) {
	s := open(t, t.TempDir())
	abandon(t, s, "a", nil)
	abandon(t, s, "b", []capture.Event{mark(1, time.Second)})
	if err := s.media.Session("a").Delete(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.media.Dir(), "a"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	list, err := s.Recover(t.Context())
	if err == nil || !strings.Contains(err.Error(), "session a") || len(list) != 1 || list[0].Session.ID != "b" {
		t.Errorf("Recover gives %+v, %v; want b and an error about a", list, err)
	}
}

// A database that was lost takes no pictures with it.
func TestBeginKeepsMediaOfLostSession(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	name, err := s.Media("a").Put(t.Context(), "frames", "png", []byte("picture"))
	if err != nil {
		t.Fatal(err)
	}
	j := begin(t, s, "a")
	if err := j.Finish(t.Context(), capture.Session{}); err != nil {
		t.Fatal(err)
	}
	if list, err := s.Recover(t.Context()); err != nil || len(list) != 0 || !s.Media("a").Has(name) {
		t.Errorf("Recover gives %v, %v", list, err)
	}
}

// fillUp records until the disk is full, and checks that all that was stored is
// still there and that the session ends properly.
func fillUp(t testing.TB, s stored) {
	j := begin(t, s, "a")
	var named, dropped []string // media whose event was stored, or was not
	var seq int64
	var putErr, appendErr error
	for n := 0; putErr == nil || appendErr == nil; n++ {
		if n > 10_000 {
			t.Fatalf("the disk does not fill up: Put %v, Append %v", putErr, appendErr)
		}
		batch := []capture.Event{{Seq: seq + 1, At: time.Duration(n), Fact: capture.Mark{Text: strings.Repeat("m", 20_000)}}}
		name, err := j.Put(context.Background(), "frames", "png", []byte(strings.Repeat(fmt.Sprint(n, " "), 5000)))
		if err == nil {
			batch = append(batch, capture.Event{Seq: seq + 2, At: time.Duration(n), Fact: capture.Frame{FrameRef: capture.FrameRef{Media: name}}})
		} else if putErr == nil {
			putErr = err
		}
		err = j.Append(context.Background(), batch)
		switch {
		case err == nil && name != "":
			named = append(named, name)
		case name != "":
			dropped = append(dropped, name)
		}
		if err == nil {
			seq += int64(len(batch))
		} else if appendErr == nil {
			appendErr = err
		}
	}
	if !isFull(putErr) || !isFull(appendErr) || !errors.Is(appendErr, sqlite.ErrFull) {
		t.Errorf("Put: %v; Append: %v; want a full disk", putErr, appendErr)
	}
	if err := j.Finish(context.Background(), capture.Session{Length: time.Hour}); err != nil {
		t.Errorf("Finish on a full disk: %v", err)
	}
	r, err := s.Load(context.Background(), "a")
	if err != nil || int64(len(r.Events)) != seq || r.Session.State != capture.SessionFinished {
		t.Errorf("%d events of %d in state %s, %v", len(r.Events), seq, r.Session.State, err)
	}
	for _, name := range named {
		if err := s.Media("a").Verify(name); err != nil {
			t.Error(err)
		}
	}
	for _, name := range dropped {
		if s.Media("a").Has(name) {
			t.Errorf("media %s is still there, and no event names it", name)
		}
	}
	if err := s.db.Check(context.Background()); err != nil {
		t.Error(err)
	}
	if len(named) == 0 {
		t.Errorf("%d pictures and %d events before the disk was full", len(named), seq)
	}
	if n, err := s.Media("a").Tidy(); err != nil || n != 0 {
		t.Errorf("%d temporary files are left, %v", n, err)
	}
}

func isFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EFBIG)
}

func BenchmarkJournalAppend(b *testing.B) {
	s := open(b, b.TempDir())
	j := begin(b, s, "a")
	picture := []byte(strings.Repeat("pixels", 50_000))
	var seq int64
	for b.Loop() {
		seq++
		copy(picture, fmt.Sprint(seq))
		name, err := j.Put(b.Context(), "frames", "png", picture)
		if err != nil {
			b.Fatal(err)
		}
		e := capture.Event{Seq: seq, At: time.Duration(seq), Fact: capture.Frame{FrameRef: capture.FrameRef{Media: name}}}
		if err := j.Append(b.Context(), []capture.Event{e}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(seq)/b.Elapsed().Seconds(), "frames+commits/s")
}
