package uitree

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/runreel/runreel/capture"
)

// field starts the form and returns where its labelled fields are.
func (r *rig) form(args ...string) (*exec.Cmd, func(label string) node) {
	r.t.Helper()
	cmd := r.python("form.py", args...)
	r.find(cmd.Process.Pid, "check box", "Keep logs")
	return cmd, func(label string) node {
		r.t.Helper()
		var found node
		r.until("field "+label, func() bool {
			for _, role := range []string{"text", rolePassword, "spin button"} {
				for _, n := range r.showing(cmd.Process.Pid, role) {
					if r.probe.labelledBy(r.t.Context(), n.ref) == label {
						found = n
						return true
					}
				}
			}
			return false
		})
		return found
	}
}

func (r *rig) keys(args ...string) {
	r.t.Helper()
	r.tree.Typed(r.clock.Now())
	r.xdotool(append([]string{"key", "--delay", "30"}, args...)...)
}

func (r *rig) write(text string) {
	r.t.Helper()
	r.tree.Typed(r.clock.Now())
	r.xdotool("type", "--delay", "30", text)
}

// focusOn clicks a field and waits until it has the keyboard and is known.
func (r *rig) focusOn(n node) {
	r.t.Helper()
	r.click(middle(n.bounds))
	r.until("the field has the keyboard", func() bool {
		st, err := r.probe.statesOf(r.t.Context(), n.ref)
		return err == nil && st.has(stateFocused)
	})
}

func (r *rig) texts() []capture.Text {
	var all []capture.Text
	for _, e := range r.events.Events() {
		if x, ok := e.Fact.(capture.Text); ok {
			all = append(all, x)
		}
	}
	return all
}

// TestTyping fills a form as people do: with corrections, by pasting, from a
// completion, from field to field by Tab.
func TestTyping(t *testing.T) {
	r := newRig(t)
	_, field := r.form()
	r.focusOn(field("Host"))
	r.write("wob")
	r.keys("BackSpace", "BackSpace")
	r.write("eb")
	r.until("the completion is offered", func() bool {
		w, ok := r.windows.At(capture.Point{X: field("Host").bounds.X + 20, Y: field("Host").bounds.Y + 45})
		return ok && w.ID != r.windows.Active().ID
	})
	r.keys("Down", "Return")
	r.until("it was completed", func() bool {
		v, err := r.probe.text(t.Context(), field("Host").ref, span{})
		return err == nil && v.value == "web-1.example.org"
	})
	r.keys("ctrl+a", "ctrl+c", "Tab")
	r.write("see ")
	r.keys("ctrl+v", "Tab")
	if x := r.typed(0, "Host"); x.Value != "web-1.example.org" || x.Window.Title != "Form" {
		t.Errorf("completed: %+v", x)
	}
	if x := r.typed(0, "Notes"); x.Value != "see web-1.example.org" {
		t.Errorf("pasted: %+v", x)
	}
	r.focusOn(field("Region"))
	r.write("west")
	r.focusOn(field("Copies"))
	r.keys("ctrl+a")
	r.write("12")
	r.focusOn(field("Comment"))
	r.write("one")
	r.keys("Return")
	r.write("two")
	r.focusOn(field("Key"))
	r.write("swordfish")
	r.focusOn(field("Notes"))
	for label, want := range map[string]string{"Region": "west", "Copies": "12", "Comment": "one\ntwo"} {
		if x := r.typed(0, label); x.Value != want || x.Secret || x.Omitted != 0 {
			t.Errorf("%s: %+v", label, x)
		}
	}
	if x := r.typed(0, "Key"); !x.Secret || x.Value != "" {
		t.Errorf("password: %+v", x)
	}
	var labels []string
	for _, x := range r.texts() {
		labels = append(labels, x.Element.Label)
	}
	if want := []string{"Host", "Notes", "Region", "Copies", "Comment", "Key"}; !slices.Equal(labels, want) {
		t.Errorf("told %q, want %q", labels, want)
	}
}

// TestShownPassword makes a password visible: its field stays secret.
func TestShownPassword(t *testing.T) {
	r := newRig(t)
	cmd, field := r.form()
	r.focusOn(field("Key"))
	r.write("xyz")
	r.click(middle(r.find(cmd.Process.Pid, "push button", "Peek").bounds))
	r.until("it is shown", func() bool { return field("Key").role == "text" })
	r.focusOn(field("Key"))
	r.write("zy")
	n := r.count()
	r.press(middle(field("Key").bounds))
	r.focusOn(field("Notes"))
	x, _ := await(r, n, anyOf[capture.Text])
	if !x.Secret || strings.Contains(r.log(), "xyz") {
		t.Errorf("a password that is shown: %+v", x)
	}
}

