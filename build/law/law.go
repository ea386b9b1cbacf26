package law

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// Module is the path that all packages of runreel begin with.
const Module = "github.com/runreel/runreel"

// Package is what the law looks at. Paths of runreel's own packages are
// relative to the module: "capture/mic", and "" for the program.
type Package struct {
	Path        string
	Name        string
	Imports     []string // of the package without its tests, as written
	TestImports []string
	Cgo         bool // has files that import "C"
	Files       []string
}

// Own tells whether an import is one of runreel's, and its relative path.
func Own(imported string) (string, bool) {
	if imported == Module {
		return "", true
	}
	return strings.CutPrefix(imported, Module+"/")
}

// rule judges one import: of whom, of what. It returns why it is wrong, or "".
type rule func(from, to string, own bool) string

func rules() []rule {
	return []rule{
		captureKnowsNothing, driversKnowCapture, onlyWindowKnowsWails, onlyAppKnowsDrivers, onlyAppKnowsEngine,
		stagesAreSiblings, pipelineIsPure, documentKnowsNothing, exportersKnowTheDocument, figuresAreOfTheApp,
		virtualIsForTheDemo, storesAreApart, nobodyKnowsTheApp, mainKnowsTheApp, buildIsForBuilding,
	}
}

// Check returns a sentence for each breach of the law.
func Check(packages []Package) []string {
	var breaches []string
	for _, p := range packages {
		for _, imported := range p.Imports {
			breaches = append(breaches, checkImport(p.Path, imported)...)
		}
		if p.Cgo && p.Path != "pipeline/transcribe/whisper" && (within(p.Path, "pipeline") || p.Path == "capture") {
			breaches = append(breaches, p.Path+` imports "C": the only cgo of the pipeline is pipeline/transcribe/whisper.`)
		}
		for _, imported := range p.TestImports {
			if isWails(imported) && p.Path != "app" && p.Path != "" {
				breaches = append(breaches, fmt.Sprintf("The tests of %s import %s: only app and main.go know Wails.", p.Path, imported))
			}
		}
	}
	return append(breaches, checkNames(packages)...)
}

func checkImport(from, imported string) []string {
	to, own := Own(imported)
	if !own {
		to = imported
	}
	var breaches []string
	for _, r := range rules() {
		if why := r(from, to, own); why != "" {
			breaches = append(breaches, fmt.Sprintf("%s imports %s: %s", show(from), show(to), why))
		}
	}
	return breaches
}

func show(p string) string {
	if p == "" {
		return "main.go"
	}
	return p
}

// checkNames wants package names that are unique, since Wails names its
// TypeScript namespaces after them, and that say something.
func checkNames(packages []Package) []string {
	var breaches []string
	seen := map[string]string{}
	for _, p := range packages {
		if slices.Contains([]string{"utils", "util", "common", "types", "models", "helpers", "misc"}, p.Name) {
			breaches = append(breaches, fmt.Sprintf("%s is called %s, which says nothing about what it owns.", p.Path, p.Name))
		}
		if p.Name == "main" {
			continue
		}
		if other, ok := seen[p.Name]; ok {
			breaches = append(breaches, fmt.Sprintf("%s and %s are both called %s: package names are unique, since Wails makes namespaces of them.", other, p.Path, p.Name))
		}
		seen[p.Name] = p.Path
	}
	return breaches
}

// within tells whether p is the folder or lies below it.
func within(p, folder string) bool { return p == folder || strings.HasPrefix(p, folder+"/") }

func isWails(imported string) bool { return strings.HasPrefix(imported, "github.com/wailsapp/") }

func drivers() []string {
	return []string{"screen", "mic", "input", "uitree", "terminal", "window"}
}

// driverOf is the name of the driver that a package belongs to.
func driverOf(p string) (string, bool) {
	rest, ok := strings.CutPrefix(p, "capture/")
	name, _, _ := strings.Cut(rest, "/")
	return name, ok && slices.Contains(drivers(), name)
}

func captureKnowsNothing(from, to string, own bool) string {
	if from != "capture" {
		return ""
	}
	if own {
		return "capture holds the words of recording, which everybody else builds on, so it imports nothing of runreel."
	}
	if to == "database/sql" || within(to, "net/http") {
		return "capture holds the words of recording and neither a database nor a network."
	}
	return ""
}

func driversKnowCapture(from, to string, own bool) string {
	if !within(from, "capture") || from == "capture" || !own {
		return ""
	}
	if to == "capture" || within(to, from) {
		return ""
	}
	if name, ok := driverOf(from); ok && within(to, "capture/"+name) {
		return ""
	}
	return "what lies below capture knows the words of recording and nothing else of runreel, not even its neighbours."
}

func onlyWindowKnowsWails(from, to string, own bool) string {
	if own || !isWails(to) || from == "app" || from == "" {
		return ""
	}
	if within(from, "app/cli") {
		return "the command line works without the window, so it never imports Wails."
	}
	return "only app and main.go know that the window is made with Wails."
}

