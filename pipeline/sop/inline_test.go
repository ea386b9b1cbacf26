package sop

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestParseInline(t *testing.T) {
	tests := []struct {
		in   string
		want []Span
	}{
		{"", nil},
		{"plain", []Span{{"plain", Plain}}},
		{"Run `ls -l`", []Span{{"Run ", Plain}, {"ls -l", Code}}},
		{"Click **Roll out**", []Span{{"Click ", Plain}, {"Roll out", Strong}}},
		{"_now_ or never", []Span{{"now", Emphasis}, {" or never", Plain}}},
		{"snake_case_name", []Span{{"snake_case_name", Plain}}},
		{"2 ** 3 ** 4", []Span{{"2 ** 3 ** 4", Plain}}},
		{"**open", []Span{{"**open", Plain}}},
		{"`open", []Span{{"`open", Plain}}},
		{"``a`b``", []Span{{"a`b", Code}}},
		{"`` ` ``", []Span{{"`", Code}}},
		{`\*\*no\*\* \a \\`, []Span{{`**no** \a \`, Plain}}},
		{"**a _b_ c**", []Span{{"a b c", Strong}}},
		{"_a **b** c_", []Span{{"a", Emphasis}, {" ", Plain}, {"b", Strong}, {" ", Plain}, {"c", Emphasis}}},
		{"**a `b` c**", []Span{{"a", Strong}, {" ", Plain}, {"b", Code}, {" ", Plain}, {"c", Strong}}},
		{"****", []Span{{"****", Plain}}},
		{"`**a**`", []Span{{"**a**", Code}}},
		{"`a\nb`", []Span{{"a b", Code}}},
		{"`a\\`", []Span{{`a\`, Code}}},
		{"**日本語**と", []Span{{"日本語", Strong}, {"と", Plain}}},
		{"<b>x</b> [l](u)", []Span{{"<b>x</b> [l](u)", Plain}}},
	}
	for _, tt := range tests {
		if got := ParseInline(tt.in); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("ParseInline(%q)\n got %q\nwant %q", tt.in, got, tt.want)
		}
	}
}

func TestFormatInlineHoldsWhatTheMarkupCannot(t *testing.T) {
	tests := []struct {
		in   []Span
		want string
	}{
		{[]Span{{" a ", Strong}, {"b", Plain}}, " **a** b"},
		{[]Span{{"x", Plain}, {"y", Emphasis}}, "xy"},
		{[]Span{{"a", Code}, {"b", Code}}, "`ab`"},
		{[]Span{{"", Code}, {"", Strong}}, ""},
		{[]Span{{" a ", Code}}, "`  a  `"},
		{[]Span{{"- a", Plain}}, `\- a`},
	}
	for _, tt := range tests {
		if got := FormatInline(tt.in); got != tt.want {
			t.Errorf("FormatInline(%q) = %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestParseBody(t *testing.T) {
	body := "One **two**.\nstill one\n\n- a\n- `b`\n  more\n\nlast\n- c"
	want := []Block{
		{Items: [][]Span{{{"One ", Plain}, {"two", Strong}, {".\nstill one", Plain}}}},
		{List: true, Items: [][]Span{{{"a", Plain}}, {{"b", Code}, {"\nmore", Plain}}}},
		{Items: [][]Span{{{"last", Plain}}}},
		{List: true, Items: [][]Span{{{"c", Plain}}}},
	}
	got := ParseBody(body)
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("ParseBody\n got %v\nwant %v", got, want)
	}
	if again := ParseBody(FormatBody(got)); !reflect.DeepEqual(again, want) {
		t.Fatalf("after FormatBody\n got %v\nwant %v", again, want)
	}
	if got := ParseBody(EscapeInline("- not a list")); len(got) != 1 || got[0].List {
		t.Fatalf("escaped dash made a list: %v", got)
	}
}

func TestParseInlineHostileInputIsFast(t *testing.T) {
	var runs strings.Builder
	for n := 1; n < 800; n++ {
		runs.WriteString(strings.Repeat("`", n) + "x")
	}
	start := time.Now()
	for _, s := range []string{
		strings.Repeat("**a _", 60_000), strings.Repeat("_a **", 60_000),
		strings.Repeat("`", 300_000), runs.String(), strings.Repeat(`\`, 300_000),
	} {
		ParseInline(s)
	}
	if d := time.Since(start); d > 5*time.Second {
		t.Fatalf("took %v", d)
	}
}

func FuzzParseInline(f *testing.F) {
	for _, s := range []string{
		"", "Run `ls`", "**a** _b_ `c`", "**a `b` c**", "_a **b** c_", "****", "__init__", "``a`b``", `\*\`, "- x", "a\n- b\n\nc",
		"a_ b_c _d_e", "`a``b`", "**`a`**`b`", "\xff_a_\xfe", "\u00a0**a**\u2003",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		spans := ParseInline(s)
		for i, sp := range spans {
			if sp.Text == "" {
				t.Fatalf("empty span in %q", spans)
			}
			if i > 0 && spans[i-1].Style == sp.Style {
				t.Fatalf("unjoined spans in %q", spans)
			}
		}
		if again := ParseInline(FormatInline(spans)); !reflect.DeepEqual(again, spans) {
			t.Fatalf("%q\n first %q\n as %q\n again %q", s, spans, FormatInline(spans), again)
		}
		var want []Span
		if s != "" {
			want = []Span{{s, Plain}}
		}
		if got := ParseInline(EscapeInline(s)); !reflect.DeepEqual(got, want) {
			t.Fatalf("escaped %q as %q gives %q", s, EscapeInline(s), got)
		}
		if got, want := PlainInline(CodeInline(s)), lineBreaks.Replace(s); got != want {
			t.Fatalf("code %q gives %q", s, got)
		}
		blocks := ParseBody(s)
		if again := ParseBody(FormatBody(blocks)); !reflect.DeepEqual(again, blocks) && !hasOddSpace(s) {
			t.Fatalf("body %q\n first %v\n as %q\n again %v", s, blocks, FormatBody(blocks), again)
		}
	})
}

// hasOddSpace tells that blanks at the edges of lines may be told by more than
// the trimmed lines, such as an escaped or coded line break.
func hasOddSpace(s string) bool {
	return strings.ContainsAny(s, "`\r\v\f\u0085\u00a0\u2028\u2029") || strings.Contains(s, `\`)
}
