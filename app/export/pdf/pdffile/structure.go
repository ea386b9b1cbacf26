package pdffile

import (
	"fmt"
	"strings"
)

// Element is a structure element (ISO 32000-1, 14.7.2): a heading, a paragraph,
// a table cell.
type Element struct {
	Type   string // a standard structure type, such as "P"
	Alt    string // what a figure shows
	Attrs  string // further entries of the dictionary, as source
	parent *Element
	kids   []any // *Element, content or annotation
	ref    Ref
}

// content is a marked-content sequence on a page.
type content struct {
	page Ref
	mcid int
}

// annotation is a link.
type annotation struct{ page, object Ref }

// Child adds an element below e.
func (e *Element) Child(kind string) *Element {
	c := &Element{Type: kind, parent: e}
	e.kids = append(e.kids, c)
	return c
}

// Mark adds the content with number mcid on a page to e.
func (e *Element) Mark(page Ref, mcid int) { e.kids = append(e.kids, content{page, mcid}) }

// Annotate adds an annotation on a page to e.
func (e *Element) Annotate(page, object Ref) { e.kids = append(e.kids, annotation{page, object}) }

// empty reports whether nothing is drawn for e. Such elements are left out.
func (e *Element) empty() bool {
	for _, k := range e.kids {
		if c, ok := k.(*Element); !ok || !c.empty() {
			return false
		}
	}
	return true
}

// Tree is the structure of a file. Pages and annotations get keys of its parent
// tree by Key.
type Tree struct {
	Root    Element // the element "Document"
	pending []func() string
}

// Key reserves an entry of the parent tree. elements is asked when the tree is
// written: the elements of a page's content by number, or the one of an
// annotation.
func (t *Tree) Key(single bool, elements func() []*Element) int {
	t.pending = append(t.pending, func() string {
		var refs []string
		for _, e := range elements() {
			refs = append(refs, e.ref.String())
		}
		if single {
			return strings.Join(refs, " ")
		}
		return "[" + strings.Join(refs, " ") + "]"
	})
	return len(t.pending) - 1
}

// Write writes the tree and returns the object for /StructTreeRoot.
func (t *Tree) Write(f *Writer) Ref {
	root := f.Alloc()
	t.alloc(f, &t.Root)
	t.write(f, &t.Root, root)
	var nums []string
	for i, entry := range t.pending {
		nums = append(nums, fmt.Sprintf("%d %s", i, entry()))
	}
	tree := f.Add("<< /Nums [" + strings.Join(nums, "\n") + "] >>")
	f.Put(root, fmt.Sprintf("<< /Type /StructTreeRoot /K %s /ParentTree %s /ParentTreeNextKey %d >>",
		t.Root.ref, tree, len(t.pending)))
	return root
}

func (t *Tree) alloc(f *Writer, e *Element) {
	e.ref = f.Alloc()
	for _, k := range e.kids {
		if c, ok := k.(*Element); ok && !c.empty() {
			t.alloc(f, c)
		}
	}
}

func (t *Tree) write(f *Writer, e *Element, parent Ref) {
	var kids []string
	for _, k := range e.kids {
		switch k := k.(type) {
		case content:
			kids = append(kids, fmt.Sprintf("<< /Type /MCR /Pg %s /MCID %d >>", k.page, k.mcid))
		case annotation:
			kids = append(kids, fmt.Sprintf("<< /Type /OBJR /Pg %s /Obj %s >>", k.page, k.object))
		case *Element:
			if !k.empty() {
				kids = append(kids, k.ref.String())
				t.write(f, k, e.ref)
			}
		}
	}
	alt := ""
	if e.Alt != "" {
		alt = " /Alt " + Text(e.Alt)
	}
	f.Put(e.ref, fmt.Sprintf("<< /Type /StructElem /S /%s /P %s /K [%s]%s %s >>",
		e.Type, parent, strings.Join(kids, " "), alt, e.Attrs))
}
