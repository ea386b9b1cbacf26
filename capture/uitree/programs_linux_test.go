package uitree

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/runreel/runreel/capture"
)

// python starts a program of testdata. Debian's interpreter has the bindings.
func (r *rig) python(name string, args ...string) *exec.Cmd {
	r.t.Helper()
	path, err := filepath.Abs(filepath.Join("testdata", "programs", name))
	if err != nil {
		r.t.Fatal(err)
	}
	r.Env = append(r.Env, "QT_ACCESSIBILITY=1", "QT_LINUX_ACCESSIBILITY_ALWAYS_ON=1")
	return r.start("/usr/bin/python3", append([]string{path}, args...)...)
}

// press clicks a place and returns what the click is told to be.
func (r *rig) press(p capture.Point) capture.Click {
	r.t.Helper()
	n := r.count()
	r.rest(p)
	r.xdotool("click", "1")
	c, _ := await(r, n, func(c capture.Click) bool { return c.Point == p })
	if c.Element == nil {
		c.Element = &capture.Element{}
	}
	return c
}

// rest moves the pointer and waits until what lies there was looked at, or for
// as long as a slow machine may take for that.
func (r *rig) rest(p capture.Point) {
	r.xdotool("mousemove", fmt.Sprint(p.X), fmt.Sprint(p.Y))
	for end := time.Now().Add(5 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		h, _, _ := r.tree.running()
		w, _ := r.windows.At(p)
		if l, ok := h.best(p, r.clock.Now()); ok && l.window.ID == w.ID && !h.staleAt(l, r.clock.Now()) {
			return
		}
	}
}

func (r *rig) typed(n int, label string) capture.Text {
	r.t.Helper()
	x, _ := await(r, n, func(x capture.Text) bool { return x.Element.Label == label || x.Element.Name == label })
	return x
}

const panel = `<title>Console</title><p><button>Roll back</button><p><label>Version <input></label>` +
	`<p><label>Unlock <input type=password></label><p><a href="#x">Runbook</a>`

// TestWebKitPage acts on a page that another process draws, in a socket.
func TestWebKitPage(t *testing.T) {
	r := newRig(t)
	cmd := r.python("page.py", "Panel", panel)
	button := r.find(0, "push button", "Roll back")
	n := r.count()
	const address = "http://console.test/app/deploy?env=prod&token=…#log"
	c := r.press(middle(button.bounds))
	if e := c.Element; e.Name != "Roll back" || e.Role != "push button" || e.Window != "Panel" || e.URL != address || c.Window.PID != cmd.Process.Pid {
		t.Errorf("button: %+v", e)
	}
	if e := r.press(middle(r.find(0, "link", "Runbook").bounds)).Element; e.Name != "Runbook" || e.Role != "link" {
		t.Errorf("link: %+v", e)
	}
	if e := r.press(middle(r.find(0, "entry", "Version").bounds)).Element; e.Role != "entry" || e.Name != "Version" {
		t.Errorf("field: %+v", e)
	}
	r.xdotool("type", "--delay", "30", "2.0.11")
	r.xdotool("key", "BackSpace")
	r.click(middle(r.find(0, rolePassword, "Unlock").bounds))
	r.xdotool("type", "--delay", "30", "swordfish")
	r.click(middle(button.bounds))
	x := r.typed(n, "Version")
	if x.Value != "2.0.1" || x.Secret || x.Window.Title != "Panel" || x.Element.URL != strings.Replace(address, "#log", "#x", 1) || x.Element.Program != "page.py" {
		t.Errorf("typed: %+v", x)
	}
	if x = r.typed(n, "Unlock"); !x.Secret || x.Value != "" {
		t.Errorf("password: %+v", x)
	}
	if strings.Contains(r.log(), "swordfish") || strings.Contains(r.log(), "hunter2") || strings.Contains(r.log(), "abcdefghij") {
		t.Errorf("a secret is in the events: %s", r.log())
	}
}

// TestHiddenWebKitPage hides a window whose page is drawn by another process.
func TestHiddenWebKitPage(t *testing.T) {
	r := newRig(t)
	cmd := r.python("page.py", "Panel", panel)
	r.hide(cmd.Process.Pid)
	r.click(middle(r.find(0, "entry", "Version").bounds))
	r.xdotool("type", "--delay", "30", "mine")
	n := r.count()
	r.click(middle(r.find(0, "push button", "Roll back").bounds))
	other := r.start("zenity", "--entry", "--title=Other", "--text=Host")
	r.find(other.Process.Pid, "text", "")
	r.xdotool("type", "--delay", "30", "yours")
	r.xdotool("key", "Return")
	if x := r.typed(n, "Host"); x.Value != "yours" {
		t.Errorf("typed elsewhere: %+v", x)
	}
	for _, e := range r.events.Events() {
		switch f := e.Fact.(type) {
		case capture.Click:
			t.Errorf("click in a hidden window: %+v", f)
		case capture.Text:
			if f.Value != "yours" {
				t.Errorf("text of a hidden window: %+v", f)
			}
		}
	}
}

