package law

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestRepository holds the law over the whole repository, as each system it is
// built for sees it.
func TestRepository(t *testing.T) {
	for _, system := range []string{"linux", "darwin", "windows"} {
		t.Run(system, func(t *testing.T) {
			packages := list(t, system)
			if len(packages) < 10 {
				t.Fatalf("go list sees only %d packages", len(packages))
			}
			report(t, Check(packages))
			report(t, CheckDocs(packages))
		})
	}
}

func TestSources(t *testing.T) {
	var seen int
	walk(t, []string{"main.go", "app", "capture", "pipeline", "build"}, []string{".go"}, func(name string, content []byte) {
		seen++
		report(t, CheckSource(name, content))
	})
	walk(t, []string{"frontend/src"}, []string{".ts", ".svelte", ".js", ".css"}, func(name string, content []byte) {
		seen++
		report(t, CheckFrontend(name, content))
	})
	if seen < 50 {
		t.Errorf("only %d files were seen", seen)
	}
}

func report(t *testing.T, breaches []string) {
	t.Helper()
	for _, b := range breaches {
		t.Error(b)
	}
}

const root = "../.."

// list is what go list knows of the module's packages on a system, window and
// end-to-end tests included.
func list(t *testing.T, system string) []Package {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Name,Imports,TestImports,XTestImports,CgoFiles,GoFiles,IgnoredGoFiles,TestGoFiles,XTestGoFiles",
		"-tags", "webkit2_41,sqlite_fts5,desktop,production,e2e", "./...")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "GOOS="+system, "GOARCH=amd64", "CGO_ENABLED=1")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v: %s", err, stderr.Bytes())
	}
	var packages []Package
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath, Name                                             string
			Imports, TestImports, XTestImports                           []string
			CgoFiles, GoFiles, IgnoredGoFiles, TestGoFiles, XTestGoFiles []string
		}
		err := d.Decode(&p)
		if errors.Is(err, io.EOF) {
			return packages
		}
		if err != nil {
			t.Fatal(err)
		}
		path, _ := Own(p.ImportPath)
		packages = append(packages, Package{
			Path: path, Name: strings.TrimSuffix(p.Name, "_test"),
			Imports: p.Imports, TestImports: slices.Concat(p.TestImports, p.XTestImports),
			Cgo:   len(p.CgoFiles) > 0,
			Files: slices.Concat(p.GoFiles, p.CgoFiles, p.IgnoredGoFiles, p.TestGoFiles, p.XTestGoFiles),
		})
	}
}

