package control

import (
	"bytes"
	"reflect"
	"testing"
)

func FuzzReadMessage(f *testing.F) {
	var ok bytes.Buffer
	if err := writeMessage(&ok, Request{Verb: Mark, Text: "here"}); err != nil {
		f.Fatal(err)
	}
	f.Add(ok.Bytes())
	f.Add([]byte{0, 0, 0, 2, '{', '}'})
	f.Add([]byte{0xff, 0, 0, 0})
	f.Add([]byte{0, 0, 0, 9, '{'})
	f.Fuzz(func(t *testing.T, b []byte) {
		var r Request
		if err := readMessage(bytes.NewReader(b), &r); err != nil {
			return
		}
		var again bytes.Buffer
		if err := writeMessage(&again, r); err != nil {
			t.Fatal(err)
		}
		var r2 Request
		if err := readMessage(&again, &r2); err != nil {
			t.Fatal(err)
		}
		_ = r.check()
		if r.Report == nil && r.Record == nil && !reflect.DeepEqual(r, r2) {
			t.Fatalf("%+v became %+v", r, r2)
		}
	})
}
