package detect

import (
	"slices"
	"strings"

	"github.com/runreel/runreel/capture"
)

// Roles are AT-SPI role names.
var (
	menuItems = []string{"menu item", "check menu item", "radio menu item", "tearoff menu item"}
	picks     = []string{"menu item", "check menu item", "radio menu item", "list item", "table cell", "option", "tree item"}
	fields    = []string{"entry", "text", "text box", "password text", "spin button", "editbar", "autocomplete", "date editor", "document text"}
	toggles   = []string{"check box", "toggle button", "switch", "check menu item", "toggle"}
	// inert are parts of a window that only bring it forward or scroll it.
	inert = []string{"terminal", "scroll bar", "title bar", "desktop frame", "split pane"}
	// buttons are what a click acts on, however shaky the hand.
	buttons = []string{
		"push button", "button", "toggle button", "check box", "radio button", "switch", "link", "page tab", "menu item", "check menu item",
		"radio menu item", "tool bar button", "column header", "table column header",
	}
	// fixed are what cannot be dragged: a drag there selects text, scrolls, or
	// moves or sizes the window.
	fixed = []string{
		"scroll bar", "split pane", "title bar", "frame", "dialog", "alert", "window", "file chooser", "internal frame", "panel", "filler", "tool bar",
		"menu bar", "status bar", "menu", "popup menu", "label", "static", "heading", "paragraph", "text", "entry", "text box", "password text",
		"spin button", "editbar", "autocomplete", "date editor", "document text", "document web", "document frame", "document email",
		"document spreadsheet", "terminal", "page tab list", "scroll pane", "viewport", "table", "tree", "tree table", "list", "list box", "combo box",
		"desktop frame", "root pane", "layered pane", "caption", "block quote", "code", "log", "landmark", "form", "description value", "mark",
	}
	// surfaces are what a click into the text of a terminal may land on.
	surfaces = []string{"panel", "filler", "frame", "window", "drawing area", "unknown", "scroll pane", "viewport", "text", "document text", "canvas", "layered pane", "root pane"}
)

// terminals are the programs, by WM_CLASS in lower case, whose windows hold a
// shell: commands tell what happens there.
var terminals = map[string]bool{
	"xterm": true, "uxterm": true, "gnome-terminal": true, "gnome-terminal-server": true, "kitty": true, "alacritty": true,
	"konsole": true, "org.kde.konsole": true, "foot": true, "footclient": true, "xfce4-terminal": true, "org.wezfurlong.wezterm": true,
	"wezterm": true, "wezterm-gui": true, "tilix": true, "com.gexperts.tilix": true, "terminator": true, "urxvt": true, "rxvt": true,
	"st": true, "st-256color": true, "lxterminal": true, "mate-terminal": true, "qterminal": true, "terminology": true, "guake": true,
	"tilda": true, "yakuake": true, "ghostty": true, "com.mitchellh.ghostty": true, "ptyxis": true, "org.gnome.ptyxis": true,
	"org.gnome.console": true, "kgx": true, "blackbox": true, "com.raggesilver.blackbox": true, "cool-retro-term": true,
	"deepin-terminal": true, "io.elementary.terminal": true, "sakura": true, "eterm": true, "contour": true, "rio": true, "koi8rxterm": true,
}

// controls are the words of our own command line that steer a recording.
var controls = []string{"stop", "discard", "pause", "resume", "toggle", "mark", "status", "record"}

func isTerminal(program string) bool { return terminals[strings.ToLower(program)] }

func isPick(e *capture.Element) bool { return e != nil && slices.Contains(picks, e.Role) }

func isToggle(role string) bool { return slices.Contains(toggles, role) }

func isOn(states []string) bool {
	return slices.Contains(states, "checked") || slices.Contains(states, "pressed")
}

// noStep tells of command lines that do nothing for the reader.
func noStep(line string) bool {
	words := strings.Fields(line)
	if len(words) == 0 {
		return true
	}
	switch words[0] {
	case "clear", "reset", "exit", "logout":
		return len(words) == 1
	case "runreel":
		return len(words) > 1 && slices.Contains(controls, words[1])
	}
	return false
}

var modifiers = []string{"Ctrl", "Alt", "Shift", "Super", "Meta", "AltGr", "Hyper"}

// isNavigation tells of keys that only move between fields and windows.
func isNavigation(keys []string) bool {
	if len(keys) == 0 {
		return true
	}
	last := keys[len(keys)-1]
	return last == "Tab" || slices.Contains(modifiers, last)
}

var editKeys = []string{"A", "C", "V", "X", "Z", "Y", "Left", "Right", "Up", "Down", "Home", "End", "Backspace", "Delete", "Insert", "W", "U", "K"}

// isEditing tells of keys that change a field's text or move in it.
func isEditing(keys []string) bool {
	last := keys[len(keys)-1]
	if len(keys) == 1 {
		return slices.Contains(editKeys, last) && len(last) > 1
	}
	for _, k := range keys[:len(keys)-1] {
		if k != "Ctrl" && k != "Shift" {
			return false
		}
	}
	return slices.ContainsFunc(editKeys, func(k string) bool { return strings.EqualFold(k, last) })
}
