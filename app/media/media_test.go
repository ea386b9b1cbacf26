package media_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/runreel/runreel/app/media"
	"github.com/runreel/runreel/capture"
)

var _ capture.Media = (*media.Folder)(nil)

func open(t testing.TB) *media.Store {
	t.Helper()
	s, err := media.Open(filepath.Join(t.TempDir(), "sessions"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func put(t testing.TB, f *media.Folder, data string) string {
	t.Helper()
	name, err := f.Put(t.Context(), "frames", "png", []byte(data))
	if err != nil {
		t.Fatal(err)
	}
	return name
}

func files(t testing.TB, dir string) []string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(dir, path)
			names = append(names, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestPutAndOpen(t *testing.T) {
	s := open(t)
	f := s.Session("20260101-abc")
	name := put(t, f, "picture")
	sum := sha256.Sum256([]byte("picture"))
	if want := "frames/" + hex.EncodeToString(sum[:]) + ".png"; name != want {
		t.Errorf("name %s, want %s", name, want)
	}
	if again := put(t, f, "picture"); again != name {
		t.Errorf("the same bytes got %s", again)
	}
	r, err := f.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if data, err := io.ReadAll(r); err != nil || string(data) != "picture" {
		t.Errorf("read %q, %v", data, err)
	}
	if got := files(t, f.Path()); !slices.Equal(got, []string{name}) {
		t.Errorf("files %v", got)
	}
	info, err := os.Stat(filepath.Join(f.Path(), name))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", info.Mode(), err)
	}
	for _, dir := range []string{s.Dir(), f.Path(), filepath.Join(f.Path(), "frames")} {
		if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s: mode %v, %v; want 0700", dir, info.Mode(), err)
		}
	}
	if size, err := f.Size(); err != nil || size != 7 {
		t.Errorf("size %d, %v", size, err)
	}
	if !f.Has(name) || f.Verify(name) != nil {
		t.Error("stored media is not there or not whole")
	}
	if err := os.WriteFile(filepath.Join(f.Path(), name), []byte("picturE"), 0o600); err != nil {
		t.Fatal(err)
	}
	if f.Verify(name) == nil {
		t.Error("changed bytes were not noticed")
	}
}

func TestPutIsSafeForConcurrentUse(t *testing.T) {
	f := open(t).Session("s")
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range 20 {
				name, err := f.Put(context.Background(), "audio", "wav", fmt.Appendf(nil, "chunk %d", (n+i)%20))
				if err != nil {
					t.Error(err)
				} else if err := f.Verify(name); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if got := files(t, f.Path()); len(got) != 20 {
		t.Errorf("%d files, want 20: %v", len(got), got)
	}
}

func TestPutRepairsTornFile(t *testing.T) {
	f := open(t).Session("s")
	name := put(t, f, "whole picture")
	if err := os.Truncate(filepath.Join(f.Path(), name), 3); err != nil {
		t.Fatal(err)
	}
	put(t, f, "whole picture")
	if err := f.Verify(name); err != nil {
		t.Error(err)
	}
}

func TestBadNames(t *testing.T) {
	s := open(t)
	f := s.Session("s")
	name := put(t, f, "x")
	hash := strings.Repeat("a", 64)
	for _, bad := range []string{
		"", ".", "..", "/", name + "/", "/" + name, "./" + name, "frames/../" + name, "../s/" + name, strings.ToUpper(name),
		"frames/" + hash[1:] + ".png", "frames/" + hash + ".svg", "audio/" + hash + ".png", "frames/" + hash + ".png\n", "frames\\" + hash + ".png",
		"frames/" + hash + ".png\x00", "reserve", "lock", strings.Replace(name, "/", "//", 1),
	} {
		if _, err := f.Open(bad); !errors.Is(err, media.ErrName) {
			t.Errorf("Open(%q) gives %v, want ErrName", bad, err)
		}
	}
	if _, err := f.Open("frames/" + hash + ".png"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Open of what is not there gives %v", err)
	}
	for _, c := range [][2]string{{"..", "png"}, {"frames", "exe"}, {"frames", "../x"}, {"", "png"}, {"audio", "png"}} {
		if _, err := f.Put(t.Context(), c[0], c[1], []byte("x")); !errors.Is(err, media.ErrName) {
			t.Errorf("Put(%q, %q) gives %v, want ErrName", c[0], c[1], err)
		}
	}
	for _, id := range []string{"", ".", "..", "../s", "s/frames", ".deleted-s", "-s", "a b", strings.Repeat("x", 65), "s\x00", "CÖN"} {
		bad := s.Session(id)
		if _, err := bad.Put(t.Context(), "frames", "png", nil); !errors.Is(err, media.ErrName) {
			t.Errorf("Put in session %q gives %v", id, err)
		}
		if _, err := bad.Open(name); !errors.Is(err, media.ErrName) {
			t.Errorf("Open in session %q gives %v", id, err)
		}
		if err := bad.Delete(); !errors.Is(err, media.ErrName) {
			t.Errorf("Delete of session %q gives %v", id, err)
		}
		_, serr := bad.Size()
		_, terr := bad.Tidy()
		for _, err := range []error{serr, terr, bad.Release(), bad.Create(), bad.Reserve(1)} {
			if !errors.Is(err, media.ErrName) {
				t.Errorf("session %q gives %v", id, err)
			}
		}
	}
}

func TestSymbolicLinksAreRefused(t *testing.T) {
	s := open(t)
	f, other := s.Session("s"), s.Session("other")
	name := put(t, f, "x")
	theirs := put(t, other, "secret of another session")
	secret := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, target := range []string{secret, "../../other/" + theirs} {
		link := filepath.Join(f.Path(), name)
		if err := os.Remove(link); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, link); err != nil {
			t.Fatal(err)
		}
		if _, err := f.Open(name); err == nil {
			t.Errorf("a link to %s was followed", target)
		}
		if f.Has(name) {
			t.Errorf("a link to %s counts as stored", target)
		}
	}
	if err := os.Symlink("other", filepath.Join(s.Dir(), "linked")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Session("linked").Open(theirs); err == nil {
		t.Error("a linked folder was followed")
	}
}

func TestTidyAndReserve(t *testing.T) {
	f := open(t).Session("s")
	name := put(t, f, "x")
	if err := f.Reserve(5000); err != nil {
		t.Fatal(err)
	}
	if err := f.Reserve(5000); err != nil {
		t.Errorf("a second Reserve: %v", err)
	}
	if err := os.WriteFile(filepath.Join(f.Path(), "audio", ".tmp-ABC"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	for want := 1; want >= 0; want-- {
		if n, err := f.Tidy(); err != nil || n != want {
			t.Errorf("Tidy gives %d, %v; want %d", n, err, want)
		}
	}
	if got := files(t, f.Path()); !slices.Equal(got, []string{name}) {
		t.Errorf("files %v", got)
	}
}

func TestForgetAndSweep(t *testing.T) {
	f := open(t).Session("a")
	kept, gone, orphan := put(t, f, "kept"), put(t, f, "gone"), put(t, f, "orphan")
	if err := f.Forget([]string{gone, gone, kept[:len(kept)-5] + "0.png"}); err != nil {
		t.Errorf("forget: %v", err)
	}
	if f.Has(gone) || !f.Has(kept) {
		t.Errorf("gone is there: %v, kept is there: %v", f.Has(gone), f.Has(kept))
	}
	outside := filepath.Join(f.Path(), "..", "outside")
	foreign := filepath.Join(f.Path(), "frames", "notes.txt")
	for _, name := range []string{outside, foreign, filepath.Join(f.Path(), "lock")} {
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"../outside", "frames/../../outside", "lock", "frames/notes.txt", ""} {
		if err := f.Forget([]string{name}); !errors.Is(err, media.ErrName) {
			t.Errorf("forget %q: %v, want ErrName", name, err)
		}
	}
	if n, err := f.Sweep(func(name string) bool { return name == kept }); n != 1 || err != nil {
		t.Errorf("Sweep gives %d, %v", n, err)
	}
	if f.Has(orphan) || !f.Has(kept) {
		t.Errorf("orphan is there: %v, kept is there: %v", f.Has(orphan), f.Has(kept))
	}
	for _, name := range []string{outside, foreign} {
		if _, err := os.Stat(name); err != nil {
			t.Errorf("it deleted what is not its own: %v", err)
		}
	}
	if n, err := open(t).Session("none").Sweep(func(string) bool { return false }); n != 0 || err != nil {
		t.Errorf("Sweep of no folder gives %d, %v", n, err)
	}
}

func TestDelete(t *testing.T) {
	s := open(t)
	put(t, s.Session("a"), "x")
	put(t, s.Session("b"), "x")
	if err := s.Session("a").Delete(); err != nil {
		t.Fatal(err)
	}
	if err := s.Session("a").Delete(); err != nil {
		t.Errorf("deleting what is gone: %v", err)
	}
	if ids, err := s.Sessions(); err != nil || !slices.Equal(ids, []string{"b"}) {
		t.Errorf("sessions %v, %v", ids, err)
	}
	if err := s.Condemn("b"); err != nil {
		t.Fatal(err)
	}
	if ids, err := s.Deleted(); err != nil || !slices.Equal(ids, []string{"b"}) {
		t.Errorf("condemned %v, %v", ids, err)
	}
	put(t, s.Session("b"), "new") // a new life beside the old remains
	if err := s.Remove("b"); err != nil {
		t.Fatal(err)
	}
	if got := files(t, s.Dir()); len(got) != 1 {
		t.Errorf("files %v", got)
	}
}

func TestOpenWhereItCannotWrite(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := media.Open(file); !errors.Is(err, syscall.ENOTDIR) {
		t.Errorf("a file in place of the folder: %v", err)
	}
	if _, err := media.Open(filepath.Join(file, "sub")); !errors.Is(err, syscall.ENOTDIR) {
		t.Errorf("a file in the path: %v", err)
	}
}

func TestPutKeepsNoReference(t *testing.T) {
	f := open(t).Session("s")
	data := []byte("first")
	name, err := f.Put(t.Context(), "frames", "png", data)
	if err != nil {
		t.Fatal(err)
	}
	copy(data, "other")
	if err := f.Verify(name); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.Put(ctx, "frames", "png", data); !errors.Is(err, context.Canceled) {
		t.Errorf("Put after the end of ctx: %v", err)
	}
}

func BenchmarkPut(b *testing.B) {
	f := open(b).Session("s")
	data := bytes.Repeat([]byte("pixels and "), 30_000)
	n := 0
	for b.Loop() {
		n++
		copy(data, fmt.Sprint(n))
		if _, err := f.Put(b.Context(), "frames", "png", data); err != nil {
			b.Fatal(err)
		}
	}
	b.SetBytes(int64(len(data)))
}
