package detect

import (
	"slices"

	"github.com/runreel/runreel/capture"
)

func (w *walk) click(e capture.Event, f capture.Click) {
	if f.Button <= 3 && isFocusOnly(f) {
		return
	}
	c := candidate(Click, e)
	c.Window, c.Element, c.Point, c.Frame = f.Window, f.Element, &f.Point, f.Frame
	c.Button, c.Count, c.After = f.Button, max(1, f.Count), f.After
	if c.Button > 3 {
		c.Element, c.After = nil, nil // back and forward act on the window
	}
	if w.repeats(c) {
		return
	}
	c.opens, c.focus = opened(f), focuses(f)
	w.pick(&c)
	w.out = append(w.out, c)
}

// repeats joins the parts of a double click.
func (w *walk) repeats(c Candidate) bool {
	n := len(w.out)
	if n == 0 || c.Count < 2 {
		return false
	}
	last := &w.out[n-1]
	if last.Kind != Click || last.To != nil || last.Button != c.Button || last.Count >= c.Count || c.Start-last.Start > doubleTime {
		return false
	}
	if d := distance(*last.Point, *c.Point); d > 6 {
		return false
	}
	last.Count, last.After = c.Count, c.After
	last.End = c.End
	last.Events = append(last.Events, c.Events...)
	return true
}

func distance(a, b capture.Point) int {
	return max(a.X-b.X, b.X-a.X, a.Y-b.Y, b.Y-a.Y)
}

// pick makes c take in the clicks that opened what it was picked from.
func (w *walk) pick(c *Candidate) {
	item, blind := isPick(c.Element), nameless(c.Element)
	if c.Button != 1 || !item && !blind {
		return
	}
	first := len(w.out)
	for first > 0 && leadsTo(w.out[first-1], *c, blind) {
		first--
		if o := w.out[first].opens; o == context || o == list || o == button {
			break // nothing opens before these
		}
	}
	if first == len(w.out) {
		c.Menu = menusAbove(*c)
		return
	}
	way := w.out[first:]
	var names []string
	for _, o := range way {
		c.Events = append(c.Events, o.Events...)
		if o.opens != context && o.opens != list && o.Element != nil {
			names = append(names, o.Element.Name)
		}
	}
	root := way[0]
	c.Start, c.Opener, c.Context = root.Start, root.Element, root.opens == context
	if root.opens == list || root.opens == context {
		// The picture with the closed list shows where to begin; the one with
		// the item shows what to pick, which is the point.
		names = nil
	}
	c.Menu = menuPath(names, c.Element)
	w.out = w.out[:first]
}

// leadsTo tells whether o opened what c was picked from.
func leadsTo(o, c Candidate, blind bool) bool {
	if o.Kind != Click || o.opens == nothing || !sameProgram(o.Window, c.Window) {
		return false
	}
	if blind {
		return o.opens == list && c.Start-o.End <= blindFor
	}
	if c.Start-o.End > openFor {
		return false
	}
	menuItem := slices.Contains(menuItems, c.Element.Role)
	switch o.opens {
	case list:
		return true
	case submenu:
		return menuItem && slices.Contains(c.Element.Path, o.Element.Name)
	}
	return menuItem
}

// menusAbove is the way to a menu item that no click opened, as the program
// tells it. Pages in a browser tell of other things there.
func menusAbove(c Candidate) []string {
	if c.Element == nil || c.Element.URL != "" || !slices.Contains(menuItems, c.Element.Role) {
		return nil
	}
	var menus []string
	for _, name := range c.Element.Path {
		if name != c.Element.Window && name != c.Window.Title {
			menus = append(menus, name)
		}
	}
	return menus
}

// menuPath is the way to an item. A menu that opened under the resting pointer
// was never clicked, so that the program's own account goes first.
func menuPath(clicked []string, e *capture.Element) []string {
	if len(clicked) == 0 || e == nil {
		return clicked
	}
	if i := slices.Index(e.Path, clicked[0]); i >= 0 {
		return slices.Clone(e.Path[i:])
	}
	if n := len(e.Path); n > 0 && len(clicked) == 1 {
		// The pointer slid to the neighbouring menu.
		return slices.Clone(e.Path[n-1:])
	}
	return clicked
}

func opened(f capture.Click) opening {
	if f.Button == 3 {
		return context
	}
	if f.Button != 1 || f.Element == nil {
		return nothing
	}
	switch {
	case f.Element.Role == "menu":
		return menu
	case f.Element.Role == "combo box":
		return list
	case slices.Contains(menuItems, f.Element.Role):
		return submenu
	case f.Element.Role == "toggle button", slices.Contains(f.Element.States, "has popup"), slices.Contains(f.Element.States, "expandable"):
		return button
	}
	return nothing
}

func focuses(f capture.Click) bool {
	return f.Button == 1 && f.Element != nil && slices.Contains(fields, f.Element.Role)
}

// isFocusOnly tells of a click that does nothing but bring a window forward or
// scroll it.
func isFocusOnly(f capture.Click) bool {
	role := ""
	if f.Element != nil {
		role = f.Element.Role
	}
	if slices.Contains(inert, role) {
		return true
	}
	return isTerminal(f.Window.Program) && (role == "" || slices.Contains(surfaces, role))
}
