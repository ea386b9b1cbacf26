package whisper_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/pipeline/transcribe"
	"github.com/runreel/runreel/pipeline/transcribe/whisper"
)

const modelFile = "espeak-devops.bin"

// TestMain makes the test binary the worker too, as runreel's own binary is. It
// has the engine's threads wait without spinning in the tests' own process as
// well, which is settled when the program starts: else what is measured is how
// busy the machine is.
func TestMain(m *testing.M) {
	if os.Getenv(passive) == "" {
		err := syscall.Exec(os.Args[0], os.Args, append(os.Environ(), passive+"=passive"))
		fmt.Fprintln(os.Stderr, "start again:", err)
		os.Exit(1)
	}
	model := os.Getenv("RUNREEL_TEST_WORKER")
	if model == "" {
		os.Exit(m.Run())
	}
	if err := work(model); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

const passive = "OMP_WAIT_POLICY"

func work(model string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	engine, err := whisper.Open(model, whisper.Options{})
	if err != nil {
		return err
	}
	defer engine.Close()
	return transcribe.Serve(ctx, engine, os.Stdin, os.Stdout)
}

func command(model string) func() *exec.Cmd {
	return func() *exec.Cmd {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "RUNREEL_TEST_WORKER="+model)
		return cmd
	}
}

func start(t testing.TB) *transcribe.Worker {
	t.Helper()
	w, err := transcribe.Start(t.Context(), command(testdata(modelFile)), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.Close() })
	return w
}

