package law

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"strings"
)

// maxLines is how long a file may be that a person wrote.
const maxLines = 500

// CheckSource judges one file of Go by its path in the repository.
func CheckSource(name string, content []byte) []string {
	files := token.NewFileSet()
	f, err := parser.ParseFile(files, name, content, parser.ParseComments)
	if err != nil {
		return []string{fmt.Sprintf("%s: %v", name, err)}
	}
	if ast.IsGenerated(f) {
		return nil
	}
	var breaches []string
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && fn.Name.Name == "init" {
			breaches = append(breaches, fmt.Sprintf("%s:%d: init runs behind everybody's back; wire it in one explicit list.", name, files.Position(fn.Pos()).Line))
		}
	}
	return append(breaches, checkLength(name, content)...)
}

func checkLength(name string, content []byte) []string {
	if n := strings.Count(string(content), "\n"); n > maxLines {
		return []string{fmt.Sprintf("%s has %d lines: past %d a file holds more than one thing.", name, n, maxLines)}
	}
	return nil
}

// CheckFrontend judges one file of the frontend by its path in the repository.
func CheckFrontend(name string, content []byte) []string {
	var breaches []string
	if strings.Contains(string(content), "wailsjs") && !within(name, "frontend/src/backend") {
		breaches = append(breaches, name+" mentions wailsjs: views know state, state knows backend, and only backend knows Wails.")
	}
	if within(name, "frontend/src/ui") || within(name, "frontend/src/state") || within(name, "frontend/src/backend") {
		for line := range strings.Lines(string(content)) {
			if strings.Contains(line, " from ") && strings.Contains(line, "/views/") {
				breaches = append(breaches, name+" imports a view: only views know views.")
			}
		}
	}
	if strings.HasPrefix(name, "frontend/src/") {
		breaches = append(breaches, checkLength(name, content)...)
	}
	return breaches
}

// CheckDocs wants a doc.go in every package that is not only a program.
func CheckDocs(packages []Package) []string {
	var breaches []string
	for _, p := range packages {
		top, _, _ := strings.Cut(p.Path, "/")
		if top != "app" && top != "capture" && top != "pipeline" {
			continue
		}
		var has bool
		for _, f := range p.Files {
			has = has || path.Base(f) == "doc.go"
		}
		if !has {
			breaches = append(breaches, p.Path+" has no doc.go that tells what it owns, what it never imports and which goroutines it starts.")
		}
	}
	return breaches
}
