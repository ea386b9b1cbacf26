package uitree

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/runreel/runreel/capture"
)

// Role names are those of AT-SPI; GTK 4 and Chromium use some of their own.

const (
	rolePassword = "password text"
	roleTerminal = "terminal"
)

// actionable are the roles of what a person acts on; parts of them, such as
// the label in a button, are told as them.
var actionable = []string{
	"push button", "button", "toggle button", "check box", "radio button", "switch", "link", "combo box", "menu",
	"menu item", "check menu item", "radio menu item", "tearoff menu item", "list item", "table cell", "tree item",
	"table row", "page tab", "entry", "text", "text box", rolePassword, "spin button", "slider", "scroll bar",
	"column header", "table column header", "row header", "icon", "calendar", "color chooser", roleTerminal, "toggle", "push button menu",
	"editbar", "autocomplete", "date editor", "split pane",
}

// popupItems are the roles of what lies in an open menu or list.
var popupItems = []string{
	"menu item", "check menu item", "radio menu item", "tearoff menu item", "menu", "list item", "table cell", "separator",
}

// inClosedList are the roles of the parts of a combo box that show only while
// its list is open.
var inClosedList = []string{"menu", "menu item", "list", "list box", "list item", "table cell", "label", "icon", "static", "push button", "toggle button"}

// popupHolders are the roles below which menus hang, shown or not.
var popupHolders = []string{"menu bar", "menu", "popup menu", "combo box", "toggle button", "push button", "button", "menu item", "window"}

var windowRoles = []string{"frame", "dialog", "alert", "window", "file chooser", "color chooser", "font chooser"}

// holders are the roles whose names tell where an element is.
var holders = []string{
	"menu", "menu item", "page tab", "tab panel", "dialog", "alert", "file chooser", "panel", "grouping", "group", "tool bar", "combo box", "tree item",
	"list item", "info bar", "landmark", "form", "document web",
}

func isActionable(role string) bool { return slices.Contains(actionable, role) }
func isWindow(role string) bool     { return slices.Contains(windowRoles, role) }

func isEditableRole(role string) bool {
	switch role {
	case rolePassword, "entry", "text", "text box", "spin button", "combo box", "editbar", "autocomplete", "date editor", "document text":
		return true
	}
	return false
}

func hasTextValue(role string) bool {
	return isEditableRole(role) && role != rolePassword && role != "combo box"
}

// className matches what GTK 4 gives for a name where there is none.
var className = regexp.MustCompile(`^(Gtk|Adw|Gdk)[A-Z][A-Za-z]+$`)

const (
	maxName   = 512  // bytes of a name that are told,
	maxString = 4096 // and that are kept while looking
)

// clip cuts a text that has no end to at most limit bytes of memory of its own.
func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return strings.Clone(s[:limit])
}

// clean makes a name of what a program tells: one line, without surrounding
// blanks, without what turns the direction of writing, and not without end.
func clean(name string) string {
	name = strings.ToValidUTF8(clip(name, maxString), "\uFFFD")
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r), r == '\u2028', r == '\u2029':
			return ' '
		case r >= '\u202A' && r <= '\u202E', r >= '\u2066' && r <= '\u2069', r == '\uFEFF':
			return -1
		}
		return r
	}, name)
	name = strings.TrimSpace(name)
	if className.MatchString(name) {
		return ""
	}
	return strings.TrimSpace(clip(name, maxName))
}

// overlap is the share of two rectangles' common area in their joint one.
func overlap(a, b capture.Rect) float64 {
	w := min(a.X+a.W, b.X+b.W) - max(a.X, b.X)
	h := min(a.Y+a.H, b.Y+b.H) - max(a.Y, b.Y)
	if w <= 0 || h <= 0 || a.Empty() || b.Empty() {
		return 0
	}
	both := float64(w) * float64(h)
	return both / (float64(a.W)*float64(a.H) + float64(b.W)*float64(b.H) - both)
}

func inside(a, b capture.Rect, slack int) bool {
	return a.X >= b.X-slack && a.Y >= b.Y-slack && a.X+a.W <= b.X+b.W+slack && a.Y+a.H <= b.Y+b.H+slack
}

// maskRunes stand for the characters of a password.
const maskRunes = "•●∙·⚫⬤○◦■▪◼✱"

// masked tells whether a text shows only the dots of a password; its last
// character may show yet.
func masked(text string) bool {
	if text == "" {
		return false
	}
	rest := strings.TrimLeft(text, maskRunes+"*")
	return rest != text && utf8.RuneCountInString(rest) <= 1
}

// secretName matches names of fields that hold what nobody else may know, also
// where they show it.
var secretName = regexp.MustCompile(`(?i)pass ?(word|phrase|code)|passwd|\bpwd\b|\bpin\b|secret|token|credential|` +
	`(api|access|private|secret)[ _-]?key|one[ -]time|\botp\b|\bcvv\b|passwort|kennwort|contraseña|mot de passe|senha|parola|` +
	`wachtwoord|lösenord|hasło|пароль|密码|密碼|パスワード|암호|كلمة المرور`)

// isSecretName tells whether a field of these names is secret.
func isSecretName(names ...string) bool {
	return slices.ContainsFunc(names, secretName.MatchString)
}
