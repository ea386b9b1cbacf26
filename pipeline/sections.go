package pipeline

import (
	"fmt"
	"slices"
	"strings"

	"github.com/runreel/runreel/capture"
	"github.com/runreel/runreel/pipeline/name"
	"github.com/runreel/runreel/pipeline/narrate"
	"github.com/runreel/runreel/pipeline/sop"
)

// titleOf is the session's own title, or what the speaker says is done, or the
// first mark, or the date.
func titleOf(r Recording, steps []sop.Step, said []narrate.Sentence) string {
	if t := name.Label(r.Session.Title); t != "" && !isDefaultTitle(t) {
		return t
	}
	for _, s := range said {
		if t := purposeWords(s.Text); t != "" {
			return t
		}
	}
	for _, s := range steps {
		if s.Sources["title"] == sop.FromMark {
			return name.Label(sop.PlainInline(s.Title))
		}
	}
	if r.Session.Started.IsZero() {
		return "Recorded procedure"
	}
	return "Recorded procedure of " + r.Session.Started.Format("2006-01-02")
}

func isDefaultTitle(t string) bool {
	t = strings.ToLower(t)
	for _, start := range []string{"recording", "untitled", "session", "new recording"} {
		if strings.HasPrefix(t, start) {
			return true
		}
	}
	return false
}

// deeds are the verbs by which speakers say what a recording is for.
var deeds = []string{
	"deploy", "roll out", "upgrade", "restart", "install", "migrate", "renew", "restore", "scale", "configure", "update",
	"release", "set up", "replace", "rotate", "roll back", "back up", "provision", "patch",
}

// purposeWords is what a sentence says is done, from its verb on, or "".
func purposeWords(sentence string) string {
	const fewest, most = 2, 12
	words := strings.Fields(strings.ToLower(strings.TrimRight(sentence, ".!?")))
	for i := range words {
		for _, deed := range deeds {
			d := strings.Fields(deed)
			if len(words)-i >= len(d)+fewest && slices.Equal(words[i:i+len(d)], d) && (i == 0 || !isArticle(words[i-1])) {
				kept := strings.Fields(strings.TrimRight(sentence, ".!?"))[i:min(len(words), i+most)]
				return name.Label(strings.TrimRight(sop.Sentenced(strings.Join(kept, " ")), "."))
			}
		}
	}
	return ""
}

func isArticle(w string) bool {
	return slices.Contains([]string{"the", "a", "an", "this", "that", "our", "my", "each", "every", "last", "new", "next"}, w)
}

// purpose is what was said before the work began, or a sentence of the facts.
func purpose(r Recording, steps []sop.Step, said []narrate.Sentence) section {
	var parts []string
	for _, s := range said {
		if s.Step == narrate.Intro && (s.Role == narrate.Plain || s.Role == narrate.Warning) && !isSpokenOnly(steps) {
			parts = append(parts, spoken(s))
		}
	}
	if len(parts) > 0 {
		return section{strings.Join(parts, " "), sop.FromSpeech}
	}
	commands, actions := 0, 0
	for _, s := range steps {
		switch s.Kind {
		case sop.StepCommand:
			commands++
		case sop.StepClick, sop.StepType, sop.StepChord:
			actions++
		}
	}
	var did []string
	if commands > 0 {
		did = append(did, count(commands, "command"))
	}
	if actions > 0 {
		did = append(did, count(actions, "action")+" in windows")
	}
	if len(did) == 0 {
		return section{}
	}
	return section{"This procedure repeats the recorded work: " + strings.Join(did, " and ") + on(r.Session) + ".", sop.FromRule}
}

// isSpokenOnly tells that the steps are notes made of the speech itself.
func isSpokenOnly(steps []sop.Step) bool {
	return !slices.ContainsFunc(steps, func(s sop.Step) bool { return len(s.Events) > 0 })
}

