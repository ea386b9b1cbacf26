package sqlite

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/runreel/runreel/pipeline/sop"
)

func searchable(t testing.TB) *DB {
	t.Helper()
	db := fresh(t)
	payments := document("payments", "Deploy the payments service")
	payments.Sections[0].Body = "Für Züge: **strong** words and `code-span` text."
	payments.Sections[2].Steps[1].Spoken = []sop.Sentence{{Text: "now we watch the canary"}, {Text: "dropped words", Dropped: true}}
	payments.Sections[2].Steps[2].Callouts = []sop.Callout{{Kind: sop.Warning, Text: "Never **on** Friday"}}
	orders := document("orders", "Restart orders")
	orders.Sections[0].Body = "部署支付服务到生产环境。日本語のテキスト。 \x02evil\x03"
	for _, doc := range []*sop.Document{payments, orders} {
		if _, err := db.Documents().Save(t.Context(), doc, 0); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

func TestSearch(t *testing.T) {
	db := searchable(t)
	for words, want := range map[string]string{
		"payments":               "payments,orders", // in the title first, then in a command
		"PAYM serv":              "payments",
		"deploy/payments":        "orders,payments",
		"canary":                 "payments",
		"dropped":                "",
		"friday":                 "payments",
		"zuge":                   "payments",
		"code-span":              "payments",
		"支付":                     "orders",
		"付服":                     "orders",
		"語のテ":                    "orders",
		"支付 payments":            "orders",
		"restart orders":         "orders",
		"payments AND orders OR": "",
		"rolled out":             "orders,payments",
		"nothing here":           "",
		"":                       "",
		"-- \"\" *":              "",
		"payments -- \"":         "payments,orders",
		"evil":                   "orders",
	} {
		hits, err := db.Documents().Search(t.Context(), words, 10)
		if err != nil {
			t.Errorf("%q: %v", words, err)
			continue
		}
		var ids []string
		for _, h := range hits {
			ids = append(ids, h.ID)
		}
		expected := strings.FieldsFunc(want, func(r rune) bool { return r == ',' })
		if words != "payments" { // only there the order is meant
			slices.Sort(ids)
			slices.Sort(expected)
		}
		if !slices.Equal(ids, expected) {
			t.Errorf("%q finds %v, want %v", words, ids, expected)
		}
	}
	if hits, err := db.Documents().Search(t.Context(), "payments", 1); err != nil || len(hits) != 1 {
		t.Errorf("limit 1 gives %d, %v", len(hits), err)
	}
}

func TestSnippetMarksTheWords(t *testing.T) {
	db := searchable(t)
	for words, want := range map[string]string{"支付": "支付", "canary": "canary", "strong": "strong"} {
		hits, err := db.Documents().Search(t.Context(), words, 1)
		if err != nil || len(hits) != 1 {
			t.Fatalf("%q: %v, %v", words, hits, err)
		}
		var marked, whole strings.Builder
		for _, p := range hits[0].Pieces {
			whole.WriteString(p.Text)
			if p.Match {
				marked.WriteString(p.Text)
			}
		}
		if marked.String() != want {
			t.Errorf("%q marks %q in %q", words, marked.String(), whole.String())
		}
		if whole.String() != hits[0].Snippet || strings.ContainsAny(hits[0].Snippet, "\x02\x03*`\u200b") {
			t.Errorf("snippet %q", hits[0].Snippet)
		}
	}
}

func TestSearchFollowsEdits(t *testing.T) {
	db := searchable(t)
	doc, rev, err := db.Documents().Get(t.Context(), "payments")
	if err != nil {
		t.Fatal(err)
	}
	doc.Sections[2].Steps = doc.Sections[2].Steps[:1]
	doc.Title = "Fresh title"
	if _, err := db.Documents().SaveEdit(t.Context(), doc, rev, edit(1)); err != nil {
		t.Fatal(err)
	}
	for words, want := range map[string]int{"canary": 0, "fresh": 1} {
		if hits, err := db.Documents().Search(t.Context(), words, 10); err != nil || len(hits) != want {
			t.Errorf("%q finds %d, %v; want %d", words, len(hits), err, want)
		}
	}
}

func FuzzSearch(f *testing.F) {
	for _, s := range []string{`"`, `a" OR "b`, "NEAR(a b)", "title:x", "a*", "(", "^a", "-a", "\x00a", "\xff\xfe", "NOT", "支\"付", "{a b}:c", strings.Repeat("a-", 5000), "a\u200bb", "+", "\U000e0001x"} {
		f.Add(s)
	}
	db := searchable(f)
	f.Fuzz(func(t *testing.T, words string) {
		hits, err := db.Documents().Search(t.Context(), words, 10)
		if err != nil {
			t.Fatalf("%q: %v", words, err)
		}
		for _, h := range hits {
			if !utf8.ValidString(h.Snippet) {
				t.Fatalf("%q: snippet %q", words, h.Snippet)
			}
		}
	})
}
