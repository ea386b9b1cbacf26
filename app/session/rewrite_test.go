package session_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/runreel/runreel/app/sqlite"
	"github.com/runreel/runreel/capture"
)

// readable lists which of some words can be read from a file below dir. They are
// of one length and begin with the same letter.
func readable(t testing.TB, dir string, words ...string) []string {
	t.Helper()
	forbidden := map[string]bool{}
	for _, w := range words {
		forbidden[w] = true
	}
	var found []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() || len(words) == 0 {
			return err
		}
		data, err := os.ReadFile(path)
		for length := len(words[0]); len(data) >= length; data = data[1:] {
			i := bytes.IndexByte(data, words[0][0])
			if i < 0 || i+length > len(data) {
				break
			}
			data = data[i:]
			if word := string(data[:length]); forbidden[word] {
				found = append(found, word+" in "+filepath.Base(path))
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// secret is a text of a random length, so that it lies in a page, across pages
// of its own, and everywhere between.
func secret(word string) string {
	n := rand.IntN(40)
	if rand.IntN(4) == 0 {
		n = rand.IntN(3000)
	}
	return strings.Repeat(word+" ", 1+n)
}

func putPicture(t testing.TB, j capture.Journal, text string) string {
	t.Helper()
	name, err := j.Put(t.Context(), "frames", "png", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return name
}

func frameOf(name string) capture.Frame {
	return capture.Frame{FrameRef: capture.FrameRef{Media: name}}
}

// dropMarks removes the marks that hold a word.
func dropMarks(word string) func(capture.Event) (capture.Event, bool) {
	return func(e capture.Event) (capture.Event, bool) {
		m, ok := e.Fact.(capture.Mark)
		return e, !ok || !strings.Contains(m.Text, word)
	}
}

func TestRewriteLeavesNothingToRead(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	j := begin(t, s, "a")
	var last int64
	there := map[int64]string{} // the word of each event, by number
	for round := range 8 {
		for range 25 {
			var batch []capture.Event
			for range 1 + rand.IntN(9) {
				last++
				there[last] = fmt.Sprintf("word%06dword", last)
				e := capture.Event{Seq: last, At: time.Duration(last) * time.Millisecond, Fact: capture.Mark{Text: secret(there[last])}}
				if rand.IntN(2) == 0 {
					e.Fact = capture.Command{Line: "make", Output: secret(there[last])}
				}
				batch = append(batch, e)
			}
			if err := j.Append(t.Context(), batch); err != nil {
				t.Fatal(err)
			}
		}
		if len(readable(t, dir, there[last])) == 0 {
			t.Fatal("the search for words on the disk finds nothing at all")
		}
		gone := map[int64]string{}
		err := j.Rewrite(t.Context(), func(e capture.Event) (capture.Event, bool) {
			if rand.IntN(3) != 0 || there[e.Seq] == "" {
				return e, true
			}
			gone[e.Seq] = there[e.Seq]
			delete(there, e.Seq)
			if c, ok := e.Fact.(capture.Command); ok {
				c.Output = ""
				e.Fact = c
				return e, true
			}
			return e, false
		})
		if err != nil {
			t.Fatal(err)
		}
		if found := readable(t, dir, slices.Collect(maps.Values(gone))...); len(found) > 0 {
			t.Fatalf("round %d: what was removed can be read: %v", round, found)
		}
		checkLog(t, s, there, last)
	}
	if err := s.db.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

// checkLog looks for the events whose words must be there, and for the counts.
func checkLog(t *testing.T, s stored, there map[int64]string, last int64) {
	t.Helper()
	r, err := s.Load(t.Context(), "a")
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, e := range r.Events {
		word := there[e.Seq]
		if word == "" {
			continue
		}
		fact, err := capture.MarshalFact(e.Fact)
		if err != nil || !strings.Contains(string(fact), word) {
			t.Fatalf("event %d holds %.40s, %v", e.Seq, fact, err)
		}
		found++
	}
	if found != len(there) {
		t.Fatalf("%d events of %d are left", found, len(there))
	}
	infos, err := s.db.Sessions().List(t.Context())
	if err != nil || len(infos) != 1 || infos[0].Events != len(r.Events) {
		t.Errorf("the list tells %+v, %v; there are %d events", infos, err, len(r.Events))
	}
	if err := s.db.Events().Append(t.Context(), "a", []capture.Event{{Seq: last, Fact: capture.Mark{}}}); err == nil {
		t.Error("a number was given twice")
	}
}

func TestRewriteTakesMediaAndSpeech(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	j := begin(t, s, "a")
	shared, only, replaced, other := putPicture(t, j, "shared"), putPicture(t, j, "only"), putPicture(t, j, "replaced"), putPicture(t, j, "other")
	sound, err := j.Put(t.Context(), "audio", "wav", []byte("sound"))
	if err != nil {
		t.Fatal(err)
	}
	events := []capture.Event{
		{Fact: frameOf(shared)}, {Fact: frameOf(shared)}, {Fact: frameOf(only)}, {Fact: capture.Click{Frame: capture.FrameRef{Media: only}}},
		{Fact: capture.Chord{Frame: capture.FrameRef{Media: replaced}}},
		{Fact: capture.Audio{Media: sound, Length: 10}}, {Fact: capture.Command{Line: "ls"}},
	}
	for i := range events {
		events[i].Seq, events[i].At = int64(i+1), time.Duration(10*i)
	}
	if err := j.Append(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	speech := []capture.Segment{{Start: 0, End: 50, Text: "before"}, {Start: 45, End: 51, Text: "across"}, {Start: 52, End: 53, Text: "within"}, {Start: 60, End: 70, Text: "after"}}
	if err := s.db.Segments().Replace(t.Context(), "a", speech); err != nil {
		t.Fatal(err)
	}
	err = j.Rewrite(t.Context(), func(e capture.Event) (capture.Event, bool) {
		if e.Seq == 5 {
			return capture.Event{Seq: 99, At: e.At, Fact: capture.Chord{Frame: capture.FrameRef{Media: other}}}, true
		}
		return e, e.Seq == 1 || e.Seq == 7
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{shared: true, only: false, replaced: false, other: true, sound: false} {
		if s.Media("a").Has(name) != want {
			t.Errorf("media %s is there: %v", name, !want)
		}
	}
	r, err := s.Load(t.Context(), "a")
	if err != nil || len(r.Events) != 3 || r.Events[1].Seq != 5 || r.Events[2].Seq != 7 {
		t.Errorf("%+v, %v", r.Events, err)
	}
	if len(r.Segments) != 2 || r.Segments[0].Text != "before" || r.Segments[1].Text != "after" {
		t.Errorf("speech %+v", r.Segments)
	}
	for _, word := range []string{"across", "within"} {
		if files := readable(t, dir, word); len(files) > 0 {
			t.Errorf("%q can be read from %v", word, files)
		}
	}
	infos, err := s.db.Sessions().List(t.Context())
	if err != nil || infos[0].Events != 3 || infos[0].Clicks != 0 || infos[0].Commands != 1 {
		t.Errorf("the list tells %+v, %v", infos, err)
	}
	if err := j.Append(t.Context(), []capture.Event{{Seq: 8, Fact: capture.Mark{}}}); err != nil {
		t.Errorf("going on after the holes: %v", err)
	}
	if err := j.Finish(t.Context(), capture.Session{Length: 100}); err != nil {
		t.Error(err)
	}
	if err := j.Rewrite(t.Context(), dropMarks("x")); err == nil {
		t.Error("a finished session was rewritten")
	}
}

// A rewrite that fails, or has nothing to do, changes nothing.
func TestRewriteIsAllOrNothing(t *testing.T) {
	s := open(t, t.TempDir())
	j := begin(t, s, "a")
	name := putPicture(t, j, "picture")
	events := []capture.Event{mark(1, 0), {Seq: 2, Fact: frameOf(name)}, mark(3, 0)}
	if err := j.Append(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err := j.Rewrite(ctx, func(e capture.Event) (capture.Event, bool) {
		if e.Seq == 3 {
			cancel()
		}
		return e, e.Seq == 3
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want that of the context", err)
	}
	if err := j.Rewrite(t.Context(), func(e capture.Event) (capture.Event, bool) { return e, true }); err != nil {
		t.Error(err)
	}
	if r, err := s.Load(t.Context(), "a"); err != nil || len(r.Events) != 3 || !s.Media("a").Has(name) {
		t.Errorf("%+v, %v", r.Events, err)
	}
}

// A source that puts the bytes of a removed picture again, because the screen
// looks so again, must find them stored.
func TestRewriteBesideASource(t *testing.T) {
	s := open(t, t.TempDir())
	j := begin(t, s, "a")
	var seq int64
	for range 30 {
		name := putPicture(t, j, "the screen")
		seq++
		if err := j.Append(t.Context(), []capture.Event{{Seq: seq, Fact: frameOf(name)}}); err != nil {
			t.Fatal(err)
		}
		visiting := make(chan struct{})
		var once sync.Once
		var wg sync.WaitGroup
		wg.Go(func() {
			<-visiting
			putPicture(t, j, "the screen")
		})
		err := j.Rewrite(t.Context(), func(e capture.Event) (capture.Event, bool) {
			once.Do(func() { close(visiting) })
			return e, false
		})
		wg.Wait()
		if err != nil {
			t.Fatal(err)
		}
		if !s.Media("a").Has(name) {
			t.Fatal("what a source had put meanwhile is gone")
		}
		seq++
		if err := j.Append(t.Context(), []capture.Event{{Seq: seq, Fact: frameOf(name)}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Finish(t.Context(), capture.Session{}); err != nil {
		t.Fatal(err)
	}
	r, err := s.Load(t.Context(), "a")
	if err != nil || len(r.Events) != 1 || s.Media("a").Verify(capture.MediaOf(r.Events[0].Fact)) != nil {
		t.Errorf("%+v, %v", r.Events, err)
	}
}

func TestMediaThatNoEventNamesEndsWithTheSession(t *testing.T) {
	s := open(t, t.TempDir())
	j := begin(t, s, "a")
	named, dropped := putPicture(t, j, "named"), putPicture(t, j, "dropped")
	if err := j.Append(t.Context(), []capture.Event{{Seq: 1, Fact: frameOf(named)}, mark(2, 0)}); err != nil {
		t.Fatal(err)
	}
	if err := j.Rewrite(t.Context(), func(e capture.Event) (capture.Event, bool) { return e, e.Seq != 2 }); err != nil {
		t.Fatal(err)
	}
	if !s.Media("a").Has(dropped) {
		t.Error("media was deleted whose event may still come")
	}
	if err := j.Finish(t.Context(), capture.Session{}); err != nil {
		t.Fatal(err)
	}
	if !s.Media("a").Has(named) || s.Media("a").Has(dropped) {
		t.Errorf("named is there: %v, dropped is there: %v", s.Media("a").Has(named), s.Media("a").Has(dropped))
	}
	abandon(t, s, "b", []capture.Event{{Seq: 1, Fact: frameOf(named)}})
	for _, text := range []string{"named", "dropped"} {
		if _, err := s.Media("b").Put(t.Context(), "frames", "png", []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	list, err := s.Recover(t.Context())
	if err != nil || len(list) != 1 || list[0].Unnamed != 1 || len(list[0].Missing) != 0 {
		t.Errorf("Recover gives %+v, %v", list, err)
	}
	if !s.Media("b").Has(named) || s.Media("b").Has(dropped) {
		t.Error("Recover kept or deleted the wrong media")
	}
}

// A neighbour who reads for long must not make the removal look done.
func TestEraseBesideAReader(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	j := begin(t, s, "a")
	if err := j.Append(t.Context(), []capture.Event{{Seq: 1, Fact: capture.Mark{Text: "doomedword"}}, mark(2, 0)}); err != nil {
		t.Fatal(err)
	}
	release := holdSnapshot(t, filepath.Join(dir, "runreel.db"))
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := j.Rewrite(ctx, dropMarks("doomedword")); !errors.Is(err, sqlite.ErrBusy) {
		t.Errorf("error %v, want ErrBusy", err)
	}
	if len(readable(t, dir, "doomedword")) == 0 {
		t.Error("the reader held nothing, so this shows nothing")
	}
	release()
	if err := j.Finish(t.Context(), capture.Session{}); err != nil {
		t.Fatal(err)
	}
	if files := readable(t, dir, "doomedword"); len(files) > 0 {
		t.Errorf("after Finish it can be read from %v", files)
	}
}
