package detect

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/runreel/runreel/capture"
)

var (
	xterm = capture.Window{ID: 1, Title: "shell", Program: "XTerm"}
	app   = capture.Window{ID: 2, Title: "App", Program: "App"}
)

// at makes an event at a time in milliseconds, which is its Seq too.
func at(ms int64, f capture.Fact) capture.Event {
	return capture.Event{Seq: ms, At: time.Duration(ms) * time.Millisecond, Fact: f}
}

func click(role, name string, states ...string) capture.Click {
	return capture.Click{Button: 1, Count: 1, Window: app, Element: &capture.Element{Role: role, Name: name, States: states}}
}

func under(c capture.Click, path ...string) capture.Click {
	c.Element.Path = path
	return c
}

func pressed(c capture.Click, n int) capture.Click {
	c.Button = n
	return c
}

// dragged is a drag from one element to another; a role and a name each, "" for
// none.
func dragged(from, name, to, target string) capture.Drag {
	d := capture.Drag{Button: 1, From: capture.Point{X: 10, Y: 10}, To: capture.Point{X: 200, Y: 90}, Window: app}
	if from != "" {
		d.Element = &capture.Element{Role: from, Name: name}
	}
	if to != "" {
		d.Target = &capture.Element{Role: to, Name: target}
	}
	return d
}

func onPage(d capture.Drag) capture.Drag {
	d.Element.URL = "https://ci.example/"
	return d
}

func after(c capture.Click, states ...string) capture.Click {
	c.After = states
	return c
}

func field(role, label, value string) capture.Text {
	return capture.Text{Element: capture.Element{Role: role, Label: label}, Value: value, Window: app}
}

func entry(label string) capture.Click {
	c := click("entry", "")
	c.Element.Label = label
	return c
}

func command(line string, exit int) capture.Command {
	return capture.Command{Line: line, Exit: &exit, Length: time.Second}
}

func chord(w capture.Window, keys ...string) capture.Chord {
	return capture.Chord{Keys: keys, Window: w}
}

// told writes candidates on one line.
func told(cs []Candidate) string {
	var out []string
	for _, c := range cs {
		s := string(c.Kind)
		switch {
		case c.Command != nil:
			s += " " + c.Command.Line
			if c.Corrected != "" {
				s += " -> " + c.Corrected
			}
		case c.Kind == Chord:
			s += " " + strings.Join(c.Keys, "+")
		case c.Element != nil:
			s += " " + c.Element.Name + c.Element.Label
		}
		if c.Button > 3 {
			s += fmt.Sprintf(" button %d", c.Button)
		}
		if c.To != nil {
			s += " dragged"
		}
		if c.Target != nil {
			s += " to " + c.Target.Name
		}
		if c.Count > 1 {
			s += fmt.Sprintf(" x%d", c.Count)
		}
		if c.Opener != nil && c.Context {
			s += " on " + c.Opener.Name
		} else if c.Opener != nil && len(c.Menu) == 0 {
			s += " in " + c.Opener.Name + c.Opener.Label
		}
		if len(c.Menu) > 0 {
			s += " of " + strings.Join(c.Menu, ">")
		}
		if c.Secret {
			s += " secret"
		} else if c.Text != "" {
			s += "=" + c.Text
		}
		out = append(out, s)
	}
	return strings.Join(out, "; ")
}

