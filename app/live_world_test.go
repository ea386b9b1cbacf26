package app

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/pipeline/transcribe"
	"github.com/runreel/runreel/pipeline/transcribe/whisper"
)

const (
	workerEnv = "RUNREEL_TEST_WORKER" // the model: this binary is the worker
	workLog   = "RUNREEL_TEST_LOG"    // a file that gets the worker's pid and the length of each piece that it begins
	gateEnv   = "RUNREEL_TEST_GATE"   // a file without which no piece is answered
	recordEnv = "RUNREEL_TEST_RECORD" // a data folder: this binary records until it is killed
)

// TestMain makes the test binary the worker too, as runreel's own binary is,
// and a recorder that can be killed.
func TestMain(m *testing.M) {
	switch {
	case os.Getenv(workerEnv) != "":
		if err := work(os.Getenv(workerEnv)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	case os.Getenv(recordEnv) != "":
		if err := recordForEver(os.Getenv(recordEnv)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	default:
		os.Exit(m.Run())
	}
}

func work(model string) error {
	ctx := context.Background()
	if os.Getenv(workLog) == "" {
		return ServeWorker(ctx, model, os.Stdin, os.Stdout)
	}
	engine, err := whisper.Open(model, whisper.Options{})
	if err != nil {
		return err
	}
	defer engine.Close()
	return transcribe.Serve(ctx, watched{engine}, os.Stdin, os.Stdout)
}

// watched is the real engine, whose pieces are written down, and held back.
type watched struct{ transcribe.Engine }

func (w watched) Transcribe(ctx context.Context, samples []int16) ([]capture.Segment, error) {
	f, err := os.OpenFile(os.Getenv(workLog), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	fmt.Fprintln(f, os.Getpid(), len(samples))
	f.Close()
	segments, err := w.Engine.Transcribe(ctx, samples)
	for gate := os.Getenv(gateEnv); gate != "" && ctx.Err() == nil; time.Sleep(5 * time.Millisecond) {
		if _, err := os.Stat(gate); err == nil {
			break
		}
	}
	return segments, err
}

// piecesOf are the processes of the pieces that workers began, and how much
// sound those were.
func piecesOf(t *testing.T, log string) (pids []int, sound time.Duration) {
	t.Helper()
	data, err := os.ReadFile(log)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		var pid, n int
		if _, err := fmt.Sscan(line, &pid, &n); err != nil {
			break // it is being written
		}
		pids = append(pids, pid)
		sound += time.Duration(n) * time.Second / transcribe.Rate
	}
	return pids, sound
}

// workerOf makes this binary the worker, with variables.
func workerOf(env ...string) func(string) *exec.Cmd {
	return func(model string) *exec.Cmd {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), append(env, workerEnv+"="+model)...)
		return cmd
	}
}

// fastTime is a clock that goes when it is told to.
type fastTime struct {
	mu  sync.Mutex
	now time.Time
}

func newFastTime() *fastTime { return &fastTime{now: time.Now()} }

func (f *fastTime) Now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

func (f *fastTime) add(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = f.now.Add(d)
}

// microphone is a source that stores what it is given as the microphone does,
// in chunks of half a second, while time flies.
type microphone struct {
	time  *fastTime
	clock *capture.Clock
	media capture.Media
	emit  chan capture.Emit
	got   capture.Emit
}

func (m *microphone) Name() string                { return "microphone" }
func (m *microphone) Probe(context.Context) error { return nil }

func (m *microphone) Run(ctx context.Context, emit capture.Emit) error {
	m.emit <- emit
	<-ctx.Done()
	return nil
}

// speak records pcm.
func (m *microphone) speak(ctx context.Context, pcm []int16) error {
	if m.got == nil {
		m.got = <-m.emit
	}
	const chunk = transcribe.Rate / 2
	for len(pcm) > 0 {
		part := pcm[:min(chunk, len(pcm))]
		pcm = pcm[len(part):]
		at, length := m.clock.Now(), lengthOf(part)
		m.time.add(length)
		name, err := m.media.Put(ctx, "audio", "wav", wavOf(part))
		if err != nil {
			return err
		}
		m.got(capture.Event{At: at, Fact: capture.Audio{Media: name, Rate: transcribe.Rate, Length: length, Peak: 0.5}})
	}
	return nil
}

func lengthOf(pcm []int16) time.Duration {
	return time.Duration(len(pcm)) * time.Second / transcribe.Rate
}

