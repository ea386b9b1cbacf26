package media_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/runreel/runreel/app/media"
)

func get(t *testing.T, s *media.Store, method, target string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, "/", nil)
	u, err := url.ParseRequestURI(target)
	if err != nil {
		u = &url.URL{Path: target}
	}
	r.URL = u
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestHandler(t *testing.T) {
	s := open(t)
	frame := put(t, s.Session("s1"), "<script>alert(1)</script>")
	sound, err := s.Session("s1").Put(t.Context(), "audio", "wav", []byte("0123456789"))
	if err != nil {
		t.Fatal(err)
	}
	r := get(t, s, "GET", "/media/s1/"+frame)
	if r.StatusCode != 200 || body(t, r) != "<script>alert(1)</script>" {
		t.Errorf("frame: %s", r.Status)
	}
	for name, want := range map[string]string{
		"Content-Type": "image/png", "X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox",
		"Cache-Control": "private, max-age=31536000, immutable", "Cross-Origin-Resource-Policy": "same-origin",
	} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if r := get(t, s, "GET", "/media/s1/"+frame, "If-None-Match", r.Header.Get("ETag")); r.StatusCode != 304 {
		t.Errorf("known frame: %s", r.Status)
	}
	if r := get(t, s, "HEAD", "/media/s1/"+sound); r.StatusCode != 200 || r.ContentLength != 10 || body(t, r) != "" || r.Header.Get("Content-Type") != "audio/wav" {
		t.Errorf("HEAD: %s, %d bytes", r.Status, r.ContentLength)
	}
	if r := get(t, s, "GET", "/media/s1/"+sound, "Range", "bytes=3-5"); r.StatusCode != 206 || body(t, r) != "345" {
		t.Errorf("range: %s", r.Status)
	}
	if r := get(t, s, "GET", "/media/s1/"+sound, "Range", "bytes=30-"); r.StatusCode != 416 {
		t.Errorf("range past the end: %s", r.Status)
	}
}

func TestHandlerRefuses(t *testing.T) {
	s := open(t)
	frame := put(t, s.Session("s1"), "x")
	hash := strings.TrimPrefix(frame, "frames/")
	if err := os.WriteFile(filepath.Join(s.Dir(), "runreel.db"), []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Session("s1").Reserve(10); err != nil {
		t.Fatal(err)
	}
	link := "frames/" + strings.Repeat("0", 64) + ".png"
	if err := os.Symlink("/etc/hostname", filepath.Join(s.Dir(), "s1", link)); err != nil {
		t.Fatal(err)
	}
	folder := "frames/" + strings.Repeat("1", 64) + ".png"
	if err := os.Mkdir(filepath.Join(s.Dir(), "s1", folder), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, target := range []string{
		"/", "/media/", "/media/s1/", "/media/s1/frames/", "/media/s1/reserve", "/media/runreel.db", "/media/../runreel.db", "/media/s1/../runreel.db",
		"/media/s1/frames/../../runreel.db", "/media/%2e%2e/runreel.db", "/media/s1%2f" + frame, "/media/s1/frames%2F" + hash, "/media/s1//" + frame,
		"//media/s1/" + frame, "/media/s1/" + frame + "/", "/media/s1/" + frame + ".", "/media/s1/" + frame + "%00", "/media/s1/" + frame + "%0a",
		"/media/s2/" + frame, "/media/.deleted-s1/" + frame, "/media/s1/" + link, "/media/s1/" + folder, "/media/s1/" + strings.ToUpper(frame),
		"/Media/s1/" + frame, "/media/s1/audio/" + hash, "/media/s1/frames\\" + hash, "/media/%73%31%2f" + frame,
	} {
		r := get(t, s, "GET", target)
		if r.StatusCode != 404 || r.Header.Get("Cache-Control") != "no-store" || r.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %s, %v", target, r.Status, r.Header)
		}
	}
	for _, method := range []string{"POST", "PUT", "DELETE", "OPTIONS", "TRACE"} {
		r := get(t, s, method, "/media/s1/"+frame)
		if r.StatusCode != 405 || r.Header.Get("Allow") != "GET, HEAD" {
			t.Errorf("%s: %s", method, r.Status)
		}
	}
}

func FuzzHandler(f *testing.F) {
	f.Add("/media/s1/frames/x.png")
	f.Add("/media/../../etc/passwd")
	f.Add("/media/s1/frames/%2e%2e/secret")
	dir := f.TempDir()
	s, err := media.Open(filepath.Join(dir, "sessions"))
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { s.Close() })
	name := put(f, s.Session("s1"), "stored")
	f.Add("/media/s1/" + name)
	for _, secret := range []string{filepath.Join(dir, "secret"), filepath.Join(s.Dir(), "secret"), filepath.Join(s.Dir(), "s1", "secret")} {
		if err := os.WriteFile(secret, []byte("canary"), 0o600); err != nil {
			f.Fatal(err)
		}
	}
	f.Fuzz(func(t *testing.T, target string) {
		r := get(t, s, "GET", target)
		text := body(t, r)
		if r.StatusCode == 200 && text != "stored" || strings.Contains(text, "canary") {
			t.Errorf("%q: %s %q", target, r.Status, text)
		}
	})
}
