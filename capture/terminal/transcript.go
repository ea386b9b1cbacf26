package terminal

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// transcript keeps the head and the tail of a text. Its memory is bounded.
type transcript struct {
	head []byte
	tail []byte // the last bytes; trimmed to tailSize when twice that
	size int64  // of the whole text
}

func (t *transcript) write(s string) {
	t.size += int64(len(s))
	if n := min(headSize-len(t.head), len(s)); n > 0 {
		t.head = append(t.head, s[:n]...)
		s = s[n:]
	}
	if len(s) > 2*tailSize {
		s = s[len(s)-2*tailSize:]
	}
	t.tail = append(t.tail, s...)
	if len(t.tail) > 4*tailSize {
		t.tail = t.tail[:copy(t.tail, t.tail[len(t.tail)-2*tailSize:])]
	}
}

// take returns the text, or its head and tail with a line between them that
// counts the bytes left out. Both are cut at line breaks where there are any
// near, and never within a character.
func (t *transcript) take() (string, int64) {
	if t.size <= headSize+tailSize {
		return string(t.head) + string(t.tail), 0
	}
	head, tail := string(t.head), string(t.tail)
	tail = tail[max(0, len(tail)-tailSize):]
	if i := strings.LastIndexByte(head, '\n'); i >= headSize/2 {
		head = head[:i+1]
	}
	for n := 0; n < utf8.UTFMax && head != ""; n++ {
		if r, size := utf8.DecodeLastRuneInString(head); r != utf8.RuneError || size != 1 {
			break
		}
		head = head[:len(head)-1]
	}
	if i := strings.IndexByte(tail, '\n'); i >= 0 && i < len(tail)/2 {
		tail = tail[i+1:]
	}
	for tail != "" && !utf8.RuneStart(tail[0]) {
		tail = tail[1:]
	}
	omitted := t.size - int64(len(head)) - int64(len(tail))
	between := fmt.Sprintf("[%d bytes left out]\n", omitted)
	if !strings.HasSuffix(head, "\n") {
		between = "\n" + between
	}
	return head + between + tail, omitted
}
