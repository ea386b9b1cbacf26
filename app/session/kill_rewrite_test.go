package session_test

import (
	"context"
	"database/sql"
	"fmt"
	mrand "math/rand/v2"
	"strings"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3"

	"github.com/runreel/runreel/app/session"
	"github.com/runreel/runreel/capture"
)

// holdSnapshot reads the state of now as another process does, until release.
func holdSnapshot(t *testing.T, path string) (release func()) {
	t.Helper()
	db, err := sql.Open("sqlite3", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	tx, err := db.Begin()
	if err != nil {
		t.Fatal(err)
	}
	var n int
	if err := tx.QueryRow("SELECT count(*) FROM events").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := tx.Rollback(); err != nil {
			t.Error(err)
		}
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}
}

// doomedWord is in everything that round k removes.
func doomedWord(k int64) string { return fmt.Sprintf("doomed%04dword", k) }

const (
	keptInRound   = 3
	doomedInRound = 5
)

// rewriteChild records and removes in rounds. It tells 2k-1 when the events of
// round k are stored and 2k when those to remove are gone.
func rewriteChild(dir, id string) error {
	ctx := context.Background()
	s, err := openData(dir)
	if err != nil {
		return err
	}
	j, err := s.Begin(ctx, capture.Session{ID: id, Started: time.Now()})
	if err != nil {
		return err
	}
	seq := int64(0)
	for k := int64(1); ; k++ {
		for i := range keptInRound + doomedInRound {
			text := "kept " + doomedWord(k)[6:]
			if i >= keptInRound {
				text = secret(doomedWord(k))
			}
			name, err := j.Put(ctx, "frames", "png", fmt.Appendf(nil, "%s %d", text, i))
			if err != nil {
				return err
			}
			batch := []capture.Event{
				{Seq: seq + 1, Fact: capture.Mark{Text: text}},
				{Seq: seq + 2, Fact: capture.Chord{Keys: []string{text}, Frame: capture.FrameRef{Media: name}}},
			}
			if err := j.Append(ctx, batch); err != nil {
				return err
			}
			seq += 2
		}
		fmt.Println(2*k - 1)
		err := j.Rewrite(ctx, func(e capture.Event) (capture.Event, bool) { return e, !strings.Contains(textOf(e), "doomed") })
		if err != nil {
			return err
		}
		fmt.Println(2 * k)
	}
}

func textOf(e capture.Event) string {
	switch f := e.Fact.(type) {
	case capture.Mark:
		return f.Text
	case capture.Chord:
		return strings.Join(f.Keys, " ")
	}
	return ""
}

func TestKillAroundRewrite(t *testing.T) {
	between := 0
	for round := range 15 {
		dir := t.TempDir()
		c := start(t, "rewrite", dir, "a", 0)
		c.await(t, 1)
		<-time.After(time.Duration(mrand.IntN(120)) * time.Millisecond) // the random moment
		told, _ := c.kill()
		done := told / 2
		for k := int64(1); k <= done; k++ {
			if files := readable(t, dir, doomedWord(k)); len(files) > 0 {
				t.Fatalf("round %d: what was told to be gone can be read from %v", round, files)
			}
		}
		s := open(t, dir)
		if list, err := s.Recover(t.Context()); err != nil || len(list) != 1 || len(list[0].Missing) > 0 {
			t.Fatalf("round %d: Recover gives %+v, %v", round, list, err)
		}
		if checkRounds(t, s, dir, told) {
			between++
		}
		if err := s.db.Check(t.Context()); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Fatalf("in round %d", round)
		}
	}
	t.Logf("15 kills, %d of them between the removal and the word that it is done", between)
}

// checkRounds checks what was kept and removed in each round. It tells whether
// a removal was complete that the child did not live to tell.
func checkRounds(t *testing.T, s stored, dir string, told int64) (untold bool) {
	t.Helper()
	r, err := s.Load(t.Context(), "a")
	if err != nil || r.Session.State != capture.SessionRecovered {
		t.Fatalf("%+v, %v", r.Session, err)
	}
	done, stored := told/2, (told+1)/2
	checkMedia(t, s, r)
	for k := int64(1); k <= stored+1; k++ {
		var kept, doomed int
		for _, e := range r.Events {
			switch text := textOf(e); {
			case strings.Contains(text, doomedWord(k)):
				doomed++
			case strings.Contains(text, "kept "+doomedWord(k)[6:]):
				kept++
			}
		}
		if k <= stored && kept != 2*keptInRound {
			t.Errorf("%d events of round %d are left of %d", kept, k, 2*keptInRound)
		}
		switch {
		case k <= done && doomed > 0:
			t.Errorf("%d events of round %d came back", doomed, k)
		case k <= stored && doomed != 0 && doomed != 2*doomedInRound:
			t.Errorf("round %d was removed by half: %d are left", k, doomed)
		}
		if doomed == 0 && kept > 0 && k <= stored {
			untold = k > done
			if files := readable(t, dir, doomedWord(k)); len(files) > 0 {
				t.Errorf("after recovery round %d can be read from %v", k, files)
			}
		}
	}
	return untold
}

func checkMedia(t *testing.T, s stored, r session.Recording) {
	t.Helper()
	for _, e := range r.Events {
		if name := capture.MediaOf(e.Fact); name != "" {
			if err := s.Media("a").Verify(name); err != nil {
				t.Error(err)
			}
		}
	}
}