func wavOf(pcm []int16) []byte {
	b := []byte("RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x80\x3e\x00\x00\x00\x7d\x00\x00\x02\x00\x10\x00data")
	b = binary.LittleEndian.AppendUint32(b, uint32(2*len(pcm)))
	for _, s := range pcm {
		b = binary.LittleEndian.AppendUint16(b, uint16(s))
	}
	return b
}

// recordSound begins a recording whose only source is m.
func recordSound(ctx context.Context, a *App, m *microphone) (session string, err error) {
	s, err := a.newSession("Spoken")
	if err != nil {
		return "", err
	}
	m.emit = make(chan capture.Emit, 1)
	return s.ID, a.recorder.Start(ctx, capture.Plan{Session: s, Open: a.openJournal,
		Sources: func(clock *capture.Clock, media capture.Media) []capture.Source {
			m.clock, m.media = clock, media
			return []capture.Source{m}
		}})
}

// narration is the sound of a test narration and its script, by when each line
// begins.
type line struct {
	start time.Duration
	words string
}

// narrations are the long test narrations one after the other, real speech of
// espeak-ng, as often as asked for.
func narrations(times int) (pcm []int16, script []line, err error) {
	for range times {
		for _, name := range []string{"long_exact_00", "long_exact_17", "long_exact_19"} {
			path := filepath.Join(filepath.Dir(testModel), name)
			data, err := os.ReadFile(path + ".wav")
			if err != nil {
				return nil, nil, err
			}
			w, err := transcribe.DecodeWAV(data)
			if err != nil {
				return nil, nil, err
			}
			text, err := os.ReadFile(path + ".txt")
			if err != nil {
				return nil, nil, err
			}
			for l := range strings.Lines(string(text)) {
				at, words, _ := strings.Cut(strings.TrimSpace(l), "\t")
				seconds, err := strconv.ParseFloat(at, 64)
				if err != nil {
					return nil, nil, err
				}
				script = append(script, line{lengthOf(pcm) + time.Duration(seconds*float64(time.Second)), words})
			}
			pcm = append(pcm, w.Samples...)
		}
	}
	return pcm, script, nil
}

// wordsOf are the words of speech, without case and punctuation.
func wordsOf(segments []capture.Segment) []string {
	var words []string
	for _, s := range segments {
		for _, w := range strings.Fields(strings.ToLower(s.Text)) {
			words = append(words, strings.Trim(w, ".,?!"))
		}
	}
	return words
}

// wordErrors is how many words were put in, left out or changed.
func wordErrors(ref, hyp []string) int {
	row := make([]int, len(hyp)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range ref {
		last := row[0]
		row[0] = i + 1
		for j, h := range hyp {
			cost := last
			if r != h {
				cost++
			}
			last = row[j+1]
			row[j+1] = min(cost, row[j]+1, last+1)
		}
	}
	return row[len(hyp)]
}

// directly is what the engine says to the whole sound after the recording.
func directly(t *testing.T, pcm []int16) []capture.Segment {
	t.Helper()
	engine, err := whisper.Open(testModel, whisper.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	chunks := func(yield func(transcribe.Chunk) bool) {
		yield(transcribe.Chunk{Length: lengthOf(pcm), Open: func() ([]byte, error) { return wavOf(pcm), nil }})
	}
	segments, err := transcribe.Recording(t.Context(), engine, chunks, transcribe.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return segments
}

// spoken loads what is stored of a session's speech.
func spoken(t *testing.T, a *App, session string) []capture.Segment {
	t.Helper()
	list, err := a.db.Segments().List(t.Context(), session)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// sameWords wants at most 2% of the words different, and the segments in order.
func sameWords(t *testing.T, got, want []capture.Segment) {
	t.Helper()
	ref, hyp := wordsOf(want), wordsOf(got)
	errs := wordErrors(ref, hyp)
	t.Logf("%d of %d words differ", errs, len(ref))
	if len(ref) == 0 || errs*50 > len(ref) {
		t.Errorf("%d of %d words differ:\n%s\nwant\n%s", errs, len(ref), strings.Join(hyp, " "), strings.Join(ref, " "))
	}
	for i, s := range got {
		if s.End < s.Start || i > 0 && s.Start < got[i-1].End {
			t.Errorf("segment %d is out of order: %v", i, got)
		}
	}
}

// inTime waits for what a speech engine does on a busy machine.
func inTime(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for limit := time.Now().Add(2 * time.Minute); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(limit) {
			t.Fatalf("not within 2 minutes: %s", what)
		}
	}
}
