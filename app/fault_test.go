package app

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/runreel/runreel/app/control"
	"github.com/runreel/runreel/app/sqlite"
	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/capture/mic"
	"github.com/runreel/runreel/capture/terminal"
	"github.com/runreel/runreel/pipeline/sop"
	"github.com/runreel/runreel/pipeline/transcribe"
)

func checkFault(t *testing.T, f Fault, code string) {
	t.Helper()
	if f.Code != code {
		t.Errorf("code %q, want %q", f.Code, code)
	}
	for _, text := range []string{f.Message, f.Help} {
		if len(text) < 10 || !strings.ContainsAny(text[len(text)-1:], ".?") || strings.Contains(text, "..") {
			t.Errorf("%s: %q is no sentence", code, text)
		}
	}
}

func TestEveryFaultHasAMessageAndANextStep(t *testing.T) {
	for _, row := range faults {
		f := Describe(fmt.Errorf("open /srv/thing: %w", row.is))
		checkFault(t, f, row.code)
		if strings.HasSuffix(row.message, ":") && !strings.Contains(f.Message, "/srv/thing") {
			t.Errorf("%s: %q does not name what it is about", row.code, f.Message)
		}
	}
	checkFault(t, Describe(errors.New("the sky falls")), "unexpected")
	for _, c := range []struct {
		err  error
		code string
	}{
		{&sqlite.NewerSchemaError{Path: "/db", Found: 9, Known: 1}, "newer"},
		{&sqlite.CorruptError{Path: "/db", Err: errors.New("page 3")}, "corrupt"},
		{&sqlite.FolderError{Path: "/db", Err: syscall.EIO}, "data-folder"},
		{&sqlite.FolderError{Path: "/db", Err: syscall.EROFS}, "data-folder"},
		{&sqlite.FolderError{Path: "/db", Err: syscall.ENOSPC}, "disk-full"},
		{&sop.NewerError{Schema: 9}, "newer"},
		{&sop.InvalidError{Problems: []sop.Problem{{Path: "title", Text: "is empty"}}}, "invalid-document"},
		{&sop.EditError{Op: "set-step", Err: sop.ErrValue}, "edit"},
		{&sop.EditError{Op: "add-step", Err: sop.ErrLimit}, "edit"},
		{&control.PathError{Path: "/run/x", Reason: "too long"}, "socket"},
		{&terminal.ShellError{Shell: "zsh"}, "shell"},
		{&transcribe.EngineError{Reason: "no memory"}, "engine"},
		{&transcribe.WorkerError{Status: "signal: killed", Err: io.EOF}, "engine"},
		{fmt.Errorf("%w: %w after 3 bytes", transcribe.ErrModel, transcribe.ErrModelTruncated), "model"},
		{fmt.Errorf("%w: %w", capture.ErrNoSource, mic.ErrNoDevice), "no-source"},
		{&fs.PathError{Op: "open", Path: "/x", Err: syscall.EACCES}, "permission"},
		{&fs.PathError{Op: "open", Path: "/x", Err: syscall.ENOENT}, "missing"},
		{&exec.Error{Name: "xdg-open", Err: exec.ErrNotFound}, "no-program"},
	} {
		checkFault(t, Describe(fmt.Errorf("x: %w", c.err)), c.code)
	}
	_, err := terminal.Hook("csh", "/spool")
	if f := Describe(err); f.Code != "shell" || !strings.Contains(f.Message, "csh") || !strings.Contains(f.Help, "runreel hook bash") {
		t.Errorf("hook for another shell: %+v", f)
	}
	told := &control.Error{Code: "busy", Message: "It is busy.", Help: "Wait."}
	if f := Describe(fmt.Errorf("x: %w", told)); f != (Fault{Code: "busy", Message: "It is busy.", Help: "Wait."}) {
		t.Errorf("%+v", f)
	}
	if f := Describe(nil); f != (Fault{}) {
		t.Errorf("no error: %+v", f)
	}
}

