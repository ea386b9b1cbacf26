package session_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	mrand "math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/runreel/runreel/app/session"
	"github.com/runreel/runreel/capture"
)

// The test binary plays the programs that are killed.
const (
	childEnv = "RUNREEL_TEST_CHILD" // record, recover, rewrite or fill
	dirEnv   = "RUNREEL_TEST_DIR"
	idEnv    = "RUNREEL_TEST_ID"
	countEnv = "RUNREEL_TEST_COUNT" // events to record; 0 is without end
)

func TestMain(m *testing.M) {
	var err error
	switch dir := os.Getenv(dirEnv); os.Getenv(childEnv) {
	case "":
		os.Exit(m.Run())
	case "record":
		err = recordChild(dir, os.Getenv(idEnv), os.Getenv(countEnv))
	case "recover":
		err = recoverChild(dir)
	case "fill":
		fillChild(dir)
	case "rewrite":
		err = rewriteChild(dir, os.Getenv(idEnv))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// recordChild records as fast as it can, and tells the number of the last event
// after each batch that is durable.
func recordChild(dir, id, limit string) error {
	ctx := context.Background()
	most, err := strconv.ParseInt(limit, 10, 64)
	if err != nil {
		return err
	}
	s, err := openData(dir)
	if err != nil {
		return err
	}
	j, err := s.Begin(ctx, capture.Session{ID: id, Started: time.Now()})
	if err != nil {
		return err
	}
	for seq := int64(0); most == 0 || seq < most; {
		batch, err := someEvents(ctx, j, seq)
		if err != nil {
			return err
		}
		if err := j.Append(ctx, batch); err != nil {
			return err
		}
		seq += int64(len(batch))
		fmt.Println(seq)
	}
	return j.Finish(ctx, capture.Session{Length: time.Hour})
}

// someEvents are a few events, some of which name media. Their marks hold the
// time of day.
func someEvents(ctx context.Context, j capture.Journal, seq int64) ([]capture.Event, error) {
	var batch []capture.Event
	for range 1 + mrand.IntN(6) {
		seq++
		e := capture.Event{Seq: seq, At: time.Duration(seq) * time.Millisecond, Fact: capture.Mark{Text: strconv.FormatInt(time.Now().UnixNano(), 10)}}
		if seq > 1 && mrand.IntN(3) == 0 {
			data := make([]byte, mrand.IntN(60_000))
			rand.Read(data)
			name, err := j.Put(ctx, "frames", "png", data)
			if err != nil {
				return nil, err
			}
			e.Fact = capture.Frame{FrameRef: capture.FrameRef{Media: name}}
		}
		batch = append(batch, e)
	}
	return batch, nil
}

func recoverChild(dir string) error {
	fmt.Println(0)
	s, err := openData(dir)
	if err != nil {
		return err
	}
	_, err = s.Recover(context.Background())
	return err
}

// child is a running child and the last number that it told.
type child struct {
	cmd  *exec.Cmd
	told atomic.Int64 // -1 before the first
	eof  chan struct{}
}

func start(t *testing.T, what, dir, id string, count int) *child {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := &child{cmd: exec.Command(exe), eof: make(chan struct{})}
	c.told.Store(-1)
	c.cmd.Env = append(os.Environ(), childEnv+"="+what, dirEnv+"="+dir, idEnv+"="+id, fmt.Sprint(countEnv, "=", count))
	c.cmd.Stderr = os.Stderr
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go c.listen(out)
	return c
}

func (c *child) listen(out io.Reader) {
	defer close(c.eof)
	for sc := bufio.NewScanner(out); sc.Scan(); {
		// A line that the kill cut short was not told.
		if n, err := strconv.ParseInt(sc.Text(), 10, 64); err == nil && n > c.told.Load() {
			c.told.Store(n)
		}
	}
}

// await waits until the child has told at least n.
func (c *child) await(t *testing.T, n int64) {
	t.Helper()
	deadline := time.After(60 * time.Second)
	for c.told.Load() < n {
		select {
		case <-c.eof:
			t.Fatalf("child ended at %d: %v", c.told.Load(), c.cmd.Wait())
		case <-deadline:
			t.Fatalf("child told %d, want %d", c.told.Load(), n)
		case <-time.After(time.Millisecond):
		}
	}
}

// kill kills the child and returns what it had told, and when.
func (c *child) kill() (told int64, at time.Time) {
	_ = c.cmd.Process.Kill() // it may have ended by itself
	at = time.Now()
	<-c.eof
	_ = c.cmd.Wait()
	return c.told.Load(), at
}

func TestKillWhileRecording(t *testing.T) {
	var events, media, temporary int
	var worst time.Duration
	for round := range 20 {
		dir := t.TempDir()
		c := start(t, "record", dir, "a", 0)
		c.await(t, 1)
		<-time.After(time.Duration(mrand.IntN(250)) * time.Millisecond) // the random moment
		told, at := c.kill()
		for range round % 3 { // recovery is killed as well
			r := start(t, "recover", dir, "", 0)
			r.await(t, 0)
			<-time.After(time.Duration(mrand.IntN(12_000)) * time.Microsecond)
			r.kill()
		}
		s := open(t, dir)
		list, err := s.Recover(t.Context())
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		for _, r := range list {
			temporary += r.Temporary
			if len(r.Missing) != 0 {
				t.Errorf("round %d: missing %v", round, r.Missing)
			}
		}
		rec := checkWhole(t, s, "a", told)
		if t.Failed() {
			t.Fatalf("in round %d", round)
		}
		if rec.Session.State != capture.SessionRecovered {
			t.Errorf("round %d: state %s", round, rec.Session.State)
		}
		worst = max(worst, at.Sub(lastMark(t, rec)))
		events += len(rec.Events)
		for _, e := range rec.Events {
			if capture.MediaOf(e.Fact) != "" {
				media++
			}
		}
	}
	t.Logf("20 kills: %d events and %d pictures, none lost that was acknowledged; last event at most %v before the kill; %d half-written files removed",
		events, media, worst.Round(time.Millisecond), temporary)
	if worst > time.Second {
		t.Errorf("%v before the kill are missing, want at most a second", worst)
	}
}

// checkWhole checks that a session has all acknowledged events in order without
// holes, that all media is there with the right bytes, and that the database is
// whole.
func checkWhole(t *testing.T, s stored, id string, acknowledged int64) session.Recording {
	t.Helper()
	rec, err := s.Load(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if int64(len(rec.Events)) < acknowledged || acknowledged < 1 {
		t.Errorf("%d events, %d were acknowledged", len(rec.Events), acknowledged)
	}
	for i, e := range rec.Events {
		if e.Seq != int64(i+1) {
			t.Fatalf("event %d has number %d", i+1, e.Seq)
		}
		if name := capture.MediaOf(e.Fact); name != "" {
			if err := s.Media(id).Verify(name); err != nil {
				t.Errorf("event %d: %v", e.Seq, err)
			}
		}
	}
	if want := rec.Events[len(rec.Events)-1].At; rec.Session.Length < want {
		t.Errorf("length %v, the last event is at %v", rec.Session.Length, want)
	}
	if err := s.db.Check(t.Context()); err != nil {
		t.Error(err)
	}
	if n, err := s.Media(id).Tidy(); err != nil || n != 0 {
		t.Errorf("%d temporary files are left, %v", n, err)
	}
	return rec
}

// lastMark is the time of day in the last mark.
func lastMark(t *testing.T, r session.Recording) time.Time {
	t.Helper()
	for i := len(r.Events) - 1; i >= 0; i-- {
		if m, ok := r.Events[i].Fact.(capture.Mark); ok {
			ns, err := strconv.ParseInt(m.Text, 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			return time.Unix(0, ns)
		}
	}
	t.Fatal("no mark")
	return time.Time{}
}

func TestTwoProcessesRecordAtOnce(t *testing.T) {
	dir := t.TempDir() // neither finds a database
	const count = 400
	a, b := start(t, "record", dir, "a", count), start(t, "record", dir, "b", count)
	a.await(t, 1)
	b.await(t, 1)
	s := open(t, dir)
	if list, err := s.Recover(t.Context()); err != nil || len(list) != 0 {
		t.Errorf("Recover beside two recorders gives %v, %v", list, err)
	}
	if err := s.Delete(t.Context(), "a"); err != nil && !errors.Is(err, session.ErrRecording) {
		t.Errorf("Delete beside the recorder gives %v", err)
	} else if err == nil {
		t.Error("a session was deleted under its recorder")
	}
	for _, c := range []*child{a, b} {
		c.await(t, count)
		<-c.eof
		if err := c.cmd.Wait(); err != nil {
			t.Errorf("child: %v", err)
		}
	}
	for _, id := range []string{"a", "b"} {
		if rec := checkWhole(t, s, id, count); rec.Session.State != capture.SessionFinished {
			t.Errorf("session %s has state %s", id, rec.Session.State)
		}
	}
}

// fillChild fills a "disk" whose files may not grow past a limit.
func fillChild(dir string) {
	limit := syscall.Rlimit{Cur: 3 << 20, Max: 3 << 20}
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	s, err := openData(dir)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	j, err := s.Begin(context.Background(), capture.Session{ID: "a", Started: time.Now()})
	for seq := int64(1); err == nil; seq++ {
		e := capture.Event{Seq: seq, Fact: capture.Mark{Text: strings.Repeat("m", 300_000)}}
		if err = j.Append(context.Background(), []capture.Event{e}); err == nil {
			fmt.Println(seq)
		}
	}
	fmt.Fprintln(os.Stderr, err)
	if !isFull(err) {
		os.Exit(1)
	}
	_, err = j.Put(context.Background(), "frames", "png", make([]byte, 4<<20))
	if !isFull(err) {
		fmt.Fprintln(os.Stderr, "Put:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func TestFileSizeLimit(t *testing.T) { runLimited(t, t.TempDir()) }

func runLimited(t *testing.T, dir string) {
	t.Helper()
	c := start(t, "fill", dir, "a", 0)
	<-c.eof
	if err := c.cmd.Wait(); err != nil {
		t.Fatalf("the error at the limit was not that of a full disk: %v", err)
	}
	s := open(t, dir)
	if list, err := s.Recover(t.Context()); err != nil || len(list) != 1 {
		t.Errorf("Recover gives %v, %v", list, err)
	}
	checkWhole(t, s, "a", c.told.Load())
}