// TestFilledByProgram lets the program fill the field that has the keyboard.
func TestFilledByProgram(t *testing.T) {
	r := newRig(t)
	_, field := r.form()
	r.focusOn(field("Notes"))
	r.write("mine")
	r.keys("Tab", "Tab", "Tab") // to the number and on to what is filled
	r.focusOn(field("Build"))
	r.until("it is filled", func() bool {
		v, err := r.probe.text(t.Context(), field("Build").ref, span{})
		return err == nil && v.value == "from the program"
	})
	r.xdotool("key", "Tab")
	r.focusOn(field("Host"))
	r.write("last")
	n := r.count()
	r.focusOn(field("Notes"))
	await(r, n, anyOf[capture.Text])
	for _, x := range r.texts() {
		if strings.Contains(x.Value, "program") {
			t.Errorf("what the program filled in is told as typed: %+v", x)
		}
	}
}

// TestPausedTyping types while nothing is recorded: nothing of it comes out
// later, not by the field and not by a click on it.
func TestPausedTyping(t *testing.T) {
	r := newRig(t)
	_, field := r.form()
	r.focusOn(field("Host"))
	r.write("before")
	r.clock.Pause()
	r.write("hidden")
	r.clock.Resume()
	r.write("after")
	r.focusOn(field("Notes"))
	if x := r.typed(0, "Host"); !x.Secret || x.Value != "" {
		t.Errorf("field over a pause: %+v", x)
	}
	r.write("open")
	r.focusOn(field("Region"))
	if x := r.typed(0, "Notes"); x.Value != "open" {
		t.Errorf("field after the pause: %+v", x)
	}
	r.clock.Pause()
	r.focusOn(field("Comment"))
	r.write("hidden")
	r.focusOn(field("Copies"))
	r.clock.Resume()
	n := r.count()
	r.press(middle(field("Comment").bounds))
	r.write(" shown")
	r.press(middle(field("Host").bounds))
	r.focusOn(field("Notes"))
	if x := r.typed(n, "Comment"); !x.Secret {
		t.Errorf("field that was edited in the pause: %+v", x)
	}
	if strings.Contains(r.log(), "hidden") || strings.Contains(r.log(), "before") {
		t.Errorf("what was typed in a pause is in the events: %s", r.log())
	}
}

// TestOffTheRecord takes back what was typed last: it does not come out when
// the field is edited again.
func TestOffTheRecord(t *testing.T) {
	r := newRig(t)
	_, field := r.form()
	r.focusOn(field("Host"))
	r.write("void")
	r.focusOn(field("Notes"))
	r.typed(0, "Host")
	n := r.count()
	r.clock.Pause()
	r.clock.Forget(time.Minute)
	r.clock.Resume()
	r.press(middle(field("Host").bounds))
	r.write("more")
	r.press(middle(field("Region").bounds))
	if x := r.typed(n, "Host"); !x.Secret || x.Value != "" {
		t.Errorf("field of a void span: %+v", x)
	}
	for _, e := range r.events.Events()[n:] {
		if b, _ := capture.MarshalFact(e.Fact); strings.Contains(string(b), "void") {
			t.Errorf("told: %s", b)
		}
	}
}

// TestLongText edits a text of a megabyte: only what was edited is told.
func TestLongText(t *testing.T) {
	r := newRig(t)
	_, field := r.form("big")
	r.focusOn(field("Comment"))
	r.keys("ctrl+Home", "Down")
	r.write("kubectl drain")
	r.focusOn(field("Notes"))
	x := r.typed(0, "Comment")
	if x.Value != "kubectl drain" || x.Omitted != 1<<20 || x.Secret {
		t.Errorf("long text: %+v", x)
	}
}

// TestAfter reads states once a click had its effect, and columns of a table.
func TestAfter(t *testing.T) {
	r := newRig(t)
	cmd, _ := r.form()
	b := r.find(cmd.Process.Pid, "check box", "Keep logs").bounds
	for _, checked := range []bool{true, false, true} {
		c := r.press(middle(b))
		if slices.Contains(c.Element.States, "checked") == checked || slices.Contains(c.After, "checked") != checked {
			t.Errorf("want %v: %q, then %q", checked, c.Element.States, c.After)
		}
	}
	c := r.press(middle(r.find(cmd.Process.Pid, "table cell", "cordoned").bounds))
	if c.Element.Header != "State" || !slices.Contains(c.After, "selected") {
		t.Errorf("cell: %+v, then %q", c.Element, c.After)
	}
	if _, err := r.tree.Settled(t.Context(), capture.Point{X: 1, Y: 1}, 0); err == nil {
		t.Error("states of what was never located")
	}
	ask := r.start("zenity", "--question", "--title=Ask", "--text=x", "--ok-label=Yes")
	if c = r.press(middle(r.find(ask.Process.Pid, "push button", "Yes").bounds)); c.Element.Name != "Yes" || c.After != nil {
		t.Errorf("button that closes its window: %+v, then %q", c.Element, c.After)
	}
}
