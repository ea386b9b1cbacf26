package detect

import (
	"slices"

	"github.com/runreel/runreel/capture"
)

const slider = "slider"

// drag tells what a press that ended elsewhere was: a pick from a menu that was
// held open, a shaky click, something that was moved, or nothing that a reader
// would do.
func (w *walk) drag(e capture.Event, f capture.Drag) {
	c := candidate(Click, e)
	c.Window, c.Element, c.Point, c.Frame, c.Button, c.Count = f.Window, f.Element, &f.From, f.Frame, f.Button, 1
	switch {
	case f.Button != 1 || f.Element == nil || isTerminal(f.Window.Program):
	case w.pulled(&c, f):
		w.out = append(w.out, c)
	case f.Target != nil && slices.Contains(buttons, f.Element.Role) && sameElement(f.Window, *f.Element, f.Window, *f.Target):
		w.click(e, capture.Click{Button: 1, Count: 1, Point: f.From, Window: f.Window, Element: f.Element, Frame: f.Frame})
	case moved(f):
		if c.To = &f.To; f.Element.Role != slider {
			c.Target = f.Target
		}
		w.out = append(w.out, c)
	}
}

// pulled makes c the pick from a menu or a list on which the button was let go.
func (w *walk) pulled(c *Candidate, f capture.Drag) bool {
	if f.Target == nil || !isPick(f.Target) || nameless(f.Target) {
		return false
	}
	switch f.Element.Role {
	case "combo box":
		c.Opener = f.Element
	case "menu":
		c.Menu = menuPath([]string{f.Element.Name}, f.Target)
		c.Opener = f.Element
	default:
		return false
	}
	c.Element = f.Target
	return true
}

// moved tells whether a drag put one thing onto another, or moved a slider. A
// drag that selects text, or moves or sizes a window, or lets go of a button
// elsewhere, is none.
func moved(f capture.Drag) bool {
	role := f.Element.Role
	if nameless(f.Element) || slices.Contains(fixed, role) || slices.Contains(buttons, role) {
		return false
	}
	if role == slider {
		return true
	}
	return f.Target != nil && !nameless(f.Target) && !slices.Contains(inert, f.Target.Role) &&
		!sameElement(f.Window, *f.Element, f.Window, *f.Target) && !alongText(f)
}

// alongText tells of a drag over the text of a web page or a table: one cell is
// not put onto another there, but both are selected.
func alongText(f capture.Drag) bool {
	texts := []string{"table cell", "table row", "list item", "section", "article"}
	return f.Element.URL != "" && f.Element.Role == f.Target.Role && slices.Contains(texts, f.Element.Role)
}