func (r *rig) hide(pid int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.own[pid] = true
}

// TestGTK4Popovers picks from popovers, which are X windows that GTK 4 places
// nowhere in its tree.
func TestGTK4Popovers(t *testing.T) {
	r := newRig(t)
	r.python("gtk4.py")
	part := r.gtk4("GTK 4 form")
	n := r.count()
	if e := r.press(part("push button", "More")).Element; e.Name != "More" {
		t.Errorf("menu button: %+v", e)
	}
	w := r.popup("GTK 4 form")
	for _, want := range []struct {
		y    int
		name string
	}{{40, "Roll back"}, {74, "Drain"}} {
		p := capture.Point{X: w.Bounds.X + w.Bounds.W/2, Y: w.Bounds.Y + want.y}
		if e := r.press(p).Element; e.Name != want.name || e.Role != "push button" || !e.Bounds.Contains(p) || e.Window != "GTK 4 form" {
			t.Errorf("in the popover: %+v", e)
		}
	}
	r.xdotool("key", "Escape")
	r.until("the popover is gone", func() bool { got, _ := r.windows.At(middle(w.Bounds)); return got.ID != w.ID })
	if e := r.press(part("push button", "More")).Element; e.Name == "Roll back" || e.Name == "Drain" {
		t.Errorf("part of a closed popover: %+v", e)
	}
	r.xdotool("key", "Escape")
	if e := r.press(part("combo box", "")).Element; e.Role != "combo box" {
		t.Errorf("drop-down: %+v", e)
	}
	w = r.popup("GTK 4 form")
	e := r.press(capture.Point{X: w.Bounds.X + 60, Y: w.Bounds.Y + 65}).Element
	if e.Name != "production" || e.Role != "list item" {
		t.Errorf("row of the drop-down: %+v", e)
	}
	r.click(part("text box", "Host"))
	r.xdotool("type", "--delay", "30", "web-1")
	r.click(part(rolePassword, ""))
	r.xdotool("type", "--delay", "30", "swordfish")
	r.click(part("text box", "Host"))
	if x := r.typed(n, "Host"); x.Value != "web-1" || x.Secret {
		t.Errorf("typed: %+v", x)
	}
	x, _ := await(r, n, func(x capture.Text) bool { return x.Element.Role == rolePassword })
	if !x.Secret || strings.Contains(r.log(), "swordfish") {
		t.Errorf("password: %+v", x)
	}
}

// gtk4 returns where parts of the active window are.
func (r *rig) gtk4(title string) func(role, name string) capture.Point {
	return func(role, name string) capture.Point {
		r.t.Helper()
		var at capture.Point
		r.until(fmt.Sprintf("%s %q is there", role, name), func() bool {
			corner, ok := r.windows.Origin(r.windows.Active().ID)
			if !ok || r.windows.Active().Title != title {
				return false
			}
			for _, program := range r.probe.programs(r.t.Context()) {
				for level := r.probe.nodes(r.t.Context(), r.probe.children(r.t.Context(), program)); len(level) > 0; {
					for _, n := range level {
						if (n.role == role || role == "text box" && n.role == "text") && clean(n.name) == name && !n.bounds.Empty() {
							m := middle(n.bounds)
							at = capture.Point{X: m.X + corner.X, Y: m.Y + corner.Y}
							return true
						}
					}
					level = r.probe.nodes(r.t.Context(), r.probe.childrenOf(r.t.Context(), level))
				}
			}
			return false
		})
		return at
	}
}

// popup waits for an open popup of a window.
func (r *rig) popup(title string) capture.Window {
	r.t.Helper()
	var found capture.Window
	r.until("a popup of "+title, func() bool {
		for y := 0; y < 800; y += 12 {
			w, ok := r.windows.At(capture.Point{X: 640, Y: y})
			if ok && w.ID != r.windows.Active().ID && w.PID == r.windows.Active().PID && w.Bounds.W > 50 {
				still := w.Bounds == found.Bounds
				found = w
				return still
			}
		}
		return false
	})
	return found
}

