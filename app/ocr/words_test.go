package ocr

import (
	"image"
	"testing"
	"unicode/utf8"
)

const header = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n"

func TestPick(t *testing.T) {
	const line = "5\t1\t1\t1\t1\t1\t"
	for _, c := range []struct {
		name, tsv, want string
		at              image.Point
	}{
		{"words close together", line + "10\t10\t30\t10\t95\tBuild\n" + line + "44\t12\t20\t8\t91\tnow\n", "Build now", image.Pt(15, 15)},
		{"out of order", line + "44\t12\t20\t8\t91\tnow\n" + line + "10\t10\t30\t10\t95\tBuild\n", "Build now", image.Pt(50, 15)},
		{"a gap as wide as a word is high", line + "10\t10\t30\t10\t95\tFile\n" + line + "50\t10\t20\t10\t91\tEdit\n", "File", image.Pt(15, 15)},
		{"another line", line + "10\t10\t30\t10\t95\tSave\n" + line + "10\t25\t30\t10\t91\tQuit\n", "Quit", image.Pt(15, 30)},
		{"uncertain", line + "10\t10\t30\t10\t59.9\tSave\n", "", image.Pt(15, 15)},
		{"one of two uncertain", line + "10\t10\t30\t10\t95\tBuild\n" + line + "44\t12\t20\t8\t30\tmow\n", "", image.Pt(15, 15)},
		{"an icon beside it", line + "10\t10\t8\t10\t95\t@\n" + line + "20\t10\t20\t8\t91\tnow\n", "now", image.Pt(25, 15)},
		{"far away", line + "10\t10\t30\t10\t95\tSave\n", "", image.Pt(15, 80)},
		{"nothing", "", "", image.Pt(15, 80)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, _ := pick(parse(header+c.tsv), c.at); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add(header+"5\t1\t1\t1\t1\t1\t10\t10\t30\t10\t95.5\tSave\n", 12, 12)
	f.Add("5\t1\t1\t1\t1\t1\t-9223372036854775808\t9223372036854775807\t1\t1\tNaN\tx", 0, 0)
	f.Add("5\t\t\t\t\t\t1048576\t1048576\t1048576\t1048576\t100\t\xff\xfe\n4\t", -1, 1<<62)
	f.Add("5\t1\t1\t1\t1\t1\t10\t10\t30\t10\t95\ta\tb\r\n5\t1\t1\t1\t1\t2\t41\t10\t3\t10\t95\tc", 12, 12)
	f.Fuzz(func(t *testing.T, tsv string, x, y int) {
		words := parse(tsv)
		if len(words) > maxWords {
			t.Fatalf("%d words", len(words))
		}
		for _, w := range words {
			if w.box.Empty() || w.box.Max.X > 2*maxPixel || w.confidence < 0 || w.confidence > 100 || !utf8.ValidString(w.text) || w.text == "" {
				t.Fatalf("%+v", w)
			}
		}
		at := image.Pt(x%(4*maxPixel), y%(4*maxPixel))
		text, box := pick(words, at)
		if text != "" && (box.Empty() || distance(box, at) > far) {
			t.Fatalf("%q at %v, which is far from %v", text, box, at)
		}
	})
}
