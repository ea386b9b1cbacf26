package control

import (
	"os"
	"testing"
	"unicode"
)

func FuzzParseHolder(f *testing.F) {
	f.Add(introduce())
	f.Add([]byte(`{"pid":1,"program":"a\u001b[31m\u202e","since":"2026-01-01T00:00:00Z"}`))
	f.Add([]byte(`{"pid":1e99}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		h, ok := parseHolder(text)
		if ok && h.PID <= 0 {
			t.Errorf("process %d", h.PID)
		}
		for _, r := range h.Program {
			if !unicode.IsPrint(r) {
				t.Errorf("%q can change a terminal", h.Program)
			}
		}
	})
}

func TestIntroduce(t *testing.T) {
	if h, ok := parseHolder(introduce()); !ok || h.PID != os.Getpid() || h.Program != "control.test" || h.Since.IsZero() {
		t.Errorf("%+v, %v", h, ok)
	}
}
