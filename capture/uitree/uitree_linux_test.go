package uitree

import (
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/runreel/runreel/capture"
)

func TestFormThatClosesAtTheClick(t *testing.T) {
	r := newRig(t)
	cmd := r.start("zenity", "--forms", "--title=Release", "--text=Deploy", "--add-entry=Version", "--add-password=Token", "--ok-label=Roll out")
	version := r.find(cmd.Process.Pid, "text", "")
	r.find(cmd.Process.Pid, "push button", "Roll out")
	n := r.count()

	r.click(middle(version.bounds))
	r.xdotool("type", "--delay", "30", "1.4.22")
	r.xdotool("key", "BackSpace")
	r.click(middle(r.find(cmd.Process.Pid, rolePassword, "").bounds))
	r.xdotool("type", "--delay", "30", "hunter2secret")
	r.click(middle(r.find(cmd.Process.Pid, "push button", "Roll out").bounds))

	c, _ := await(r, n, func(c capture.Click) bool { return c.Element != nil && c.Element.Role == "push button" })
	if c.Element.Name != "Roll out" || c.Element.Window != "Release" || c.Window.Title != "Release" || c.Window.PID != cmd.Process.Pid {
		t.Errorf("click on Roll out: %+v %+v", c.Window, *c.Element)
	}
	if c.Frame.Media == "" {
		t.Error("click without its picture")
	}
	first, e := await(r, n, func(x capture.Text) bool { return !x.Secret })
	if first.Value != "1.4.2" || first.Element.Label != "Version" {
		t.Errorf("typed text: %+v", first)
	}
	secret, _ := await(r, n, func(x capture.Text) bool { return x.Secret })
	if secret.Value != "" || secret.Element.Role != rolePassword || secret.Element.Label != "Token" {
		t.Errorf("password: %+v", secret)
	}
	if strings.Contains(r.log(), "hunter2") {
		t.Errorf("the password is in the events: %s", r.log())
	}
	for _, other := range r.events.Events() {
		if c, ok := other.Fact.(capture.Click); ok && c.Element != nil && c.Element.Role == rolePassword && other.At < e.At {
			t.Errorf("the click that left the field is told before what was typed: %v, %v", other.At, e.At)
		}
		if k, ok := other.Fact.(capture.Chord); ok && k.Keys[0] != "F9" {
			t.Errorf("typing told as a chord: %v", k.Keys)
		}
	}
}

func TestEnterConfirms(t *testing.T) {
	r := newRig(t)
	cmd := r.start("zenity", "--entry", "--title=Ask", "--text=Which host?")
	r.find(cmd.Process.Pid, "text", "")
	n := r.count()
	r.xdotool("type", "--delay", "20", "web-7")
	r.xdotool("key", "Return")
	x, _ := await(r, n, anyOf[capture.Text])
	if x.Value != "web-7" || x.Element.Label != "Which host?" || x.Window.Title != "Ask" {
		t.Errorf("typed text: %+v", x)
	}
}

func TestHiddenEntry(t *testing.T) {
	r := newRig(t)
	cmd := r.start("zenity", "--entry", "--hide-text", "--title=Vault", "--text=Pass phrase")
	r.find(cmd.Process.Pid, rolePassword, "")
	n := r.count()
	r.xdotool("type", "--delay", "20", "correcthorse")
	r.xdotool("key", "Return")
	x, _ := await(r, n, anyOf[capture.Text])
	if !x.Secret || x.Value != "" || x.Element.Value != "" {
		t.Errorf("password: %+v", x)
	}
	if strings.Contains(r.log(), "horse") {
		t.Error("the password is in the events")
	}
}

func TestListAndQuestion(t *testing.T) {
	r := newRig(t)
	cmd := r.start("zenity", "--list", "--title=Nodes", "--column=Node", "--column=State", "web-1", "ready", "web-2", "cordoned")
	n := r.count()
	row := r.find(cmd.Process.Pid, "table cell", "web-2")
	r.click(middle(row.bounds))
	c, _ := await(r, n, anyOf[capture.Click])
	if c.Element == nil || c.Element.Name != "web-2" || c.Element.Role != "table cell" {
		t.Fatalf("click on a row: %+v", c.Element)
	}
	n = r.count()
	r.click(middle(row.bounds), "click", "--repeat", "2", "--delay", "80", "1")
	c, _ = await(r, n, anyOf[capture.Click])
	if c.Count != 2 || c.Element == nil || c.Element.Name != "web-2" {
		t.Errorf("double click that closes the list: %+v", c)
	}

	cmd = r.start("zenity", "--question", "--title=Sure", "--text=Delete it?", "--ok-label=Delete", "--cancel-label=Keep")
	keep := r.find(cmd.Process.Pid, "push button", "Keep")
	n = r.count()
	r.click(middle(keep.bounds))
	if c, _ = await(r, n, anyOf[capture.Click]); c.Element == nil || c.Element.Name != "Keep" {
		t.Errorf("click on Keep: %+v", c.Element)
	}
}