func TestExplainIsMessageAndNextStep(t *testing.T) {
	got := Explain(ErrNoModel)
	if want := Describe(ErrNoModel); got != want.Message+"\n"+want.Help {
		t.Errorf("%q", got)
	}
}

func TestGuardTurnsPanicsIntoFaults(t *testing.T) {
	var logged bytes.Buffer
	log := slog.New(slog.NewTextHandler(&logged, nil))
	n, err := guard(log, "Work", func() (int, error) {
		var none []int
		return none[3], nil
	})
	if f := faultOf(t, err); n != 0 || f.Code != "unexpected" || f.Help == "" {
		t.Errorf("%d, %+v", n, f)
	}
	if !strings.Contains(logged.String(), "Work") || !strings.Contains(logged.String(), "fault_test.go") {
		t.Errorf("the log does not tell where: %s", logged.String())
	}
	unopened := New(Options{Log: log})
	if _, err := (&LibraryAPI{unopened}).Sessions(); faultOf(t, err).Code != "unexpected" {
		t.Error(err)
	}
	if err := guardOnly(log, "Work", func() error { return nil }); err != nil {
		t.Error(err)
	}
}

// openFails opens the services on a folder where that must fail.
func openFails(t *testing.T, dir string) Fault {
	t.Helper()
	a := New(Options{DataDir: dir, Listen: true, Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
	err := a.Open(t.Context())
	if err == nil {
		t.Fatal("opened", a.Close(t.Context()))
	}
	return Describe(err)
}

func TestOpenOnAFileInPlaceOfTheFolder(t *testing.T) {
	privateRuntime(t)
	file := filepath.Join(t.TempDir(), "data")
	if err := os.WriteFile(file, []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	checkFault(t, openFails(t, file), "data-folder")
	checkFault(t, openFails(t, filepath.Join(file, "below")), "data-folder")
	if data, err := os.ReadFile(file); err != nil || string(data) != "mine" {
		t.Errorf("the file is %q now, %v", data, err)
	}
}

func TestOpenWhereNobodyCanWrite(t *testing.T) {
	privateRuntime(t)
	checkFault(t, openFails(t, "/proc/runreel"), "data-folder")
}

func TestOpenRefusesDatabases(t *testing.T) {
	for _, c := range []struct {
		name, code string
		spoil      func(db []byte) []byte
	}{
		{"corrupt", "corrupt", func(db []byte) []byte {
			return append(db[:100:100], bytes.Repeat([]byte("garbage "), len(db)/8)...)
		}},
		{"not a database", "corrupt", func([]byte) []byte { return bytes.Repeat([]byte("Dear diary. "), 1000) }},
		{"newer", "newer", func(db []byte) []byte {
			binary.BigEndian.PutUint32(db[60:], 999) // user_version, SQLite file format 1.3
			return db
		}},
		{"foreign", "foreign", func(db []byte) []byte {
			binary.BigEndian.PutUint32(db[68:], 1) // application_id
			return db
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			privateRuntime(t)
			dir := t.TempDir()
			path := filepath.Join(dir, "runreel.db")
			t.Run("made", func(t *testing.T) { storeDocument(t, openApp(t, Options{DataDir: dir})) })
			good, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			spoilt := c.spoil(good)
			if err := os.WriteFile(path, spoilt, 0o600); err != nil {
				t.Fatal(err)
			}
			before := tree(t, dir)
			checkFault(t, openFails(t, dir), c.code)
			if now, err := os.ReadFile(path); err != nil || !bytes.Equal(now, spoilt) {
				t.Errorf("the database was changed: %v", err)
			}
			if after := tree(t, dir); after != before {
				t.Errorf("files before:\n%s\nand after:\n%s", before, after)
			}
		})
	}
}

// tree lists the files below a folder with their sizes, but for the one that
// says who uses it.
func tree(t *testing.T, dir string) string {
	t.Helper()
	var list strings.Builder
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || e.Name() == "runreel.lock" {
			return err
		}
		info, err := e.Info()
		if err == nil {
			fmt.Fprintln(&list, path, info.Size())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list.String()
}
