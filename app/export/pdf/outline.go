package pdf

import (
	"fmt"

	"github.com/runreel/runreel/app/export/pdf/pdffile"
)

// bookmark is an entry of the outline.
type bookmark struct {
	*target
	ref  pdffile.Ref
	kids []*bookmark
}

// writeOutline writes the bookmarks and returns the object for /Outlines.
func writeOutline(file *pdffile.Writer, targets []*target) pdffile.Ref {
	top := &bookmark{ref: file.Alloc()}
	path := []*bookmark{top} // the open entry of each level
	for _, t := range targets {
		depth := min(t.level+1, len(path))
		b := &bookmark{target: t, ref: file.Alloc()}
		above := path[depth-1]
		above.kids = append(above.kids, b)
		path = append(path[:depth], b)
	}
	if len(top.kids) == 0 {
		file.Put(top.ref, "<< /Type /Outlines /Count 0 >>")
		return top.ref
	}
	writeBookmarks(file, top)
	file.Put(top.ref, fmt.Sprintf("<< /Type /Outlines /First %s /Last %s /Count %d >>",
		top.kids[0].ref, top.kids[len(top.kids)-1].ref, top.count()))
	return top.ref
}

func writeBookmarks(file *pdffile.Writer, above *bookmark) {
	for i, b := range above.kids {
		s := fmt.Sprintf("<< /Title %s /Parent %s /Dest %s", pdffile.Text(b.title), above.ref, b.dest())
		if i > 0 {
			s += fmt.Sprintf(" /Prev %s", above.kids[i-1].ref)
		}
		if i+1 < len(above.kids) {
			s += fmt.Sprintf(" /Next %s", above.kids[i+1].ref)
		}
		if len(b.kids) > 0 {
			s += fmt.Sprintf(" /First %s /Last %s /Count %d", b.kids[0].ref, b.kids[len(b.kids)-1].ref, b.count())
		}
		file.Put(b.ref, s+" >>")
		writeBookmarks(file, b)
	}
}

// count is the number of entries below b: all are open.
func (b *bookmark) count() int {
	n := 0
	for _, k := range b.kids {
		n += 1 + k.count()
	}
	return n
}