// TestMenu clicks items of an open menu that covers other parts of its window,
// and whose popup is gone when the click is over.
func TestMenu(t *testing.T) {
	r := newRig(t)
	cmd := r.start("gtk3-demo-application")
	menu := r.find(cmd.Process.Pid, "menu", "Preferences")
	n := r.count()
	r.click(middle(menu.bounds))
	c, _ := await(r, n, anyOf[capture.Click])
	if c.Element == nil || c.Element.Name != "Preferences" || c.Element.Role != "menu" {
		t.Fatalf("click on the menu: %+v", c.Element)
	}
	n = r.count()
	r.click(middle(r.find(cmd.Process.Pid, "check menu item", "Prefer Dark Theme").bounds))
	c, _ = await(r, n, anyOf[capture.Click])
	if c.Element == nil || c.Element.Name != "Prefer Dark Theme" || !slices.Equal(c.Element.Path, []string{"Preferences"}) {
		t.Errorf("click on the item: %+v", c.Element)
	}
	if c.Element != nil && c.Element.Window != "Application Class" {
		t.Errorf("window of the item: %q", c.Element.Window)
	}
	n = r.count()
	r.click(middle(menu.bounds))
	r.click(middle(r.find(cmd.Process.Pid, "menu", "Color").bounds))
	r.click(middle(r.find(cmd.Process.Pid, "radio menu item", "Green").bounds))
	c, _ = await(r, n, func(c capture.Click) bool { return c.Element != nil && c.Element.Role == "radio menu item" })
	if c.Element.Name != "Green" || !slices.Equal(c.Element.Path, []string{"Preferences", "Color"}) {
		t.Errorf("click on the item of the inner menu: %+v", c.Element)
	}
}

// TestHungProgram stops a program: a click in another one is named as quickly
// as ever, and one in the stopped program has no element.
func TestHungProgram(t *testing.T) {
	r := newRig(t)
	dead := r.start("zenity", "--info", "--title=Dead", "--text=dead")
	ok := r.find(dead.Process.Pid, "push button", "OK")
	r.xdotool("search", "--name", "^Dead$", "windowmove", "20", "20")
	r.until("the window moved", func() bool {
		ok, _ = r.search(dead.Process.Pid, "push button", "OK")
		return ok.bounds.Y > 0 && ok.bounds.Y < 250
	})
	alive := r.start("zenity", "--question", "--title=Alive", "--ok-label=Go", "--text=alive")
	button := r.find(alive.Process.Pid, "push button", "Go")
	if err := dead.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = dead.Process.Signal(syscall.SIGCONT) }()
	n := r.count()
	r.click(middle(ok.bounds))
	r.click(middle(button.bounds))
	c, e := await(r, n, func(c capture.Click) bool { return c.Window.Title == "Alive" })
	took := r.clock.Now() - e.At
	if c.Element == nil || c.Element.Name != "Go" {
		t.Errorf("click beside a hung program: %+v", c.Element)
	}
	if took > 1500*time.Millisecond {
		t.Errorf("told after %v", took)
	}
	if c, _ := await(r, n, func(c capture.Click) bool { return c.Window.Title == "Dead" }); c.Element != nil {
		t.Errorf("element of a hung program: %+v", c.Element)
	}
}

func TestOwnProgramIsIgnored(t *testing.T) {
	r := newRig(t)
	cmd := r.start("zenity", "--entry", "--title=Recorder", "--text=Mark")
	r.mu.Lock()
	r.own[cmd.Process.Pid] = true
	r.mu.Unlock()
	field := r.find(cmd.Process.Pid, "text", "")
	n := r.count()
	r.click(middle(field.bounds))
	r.xdotool("type", "mine")
	r.xdotool("key", "ctrl+a")
	r.xdotool("key", "Return")
	other := r.start("zenity", "--info", "--title=Other", "--text=x")
	r.click(middle(r.find(other.Process.Pid, "push button", "OK").bounds))
	c, _ := await(r, n, anyOf[capture.Click])
	if c.Window.Title != "Other" {
		t.Errorf("click in an own window is told: %+v", c)
	}
	if strings.Contains(r.log(), "mine") || strings.Contains(r.log(), "Ctrl") {
		t.Errorf("input of an own window is told: %s", r.log())
	}
}

