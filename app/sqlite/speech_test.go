package sqlite

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/runreel/runreel/capture"
)

func TestSpeechPieceByPiece(t *testing.T) {
	db := fresh(t)
	addSession(t, db, "s1")
	s := db.Segments()
	heard := func(want Hearing) {
		t.Helper()
		if got, err := s.Heard(t.Context(), "s1"); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%+v, %v; want %+v", got, err, want)
		}
	}
	listed := func(want ...capture.Segment) {
		t.Helper()
		if got, err := s.List(t.Context(), "s1"); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%+v, %v; want %+v", got, err, want)
		}
	}
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	heard(Hearing{})
	do(s.Begin(t.Context(), "s1", "tiny"))
	one, two := capture.Segment{Start: 1, End: 2, Text: "first"}, capture.Segment{Start: 20, End: 21, Text: "second"}
	pieces := []SpokenPiece{
		{Start: 0, End: 5, Segments: []capture.Segment{one}},
		{Start: 6, End: 9, Lost: true},
		{Start: 10, End: 12, Segments: []capture.Segment{}},
		{Start: 19, End: 30, Segments: []capture.Segment{two}},
	}
	for _, p := range pieces {
		do(s.Append(t.Context(), "s1", p))
	}
	heard(Hearing{By: "tiny", To: 30, Pieces: pieces})
	listed(one, two)

	whole := capture.Segment{Start: 1, End: 21, Text: "first second"}
	do(s.Replace(t.Context(), "s1", []capture.Segment{whole}))
	heard(Hearing{By: "tiny", Done: true})
	listed(whole)

	// Another model begins anew; what was stored is read until it is done.
	do(s.Begin(t.Context(), "s1", "base"))
	do(s.Append(t.Context(), "s1", pieces[0]))
	heard(Hearing{By: "base", To: 5, Pieces: pieces[:1]})
	listed(whole)
	do(s.Replace(t.Context(), "s1", nil))
	heard(Hearing{By: "base", Done: true})
	listed()

	for _, err := range []error{s.Begin(t.Context(), "s9", "tiny"), s.Append(t.Context(), "s9", pieces[0])} {
		if !errors.Is(err, ErrNotFound) {
			t.Errorf("unknown session: %v", err)
		}
	}
	if _, err := s.Heard(t.Context(), "s9"); !errors.Is(err, ErrNotFound) {
		t.Errorf("unknown session: %v", err)
	}
}

// A migration tells what was transcribed before it from what was not.
func TestSpeechOfOlderSchema(t *testing.T) {
	db := fresh(t)
	addSession(t, db, "said")
	addSession(t, db, "silent")
	if err := db.Segments().Replace(t.Context(), "said", []capture.Segment{{End: 1, Text: "words"}}); err != nil {
		t.Fatal(err)
	}
	const back = `DROP TABLE heard; ALTER TABLE sessions DROP COLUMN heard_ns; ALTER TABLE sessions DROP COLUMN heard_by;
		ALTER TABLE sessions DROP COLUMN heard_after; PRAGMA user_version = 5;`
	if _, err := db.writer.ExecContext(t.Context(), back); err != nil {
		t.Fatal(err)
	}
	if err := db.migrate(t.Context(), migrations()); err != nil {
		t.Fatal(err)
	}
	for session, done := range map[string]bool{"said": true, "silent": false} {
		if h, err := db.Segments().Heard(t.Context(), session); err != nil || h.Done != done {
			t.Errorf("%s: %+v, %v", session, h, err)
		}
	}
}

// A chunk of sound that goes takes the whole piece that it was heard in.
func TestRewriteTakesPieces(t *testing.T) {
	db := fresh(t)
	addSession(t, db, "s1")
	s := db.Segments()
	if err := s.Begin(t.Context(), "s1", "tiny"); err != nil {
		t.Fatal(err)
	}
	var events []capture.Event
	for i := range 40 {
		at := time.Duration(i) * time.Second
		events = append(events, capture.Event{Seq: int64(i + 1), At: at, Fact: capture.Audio{Media: fmt.Sprint("audio/", i), Length: time.Second}})
	}
	if err := db.Events().Append(t.Context(), "s1", events); err != nil {
		t.Fatal(err)
	}
	for i := range 4 {
		at := time.Duration(i) * 10 * time.Second
		p := SpokenPiece{Start: at, End: at + 10*time.Second, Segments: []capture.Segment{
			{Start: at, End: at + 4*time.Second, Text: fmt.Sprint("early ", i)}, {Start: at + 5*time.Second, End: at + 9*time.Second, Text: fmt.Sprint("late ", i)}}}
		if err := s.Append(t.Context(), "s1", p); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.Events().Rewrite(t.Context(), "s1", func(e capture.Event) (capture.Event, bool) {
		return e, e.At < 16*time.Second || e.At >= 25*time.Second
	}); err != nil {
		t.Fatal(err)
	}
	h, err := s.Heard(t.Context(), "s1")
	if err != nil || len(h.Pieces) != 4 || h.To != 40*time.Second {
		t.Fatalf("%+v, %v", h, err)
	}
	for i, lost := range []bool{false, true, true, false} {
		if h.Pieces[i].Lost != lost || lost && len(h.Pieces[i].Segments) > 0 {
			t.Errorf("piece %+v", h.Pieces[i])
		}
	}
}