func walk(t *testing.T, folders, extensions []string, visit func(name string, content []byte)) {
	t.Helper()
	for _, folder := range folders {
		err := filepath.WalkDir(filepath.Join(root, folder), func(name string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() && d.Name() == "node_modules" {
				return filepath.SkipDir
			}
			if d.IsDir() || !slices.Contains(extensions, filepath.Ext(name)) {
				return nil
			}
			content, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			rel, err := filepath.Rel(root, name)
			if err != nil {
				return err
			}
			visit(filepath.ToSlash(rel), content)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// TestWrongImports shows each rule something that it must not let pass.
func TestWrongImports(t *testing.T) {
	const wails = "github.com/wailsapp/wails/v2/pkg/runtime"
	tests := []struct{ from, imported, why string }{
		{"capture", Module + "/app/sqlite", "words of recording"},
		{"capture", Module + "/capture/mic", "words of recording"},
		{"capture", "database/sql", "neither a database"},
		{"capture", "net/http", "nor a network"},
		{"capture/mic", Module + "/capture/screen", "not even its neighbours"},
		{"capture/mic", Module + "/pipeline/sop", "nothing else of runreel"},
		{"capture/virtual", Module + "/app", "nothing else of runreel"},
		{"capture/screen", Module + "/capture/virtual", "for the demo"},
		{"app/sqlite", wails, "only app and main.go"},
		{"app/cli", wails, "works without the window"},
		{"app/demo", wails, "only app and main.go"},
		{"pipeline", wails, "only app and main.go"},
		{"app/cli", Module + "/capture/terminal", "wired together by app alone"},
		{"app/demo", Module + "/capture/input", "wired together by app alone"},
		{"pipeline/detect", Module + "/capture/input", "knows no driver"},
		{"app/cli", Module + "/pipeline/transcribe/whisper", "only app starts it"},
		{"pipeline", Module + "/pipeline/transcribe/whisper", "only app starts it"},
		{"pipeline/detect", Module + "/pipeline/name", "stages do not know each other"},
		{"pipeline/detect", Module + "/pipeline", "does not know it"},
		{"pipeline/name", Module + "/pipeline/command/shellwords", "stages do not know each other"},
		{"pipeline/narrate", Module + "/app/media", "never knows it"},
		{"pipeline", "database/sql", "storage and network"},
		{"pipeline", "net/http", "storage and network"},
		{"pipeline/name", "os/exec", "start no program"},
		{"pipeline/redact", "C", "only cgo"},
		{"pipeline/transcribe", "github.com/ggerganov/whisper.cpp/bindings/go", "behind transcribe.Engine"},
		{"pipeline/sop", Module + "/capture", "imports nothing of runreel"},
		{"app/export/markdown", Module + "/app/media", "cannot leak"},
		{"app/export/markdown", Module + "/app/export/pdf", "cannot leak"},
		{"app/export", Module + "/app/export/pdf", "cannot leak"},
		{"app/export/pdf", Module + "/app/figure", "cannot leak"},
		{"app/figure", Module + "/app/media", "document and pictures"},
		{"app/cli", Module + "/app/figure", "drawn by app"},
		{"app/cli", Module + "/capture/virtual", "for the demo"},
		{"app/media", "database/sql", "files and no database"},
		{"app/session", "database/sql", "owns the database"},
		{"app/sqlite", Module + "/pipeline/detect", "knows no stage"},
		{"app/sqlite", Module + "/capture/mic", "knows no driver"},
		{"app/sqlite", Module + "/app", "known by none"},
		{"", Module + "/capture", "does nothing itself"},
		{"", "github.com/spf13/cobra", "does nothing itself"},
		{"app", Module + "/build/law", "no Go that others import"},
	}
	for _, test := range tests {
		got := Check([]Package{{Path: test.from, Name: "p", Imports: []string{test.imported}}})
		if !slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, test.why) }) {
			t.Errorf("%q may import %s: %q", test.from, test.imported, got)
		}
	}
}

func TestRightImports(t *testing.T) {
	tests := []struct{ from, imported string }{
		{"", Module + "/app"},
		{"", Module + "/app/cli"},
		{"", "github.com/wailsapp/wails/v2"},
		{"", "embed"},
		{"app", "github.com/wailsapp/wails/v2/pkg/runtime"},
		{"app", Module + "/capture/mic"},
		{"app", Module + "/pipeline/transcribe/whisper"},
		{"app", Module + "/app/figure"},
		{"app/cli", Module + "/app"},
		{"app/demo", Module + "/capture/virtual"},
		{"app/export/pdf", Module + "/app/export"},
		{"app/export/pdf", Module + "/pipeline/sop"},
		{"app/sqlite", "database/sql"},
		{"app/sqlite", Module + "/capture"},
		{"capture/uitree", Module + "/capture"},
		{"capture/uitree", "net"},
		{"pipeline", Module + "/pipeline/detect"},
		{"pipeline/transcribe/whisper", Module + "/pipeline/transcribe"},
		{"pipeline", Module + "/pipeline/command"},
		{"pipeline/command", Module + "/pipeline/command/shellwords"},
		{"pipeline/transcribe", "os/exec"},
	}
	for _, test := range tests {
		if got := Check([]Package{{Path: test.from, Name: "p", Imports: []string{test.imported}}}); len(got) > 0 {
			t.Errorf("%q", got)
		}
	}
}

func TestOtherBreaches(t *testing.T) {
	tests := []struct {
		name string
		got  []string
		why  string
	}{
		{"two of a name", Check([]Package{{Path: "app/a", Name: "x"}, {Path: "capture/a", Name: "x"}}), "both called x"},
		{"a name that says nothing", Check([]Package{{Path: "app/utils", Name: "utils"}}), "says nothing"},
		{"cgo", Check([]Package{{Path: "pipeline/name", Name: "x", Cgo: true}}), "only cgo"},
		{"Wails in a test", Check([]Package{{Path: "app/cli", Name: "x", TestImports: []string{"github.com/wailsapp/wails/v2"}}}), "tests of app/cli"},
		{"no doc.go", CheckDocs([]Package{{Path: "app/x", Files: []string{"x.go"}}}), "no doc.go"},
		{"init", CheckSource("x.go", []byte("package x\n\nfunc init() {}\n")), "x.go:3: init"},
		{"no Go", CheckSource("x.go", []byte("pack")), "x.go"},
		{"long", CheckSource("x.go", []byte("package x\n"+strings.Repeat("\n", 500))), "501 lines"},
		{"wailsjs in a view", CheckFrontend("frontend/src/views/a.ts", []byte("import x from '../../wailsjs/go'")), "mentions wailsjs"},
		{"view in state", CheckFrontend("frontend/src/state/a.ts", []byte("import x from '../views/y'")), "only views know views"},
	}
	for _, test := range tests {
		if len(test.got) != 1 || !strings.Contains(test.got[0], test.why) {
			t.Errorf("%s: %q", test.name, test.got)
		}
	}
	fine := slices.Concat(
		CheckSource("x.go", []byte("// Code generated by x. DO NOT EDIT.\n\npackage x\n"+strings.Repeat("\n", 900))),
		CheckSource("x.go", []byte("package x\n\ntype t int\n\nfunc (t) init() {}\n")),
		CheckFrontend("frontend/src/backend/a.ts", []byte("import x from '../../wailsjs/go'")),
		Check([]Package{{Path: "", Name: "main"}, {Path: "build/report", Name: "main"}}),
		CheckDocs([]Package{{Path: "app/x", Files: []string{"x.go", "doc.go"}}}),
	)
	if len(fine) > 0 {
		t.Errorf("%q", fine)
	}
}
