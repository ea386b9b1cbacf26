package shellwords

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func show(commands []Command) []string {
	var out []string
	for _, c := range commands {
		var parts []string
		if c.Piped {
			parts = append(parts, "|")
		}
		if c.Compound {
			parts = append(parts, "{}")
		}
		for _, a := range c.Assigned {
			parts = append(parts, a.Name+":="+a.Value.Text)
		}
		for _, w := range c.Words {
			if w.Literal {
				parts = append(parts, "<"+w.Text+">")
			} else {
				parts = append(parts, "?"+w.Text+"?")
			}
		}
		for _, r := range c.Redirects {
			parts = append(parts, fmt.Sprintf("%s %s %q", r.Op, r.File.Text, r.Here))
		}
		out = append(out, strings.Join(parts, " "))
	}
	return out
}

func TestRead(t *testing.T) {
	tests := []struct {
		line string
		want []string
	}{
		{"", nil},
		{"# only a remark", nil},
		{"ls -l", []string{"<ls> <-l>"}},
		{`echo 'a b' "c \"d\" \n" e\ f $'g' "$HOME/x"`, []string{`<echo> <a b> <c "d" \n> <e f> <g> ?$HOME/x?`}},
		{"a && b || c; d & e", []string{"<a>", "<b>", "<c>", "<d>", "<e>"}},
		{"a | b |& c", []string{"<a>", "| <b>", "| <c>"}},
		{"X=1 Y='2 3' make", []string{"X:=1 Y:=2 3 <make>"}},
		{"X=1", []string{"X:=1"}},
		{"> f", []string{`> f ""`}},
		{"a 2>&1 >> log", []string{`<a> >& 1 "" >> log ""`}},
		{"cat > f <<'EOF'\n rm x\nEOF\nls", []string{`<cat> > f "" << EOF " rm x\n"`, "<ls>"}},
		{"(cd x; rm y) > out", []string{`{} > out ""`, "<cd> <x>", "<rm> <y>"}},
		{"if a; then b; fi", []string{"<a>", "<b>"}},
		{"for i in 1 2; do rm $i; done", []string{"<rm> ?$i?"}},
		{"f() { rm x; }; f", []string{"<rm> <x>", "<f>"}},
		{"echo $(rm x) `ls`", []string{"<echo> ?$(rm x)? ?`ls`?", "<rm> <x>", "<ls>"}},
		{"a | while read l; do rm $l; done", []string{"<a>", "| <read> <l>", "| <rm> ?$l?"}},
		{"ls \\\n  -l", []string{"<ls> <-l>"}},
		{"grep -E '^a|b$' ~/x *.log", []string{"<grep> <-E> <^a|b$> <~/x> <*.log>"}},
		{"日本 'ü ß'", []string{"<日本> <ü ß>"}},
	}
	for _, tt := range tests {
		got, err := Read(tt.line)
		if err != nil || !slices.Equal(show(got), tt.want) {
			t.Errorf("Read(%q) = %q, %v; want %q", tt.line, show(got), err, tt.want)
		}
	}
}

func TestPlaces(t *testing.T) {
	const line = `kubectl -n "team a" get 'pods'`
	got, err := Read(line)
	if err != nil {
		t.Fatal(err)
	}
	var cut []string
	for _, w := range got[0].Words {
		cut = append(cut, line[w.Start:w.End])
	}
	if want := []string{"kubectl", "-n", `"team a"`, "get", "'pods'"}; !slices.Equal(cut, want) {
		t.Errorf("%q, want %q", cut, want)
	}
}

func TestRefused(t *testing.T) {
	for line, want := range map[string]error{
		"echo 'open": ErrSyntax, "a | | b": ErrSyntax, "fi": ErrSyntax,
		strings.Repeat("(", 100_000): ErrLong, strings.Repeat("x", MaxLine+1): ErrLong, strings.Repeat("$(", 1001): ErrLong, strings.Repeat("$(", 1000): ErrSyntax, strings.Repeat("(", 1000): ErrSyntax,
	} {
		if _, err := Read(line); !errors.Is(err, want) {
			t.Errorf("%.20q: error %v, want %v", line, err, want)
		}
	}
}

func TestWrites(t *testing.T) {
	for line, want := range map[string]bool{"a > f": true, "a >> f": true, "a &> f": true, "a >& f": true, "a 2>&1": false, "a >&-": false, "a < f": false, "a >| f": true} {
		got, err := Read(line)
		if err != nil || got[0].Redirects[0].Writes() != want {
			t.Errorf("%q: %v", line, got)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{"a 'b' \"$c\" | d > e", "cat <<EOF\nx\nEOF", "f() { a; }; ${x/y/z}", "\\", "a\\\n", "$((1+(2)))", "case x in a) b;; esac", "\xff\x00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		got, err := Read(line)
		if err != nil && !errors.Is(err, ErrSyntax) && !errors.Is(err, ErrLong) {
			t.Fatalf("error %v", err)
		}
		for _, c := range got {
			for _, w := range c.Words {
				if w.Start < 0 || w.End > len(line) || w.Start > w.End {
					t.Fatalf("word %+v of %q", w, line)
				}
			}
		}
	})
}