func TestSteps(t *testing.T) {
	blind := capture.Click{Button: 1, Count: 1, Window: app}
	twice := click("icon", "Report")
	twice.Count = 2
	combo := click("combo box", "staging")
	combo.Element.Label = "Environment"
	still := command("sleep 9", 0)
	still.Exit = nil
	viaHook, viaShell := command("ls", 0), command("ls", 0)
	viaHook.Via, viaShell.Via, viaShell.Output = "hook", "shell", "a\n"
	tests := []struct {
		name   string
		events []capture.Event
		want   string
	}{
		{"nothing", nil, ""},
		{"order of time", []capture.Event{at(20, command("b", 0)), at(10, command("a", 0))}, "command a; command b"},
		{"command told twice", []capture.Event{at(10, viaHook), at(20, viaShell)}, "command ls"},
		{"same command twice", []capture.Event{at(10, viaShell), at(20, viaShell)}, "command ls; command ls"},
		{"no commands", []capture.Event{at(1, command("clear", 0)), at(2, command("exit", 0)), at(3, command("runreel mark now", 0)), at(4, command(" \n", 0))}, ""},
		{"commands that only look like them", []capture.Event{at(1, command("clear-cache --all", 0)), at(2, command("cd /srv", 0)), at(3, command("runreel list", 0))},
			"command clear-cache --all; command cd /srv; command runreel list"},
		{"never ended", []capture.Event{at(1, still)}, "command sleep 9"},
		{"click", []capture.Event{at(1, click("push button", "Go"))}, "click Go"},
		{"double click in parts", []capture.Event{at(1, click("icon", "Report")), at(200, twice)}, "click Report x2"},
		{"double click alone", []capture.Event{at(1, twice)}, "click Report x2"},
		{"terminal focus", []capture.Event{at(1, capture.Click{Button: 1, Window: xterm}), at(2, chord(xterm, "Ctrl", "C")), at(3, click("terminal", "Terminal"))}, ""},
		{"menu in a terminal's window", []capture.Event{at(1, capture.Click{Button: 1, Window: xterm, Element: &capture.Element{Role: "push button", Name: "New tab"}})}, "click New tab"},
		{"menu item", []capture.Event{at(1, click("menu", "File")), at(900, click("menu item", "Save as"))}, "click Save as of File"},
		{"menu that slid over", []capture.Event{at(1, click("menu", "File")), at(900, under(click("menu item", "Copy"), "Edit"))}, "click Copy of Edit"},
		{"hovered submenu", []capture.Event{at(1, click("menu", "File")), at(900, under(click("menu item", "PDF"), "App", "File", "Export"))}, "click PDF of File>Export"},
		{"menu bar of menu items", []capture.Event{at(1, click("menu item", "File")), at(900, under(click("menu item", "Open"), "File"))}, "click Open of File"},
		{"two menu items", []capture.Event{at(1, click("menu item", "Bold")), at(900, click("menu item", "Italic"))}, "click Bold; click Italic"},
		{"menu closed again", []capture.Event{at(1, click("menu", "File")), at(900, click("push button", "Go"))}, "click Go"},
		{"menu closed by Escape", []capture.Event{at(1, click("menu", "File")), at(900, chord(app, "Escape")), at(1000, click("menu item", "Stray"))}, "click Stray"},
		{"menu and a click that nobody named", []capture.Event{at(1, click("menu", "File")), at(900, blind)}, "click File; click"},
		{"context menu", []capture.Event{at(1, pressed(click("table cell", "a.txt"), 3)), at(900, click("menu item", "Rename"))}, "click Rename on a.txt"},
		{"right click alone", []capture.Event{at(1, pressed(click("table cell", "a.txt"), 3))}, "click a.txt"},
		{"menu button", []capture.Event{at(1, click("toggle button", "Main menu")), at(900, click("menu item", "Preferences"))}, "click Preferences of Main menu"},
		{"combo box", []capture.Event{at(1, combo), at(900, click("list item", "production"))}, "click production in stagingEnvironment"},
		{"combo box whose list says nothing", []capture.Event{at(1, combo), at(900, blind)}, "click in stagingEnvironment"},
		{"combo box, then a button", []capture.Event{at(1, combo), at(900, click("push button", "Go"))}, "click stagingEnvironment; click Go"},
		{"field", []capture.Event{at(1, entry("Name")), at(5000, field("entry", "Name", "x"))}, "type Name=x"},
		{"field left by a button", []capture.Event{at(1, entry("Name")), at(5000, click("push button", "Save")), at(5100, field("entry", "Name", "x"))}, "type Name=x; click Save"},
		{"field without a focus click", []capture.Event{at(1, click("push button", "New")), at(5000, click("push button", "Save")), at(5100, field("entry", "Name", "x"))},
			"click New; type Name=x; click Save"},
		{"editing belongs to the field", []capture.Event{at(1, entry("Name")), at(2, chord(app, "Ctrl", "A")), at(3, chord(app, "Ctrl", "V")), at(5000, field("entry", "Name", "x"))}, "type Name=x"},
		{"field corrected", []capture.Event{at(1, entry("A")), at(100, field("entry", "A", "x")), at(200, entry("B")), at(300, field("entry", "B", "y")),
			at(400, entry("A")), at(500, field("entry", "A", "z"))}, "type A=z; type B=y"},
		{"field filled again later", []capture.Event{at(1, entry("A")), at(100, field("entry", "A", "x")), at(200, click("push button", "Go")),
			at(4000, entry("A")), at(5000, field("entry", "A", "z"))}, "type A=x; click Go; type A=z"},
		{"field only passed", []capture.Event{at(1, entry("A")), at(2, chord(app, "Tab")), at(100, field("entry", "B", ""))}, ""},
		{"field cleared", []capture.Event{at(1, entry("A")), at(100, field("entry", "A", ""))}, "type A"},
		{"password", []capture.Event{at(1, capture.Text{Element: capture.Element{Role: "password text", Name: "Password"}, Secret: true, Window: app})}, "type Password secret"},
		{"focus for keys", []capture.Event{at(1, entry("A")), at(2, chord(app, "Ctrl", "Enter"))}, "click A; chord Ctrl+Enter"},
		{"navigation", []capture.Event{at(1, chord(app, "Alt", "Tab")), at(2, chord(app, "Shift", "Tab")), at(3, chord(app, "Super")), at(4, capture.Chord{Window: app})}, ""},
		{"box ticked and cleared", []capture.Event{at(1, click("check box", "Dry run")), at(2000, click("check box", "Dry run", "checked"))}, ""},
		{"box ticked, another cleared", []capture.Event{at(1, click("check box", "A")), at(2000, click("check box", "B", "checked"))}, "click A; click B"},
		{"scroll alone", []capture.Event{at(1, capture.Scroll{DY: 3, Window: app}), at(2, capture.Scroll{DY: 3, Window: app})}, "scroll"},
		{"scroll beside a step", []capture.Event{at(1, capture.Scroll{DY: 3, Window: app}), at(2, click("link", "More"))}, "click More"},
		{"marks", []capture.Event{at(1, capture.Mark{Text: "Deploy"}), at(2, capture.Mark{}), at(3, command("a", 0)), at(4, capture.Mark{Text: "End"})},
			"heading=Deploy; note; command a; note=End"},
		{"correction", []capture.Event{at(1, command("gti status", 127)), at(2, command("ls", 0)), at(3, command("git status", 0))}, "command gti status -> git status; command ls; command git status"},
		{"no correction", []capture.Event{at(1, command("grep a b", 1)), at(2, command("kubectl get pods", 0)), at(3, command("grep -r something else entirely", 0))},
			"command grep a b; command kubectl get pods; command grep -r something else entirely"},
		{"again with sudo", []capture.Event{at(1, command("systemctl restart api", 1)), at(2, command("sudo systemctl restart api", 0))},
			"command systemctl restart api -> sudo systemctl restart api; command sudo systemctl restart api"},
		{"menu opened by a key", []capture.Event{at(1, under(click("menu item", "PDF"), "App", "File", "Export"))}, "click PDF of File>Export"},
		{"menu item of a page", []capture.Event{at(1, capture.Click{Button: 1, Window: app, Element: &capture.Element{Role: "menu item", Name: "large", Path: []string{"Sizes"}, URL: "http://x/"}})},
			"click large"},
		{"back and forward", []capture.Event{at(1, pressed(click("link", "X"), 8)), at(2, pressed(click("terminal", ""), 9))}, "click button 8; click button 9"},
		{"drag onto something", []capture.Event{at(1, dragged("icon", "a.txt", "icon", "Trash"))}, "click a.txt dragged to Trash"},
		{"drag of a row onto a row", []capture.Event{at(1, dragged("table cell", "a.txt", "table cell", "Backup"))}, "click a.txt dragged to Backup"},
		{"drag over rows of a page", []capture.Event{at(1, onPage(dragged("table cell", "a", "table cell", "b")))}, ""},
		{"card of a page", []capture.Event{at(1, onPage(dragged("list item", "Ticket", "grouping", "Done")))}, "click Ticket dragged to Done"},
		{"drag to nowhere", []capture.Event{at(1, dragged("icon", "a.txt", "", "")), at(2, dragged("icon", "a.txt", "panel", ""))}, ""},
		{"drag of what has no name", []capture.Event{at(1, dragged("icon", "", "icon", "Trash")), at(2, dragged("", "", "icon", "Trash"))}, ""},
		{"drag within one thing", []capture.Event{at(1, dragged("icon", "a.txt", "icon", "a.txt"))}, ""},
		{"drag onto a scroll bar", []capture.Event{at(1, dragged("icon", "a.txt", "scroll bar", "Vertical"))}, ""},
		{"slider", []capture.Event{at(1, dragged("slider", "Volume", "slider", "Volume")), at(9000, dragged("slider", "Balance", "", ""))},
			"click Volume dragged; click Balance dragged"},
		{"scroll bar dragged", []capture.Event{at(1, dragged("scroll bar", "Vertical", "icon", "x"))}, ""},
		{"window moved", []capture.Event{at(1, dragged("title bar", "App", "icon", "x")), at(2, dragged("frame", "App", "icon", "x")), at(3, dragged("label", "App", "push button", "Go"))}, ""},
		{"text selected", []capture.Event{at(1, dragged("text", "Notes", "text", "Notes")), at(2, dragged("entry", "Name", "label", "Name")), at(3, dragged("paragraph", "a", "heading", "b"))}, ""},
		{"text of a terminal selected", []capture.Event{at(1, capture.Drag{Button: 1, Window: xterm, Element: &capture.Element{Role: "icon", Name: "x"}, Target: &capture.Element{Role: "icon", Name: "y"}})}, ""},
		{"dragged with another button", []capture.Event{at(1, capture.Drag{Button: 3, Window: app, Element: &capture.Element{Role: "icon", Name: "x"}, Target: &capture.Element{Role: "icon", Name: "y"}})}, ""},
		{"shaky click", []capture.Event{at(1, dragged("push button", "Go", "push button", "Go"))}, "click Go"},
		{"button let go elsewhere", []capture.Event{at(1, dragged("push button", "Save", "push button", "Cancel"))}, ""},
		{"menu held open", []capture.Event{at(1, dragged("menu", "File", "menu item", "Save"))}, "click Save of File"},
		{"submenu held open", []capture.Event{at(1, func() capture.Drag {
			d := dragged("menu", "File", "menu item", "PDF")
			d.Target.Path = []string{"File", "Export"}
			return d
		}())}, "click PDF of File>Export"},
		{"list held open", []capture.Event{at(1, dragged("combo box", "Environment", "list item", "production"))}, "click production in Environment"},
		{"menu held open and closed", []capture.Event{at(1, dragged("menu", "File", "panel", ""))}, ""},
		{"box ticked and cleared, by what they did", []capture.Event{at(1, after(click("check box", "A"), "checked")), at(2000, after(click("check box", "A"), "enabled"))}, ""},
		{"box clicked twice to no effect", []capture.Event{at(1, after(click("check box", "A"), "enabled", "checked")), at(2000, after(click("check box", "A", "checked"), "enabled", "checked"))}, "click A; click A"},
		{"nothing to see", []capture.Event{at(1, capture.Focus{Window: app}), at(2, capture.Audio{}), at(3, capture.Pause{}), at(4, capture.Gap{}), at(5, click("scroll bar", ""))}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			events := slices.Clone(tt.events)
			if got := told(Steps(events)); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
			if !slices.EqualFunc(events, tt.events, func(a, b capture.Event) bool { return a.Seq == b.Seq }) {
				t.Error("the events were reordered")
			}
		})
	}
}

