package mic

import (
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"
)

// TestTrouble plays times to it: what it tells, and when.
func TestTrouble(t *testing.T) {
	type step struct {
		until float64 // seconds
		peak  float64 // of packets each 40 ms; below 0: none come
	}
	const room, muted, flicker, none = 0.0005, 0, 1.0 / 32768, -1
	tests := []struct {
		name  string
		steps []step
		want  []string
	}{
		{"a person who makes a pause", []step{{1, 0.3}, {60, room}, {61, 0.3}}, nil},
		{"noise that is heard seldom", []step{{2.9, muted}, {2.95, room}, {5.8, muted}, {5.85, room}, {8, muted}}, nil},
		{"muted", []step{{1, room}, {10, muted}, {11, room}}, []string{"4.0 silent", "10.0 fine"}},
		{"muted, with a last bit that flickers", []step{{1, room}, {10, flicker}}, []string{"4.0 silent"}},
		{"muted from the start", []step{{10, muted}}, []string{"3.0 silent"}},
		{"gone", []step{{1, room}, {10, none}, {11, room}}, []string{"4.0 gone", "10.0 fine"}},
		{"gone while a person makes a pause", []step{{1, muted}, {10, none}}, []string{"4.0 gone"}},
		{"gone for a moment", []step{{1, room}, {3.5, none}, {11, room}}, nil},
		{"muted, then gone, then back and muted", []step{{5, muted}, {10, none}, {15, muted}},
			[]string{"3.0 silent", "8.0 gone", "10.0 fine", "13.0 silent"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			start := time.Now()
			var now float64
			var got []string
			tr := newTrouble(func(err error) {
				name := "fine"
				switch {
				case errors.Is(err, ErrSilent):
					name = "silent"
				case errors.Is(err, ErrDevice):
					name = "gone"
				case err != nil:
					name = err.Error()
				}
				got = append(got, fmt.Sprintf("%.1f %s", now, name))
			}, start)
			for _, s := range tt.steps {
				for ; now < s.until; now += 0.04 {
					at := start.Add(time.Duration(now * float64(time.Second)))
					if s.peak >= 0 {
						tr.hear(at, s.peak)
					}
					tr.look(at, nil)
				}
			}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("told %v, want %v", got, tt.want)
			}
		})
	}
}