// TestShare clicks the controls of a window full of them, and measures how
// many are named and how long the question took.
func TestShare(t *testing.T) {
	r := newRig(t)
	cmd := r.start("gtk3-widget-factory")
	r.find(cmd.Process.Pid, "check box", "checkbutton")
	var named, all int
	var took []time.Duration
	for _, role := range []string{"check box", "radio button", "toggle button", "push button", "combo box", "text", "spin button", "label", "page tab"} {
		for _, n := range r.showing(cmd.Process.Pid, role) {
			p := middle(n.bounds)
			r.xdotool("mousemove", fmt.Sprint(p.X), fmt.Sprint(p.Y))
			w, over := r.windows.At(p)
			if !over {
				continue
			}
			all++
			var h hit
			var err error
			for end := time.Now().Add(3 * time.Second); time.Now().Before(end); time.Sleep(hungMin) {
				began := time.Now()
				h, err = finder{bus: r.probe, windows: r.windows}.at(t.Context(), p, w)
				took = append(took, time.Since(began))
				if err == nil { // else the machine is busy with something else
					break
				}
			}
			if err == nil && (h.element.Name != "" || h.element.Description != "" || h.element.Label != "" || h.element.Value != "") {
				named++
			} else {
				t.Logf("no name: %s at %v: %+v %v", role, p, h.element, err)
			}
		}
	}
	slices.Sort(took)
	median := took[len(took)/2]
	t.Logf("named %d of %d, half of the looks took less than %v, the slowest %v", named, all, median, took[len(took)-1])
	if all < 20 || named*100 < all*85 {
		t.Errorf("named %d of %d", named, all)
	}
	if median > elementTarget {
		t.Errorf("half of the looks took longer than %v", median)
	}
}

const elementTarget = 100 * time.Millisecond

func (r *rig) showing(pid int, role string) []node {
	ctx := r.t.Context()
	var found []node
	for _, program := range r.probe.programs(ctx) {
		if r.probe.pid(ctx, program.bus) != pid {
			continue
		}
		for level := r.probe.children(ctx, program); len(level) > 0; {
			var next []ref
			for _, n := range r.probe.nodes(ctx, level) {
				if n.role == role && n.states.has(stateShowing) && n.states.has(24) && !n.bounds.Empty() {
					found = append(found, n)
				}
				next = append(next, r.probe.children(ctx, n.ref)...)
			}
			level = next
		}
	}
	return found
}

// TestDialogsUnderRestingPointer shows one dialog after the other at the same
// place. The pointer never moves, and each click opens the next dialog: none
// may be told by the name of the next one.
func TestDialogsUnderRestingPointer(t *testing.T) {
	r := newRig(t)
	const dialogs = 6
	var script strings.Builder
	for i := range dialogs {
		fmt.Fprintf(&script, "zenity --question --title=Part%d --text=x --ok-label=Step%d --cancel-label=No || exit\n", i, i)
	}
	r.start("sh", "-c", script.String())
	var at capture.Point
	for i := range dialogs {
		b := r.find(0, "push button", fmt.Sprintf("Step%d", i)).bounds
		n := r.count()
		if i == 0 {
			at = middle(b)
			r.xdotool("mousemove", fmt.Sprint(at.X), fmt.Sprint(at.Y))
		}
		if !b.Contains(at) {
			t.Fatalf("dialog %d is elsewhere: %v, pointer %v", i, b, at)
		}
		want := fmt.Sprintf("Step%d", i)
		patient := i%2 == 0 // else the click can come before the dialog was looked at
		if patient {
			r.until("the new dialog was noticed", func() bool {
				h, _, _ := r.tree.running()
				l, ok := h.best(at, r.clock.Now())
				return ok && l.hit.element.Name == want && !h.changedBetween(nil, l.started, r.clock.Now())
			})
		}
		r.xdotool("click", "1")
		c, _ := await(r, n, anyOf[capture.Click])
		if c.Element == nil && patient || c.Element != nil && c.Element.Name != want || c.Window.Title != fmt.Sprintf("Part%d", i) {
			t.Errorf("click %d: %+v in %q", i, c.Element, c.Window.Title)
		}
	}
}

