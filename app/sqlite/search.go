package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"math"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/runreel/runreel/pipeline/sop"
)

// Hit is a document that search found.
type Hit struct {
	ID      string     `json:"id"` // of the document
	Session string     `json:"session,omitempty"`
	Title   string     `json:"title"`
	Status  sop.Status `json:"status"`
	Updated time.Time  `json:"updated"`
	Snippet string     `json:"snippet"` // plain text around the words
	Pieces  []Piece    `json:"pieces"`  // the snippet in parts, to mark the words in it
}

// Piece is a part of a snippet. Its text is plain and hostile.
type Piece struct {
	Text  string `json:"text"`
	Match bool   `json:"match,omitempty"` // one of the words
}

// Search limits.
const (
	maxWords     = 16  // further ones are ignored
	maxWordRunes = 100 // of each word
	// maxRanked is how many documents are weighed against each other. Words
	// that are in more of them than that say little about any, and weighing
	// costs more than finding.
	maxRanked = 4000
)

// Characters that cannot be in the index: they bracket the words in a snippet.
const (
	matchBegin = "\x02"
	matchEnd   = "\x03"
)

// Search returns at most limit documents that hold all the words, the best
// first. A word matches beginnings ("deploy" finds "deployment") unless it is
// a single letter, case and accents do not matter, and in Chinese and Japanese
// any part of the text matches. No text that a person types is an error; one
// without letters or digits finds nothing. Where more than 4,000 documents hold
// all the words, those with one of them in their title come first, and of each
// kind only the newest 4,000 are looked at.
//
// Edits that were not in the index yet are put there first. Where that fails,
// the search goes on with what the index holds.
func (d Documents) Search(ctx context.Context, words string, limit int) ([]Hit, error) {
	list := matchWords(words)
	if len(list) == 0 || limit <= 0 {
		return nil, nil
	}
	if err := d.db.catchUp(ctx); err != nil {
		d.db.log.Warn("the search does not know the last edits", "err", err)
	}
	var hits []Hit
	err := d.db.read(ctx, "search documents", func(q querier) error {
		all := strings.Join(list, " ")
		oldest, many, err := oldestRanked(ctx, q, all)
		if err != nil {
			return err
		}
		if many {
			titled := "(" + all + ") AND title : (" + strings.Join(list, " OR ") + ")"
			first, _, err := oldestRanked(ctx, q, titled)
			if err == nil {
				hits, err = found(ctx, q, titled, first, limit)
			}
			if err != nil || len(hits) == limit {
				return err
			}
		}
		rest, err := found(ctx, q, all, oldest, limit)
		for _, h := range rest {
			if len(hits) < limit && !slices.ContainsFunc(hits, func(b Hit) bool { return b.ID == h.ID }) {
				hits = append(hits, h)
			}
		}
		return err
	})
	return hits, err
}

// oldestRanked is the row of the oldest document to look at, and whether there
// are older ones that match, too.
func oldestRanked(ctx context.Context, q querier, match string) (key int64, many bool, err error) {
	const ask = "SELECT rowid FROM search WHERE search MATCH ? ORDER BY rowid DESC LIMIT 1 OFFSET ?"
	err = q.QueryRowContext(ctx, ask, match, maxRanked-1).Scan(&key)
	if errors.Is(err, sql.ErrNoRows) {
		return math.MinInt64, false, nil
	}
	return key, err == nil, err
}

// found ranks the documents that match and are in row oldest or later.
func found(ctx context.Context, q querier, match string, oldest int64, limit int) ([]Hit, error) {
	const ask = `SELECT d.id, coalesce(s.id, ''), d.title, d.status, d.updated, f.found
		FROM (SELECT rowid AS key, rank AS score, snippet(search, -1, char(2), char(3), '…', 16) AS found
			FROM search WHERE search MATCH ? AND rowid >= ? AND rank MATCH 'bm25(8.0, 1.0)' ORDER BY rank LIMIT ?) f
		JOIN documents d ON d.key = f.key LEFT JOIN sessions s ON s.key = d.session ORDER BY f.score, f.key`
	var hits []Hit
	err := each(ctx, q, func(rows *sql.Rows) error {
		var h Hit
		var updated, snippet string
		if err := rows.Scan(&h.ID, &h.Session, &h.Title, &h.Status, &updated, &snippet); err != nil {
			return err
		}
		var err error
		h.Updated, err = parseStamp(updated)
		h.Pieces = pieces(snippet)
		for _, p := range h.Pieces {
			h.Snippet += p.Text
		}
		hits = append(hits, h)
		return err
	}, ask, match, oldest, limit)
	return hits, err
}

// matchWords turns typed words into terms of an FTS5 query: each a quoted
// prefix, which leaves no operator in what was typed.
func matchWords(words string) []string {
	var list []string
	for word := range strings.FieldsSeq(strings.ToValidUTF8(words, " ")) {
		word = cut(word, maxWordRunes)
		if !strings.ContainsFunc(word, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }) {
			continue
		}
		if len(list) == maxWords {
			break
		}
		term := `"` + strings.ReplaceAll(searchText(word), `"`, `""`) + `"`
		// A single letter would begin a good part of all words.
		if utf8.RuneCountInString(word) > 1 {
			term += "*"
		}
		list = append(list, term)
	}
	return list
}

// pieces takes a marked snippet apart.
func pieces(marked string) []Piece {
	var out []Piece
	add := func(text string, match bool) {
		if text = strings.ReplaceAll(text, wordBreak, ""); text != "" {
			out = append(out, Piece{Text: text, Match: match})
		}
	}
	for marked != "" {
		before, rest, found := strings.Cut(marked, matchBegin)
		add(before, false)
		if !found {
			break
		}
		word, after, _ := strings.Cut(rest, matchEnd)
		add(word, true)
		marked = after
	}
	return out
}

// wordBreak is a zero-width space. The tokenizer ends a word there.
const wordBreak = "\u200B"

// searchText prepares a text for the index or a query: without control
// characters, and with every character of a script that writes no spaces
// between words as a word of its own, so that any run of them is found.
func searchText(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		switch {
		case r == '\u200B':
		case unicode.IsControl(r):
			b.WriteByte(' ')
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana):
			b.WriteString(wordBreak)
			b.WriteRune(r)
			b.WriteString(wordBreak)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// outputLimit is how much of a command's output is found, in runes.
const outputLimit = 2000

// bodyText is everything of a document that search looks at, beside its title.
func bodyText(doc *sop.Document) string {
	t := new(text)
	t.add(doc.Owner, doc.Author, doc.AppliesTo)
	for _, sec := range doc.Sections {
		t.add(sec.Title, sop.PlainBody(sec.Body))
		for _, step := range sec.Steps {
			t.step(step)
		}
	}
	return t.b.String()
}

// text gathers lines.
type text struct{ b strings.Builder }

func (t *text) add(lines ...string) {
	for _, line := range lines {
		if line != "" {
			t.b.WriteString(line)
			t.b.WriteByte('\n')
		}
	}
}

func (t *text) step(s sop.Step) {
	t.add(sop.PlainInline(s.Title), sop.PlainBody(s.Body), s.Label, s.Window, s.Typed)
	if c := s.Command; c != nil {
		t.add(c.Line, c.Host, cut(c.Output, outputLimit))
	}
	for _, c := range s.Callouts {
		t.add(sop.PlainInline(c.Text))
	}
	for _, f := range s.Figures {
		t.add(f.Alt, f.Caption)
	}
	for _, said := range s.Spoken {
		if !said.Dropped {
			t.add(said.Text)
		}
	}
}

// cut shortens s to at most n runes.
func cut(s string, n int) string {
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}
