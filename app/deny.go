package app

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/runreel/runreel/capture"
)

// defaultDeny are the windows that a new installation never records: those of
// password managers and keyrings, what asks for a password, screen lockers that
// tell nobody that they lock, and the messages of other programs that pop up
// meanwhile.
var defaultDeny = []string{
	"KeePassXC", "KeePass2", "keepassx*", "1Password", "Bitwarden", "Enpass", "Dashlane", "LastPass", "Proton Pass", "Buttercup", "QtPass", "org.gnome.World.Secrets",
	"Seahorse", "org.gnome.seahorse.*", "kwalletmanager*", "kwalletd*", "ksecretd",
	"Gcr-prompter", "pinentry*", "polkit-*", "lxpolkit", "lxqt-policykit*", "ssh-askpass*", "ksshaskpass", "lxqt-openssh-askpass", "org.kde.polkit*",
	"i3lock", "xsecurelock", "slock", "xscreensaver*", "light-locker*",
	"Dunst", "xfce4-notifyd", "notify-osd", "mate-notification-daemon",
}

// titleRule begins a rule that is about the title of a window.
const titleRule = "title:"

// denyList tells the windows that are never recorded.
type denyList struct{ programs, titles []*regexp.Regexp }

// newDenyList reads rules: the class of a program, or "title:" and a title.
// Capital letters do not count, and * stands for any text.
func newDenyList(rules []string) denyList {
	var d denyList
	for _, rule := range rules {
		list, text := &d.programs, rule
		if t, ok := strings.CutPrefix(rule, titleRule); ok {
			list, text = &d.titles, t
		}
		if text = strings.TrimSpace(text); text == "" {
			continue // it would match windows that tell nothing
		}
		quoted := strings.ReplaceAll(regexp.QuoteMeta(text), `\*`, `.*`)
		*list = append(*list, regexp.MustCompile(`(?is)^`+quoted+`$`))
	}
	return d
}

// denies tells whether a window must not be recorded.
func (d denyList) denies(w capture.Window) bool {
	match := func(s string) func(*regexp.Regexp) bool {
		return func(r *regexp.Regexp) bool { return r.MatchString(s) }
	}
	return slices.ContainsFunc(d.programs, match(w.Program)) || slices.ContainsFunc(d.titles, match(w.Title))
}

const (
	denyRules   = 200 // at most
	denyRuleLen = 200 // bytes of one
)

// saneDeny drops empty and repeated rules.
func saneDeny(rules []string) []string {
	out := []string{}
	for _, r := range rules {
		r = strings.TrimSpace(r)
		if r == "" || r == "*" || len(r) > denyRuleLen || len(out) == denyRules {
			continue // "*" alone would record nothing at all
		}
		if !slices.ContainsFunc(out, func(o string) bool { return strings.EqualFold(o, r) }) {
			out = append(out, r)
		}
	}
	return out
}

// scope is what a recording takes of the desktop, but for its target.
func (a *App) scope() capture.Scope {
	deny := newDenyList(a.settings.get().Deny)
	return capture.Scope{Hidden: func(w capture.Window) bool { return isOwn(w.PID) || deny.denies(w) }}
}

// isOwn tells the windows of this program.
func isOwn(pid int) bool { return pid == os.Getpid() }

// denied says in a sentence what is never recorded.
func denied(rules []string) string {
	if len(rules) == 0 {
		return "No program is on the list of what is never recorded."
	}
	return fmt.Sprintf("%d kinds of windows are never recorded, such as %s.", len(rules), rules[0])
}
