package pdf

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"html"
	"io"
	"strings"
	"time"

	"github.com/runreel/runreel/app/export"
	"github.com/runreel/runreel/app/export/pdf/pdffile"
	"github.com/runreel/runreel/pipeline/sop"
)

// Paper is a size of page in points.
type Paper struct{ Width, Height float64 }

// The sizes of paper.
var (
	A4     = Paper{210 * mm, 297 * mm}
	Letter = Paper{612, 792}
)

// Options changes how a PDF is made. The zero value makes an A4 document without
// a date.
type Options struct {
	Paper Paper     // A4 when zero
	Now   time.Time // the date of creation; none when zero
}

// ErrInternal is returned when a library under the export gave up.
var ErrInternal = errors.New("the PDF could not be set")

// Write writes doc to w. It returns the warnings of the export: a figure that
// cannot be opened leaves a visible line in the text and a warning. When it
// fails, or ctx is done, what it wrote to w is worthless.
func Write(ctx context.Context, doc *sop.Document, figures export.Figures, w io.Writer, opts Options) (warnings []string, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("export PDF: %w: %v", ErrInternal, v)
		}
	}()
	if opts.Paper.Width < 200 || opts.Paper.Height < 200 {
		opts.Paper = A4
	}
	warnings, err = write(ctx, doc, figures, w, opts)
	if err != nil {
		return nil, fmt.Errorf("export PDF: %w", err)
	}
	return warnings, nil
}

// File writes doc to target or, when target exists, to the next free name beside
// it. On failure nothing is left on the disk.
func File(ctx context.Context, doc *sop.Document, figures export.Figures, target string, opts Options) (export.Result, error) {
	var result export.Result
	path, err := export.File(ctx, target, func(w io.Writer) (err error) {
		result.Warnings, err = Write(ctx, doc, figures, w, opts)
		return err
	})
	if err != nil {
		return export.Result{}, err
	}
	result.Files = []string{path}
	return result, nil
}