func on(s capture.Session) string {
	if s.Host == "" {
		return ""
	}
	return " on the host " + shownLine(s.Host)
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// builtins are programs that every shell has, or every system.
var builtins = strings.Fields(`cd ls pwd echo printf cat export set unset alias source . true false test [ [[ exit clear history read eval
	type which if then else fi for while until do done case esac function return local declare wait sleep jobs fg bg kill pushd popd umask ulimit
	trap shift hash time date head tail less more cp mv rm mkdir rmdir touch chmod chown ln grep sed awk cut sort uniq wc tr tee xargs find man
	whoami id hostname uname env ps sudo su nohup exec command break continue`)

// prerequisites is what was said that one needs, and what the commands show.
func prerequisites(steps []sop.Step, said []narrate.Sentence) section {
	var spokenParts, tools, places []string
	for _, s := range said {
		if s.Role == narrate.Prerequisite {
			spokenParts = append(spokenParts, spoken(s))
		}
	}
	for _, s := range steps {
		if s.Command == nil {
			continue
		}
		for _, program := range name.Programs(s.Command.Line) {
			if !slices.Contains(builtins, program) && !strings.ContainsAny(program, "/") {
				tools = appendNew(tools, program)
			}
		}
		places = appendNew(places, place(*s.Command))
	}
	var items []string
	for _, t := range tools[:min(len(tools), 40)] {
		items = append(items, "The program "+shownLine(t)+".")
	}
	for _, p := range places[:min(len(places), 10)] {
		if p != "" {
			items = append(items, p)
		}
	}
	source := sop.FromRule
	if len(spokenParts) > 0 {
		source = sop.FromSpeech
	}
	return section{sop.JoinBodies(strings.Join(spokenParts, " "), bullets(items)), source}
}

// place is where a command ran: host and user. The folder is told with each
// command.
func place(c sop.Command) string {
	switch {
	case c.Host == "" && c.User == "":
		return ""
	case c.User == "":
		return "A shell on the host " + shownLine(c.Host) + "."
	case c.Host == "":
		return "A shell as the user " + shownLine(c.User) + "."
	}
	return "A shell on the host " + shownLine(c.Host) + " as the user " + shownLine(c.User) + "."
}

func appendNew(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

func bullets(items []string) string {
	if len(items) == 0 {
		return ""
	}
	return "- " + strings.Join(items, "\n- ")
}

// verification lists the last checks of the recording that follow each other.
func verification(steps []sop.Step) section {
	var lines []string
	for _, s := range slices.Backward(steps) {
		if s.Kind != sop.StepCommand || s.Command == nil {
			continue
		}
		check := isCheck(s.Command.Line)
		if !check && len(lines) == 0 {
			continue
		}
		if !check || len(lines) == 10 {
			break
		}
		if s.Command.Exit == nil || *s.Command.Exit == 0 {
			lines = appendNew(lines, s.Command.Line)
		}
	}
	slices.Reverse(lines)
	var items []string
	for _, line := range lines {
		items = append(items, "Run "+shownLine(line)+" and compare with the recorded output.")
	}
	return section{bullets(items), sop.FromRule}
}

// rollback is what was said and done to go back. What would take the rest back
// is proposed as steps.
func rollback(steps []sop.Step, said []narrate.Sentence) section {
	var parts, recorded []string
	for _, s := range said {
		if s.Role == narrate.Rollback {
			parts = append(parts, spoken(s))
		}
	}
	for _, s := range steps {
		if s.Command == nil || s.Command.Exit != nil && *s.Command.Exit != 0 {
			continue
		}
		if isRollback(s.Command.Line) {
			recorded = appendNew(recorded, "Run "+shownLine(s.Command.Line)+".")
		}
	}
	source, body := sop.FromRule, ""
	if len(recorded) > 0 {
		body = sop.JoinBodies("As recorded:", bullets(recorded))
	}
	if len(parts) > 0 {
		source = sop.FromSpeech
	}
	return section{sop.JoinBodies(strings.Join(parts, " "), body), source}
}