func TestQt(t *testing.T) {
	r := newRig(t)
	cmd := r.python("qt.py")
	pid := cmd.Process.Pid
	n := r.count()
	c := r.press(middle(r.find(pid, "check box", "Keep logs").bounds))
	if c.Element.Name != "Keep logs" || slices.Contains(c.Element.States, "checked") || !slices.Contains(c.After, "checked") {
		t.Errorf("box: %+v, then %q", c.Element, c.After)
	}
	r.click(middle(r.find(pid, "text", "Host:").bounds))
	r.xdotool("type", "--delay", "30", "web-12")
	r.xdotool("key", "BackSpace", "Tab")
	r.xdotool("type", "--delay", "30", "swordfish")
	r.xdotool("key", "Tab")
	r.press(middle(r.find(pid, "combo box", "staging").bounds))
	if e := r.press(middle(r.find(pid, "list item", "production").bounds)).Element; e.Name != "production" || e.Role != "list item" {
		t.Errorf("item: %+v", e)
	}
	if e := r.press(middle(r.find(pid, "page tab", "Nodes").bounds)).Element; e.Name != "Nodes" || e.Role != "page tab" || e.Header != "" {
		t.Errorf("tab: %+v", e)
	}
	if e := r.press(middle(r.find(pid, "table cell", "cordoned").bounds)).Element; e.Name != "cordoned" || e.Header != "State" {
		t.Errorf("cell: %+v", e)
	}
	if e := r.press(middle(r.find(pid, "menu item", "File").bounds)).Element; e.Name != "File" {
		t.Errorf("menu: %+v", e)
	}
	if e := r.press(middle(r.find(pid, "menu item", "Save as").bounds)).Element; e.Name != "Save as" || !slices.Equal(e.Path, []string{"File"}) {
		t.Errorf("menu item: %+v", e)
	}
	if x := r.typed(n, "Host:"); x.Value != "web-1" || x.Window.Title != "Qt form" {
		t.Errorf("typed: %+v", x)
	}
	if x := r.typed(n, "Pass phrase:"); !x.Secret || x.Element.Role != rolePassword || strings.Contains(r.log(), "swordfish") {
		t.Errorf("password: %+v", x)
	}
}

// TestBrowserAddress serves a page whose address has a secret, with a table and
// a field of a kind that is not known.
func TestBrowserAddress(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `<title>Nodes</title><table><tr><th>Node<th>State<tr><td>web-1<td>ready</table>`+
			`<div contenteditable style="height:40px" aria-label="Remark">x</div><p><button>Drain</button>`)
	}))
	t.Cleanup(server.Close)
	r := newRig(t)
	page := strings.Replace(server.URL, "http://", "http://ops:hunter2@", 1) + "/nodes?env=prod&access_token=q8ZxT5pLk2"
	r.chromium(page)
	e := r.press(middle(r.find(0, "table cell", "ready").bounds)).Element
	if e.Name != "ready" || e.Header != "State" || e.URL != server.URL+"/nodes?env=prod&access_token=…" {
		t.Errorf("cell: %+v", e)
	}
	n := r.count()
	r.click(middle(r.find(0, "section", "Remark").bounds))
	r.xdotool("type", "--delay", "30", "unknown")
	r.click(middle(r.find(0, "push button", "Drain").bounds))
	await(r, n, func(c capture.Click) bool { return c.Element != nil && c.Element.Name == "Drain" })
	for _, e := range r.events.Events() {
		if x, ok := e.Fact.(capture.Text); ok && (!x.Secret || x.Value != "") {
			t.Errorf("field of an unknown kind: %+v", x)
		}
	}
	if strings.Contains(r.log(), "hunter2") || strings.Contains(r.log(), "q8ZxT5") {
		t.Error("a secret of the address is in the events")
	}
}

// TestProgramDies ends a program while it is looked at: the next one is named.
func TestProgramDies(t *testing.T) {
	r := newRig(t)
	for i := range 3 {
		cmd := r.start("zenity", "--info", "--title=Dies", "--text=x", "--ok-label=Die")
		p := middle(r.find(cmd.Process.Pid, "push button", "Die").bounds)
		r.xdotool("mousemove", fmt.Sprint(p.X), fmt.Sprint(p.Y))
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		r.until("it is gone", func() bool { _, there := r.search(0, "push button", "Die"); return !there })
		next := r.start("zenity", "--info", "--title=Next", "--text=x", fmt.Sprintf("--ok-label=Live%d", i))
		b := r.find(next.Process.Pid, "push button", fmt.Sprintf("Live%d", i)).bounds
		began := time.Now()
		if e := r.press(middle(b)).Element; e.Name != fmt.Sprintf("Live%d", i) {
			t.Errorf("after a program died: %+v", e)
		}
		if took := time.Since(began); took > 6*time.Second {
			t.Errorf("told after %v", took)
		}
	}
}
