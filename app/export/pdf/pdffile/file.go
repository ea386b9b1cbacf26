package pdffile

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"
)

// Ref names an object of the file.
type Ref int

// String returns the reference as it is written in another object.
func (r Ref) String() string { return fmt.Sprintf("%d 0 R", int(r)) }

// Writer writes objects one after the other. Errors stick: Close returns the
// first one.
type Writer struct {
	out     *bufio.Writer
	written int64
	offsets []int64 // by object number less one; 0 when not written yet
	err     error
}

// NewWriter begins a file on w.
func NewWriter(w io.Writer) *Writer {
	f := &Writer{out: bufio.NewWriterSize(w, 1<<16)}
	f.print("%%PDF-1.7\n%%\xe2\xe3\xcf\xd3\n")
	return f
}

func (f *Writer) print(format string, args ...any) {
	f.write([]byte(fmt.Sprintf(format, args...)))
}

func (f *Writer) write(b []byte) {
	if f.err != nil {
		return
	}
	n, err := f.out.Write(b)
	f.written += int64(n)
	f.err = err
}

// Err returns the first error of writing.
func (f *Writer) Err() error { return f.err }

// Alloc reserves an object.
func (f *Writer) Alloc() Ref {
	f.offsets = append(f.offsets, 0)
	return Ref(len(f.offsets))
}

// Put writes a reserved object. body is its source.
func (f *Writer) Put(ref Ref, body string) {
	f.begin(ref)
	f.print("%s\nendobj\n", body)
}

// Add writes a new object.
func (f *Writer) Add(body string) Ref {
	ref := f.Alloc()
	f.Put(ref, body)
	return ref
}

func (f *Writer) begin(ref Ref) {
	f.offsets[ref-1] = f.written
	f.print("%d 0 obj\n", int(ref))
}

// Stream writes data as a reserved stream object, compressed. dict holds further
// entries.
func (f *Writer) Stream(ref Ref, dict string, data []byte) {
	var buf bytes.Buffer
	z := zlib.NewWriter(&buf)
	_, err := z.Write(data)
	if err := errors.Join(err, z.Close()); err != nil && f.err == nil {
		f.err = err
	}
	f.Raw(ref, dict+" /Filter /FlateDecode", buf.Bytes())
}

// AddStream writes a new stream object.
func (f *Writer) AddStream(dict string, data []byte) Ref {
	ref := f.Alloc()
	f.Stream(ref, dict, data)
	return ref
}

// Raw writes data as it is. dict names its filter.
func (f *Writer) Raw(ref Ref, dict string, data []byte) {
	f.begin(ref)
	f.print("<< %s /Length %d >>\nstream\n", strings.TrimSpace(dict), len(data))
	f.write(data)
	f.print("\nendstream\nendobj\n")
}

// Close writes the table of objects and the trailer, and flushes. It does not
// close the writer below.
func (f *Writer) Close(root, info Ref, id [16]byte) error {
	start := f.written
	f.print("xref\n0 %d\n0000000000 65535 f \n", len(f.offsets)+1)
	for i, at := range f.offsets {
		if at == 0 && f.err == nil {
			f.err = fmt.Errorf("object %d was never written", i+1)
		}
		f.print("%010d 00000 n \n", at)
	}
	f.print("trailer\n<< /Size %d /Root %s /Info %s /ID [<%x> <%x>] >>\nstartxref\n%d\n%%%%EOF\n",
		len(f.offsets)+1, root, info, id, id, start)
	if f.err == nil {
		f.err = f.out.Flush()
	}
	return f.err
}

// Text returns s as a text string: UTF-16 in hexadecimal, which needs no
// escaping.
func Text(s string) string {
	var b strings.Builder
	b.WriteString("<FEFF")
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&b, "%04X", u)
	}
	b.WriteByte('>')
	return b.String()
}

// Num returns v with at most three digits after the point.
func Num(v float64) string {
	s := fmt.Sprintf("%.3f", v)
	s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	if s == "-0" || s == "" {
		return "0"
	}
	return s
}
