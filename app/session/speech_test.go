package session_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/runreel/runreel/app/sqlite"
	"github.com/runreel/runreel/capture"
)

// Speech is stored while it is recorded, and parts of it are taken off the
// record: nothing of those can be read from the disk, however often pages of
// the database were filled and written since.
func TestSpeechTakenOffTheRecordCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	j := begin(t, s, "a")
	if err := s.db.Segments().Begin(t.Context(), "a", "tiny"); err != nil {
		t.Fatal(err)
	}
	var seq int64
	there := map[time.Duration]string{} // the word of each piece, by its start
	for round := range 6 {
		for range 40 {
			seq++
			at := time.Duration(seq) * time.Second
			event := capture.Event{Seq: seq, At: at, Fact: capture.Audio{Media: fmt.Sprintf("audio/%064d.wav", seq), Length: time.Second}}
			if err := j.Append(t.Context(), []capture.Event{event}); err != nil {
				t.Fatal(err)
			}
			there[at] = fmt.Sprintf("said%06dsaid", seq)
			piece := sqlite.SpokenPiece{Start: at, End: at + time.Second, Segments: []capture.Segment{{Start: at, End: at + 1, Text: secret(there[at])}}}
			if err := s.db.Segments().Append(t.Context(), "a", piece); err != nil {
				t.Fatal(err)
			}
		}
		if len(readable(t, dir, there[time.Duration(seq)*time.Second])) == 0 {
			t.Fatal("the search for words on the disk finds nothing at all")
		}
		gone := map[time.Duration]string{}
		err := j.Rewrite(t.Context(), func(e capture.Event) (capture.Event, bool) {
			if rand.IntN(3) != 0 || there[e.At] == "" {
				return e, true
			}
			gone[e.At] = there[e.At]
			delete(there, e.At)
			return e, false
		})
		if err != nil {
			t.Fatal(err)
		}
		if found := readable(t, dir, slices.Collect(maps.Values(gone))...); len(found) > 0 {
			t.Fatalf("round %d: what was taken off the record can be read: %v", round, found)
		}
	}
	if list, err := s.db.Segments().List(t.Context(), "a"); err != nil || len(list) != len(there) {
		t.Errorf("%d segments, %v; want %d", len(list), err, len(there))
	}
}
