package uitree

// states is the set of an object's states, a bit each (AT-SPI StateType).
type states uint64

const (
	stateActive    = 1
	stateDefunct   = 6
	stateEditable  = 7
	stateFocused   = 12
	stateMultiLine = 17
	stateSelected  = 23
	stateShowing   = 25
	stateVisible   = 30
)

// stateNames are the states worth telling, by number.
var stateNames = map[uint]string{
	stateActive: "active", 4: "checked", 5: "collapsed", stateEditable: "editable", 8: "enabled", 9: "expandable", 10: "expanded",
	11: "focusable", stateFocused: "focused", 16: "modal", stateMultiLine: "multi line", 20: "pressed", 22: "selectable", stateSelected: "selected",
	24: "sensitive", stateShowing: "showing", 26: "single line", stateVisible: "visible", 32: "indeterminate", 33: "required",
	36: "invalid entry", 39: "default", 40: "visited", 41: "checkable", 42: "has popup", 43: "read only",
}

func statesOf(words []uint32) states {
	var s states
	for i, w := range words[:min(len(words), 2)] {
		s |= states(w) << (32 * i)
	}
	return s
}

func (s states) has(n uint) bool { return s&(1<<n) != 0 }

func (s states) names() []string {
	var names []string
	for n := range uint(64) {
		if name, ok := stateNames[n]; ok && s.has(n) {
			names = append(names, name)
		}
	}
	return names
}