// TestHastyClicks moves and clicks at once, faster than a hand, so that nothing
// is known before: a name may be missing then, but not be wrong.
func TestHastyClicks(t *testing.T) {
	r := newRig(t)
	named := 0
	const clicks = 8
	for i := range clicks {
		label := fmt.Sprintf("Go%d", i)
		cmd := r.start("sh", "-c", fmt.Sprintf("zenity --question --text=x --ok-label=%s && exec zenity --question --text=x --ok-label=Wrong", label))
		at := middle(r.find(0, "push button", label).bounds)
		n := r.count()
		r.xdotool("mousemove", fmt.Sprint(at.X), fmt.Sprint(at.Y), "click", "1", "mousemove", "5", "5")
		c, _ := await(r, n, anyOf[capture.Click])
		switch {
		case c.Element == nil:
		case c.Element.Name == label:
			named++
		default:
			t.Errorf("click on %s: %+v", label, c.Element)
		}
		r.find(0, "push button", "Wrong")
		_ = cmd.Process.Kill() // the shell has become the second dialog
		r.until("the dialog is gone", func() bool {
			_, there := r.search(0, "push button", "Wrong")
			return !there
		})
	}
	t.Logf("named %d of %d", named, clicks)
}

const page = `data:text/html,<title>Console</title><h1>Service</h1><p><button onclick="document.body.innerHTML=''">Roll back</button>` +
	`<p><label>Version <input></label><p><label>Token <input type=password></label>` +
	`<p><label>Target <select><option>staging<option>production</select></label><p><a href="%23x">Runbook</a>`

// TestBrowser acts on a page: a button that removes itself, fields, a list
// whose popup lies outside the page.
func TestBrowser(t *testing.T) {
	r := newRig(t)
	r.chromium(page)
	link := r.find(0, "link", "Runbook")
	n := r.count()
	r.click(middle(link.bounds))
	version := r.find(0, "entry", "Version")
	r.click(middle(version.bounds))
	r.xdotool("type", "--delay", "30", "2.0.11")
	r.xdotool("key", "BackSpace")
	r.click(middle(r.find(0, rolePassword, "Token").bounds))
	r.xdotool("type", "--delay", "30", "swordfish")
	r.click(middle(r.find(0, "combo box", "Target").bounds))
	r.click(middle(r.find(0, "menu item", "production").bounds))
	r.click(middle(r.find(0, "push button", "Roll back").bounds))
	await(r, n, func(c capture.Click) bool { return c.Element != nil && c.Element.Name == "Roll back" })
	var names []string
	for _, e := range r.events.Events()[n:] {
		switch f := e.Fact.(type) {
		case capture.Click:
			if f.Element == nil {
				names = append(names, "nothing")
				continue
			}
			names = append(names, f.Element.Role+" "+f.Element.Name)
		case capture.Text:
			names = append(names, fmt.Sprintf("typed %s %q %v", f.Element.Name, f.Value, f.Secret))
		}
	}
	for _, want := range []string{
		"link Runbook", "entry Version", `typed Version "2.0.1" false`, "password text Token", `typed Token "" true`,
		"combo box Target", "menu item production", "push button Roll back",
	} {
		if !slices.Contains(names, want) {
			t.Errorf("missing: %s", want)
		}
	}
	if t.Failed() {
		t.Logf("got: %q", names)
	}
	if strings.Contains(r.log(), "swordfish") {
		t.Error("the password is in the events")
	}
}

// TestGTK4 clicks in a program whose parts count from the corner of its window
// and do not tell that they show.
func TestGTK4(t *testing.T) {
	r := newRig(t)
	r.start("gtk4-demo-application")
	f := finder{bus: r.probe, windows: r.windows}
	var file node
	r.until("the menu bar is there", func() bool {
		for _, program := range r.probe.programs(t.Context()) {
			for level := r.probe.nodes(t.Context(), r.probe.children(t.Context(), program)); len(level) > 0; {
				for _, n := range level {
					if n.role == "menu item" && n.name == "File" && n.bounds.W > 0 {
						file = n
						return r.windows.Active().Title == "Application Class"
					}
				}
				level = r.probe.nodes(t.Context(), r.probe.childrenOf(t.Context(), level))
			}
		}
		return false
	})
	corner, ok := r.windows.Origin(r.windows.Active().ID)
	if !ok {
		t.Fatal("no origin")
	}
	p := middle(file.bounds)
	p = capture.Point{X: p.X + corner.X, Y: p.Y + corner.Y}
	w, _ := r.windows.At(p)
	r.until("the part at the point is known", func() bool {
		_, err := f.at(t.Context(), p, w)
		return err == nil
	})
	n := r.count()
	r.click(p)
	c, _ := await(r, n, anyOf[capture.Click])
	if c.Element == nil || c.Element.Name != "File" || c.Element.Role != "menu item" || !c.Element.Bounds.Contains(p) || c.Element.Window != "Application Class" {
		t.Errorf("click on File: %+v", c.Element)
	}
}
