package name

import (
	"slices"
	"strconv"
	"strings"
)

func clickTitle(s Subject, n Named) []Part {
	role := ""
	if s.Element != nil {
		role = s.Element.Role
	}
	if s.Button > 3 {
		return parts(say("press the "), Part{mouseButton(s.Button), Strong}, say(" mouse button"))
	}
	if s.Dragged {
		return dragTitle(s, n)
	}
	if n.Label == "" {
		return placeTitle(s, n, role)
	}
	label := Part{n.Label, Strong}
	if s.Opener != nil && len(s.Menu) == 0 {
		if opener := labelOfElement(*s.Opener); opener != "" {
			return pickedTitle(s.Context, label, Part{opener, Strong})
		}
		return parts(say("choose "), label)
	}
	switch {
	case s.Button == 3:
		return parts(say("right-click "), label)
	case s.Button == 2:
		return parts(say("middle-click "), label)
	case s.Count == 2:
		return parts(say("double-click "), label)
	case s.Count > 2:
		return parts(say("triple-click "), label)
	}
	if role == "check box" || role == "switch" {
		return tick(s, role, label)
	}
	if isMenuItem(role) {
		return parts(say("choose "), Part{menuPath(s.Menu, n.Label), Strong})
	}
	v, ok := verbs[role]
	if !ok {
		v = verb{"click ", ""}
	}
	return parts(say(v.before), label, say(v.after))
}

func mouseButton(n int) string {
	switch n {
	case 8:
		return "Back"
	case 9:
		return "Forward"
	}
	return strconv.Itoa(n)
}

func dragTitle(s Subject, n Named) []Part {
	what := parts(say("drag the marked element"))
	if n.Label != "" {
		what = parts(say("drag "), Part{n.Label, Strong})
	}
	if s.Target == nil {
		if s.Element != nil && s.Element.Role == "slider" && n.Label != "" {
			return parts(say("drag the "), Part{n.Label, Strong}, say(" slider"))
		}
		return what
	}
	if target := labelOfElement(*s.Target); target != "" {
		return append(what, parts(say(" to "), Part{target, Strong})...)
	}
	return append(what, say(" to another place"))
}

func pickedTitle(context bool, label, opener Part) []Part {
	if context {
		return parts(say("right-click "), opener, say(" and choose "), label)
	}
	return parts(say("choose "), label, say(" in the "), opener, say(" list"))
}

// tick says which way a box goes: to what it was after the click, or where that
// is not known away from what it was before.
func tick(s Subject, role string, label Part) []Part {
	on := !isOn(s.Element.States)
	if len(s.After) > 0 {
		on = isOn(s.After)
	}
	switch {
	case role == "switch" && on:
		return parts(say("turn on "), label)
	case role == "switch":
		return parts(say("turn off "), label)
	case on:
		return parts(say("select the "), label, say(" check box"))
	}
	return parts(say("clear the "), label, say(" check box"))
}

func isOn(states []string) bool {
	return slices.Contains(states, "checked") || slices.Contains(states, "pressed")
}

// verb is the wording for a role, around the label.
type verb struct{ before, after string }

var verbs = map[string]verb{
	"radio button":        {"select ", ""},
	"list item":           {"select ", ""},
	"table cell":          {"select ", ""},
	"table row":           {"select ", ""},
	"tree item":           {"select ", ""},
	"option":              {"choose ", ""},
	"page tab":            {"open the ", " tab"},
	"link":                {"follow the ", " link"},
	"menu":                {"open the ", " menu"},
	"combo box":           {"open the ", " list"},
	"entry":               {"click in the ", " field"},
	"text":                {"click in the ", " field"},
	"text box":            {"click in the ", " field"},
	"password text":       {"click in the ", " field"},
	"spin button":         {"click in the ", " field"},
	"column header":       {"click the ", " column header"},
	"table column header": {"click the ", " column header"},
	"slider":              {"click the ", " slider"},
}

// things names elements that have no name of their own.
var things = map[string]string{
	"push button": "button", "button": "button", "toggle button": "button", "check box": "check box", "radio button": "option",
	"menu item": "menu item", "link": "link", "icon": "icon", "image": "image", "list item": "row", "table cell": "cell",
	"table row": "row", "tree item": "row", "page tab": "tab", "combo box": "list", "entry": "field", "text": "field",
	"text box": "field", "password text": "field", "spin button": "field", "slider": "slider", "switch": "switch",
}

// placeTitle says where, in the place of what.
func placeTitle(s Subject, n Named, role string) []Part {
	act := "click "
	switch {
	case s.Button == 3:
		act = "right-click "
	case s.Button == 2:
		act = "middle-click "
	case s.Count == 2:
		act = "double-click "
	}
	if s.Opener != nil {
		if opener := labelOfElement(*s.Opener); opener != "" {
			return parts(say("choose the marked entry in the "), Part{opener, Strong}, say(" list"))
		}
	}
	if thing := things[role]; thing != "" {
		act += "the " + thing + " "
	}
	where := place(s)
	switch {
	case where == "":
		return parts(say(act + "at the marked place"))
	case n.Window == "" || s.Entered:
		return parts(say(act + where))
	}
	return parts(say(act+where+" of "), Part{n.Window, Strong})
}

// place tells in which ninth of its window the pointer was.
func place(s Subject) string {
	b := s.Window.Bounds
	if s.Point == nil || b.Empty() || !b.Contains(*s.Point) {
		return ""
	}
	column := (s.Point.X - b.X) * 3 / b.W
	row := (s.Point.Y - b.Y) * 3 / b.H
	return [3][3]string{
		{"at the top left", "at the top", "at the top right"},
		{"at the left", "in the middle", "at the right"},
		{"at the bottom left", "at the bottom", "at the bottom right"},
	}[row][column]
}

func typeTitle(s Subject, label string) []Part {
	field := []Part(nil)
	if label != "" {
		word := " field"
		if s.Element.Role == "combo box" {
			word = " list"
		}
		field = parts(say(" in the "), Part{label, Strong}, say(word))
	}
	typed := Clean(s.Text)
	switch {
	case s.Secret && label == "":
		return parts(say("type the value in the field"))
	case s.Secret:
		return append(parts(say("type the value")), field...)
	case s.Text == "" && label == "":
		return parts(say("clear the field"))
	case s.Text == "":
		return parts(say("clear the "), Part{label, Strong}, say(" field"))
	case typed != s.Text || len([]rune(typed)) > maxLine:
		return append(parts(say("type the text")), field...)
	}
	return append(parts(say("type "), Part{typed, Code}), field...)
}

func keys(names []string) string {
	clean := make([]string, len(names))
	for i, k := range names {
		clean[i] = Label(k)
	}
	return strings.Join(clean, "+")
}

func menuPath(menu []string, item string) string {
	var names []string
	for _, m := range menu {
		if m = Label(m); m != "" {
			names = append(names, m)
		}
	}
	return strings.Join(append(names, item), " > ")
}

func isMenuItem(role string) bool {
	return role == "menu item" || role == "check menu item" || role == "radio menu item" || role == "tearoff menu item"
}

// parts makes a title; empty parts vanish.
func parts(of ...Part) []Part {
	return slices.DeleteFunc(of, func(p Part) bool { return p.Text == "" })
}

func say(text string) Part { return Part{Text: text} }
