package capture

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
)

func TestTargetValidate(t *testing.T) {
	for _, good := range []Target{
		{}, {Kind: TargetAll}, {Kind: TargetDisplay, Display: 3}, {Kind: TargetWindow, Window: 1},
		{Kind: TargetRegion, Region: Rect{X: -5, Y: -7, W: 10, H: 10}},
	} {
		if err := good.Validate(); err != nil {
			t.Errorf("%+v: %v", good, err)
		}
		data, err := json.Marshal(good)
		var back Target
		if err == nil {
			err = json.Unmarshal(data, &back)
		}
		if err != nil || back != good {
			t.Errorf("%+v became %s and then %+v, %v", good, data, back, err)
		}
	}
	for _, bad := range []Target{
		{Kind: "screen"}, {Kind: TargetDisplay, Display: -1}, {Kind: TargetWindow}, {Kind: TargetRegion},
		{Kind: TargetRegion, Region: Rect{W: 10, H: -1}}, {Kind: TargetRegion, Region: Rect{W: 1 << 40, H: 1}},
		{Kind: TargetRegion, Region: Rect{X: 1 << 40, W: 1, H: 1}},
	} {
		if err := bad.Validate(); !errors.Is(err, ErrTarget) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

func TestTargetOnly(t *testing.T) {
	if (Target{Kind: TargetRegion, Window: 7}).Only() != nil {
		t.Error("a region takes only a window")
	}
	only := Target{Kind: TargetWindow, Window: 7}.Only()
	if !only(Window{ID: 7}) || !only(Window{ID: 8, Owner: 7}) || only(Window{ID: 9}) || only(Window{}) {
		t.Error("wrong windows are taken")
	}
}

func TestParseRegion(t *testing.T) {
	for text, want := range map[string]Rect{
		"1280x720+0+0": {W: 1280, H: 720}, "1x2+3-4": {W: 1, H: 2, X: 3, Y: -4}, "1x2-3+4": {W: 1, H: 2, X: -3, Y: 4},
	} {
		if got, err := ParseRegion(text); err != nil || got != want {
			t.Errorf("%s: %+v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "x", "1x1", "1x1+1", "0x1+1+1", "-1x1+1+1", "1x1++1", "1x1+1+1+1", "99999x1+0+0", "1x1+1+", "1x+1+1"} {
		if got, err := ParseRegion(text); !errors.Is(err, ErrTarget) {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
}

func FuzzParseRegion(f *testing.F) {
	f.Add("1280x720+0+0")
	f.Add("1x2-3+-4")
	f.Fuzz(func(t *testing.T, s string) {
		r, err := ParseRegion(s)
		if err != nil {
			return
		}
		again, err := ParseRegion(fmt.Sprintf("%dx%d%+d%+d", r.W, r.H, r.X, r.Y))
		if err != nil || again != r {
			t.Errorf("%q is %+v, which is %+v, %v", s, r, again, err)
		}
	})
}
