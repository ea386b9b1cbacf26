package screen

import (
	"bytes"
	"image"
	"image/png"
	"log/slog"
	"os/exec"
	"testing"
	"time"

	"github.com/kbinani/screenshot"

	"github.com/runreel/runreel/capture"
)

// fullDesktop is a 1080p server with text on it.
func fullDesktop(b *testing.B) *x11 {
	b.Helper()
	d := startDesktop(b, 1920, 1080)
	b.Setenv("DISPLAY", d.Display)
	cmd := exec.Command("xterm", "-geometry", "200x60+40+40", "-e", "ls -lR /usr/share/doc | head -400; sleep 600")
	cmd.Env = d.Env
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	x, err := openX11(d.Display, capture.Target{Kind: capture.TargetDisplay}, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(x.close)
	deadline := time.Now().Add(10 * time.Second)
	for colours(b, x) < 4 && time.Now().Before(deadline) {
		<-time.After(100 * time.Millisecond)
	}
	return x
}

// colours counts the different pixels in a sample of the screen.
func colours(b *testing.B, x *x11) int {
	b.Helper()
	if _, err := x.refresh(nil); err != nil {
		b.Fatal(err)
	}
	seen := map[[3]byte]bool{}
	p := x.pixels(0)
	for i := 0; i+4 <= len(p); i += 4 {
		seen[[3]byte(p[i:])] = true
	}
	return len(seen)
}

func BenchmarkGrab1080p(b *testing.B) {
	x := fullDesktop(b)
	b.Run("ours", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := x.refresh(nil); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("kbinani", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := screenshot.CaptureRect(image.Rect(0, 0, 1920, 1080)); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkCompareAndKeep1080p(b *testing.B) {
	x := fullDesktop(b)
	r := newRing(x.shown[0], bgrx)
	f := r.take()
	r.fill(f, x.pixels(0))
	r.unseen = rows{0, 1080}
	b.Run("fill", func(b *testing.B) {
		for b.Loop() {
			r.fill(f, x.pixels(0))
		}
	})
	b.Run("compare", func(b *testing.B) {
		for b.Loop() {
			if r.differs(f, x.pixels(0)) {
				b.Fatal("differs from its copy")
			}
		}
	})
	b.Run("sum", func(b *testing.B) {
		for b.Loop() {
			pictureSum(f)
		}
	})
}

func BenchmarkEncode1080p(b *testing.B) {
	x := fullDesktop(b)
	p := picture{pix: x.pixels(0), w: 1920, h: 1080}
	noise := picture{pix: bytes.Clone(p.pix), w: 1920, h: 1080}
	for i := range noise.pix {
		noise.pix[i] = byte(i*i>>7) ^ noise.pix[i]
	}
	for name, p := range map[string]picture{"text": p, "photo": noise} {
		b.Run(name+"/ours", func(b *testing.B) {
			var e encoder
			b.ReportAllocs()
			size := 0
			for b.Loop() {
				data, err := e.encode(p)
				if err != nil {
					b.Fatal(err)
				}
				size = len(data)
			}
			b.ReportMetric(float64(size), "file-bytes")
		})
		b.Run(name+"/image-png", func(b *testing.B) {
			e := png.Encoder{CompressionLevel: png.BestSpeed}
			img := image.NewRGBA(image.Rect(0, 0, p.w, p.h))
			for i := 0; i < len(p.pix); i += 4 {
				img.Pix[i], img.Pix[i+1], img.Pix[i+2], img.Pix[i+3] = p.pix[i+2], p.pix[i+1], p.pix[i], 255
			}
			size := 0
			for b.Loop() {
				var out bytes.Buffer
				if err := e.Encode(&out, img); err != nil {
					b.Fatal(err)
				}
				size = out.Len()
			}
			b.ReportMetric(float64(size), "file-bytes")
		})
	}
}
