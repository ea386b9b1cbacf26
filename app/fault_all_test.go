package app

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// unread are the errors that no person meets by way of Describe, and why. Keys
// are the folder below the module and the name.
var unread = map[string]string{
	"app/demo.ErrDiffers":                   "app/cli prints the comparison instead",
	"app/export/pdf/pdffile.ErrFont":        "a system font that cannot be read is passed over, and the PDF says so in a warning",
	"app/hotkey.Conflict":                   "it is its reason",
	"app.errOutdated":                       "ends a pass of the live transcription, which begins another",
	"app/notice.ErrUnavailable":             "without notifications the window alone tells",
	"app/tray.ErrNoTray":                    "without a tray the window alone tells",
	"app/ocr.ErrMissing":                    "without tesseract a draft is made without it; doctor names it",
	"app/session.ErrClosed":                 "a mistake of the program: nothing writes to a session that was closed",
	"app/sqlite.CorruptError":               "it is an ErrCorrupt",
	"capture/replay.ErrFormat":              "only tests read session logs",
	"capture/replay.LineError":              "only tests read session logs",
	"capture/replay.VersionError":           "only tests read session logs",
	"capture/uitree.ErrNotFound":            "a click without an element is recorded without one",
	"pipeline/sop.ErrDuplicateID":           "always in an EditError",
	"pipeline/sop.ErrFixedSection":          "always in an EditError",
	"pipeline/sop.ErrIndex":                 "always in an EditError",
	"pipeline/sop.ErrNotFound":              "always in an EditError",
	"pipeline/sop.ErrNotNeighbours":         "always in an EditError",
	"pipeline/sop.ErrUnknownField":          "always in an EditError",
	"pipeline/sop.ErrUnknownOp":             "always in an EditError",
	"pipeline/sop.ErrValue":                 "always in an EditError",
	"pipeline/transcribe.WorkerError":       "it is an ErrWorkerDied",
	"pipeline/command/shellwords.ErrSyntax": "a line that cannot be read is of an unknown class",
	"pipeline/command/shellwords.ErrLong":   "a line that is too long to be read is of an unknown class",
}

// forTests are folders that only tests import.
var forTests = []string{"app/export/exporttest", "capture/capturetest", "capture/virtual"}

// TestEveryErrorIsDescribed reads the whole program: an error that somebody
// adds must be told to people, or be on the list that says why not.
func TestEveryErrorIsDescribed(t *testing.T) {
	found := declaredErrors(t, "..")
	if len(found) < 60 {
		t.Fatalf("only %d errors found: the search is broken", len(found))
	}
	described := describedErrors(t)
	for name, at := range found {
		reason, listed := unread[name]
		switch {
		case described[name] && listed:
			t.Errorf("%s is described and on the list of those that nobody reads (%s)", name, reason)
		case !described[name] && !listed:
			t.Errorf("%s: %s has no sentence: give it a row in fault.go, or a reason in this test why nobody reads it", at, name)
		}
	}
	for name := range unread {
		if found[name] == "" {
			t.Errorf("%s is on the list and does not exist", name)
		}
	}
}

// declaredErrors finds the sentinels (package-level variables that begin with
// Err, in this package with err, too) and the exported types with a method
// Error, and where they stand.
func declaredErrors(t *testing.T, root string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(root, func(file string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		dir, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		if dir = filepath.ToSlash(dir); e.IsDir() {
			if slices.Contains(forTests, dir) || e.Name() == "node_modules" || e.Name() == "testdata" ||
				dir == "build" || len(e.Name()) > 2 && e.Name()[0] == '.' {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		set := token.NewFileSet()
		parsed, err := parser.ParseFile(set, file, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		dir = path.Dir(dir)
		for _, decl := range parsed.Decls {
			for _, id := range errorNames(decl, dir == "app") {
				found[dir+"."+id.Name] = set.Position(id.Pos()).String()
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func errorNames(decl ast.Decl, unexported bool) (names []*ast.Ident) {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		if d.Name.Name != "Error" || d.Recv == nil || len(d.Type.Params.List) > 0 {
			return nil
		}
		of := d.Recv.List[0].Type
		if star, ok := of.(*ast.StarExpr); ok {
			of = star.X
		}
		if id, ok := of.(*ast.Ident); ok && id.IsExported() {
			names = append(names, id)
		}
	case *ast.GenDecl:
		if d.Tok != token.VAR {
			return nil
		}
		for _, spec := range d.Specs {
			for _, id := range spec.(*ast.ValueSpec).Names {
				rest, ok := strings.CutPrefix(id.Name, "Err")
				if !ok && unexported {
					rest, ok = strings.CutPrefix(id.Name, "err")
				}
				if ok && rest != "" && strings.ToUpper(rest[:1]) == rest[:1] {
					names = append(names, id)
				}
			}
		}
	}
	return names
}

// describedErrors are the names that fault.go uses, as declaredErrors gives
// them.
func describedErrors(t *testing.T) map[string]bool {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), "fault.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	folders := map[string]string{}
	for _, i := range parsed.Imports {
		p, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		if dir, ours := strings.CutPrefix(p, "github.com/runreel/runreel/"); ours {
			folders[path.Base(p)] = dir
		}
	}
	names := map[string]bool{}
	ast.Inspect(parsed, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			if id, ok := n.X.(*ast.Ident); ok && folders[id.Name] != "" {
				names[folders[id.Name]+"."+n.Sel.Name] = true
			}
			return false
		case *ast.Ident:
			names["app."+n.Name] = true
		}
		return true
	})
	return names
}