func TestAPickCoversItsWay(t *testing.T) {
	got := Steps([]capture.Event{at(1, click("menu", "File")), at(900, click("menu item", "Save"))})[0]
	if got.Start != time.Millisecond || got.End != 900*time.Millisecond || !slices.Equal(got.Events, []int64{1, 900}) {
		t.Errorf("%v to %v, events %v", got.Start, got.End, got.Events)
	}
}

func TestAMarkShowsTheFrameBeforeIt(t *testing.T) {
	frame := func(name string) capture.Frame { return capture.Frame{FrameRef: capture.FrameRef{Media: name}} }
	got := Steps([]capture.Event{at(1, frame("a")), at(5, frame("b")), at(6, capture.Mark{}), at(7, frame("c"))})
	if got[0].Frame.Media != "b" {
		t.Errorf("frame %q", got[0].Frame.Media)
	}
}

// FuzzSteps plays random sessions: steps come in order, and each event belongs
// to one of them at most.
func FuzzSteps(f *testing.F) {
	f.Add([]byte("abcdefghijklmnop"))
	f.Add([]byte("ghgigjkkkllabab"))
	f.Add([]byte("kaklkbkzkzkxk"))
	f.Fuzz(func(t *testing.T, script []byte) {
		if len(script) > 300 {
			return
		}
		blind := capture.Click{Button: 1, Count: 2, Window: app}
		facts := []capture.Fact{
			command("ls", 0), command("false", 1), click("menu", "M"), click("menu item", "I"), click("combo box", "C"), click("list item", "L"),
			entry("A"), entry("B"), field("entry", "A", "x"), field("entry", "B", ""), field("entry", "C", "y"), chord(app, "Ctrl", "A"), chord(app, "Escape"),
			chord(app, "F5"), capture.Mark{Text: "m"}, capture.Mark{}, blind, pressed(click("icon", "R"), 3), click("check box", "K"), click("check box", "K", "checked"),
			capture.Scroll{DY: 1}, chord(app), click("toggle button", "T"),
			dragged("icon", "a", "icon", "b"), dragged("menu", "M", "menu item", "I"), dragged("combo box", "C", "list item", "L"),
			dragged("push button", "P", "push button", "P"), dragged("slider", "S", "", ""), dragged("", "", "", ""),
			after(click("check box", "K"), "checked"), pressed(click("icon", "R"), 8), under(click("menu item", "I"), "M"),
		}
		var events []capture.Event
		ms := int64(0)
		for i, b := range script {
			ms += int64(b) * 7
			events = append(events, capture.Event{Seq: int64(i + 1), At: time.Duration(ms) * time.Millisecond, Fact: facts[int(b)%len(facts)]})
		}
		seen := map[int64]bool{}
		commands := 0
		for _, c := range Steps(events) {
			if c.End < c.Start {
				t.Fatalf("%s ends at %v before %v", c.Kind, c.End, c.Start)
			}
			for _, seq := range c.Events {
				if seen[seq] {
					t.Fatalf("event %d twice", seq)
				}
				seen[seq] = true
			}
			if c.Kind == Command {
				commands++
			}
		}
		for _, e := range events {
			if _, ok := e.Fact.(capture.Command); ok {
				commands--
			}
		}
		if commands != 0 {
			t.Fatalf("%d commands too many", commands)
		}
	})
}