func onlyAppKnowsDrivers(from, to string, own bool) string {
	name, ok := driverOf(to)
	if !own || !ok || from == "app" || within(from, "capture/"+name) || within(from, "capture") {
		return "" // neighbours have a sentence of their own
	}
	return "drivers are wired together by app alone; others get what they record as events."
}

func onlyAppKnowsEngine(from, to string, own bool) string {
	if !own || to != "pipeline/transcribe/whisper" || from == "app" {
		return ""
	}
	return "whisper.cpp may end the process that it runs in, so only app starts it, as a worker."
}

// stage is the stage of the pipeline that a package belongs to.
func stage(p string) (string, bool) {
	rest, ok := strings.CutPrefix(p, "pipeline/")
	name, _, _ := strings.Cut(rest, "/")
	return name, ok && name != "sop"
}

func stagesAreSiblings(from, to string, own bool) string {
	a, ok := stage(from)
	if !own || !ok {
		return ""
	}
	if to == "pipeline" {
		return "a stage is called by the pipeline and does not know it."
	}
	if b, ok := stage(to); ok && a != b {
		return "stages do not know each other; pipeline hands the result of one to the next."
	}
	return ""
}

func pipelineIsPure(from, to string, own bool) string {
	if !within(from, "pipeline") {
		return ""
	}
	if own {
		if within(to, "app") {
			return "the pipeline feeds app and never knows it."
		}
		if within(to, "capture") && to != "capture" {
			return "the pipeline works on recorded events and knows no driver."
		}
		return ""
	}
	if to == "database/sql" || within(to, "net/http") {
		return "the pipeline works on values: storage and network are app's."
	}
	if to == "C" && from != "pipeline/transcribe/whisper" {
		return "the only cgo of the pipeline is pipeline/transcribe/whisper."
	}
	if strings.HasPrefix(to, "github.com/ggerganov/whisper.cpp/") && from != "pipeline/transcribe/whisper" {
		return "whisper.cpp lies behind transcribe.Engine in pipeline/transcribe/whisper."
	}
	if _, ok := stage(from); ok && to == "os/exec" && !within(from, "pipeline/transcribe") {
		return "stages are functions of plain values and start no program."
	}
	return ""
}

func documentKnowsNothing(from, _ string, own bool) string {
	if from == "pipeline/sop" && own {
		return "the document is what everybody after the pipeline shares, so it imports nothing of runreel."
	}
	return ""
}

func exportersKnowTheDocument(from, to string, own bool) string {
	if !within(from, "app/export") || !own || to == "pipeline/sop" {
		return ""
	}
	if from != "app/export" && (to == "app/export" || within(to, from)) {
		return ""
	}
	return "an exporter cannot leak what it cannot reach: it gets a redacted document and an opener of drawn figures."
}

func figuresAreOfTheApp(from, to string, own bool) string {
	if from == "app/figure" && own && to != "pipeline/sop" {
		return "figures are drawn from the document and pictures alone."
	}
	if to == "app/figure" && own && from != "app" {
		return "figures are drawn by app, which hands them out drawn."
	}
	return ""
}

func virtualIsForTheDemo(from, to string, own bool) string {
	if to == "capture/virtual" && own && !within(from, "app/demo") && from != "capture/virtual" {
		return "the virtual desktop is for the demo and for tests."
	}
	return ""
}

// storesAreApart keeps the database and the session folders below app from the
// rest.
func storesAreApart(from, to string, own bool) string {
	switch {
	case within(from, "app/media") && (to == "database/sql" || within(to, "app/sqlite")):
		return "media keeps files and no database."
	case to == "database/sql" && from != "app" && !within(from, "app/sqlite"):
		return "app/sqlite owns the database."
	case within(from, "app/sqlite") && own && within(to, "pipeline") && to != "pipeline/sop":
		return "the database keeps documents and knows no stage that makes them."
	case (within(from, "app/sqlite") || within(from, "app/media")) && own && within(to, "capture") && to != "capture":
		return "storage keeps events and knows no driver."
	}
	return ""
}

func nobodyKnowsTheApp(from, to string, own bool) string {
	if !own || to != "app" || from == "" || within(from, "app/cli") || within(from, "app/demo") || within(from, "app/e2e") {
		return ""
	}
	return "app wires the others together and is known by none of them."
}

func mainKnowsTheApp(from, to string, own bool) string {
	if from != "" || own && (to == "app" || within(to, "app/cli")) || !own && (isWails(to) || standard(to)) {
		return ""
	}
	return "main.go starts app and does nothing itself."
}

func buildIsForBuilding(from, to string, own bool) string {
	if own && within(to, "build") && !within(from, "build") {
		return "build holds what builds runreel, and no Go that others import."
	}
	return ""
}

// standard tells whether an import is of the standard library.
func standard(imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	return path.Ext(first) == ""
}
