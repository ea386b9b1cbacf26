package mic

import (
	"context"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/capture/capturetest"
)

// BenchmarkRecord records from a real sound server, and reports the processor
// time that an hour of sound takes in this process.
func BenchmarkRecord(b *testing.B) {
	startSound(b)
	const length = 5 * time.Second
	for b.Loop() {
		clock := capture.NewClock(time.Now)
		ctx, cancel := context.WithCancel(b.Context())
		var begin time.Duration
		var cpu time.Duration
		clock.Start()
		err := New(Options{Clock: clock, Media: new(capturetest.Media), Chunk: time.Second}).Run(ctx, func(e capture.Event) {
			switch a, ok := e.Fact.(capture.Audio); {
			case !ok:
			case begin == 0:
				begin, cpu = clock.Now(), cpuTime(b)
			case clock.Now()-begin >= length && a.Length > 0:
				cancel()
			}
		})
		cancel()
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric((cpuTime(b)-cpu).Seconds()/(clock.Now()-begin).Hours(), "cpu-s/h")
	}
}

func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkTrack lays an hour of packets of a device that runs fast on the
// session clock.
func BenchmarkTrack(b *testing.B) {
	for b.Loop() {
		tr := newTrack(0, Rate)
		tr.gap = func(time.Duration, capture.Gap) {}
		tr.chunk = func(_ time.Duration, s []int16) error { runtime.KeepAlive(s); return nil }
		end := 0.0
		for range 3600 * Rate / packetLen {
			end += packetLen / 1.0003
			if err := tr.add(packet{end: int64(end), running: true, samples: make([]int16, packetLen)}); err != nil {
				b.Fatal(err)
			}
		}
	}
}
