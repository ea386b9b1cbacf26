package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

func main() {
	counts := flag.String("counts", "", "file to which a line `name passed failed` is appended")
	name := flag.String("name", "go test", "what is counted")
	flag.Parse()
	r := newReport(os.Stdout)
	if err := r.read(os.Stdin); err != nil {
		fmt.Fprintln(os.Stderr, "report:", err)
		os.Exit(1)
	}
	if err := r.save(*counts, *name); err != nil {
		fmt.Fprintln(os.Stderr, "report:", err)
		os.Exit(1)
	}
	if r.failed > 0 {
		os.Exit(1)
	}
}

// event is a line of "go test -json" (go doc test2json).
type event struct {
	Action     string
	Package    string
	ImportPath string // of build output
	Test       string
	Elapsed    float64 // seconds
	Output     string
}

type report struct {
	out            io.Writer
	passed, failed int
	output         map[string]*strings.Builder // by package and test
	inPackage      map[string]int              // tests that failed
}

func newReport(out io.Writer) *report {
	return &report{out: out, output: map[string]*strings.Builder{}, inPackage: map[string]int{}}
}

func (r *report) read(in io.Reader) error {
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			r.line(line)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (r *report) line(line []byte) {
	var e event
	if json.Unmarshal(line, &e) != nil || e.Action == "" {
		fmt.Fprintf(r.out, "%s\n", strings.TrimRight(string(line), "\n")) // go's own words
		return
	}
	key := e.Package + " " + e.Test
	switch e.Action {
	case "output":
		b := r.output[key]
		if b == nil {
			b = &strings.Builder{}
			r.output[key] = b
		}
		b.WriteString(e.Output)
	case "build-output":
		fmt.Fprint(r.out, e.Output)
	case "pass", "fail", "skip":
		r.end(e, key)
	}
}

func (r *report) end(e event, key string) {
	text := r.output[key]
	delete(r.output, key)
	if e.Test != "" {
		r.endTest(e, text)
		return
	}
	took := time.Duration(e.Elapsed * float64(time.Second)).Round(100 * time.Millisecond)
	switch {
	case e.Action == "pass":
		fmt.Fprintf(r.out, "ok    %s  %s\n", e.Package, took)
	case e.Action == "fail":
		// A package can fail without one of its tests: it does not compile, ends
		// the process, or runs out of time.
		if r.inPackage[e.Package] == 0 {
			r.failed++
			r.show(text)
			r.showUnfinished(e.Package)
		}
		fmt.Fprintf(r.out, "FAIL  %s  %s\n", e.Package, took)
	}
}

func (r *report) endTest(e event, text *strings.Builder) {
	switch e.Action {
	case "pass":
		r.passed++
	case "skip": // nothing may be left out silently
		r.failed++
		r.inPackage[e.Package]++
		fmt.Fprintf(r.out, "SKIP  %s %s\n", e.Package, e.Test)
		r.show(text)
	case "fail":
		r.failed++
		r.inPackage[e.Package]++
		fmt.Fprintf(r.out, "FAIL  %s %s\n", e.Package, e.Test)
		r.show(text)
	}
}

func (r *report) show(text *strings.Builder) {
	if text != nil {
		fmt.Fprint(r.out, text.String())
	}
}

// showUnfinished prints what tests had written that never came to an end.
func (r *report) showUnfinished(pkg string) {
	for key, text := range r.output {
		if strings.HasPrefix(key, pkg+" ") {
			fmt.Fprintf(r.out, "unfinished: %s\n%s", key, text)
		}
	}
}

func (r *report) save(path, name string) error {
	fmt.Fprintf(r.out, "%s: %d passed, %d failed\n", name, r.passed, r.failed)
	if path == "" {
		return nil
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(f, "%s\t%d\t%d\n", name, r.passed, r.failed); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
