package sqlite

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/pipeline/sop"
)

// BenchmarkAppend prints durable batches a second, of one event and of as many
// as 200 ms of busy work give.
func BenchmarkAppend(b *testing.B) {
	for _, size := range []int{1, 50} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			db := fresh(b)
			addSession(b, db, "s1")
			seq := int64(0)
			for b.Loop() {
				batch := make([]capture.Event, size)
				for i := range batch {
					seq++
					batch[i] = capture.Event{Seq: seq, At: time.Duration(seq), Fact: facts()[0]}
				}
				if err := db.Events().Append(b.Context(), "s1", batch); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "commits/s")
			b.ReportMetric(float64(seq)/b.Elapsed().Seconds(), "events/s")
		})
	}
}

// vocabulary gives made-up words as often as a language does, few often and many
// rarely, which share their beginnings as those of a language do. Number n is
// always the same word.
func vocabulary(r *rand.Rand) func() string {
	z := rand.NewZipf(r, 1.1, 4, 7999)
	return func() string { return wordNumber(int(z.Uint64())) }
}

func wordNumber(n int) string {
	const syllables = "bacodefigahojukelamineporasitovuwexyzabecidofuge"
	r := rand.New(rand.NewPCG(uint64(n), 7))
	word := ""
	for range 2 + r.IntN(3) {
		i := r.IntN(len(syllables)/2) * 2
		word += syllables[i : i+2]
	}
	return word
}

func longDocument(id string, steps int, word func() string) *sop.Document {
	doc := sop.New(id, "Deploy "+word()+" "+word())
	sec := doc.SectionOf(sop.Procedure)
	sentence := func(n int) string {
		words := make([]string, n)
		for i := range words {
			words[i] = word()
		}
		return strings.Join(words, " ")
	}
	for i := range steps {
		exit := 0
		sec.Steps = append(sec.Steps, sop.Step{
			ID: fmt.Sprint("step", i), Kind: sop.StepCommand, Title: "Run `" + sentence(3) + "`", Body: sentence(20),
			Command: &sop.Command{Line: sentence(6), Dir: "/srv/app", Exit: &exit, Output: sentence(30)},
			Figures: []sop.Figure{{ID: fmt.Sprint("fig", i), Frame: "frames/" + strings.Repeat("ab", 32) + ".png", Origin: sop.Rect{W: 1920, H: 1080}, Alt: sentence(6)}},
			Spoken:  []sop.Sentence{{Text: sentence(12), Start: sop.Millis(i), End: sop.Millis(i + 1)}},
			Sources: map[string]sop.Source{"title": sop.FromRule, "command": sop.FromCommand},
		})
	}
	return doc
}

func BenchmarkSearch10000(b *testing.B) {
	db := fresh(b)
	word := vocabulary(rand.New(rand.NewPCG(1, 2)))
	for i := range 10_000 {
		if _, err := db.Documents().Save(b.Context(), longDocument(fmt.Sprint("d", i), 8, word), 0); err != nil {
			b.Fatal(err)
		}
	}
	for _, words := range []string{"deploy", wordNumber(0), wordNumber(1) + " " + wordNumber(2) + " " + wordNumber(3), wordNumber(4000), wordNumber(5)[:3], "ba", "w"} {
		b.Run(words, func(b *testing.B) {
			found := 0
			for b.Loop() {
				hits, err := db.Documents().Search(b.Context(), words, 50)
				if err != nil {
					b.Fatal(err)
				}
				found = len(hits)
			}
			b.ReportMetric(float64(found), "hits")
		})
	}
}

func BenchmarkDocument500(b *testing.B) {
	db := fresh(b)
	doc := longDocument("d1", 500, vocabulary(rand.New(rand.NewPCG(1, 2))))
	rev, err := db.Documents().Save(b.Context(), doc, 0)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			if _, _, err := db.Documents().Get(b.Context(), "d1"); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("index", func(b *testing.B) { // what an edit leaves for a pause in typing
		for b.Loop() {
			b.StopTimer()
			doc.Sections[2].Steps[7].Title = fmt.Sprint("Name ", rev)
			if rev, err = db.Documents().SaveEdit(b.Context(), doc, rev, edit(1)); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
			if err := db.catchUp(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("edit", func(b *testing.B) {
		for b.Loop() {
			doc.Sections[2].Steps[7].Title = fmt.Sprint("Title ", rev)
			if rev, err = db.Documents().SaveEdit(b.Context(), doc, rev, edit(1)); err != nil {
				b.Fatal(err)
			}
		}
	})
}
