package uitree

import (
	"fmt"
	"testing"
)

// BenchmarkLook is one look at a button of a window full of controls. It also
// prints the share of looks that ended with a name.
func BenchmarkLook(b *testing.B) {
	r := newRig(b)
	cmd := r.start("gtk3-widget-factory")
	r.measure(b, r.find(cmd.Process.Pid, "check box", "checkbutton"))
}

// BenchmarkLookWebKit is one look at a button of a page, which is in another
// process than its window.
func BenchmarkLookWebKit(b *testing.B) {
	r := newRig(b)
	r.python("page.py", "Panel", panel)
	r.measure(b, r.find(0, "push button", "Roll back"))
}

func BenchmarkLookQt(b *testing.B) {
	r := newRig(b)
	cmd := r.python("qt.py")
	r.measure(b, r.find(cmd.Process.Pid, "check box", "Keep logs"))
}

func (r *rig) measure(b *testing.B, n node) {
	p := middle(n.bounds)
	r.xdotool("mousemove", fmt.Sprint(p.X), fmt.Sprint(p.Y))
	f := finder{bus: r.probe, windows: r.windows}
	named := 0
	for b.Loop() {
		w, _ := r.windows.At(p)
		if h, err := f.at(b.Context(), p, w); err == nil && h.element.Name == clean(n.name) {
			named++
		}
	}
	b.ReportMetric(100*float64(named)/float64(b.N), "%named")
}