func write(ctx context.Context, doc *sop.Document, figures export.Figures, w io.Writer, opts Options) ([]string, error) {
	file := pdffile.NewWriter(w)
	ps := &pictures{byFigure: map[string]picture{}, failed: map[string]error{}, bySum: map[[sha256.Size]byte]picture{}}
	if err := ps.load(ctx, file, figures, export.FigureIDs(doc)); err != nil {
		return nil, err
	}
	fonts, err := newFaces(newSystemFonts(ctx))
	if err != nil {
		return nil, err
	}
	body := frame{top: opts.Paper.Height - 22*mm, bottom: 21 * mm}
	tree := &pdffile.Tree{Root: pdffile.Element{Type: "Document"}}
	c := &composer{ts: &typesetter{faces: fonts}, tree: tree, pictures: ps,
		left: margin, width: opts.Paper.Width - 2*margin, usable: body.top - body.bottom}
	c.document(doc)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	pages := paginate(c.rows, body, func() *page { return &page{ref: file.Alloc()} })
	for i, p := range pages {
		p.number = i + 1
	}
	for _, r := range c.rows {
		r.draw(r.page, r.y)
	}
	running := c.running(doc, opts.Paper)
	for _, p := range pages {
		running(p, len(pages))
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := finish(file, doc, c, pages, opts); err != nil {
		return nil, err
	}
	return c.warnings, nil
}

// running returns what draws the header and the footer of a page.
func (c *composer) running(doc *sop.Document, paper Paper) func(p *page, total int) {
	var about []string
	if id := export.Line(doc.ID); id != "" {
		about = append(about, id)
	}
	if v := export.Line(doc.Version); v != "" {
		about = append(about, "Version "+v)
	}
	// The identity is what a reader of a single page needs whole: the title gives way.
	right := c.oneLine(strings.Join(about, " · "), 8, regular, muted, c.width*0.6)
	title := c.oneLine(export.Title(doc), 8, regular, muted, c.width-right.width-18)
	return func(p *page, total int) {
		top := paper.Height - 14*mm
		if p.number > 1 {
			p.artifact(title, c.left, top)
			p.artifact(right, c.left+c.width-right.width, top)
			p.rule(c.left, top-5, c.width, 0.5, hair)
		}
		foot := c.ts.lines(text(fmt.Sprintf("Page %d of %d", p.number, total), 8, regular, muted), c.width, false)[0]
		p.artifact(foot, c.left+c.width-foot.width, 12*mm)
	}
}

// finish writes the pages and everything that names them.
func finish(file *pdffile.Writer, doc *sop.Document, c *composer, pages []*page, opts Options) error {
	root, parent := file.Alloc(), file.Alloc()
	resources := file.Alloc()
	var kids []string
	for _, p := range pages {
		kids = append(kids, p.ref.String())
		writePage(file, c.tree, p, parent, resources, opts.Paper)
	}
	file.Put(parent, fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d >>", strings.Join(kids, " "), len(kids)))
	fonts, err := c.ts.faces.embed(file)
	if err != nil {
		return err
	}
	var images strings.Builder
	for _, p := range c.pictures.list {
		fmt.Fprintf(&images, "/%s %s ", p.name, p.ref)
	}
	file.Put(resources, fmt.Sprintf("<< /ProcSet [/PDF /Text /ImageC /ImageB] /Font << %s>> /XObject << %s>> >>", fonts, images.String()))
	outlines := writeOutline(file, c.targets)
	structure := c.tree.Write(file)
	meta := file.Alloc()
	file.Raw(meta, "/Type /Metadata /Subtype /XML", []byte(xmp(doc, opts.Now)))
	file.Put(root, fmt.Sprintf("<< /Type /Catalog /Version /1.7 /Pages %s /Outlines %s /PageMode /UseOutlines /StructTreeRoot %s /MarkInfo << /Marked true >> /Lang (%s) /ViewerPreferences << /DisplayDocTitle true >> /Metadata %s >>",
		parent, outlines, structure, export.Lang, meta))
	info := fmt.Sprintf("<< /Title %s /Author %s /Subject %s /Creator (runreel) /Producer (runreel)", pdffile.Text(export.Title(doc)),
		pdffile.Text(author(doc)), pdffile.Text(export.Control(doc)[0].Value))
	if !opts.Now.IsZero() {
		info += " /CreationDate (D:" + opts.Now.UTC().Format("20060102150405") + "Z)"
	}
	sum := sha256.Sum256([]byte(info + doc.ID))
	return file.Close(root, file.Add(info+" >>"), [16]byte(sum[:16]))
}

func writePage(file *pdffile.Writer, tree *pdffile.Tree, p *page, parent, resources pdffile.Ref, paper Paper) {
	var annots []string
	for _, l := range p.links {
		key := tree.Key(true, func() []*pdffile.Element { return []*pdffile.Element{l.elem} })
		n := pdffile.Num
		ref := file.Add(fmt.Sprintf("<< /Type /Annot /Subtype /Link /Rect [%s %s %s %s] /Border [0 0 0] /F 4 /Contents %s /Dest %s /StructParent %d >>",
			n(l.x0), n(l.y0), n(l.x1), n(l.y1), pdffile.Text(l.to.title), l.to.dest(), key))
		l.elem.Annotate(p.ref, ref)
		annots = append(annots, ref.String())
	}
	key := tree.Key(false, func() []*pdffile.Element { return p.marks })
	content := file.AddStream("", p.content())
	file.Put(p.ref, fmt.Sprintf("<< /Type /Page /Parent %s /MediaBox [0 0 %s %s] /Resources %s /Contents %s /Annots [%s] /StructParents %d /Tabs /S >>",
		parent, pdffile.Num(paper.Width), pdffile.Num(paper.Height), resources, content, strings.Join(annots, " "), key))
}

func (t *target) dest() string {
	return fmt.Sprintf("[%s /XYZ 0 %s null]", t.page.ref, pdffile.Num(t.y+4))
}

func author(doc *sop.Document) string {
	if a := export.Line(doc.Author); a != "" {
		return a
	}
	return export.Line(doc.Owner)
}

// xmp is the metadata that newer readers look for.
func xmp(doc *sop.Document, now time.Time) string {
	var b strings.Builder
	b.WriteString("<?xpacket begin=\"\ufeff\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">")
	b.WriteString("<rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" xmlns:pdf=\"http://ns.adobe.com/pdf/1.3/\">")
	fmt.Fprintf(&b, "<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">%s</rdf:li></rdf:Alt></dc:title>", html.EscapeString(export.Title(doc)))
	if a := author(doc); a != "" {
		fmt.Fprintf(&b, "<dc:creator><rdf:Seq><rdf:li>%s</rdf:li></rdf:Seq></dc:creator>", html.EscapeString(a))
	}
	fmt.Fprintf(&b, "<dc:language><rdf:Bag><rdf:li>%s</rdf:li></rdf:Bag></dc:language><xmp:CreatorTool>runreel</xmp:CreatorTool><pdf:Producer>runreel</pdf:Producer>", export.Lang)
	if !now.IsZero() {
		fmt.Fprintf(&b, "<xmp:CreateDate>%s</xmp:CreateDate>", now.UTC().Format(time.RFC3339))
	}
	b.WriteString("</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end=\"w\"?>")
	return b.String()
}