func open(t testing.TB) *whisper.Engine {
	t.Helper()
	e, err := whisper.Open(testdata(modelFile), whisper.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

func narrations() []string { return []string{"long_exact_00", "long_exact_17", "long_exact_19"} }

// TestNarrations speaks a session of an hour's distance from its start, in
// chunks as the recorder stores them, through the worker.
func TestNarrations(t *testing.T) {
	w := start(t)
	var total score
	for _, name := range narrations() {
		const offset = time.Hour
		want := script(t, testdata(name+".txt"))
		for i := range want {
			want[i].start += offset
		}
		var done, length time.Duration
		got, err := transcribe.Recording(t.Context(), w, chunks(samples(t, testdata(name+".wav")), offset), transcribe.Options{
			Progress: func(d, l time.Duration) {
				if d < done {
					t.Errorf("progress goes back from %s to %s", done, d)
				}
				done, length = d, l
			},
			Lost: func(l transcribe.Lost) { t.Errorf("lost %+v", l) },
		})
		if err != nil {
			t.Fatal(err)
		}
		if done != length || done < 20*time.Second {
			t.Errorf("progress ended at %s of %s", done, length)
		}
		checkOrder(t, got)
		s := compare(want, got)
		t.Logf("%s: %+v", name, s)
		if s.worst > 700*time.Millisecond || s.missed > 0 {
			t.Errorf("%s: sentences are up to %s off, %d begin within another: %v", name, s.worst, s.missed, got)
		}
		total.add(s)
	}
	// 0 or 1 here; others' processors round differently.
	if total.errors > 5 {
		t.Errorf("%d errors in %d words", total.errors, total.words)
	}
}

func checkOrder(t *testing.T, segments []capture.Segment) {
	t.Helper()
	for i, s := range segments {
		if s.End <= s.Start || i > 0 && s.Start < segments[i-1].End {
			t.Errorf("segment %d is out of order: %v", i, segments)
		}
	}
}

// chunks are WAV files of a second and a bit, as they come from the recorder.
func chunks(pcm []int16, at time.Duration) func(func(transcribe.Chunk) bool) {
	return func(yield func(transcribe.Chunk) bool) {
		for part := range slices.Chunk(pcm, 17_011) {
			length := time.Duration(len(part)) * time.Second / transcribe.Rate
			c := transcribe.Chunk{At: at, Length: length, Open: func() ([]byte, error) { return wav(part), nil }}
			if !yield(c) {
				return
			}
			at += length
		}
	}
}

// TestWordsOfTheEngine asks for the words that whisper.cpp gives on the same
// sound in one piece.
func TestWordsOfTheEngine(t *testing.T) {
	engine, w := open(t), start(t)
	pcm := samples(t, testdata("s000.wav"))
	want, err := engine.Transcribe(t.Context(), pcm)
	if err != nil {
		t.Fatal(err)
	}
	got, err := w.Transcribe(t.Context(), pcm)
	if err != nil {
		t.Fatal(err)
	}
	if len(want) == 0 || !slices.Equal(got, want) {
		t.Errorf("the worker says %v, the engine %v", got, want)
	}
	if text := want[0].Text; text != "in this video i show you how to test the deployment" {
		t.Errorf("it understood %q", text)
	}
}

// TestNoise listens for a minute to rooms in which nobody speaks.
func TestNoise(t *testing.T) {
	engine := open(t)
	for _, level := range []float64{0, 10, 100, 1000, 5000} {
		r := rand.New(rand.NewPCG(1, 2))
		pcm := make([]int16, 60*transcribe.Rate)
		for i := range pcm {
			pcm[i] = int16(max(-32768, min(32767, level*r.NormFloat64())))
		}
		got, err := transcribe.Recording(t.Context(), engine, chunks(pcm, 0), transcribe.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(got) > 0 {
			t.Errorf("noise of %v said %v", level, got)
		}
	}
}

// TestTyping listens for a minute to somebody who types fast, in a silent room
// and in one with a fan.
func TestTyping(t *testing.T) {
	engine := open(t)
	for _, level := range []float64{0, 30} {
		r := rand.New(rand.NewPCG(5, 6))
		pcm := make([]int16, 60*transcribe.Rate)
		for i := range pcm {
			pcm[i] = int16(level * r.NormFloat64())
		}
		for at := transcribe.Rate; at < len(pcm)-transcribe.Rate; at += transcribe.Rate/12 + r.IntN(transcribe.Rate/4) {
			loud := 3000 + 9000*r.Float64()
			for j := range 300 {
				pcm[at+j] += int16(loud * math.Exp(-float64(j)/60) * r.NormFloat64() / 2)
			}
		}
		got, err := transcribe.Recording(t.Context(), engine, chunks(pcm, 0), transcribe.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(got) > 0 {
			t.Errorf("typing over noise of %v said %v", level, got)
		}
	}
}

// TestSpeechInNoise finds speech over a fan of 40 dB less.
func TestSpeechInNoise(t *testing.T) {
	engine := open(t)
	name := narrations()[0]
	r := rand.New(rand.NewPCG(1, 2))
	pcm := samples(t, testdata(name+".wav"))
	for i, s := range pcm {
		pcm[i] = int16(max(-32768, min(32767, float64(s)+50*r.NormFloat64())))
	}
	got, err := transcribe.Recording(t.Context(), engine, chunks(pcm, 0), transcribe.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := compare(script(t, testdata(name+".txt")), got)
	t.Logf("%+v", s)
	if s.errors*10 > s.words || s.missed > 0 || s.worst > 700*time.Millisecond {
		t.Errorf("%+v: %v", s, got)
	}
}

// TestWorkerKilled ends the worker while it works: that piece fails, with the
// reason, and the next one comes out.
func TestWorkerKilled(t *testing.T) {
	var running *exec.Cmd
	w, err := transcribe.Start(t.Context(), func() *exec.Cmd {
		running = command(testdata(modelFile))()
		return running
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	first := running.Process
	pcm := samples(t, testdata("s005.wav"))
	time.AfterFunc(30*time.Millisecond, func() { _ = first.Kill() }) // the loop ends when it worked
	for err == nil {
		_, err = w.Transcribe(t.Context(), pcm)
	}
	var died *transcribe.WorkerError
	if !errors.Is(err, transcribe.ErrWorkerDied) || !errors.As(err, &died) || died.Status != "signal: killed" {
		t.Fatalf("a killed worker gives %v", err)
	}
	got, err := w.Transcribe(t.Context(), pcm)
	if err != nil {
		t.Fatal(err)
	}
	if running.Process.Pid == first.Pid || len(got) != 1 || !strings.HasSuffix(got[0].Text, "the old deployment") {
		t.Errorf("after it: %v", got)
	}
}

// TestRecordingSurvivesWorker kills the worker under a recording: nothing is
// lost, since the piece is done again.
func TestRecordingSurvivesWorker(t *testing.T) {
	var running *exec.Cmd
	w, err := transcribe.Start(t.Context(), func() *exec.Cmd {
		running = command(testdata(modelFile))()
		return running
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := running.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	name := narrations()[2]
	got, err := transcribe.Recording(t.Context(), w, chunks(samples(t, testdata(name+".wav")), 0), transcribe.Options{
		Lost: func(l transcribe.Lost) { t.Errorf("lost %+v", l) },
	})
	if err != nil {
		t.Fatal(err)
	}
	if s := compare(script(t, testdata(name+".txt")), got); s.errors > 3 {
		t.Errorf("%+v: %v", s, got)
	}
}

// TestCancel ends a piece in work at once, and the worker can be used again.
func TestCancel(t *testing.T) {
	w := start(t)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	long := make([]int16, 28*transcribe.Rate)
	copy(long, samples(t, testdata("long_exact_17.wav")))
	for ctx.Err() == nil {
		if _, err := w.Transcribe(ctx, long); err != nil && !errors.Is(err, context.Canceled) {
			t.Fatalf("cancelled: %v", err)
		}
	}
	if got, err := w.Transcribe(t.Context(), samples(t, testdata("s000.wav"))); err != nil || len(got) != 1 {
		t.Errorf("after it: %v, %v", got, err)
	}
}

// TestBrokenModel has a worker refuse what is no model, and tell why.
func TestBrokenModel(t *testing.T) {
	whole, err := os.ReadFile(testdata(modelFile))
	if err != nil {
		t.Fatal(err)
	}
	broken := t.TempDir() + "/broken.bin"
	if err := os.WriteFile(broken, whole[:len(whole)-1000], 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = transcribe.Start(t.Context(), command(broken), nil)
	var died *transcribe.WorkerError
	if !errors.As(err, &died) || died.Status != "exit status 1" || !strings.Contains(died.Output, "cut off after 10381617 bytes") {
		t.Errorf("%+v", died)
	}
	if _, err := whisper.Open(broken, whisper.Options{}); !errors.Is(err, transcribe.ErrModelTruncated) {
		t.Errorf("open: %v", err)
	}
}

// TestNothing gives the engine and the worker no sound at all, which
// whisper.cpp itself does not take, and a sound too short for it.
func TestNothing(t *testing.T) {
	for name, e := range map[string]transcribe.Engine{"engine": open(t), "worker": start(t)} {
		for _, n := range []int{0, 1, 100} {
			if got, err := e.Transcribe(t.Context(), make([]int16, n)); err != nil || len(got) > 0 {
				t.Errorf("%s: %d samples: %v, %v", name, n, got, err)
			}
		}
	}
}

// BenchmarkRecording measures the way of a recording through search, worker and
// clean-up against one direct call of the engine on the same sound.
func BenchmarkRecording(b *testing.B) {
	engine, w := open(b), start(b)
	pcm := samples(b, testdata("long_exact_17.wav"))
	var direct, ours time.Duration
	for b.Loop() {
		began := time.Now()
		if _, err := engine.Transcribe(b.Context(), pcm); err != nil {
			b.Fatal(err)
		}
		direct += time.Since(began)
		began = time.Now()
		if _, err := transcribe.Recording(b.Context(), w, chunks(pcm, 0), transcribe.Options{}); err != nil {
			b.Fatal(err)
		}
		ours += time.Since(began)
	}
	audio := time.Duration(len(pcm)) * time.Second / transcribe.Rate * time.Duration(b.N)
	b.ReportMetric(ours.Seconds()/direct.Seconds(), "of-direct-time")
	b.ReportMetric(audio.Seconds()/ours.Seconds(), "x-real-time")
	b.ReportMetric(audio.Seconds()/direct.Seconds(), "x-real-time-direct")
}
