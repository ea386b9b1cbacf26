package app

import (
	"slices"
	"testing"

	"github.com/runreel/runreel/capture"
)

func TestDenyList(t *testing.T) {
	d := newDenyList(append([]string{"title:*Vault secret*", "", "title:", "a.b"}, defaultDeny...))
	for _, c := range []struct {
		w    capture.Window
		want bool
	}{
		{capture.Window{Program: "KeePassXC", Title: "db.kdbx"}, true},
		{capture.Window{Program: "keepassxc"}, true},
		{capture.Window{Program: "Pinentry-gtk-2"}, true},
		{capture.Window{Program: "XTerm", Title: "my vault SECRET\nfoo"}, true},
		{capture.Window{Program: "XTerm", Title: "KeePassXC"}, false},
		{capture.Window{Program: "aXb"}, false},
		{capture.Window{Program: "a.b"}, true},
		{capture.Window{}, false},
	} {
		if got := d.denies(c.w); got != c.want {
			t.Errorf("%+v: %v, want %v", c.w, got, c.want)
		}
	}
}

func TestSaneDeny(t *testing.T) {
	got := saneDeny([]string{" a ", "A", "", "*", "title:x"})
	if !slices.Equal(got, []string{"a", "title:x"}) {
		t.Errorf("rules %q", got)
	}
}
