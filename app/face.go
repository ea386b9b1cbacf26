package app

// face is the window as the rest of the program sees it: something that can be
// shown, and that becomes a small bar while it records. Its methods are called
// from any goroutine and return at once.
type face interface {
	show()             // bring it to the front, whole
	hide()             // until show
	expand(large bool) // whole or a bar, while something is recorded
	compact() bool     // whether it is a bar now
	room(more bool)    // for a message in the bar
}

// noFace is for an App without a window.
type noFace struct{}

func (noFace) show()         {}
func (noFace) hide()         {}
func (noFace) expand(bool)   {}
func (noFace) compact() bool { return false }
func (noFace) room(bool)     {}
